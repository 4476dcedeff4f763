import type { Gist, Lack } from "../../report/gist-schema.ts";
import type { MovedEdge, Relation } from "../../seen/relation.ts";
import { edgeName } from "../reports/facts.ts";
import { commaed, fn, lock, type Part, plain, quiet, words } from "../words/parts.ts";

/** What a damaged report lacks. A missing one is a type error. */
const LACK_PROSE: Readonly<Record<Lack, string>> = {
  cycle: "the cycle",
  link: "a link of the cycle",
  functions: "the functions that take the locks",
  lock: "the lock",
  usage: "the lock's states",
  held: "the held locks",
  message: "what the kernel said",
  limit: "which limit it was",
};

/** `the cycle and the lock` */
function lackText(lacks: readonly Lack[]): string {
  const texts = [...new Set(lacks)].map((lack) => LACK_PROSE[lack]);
  const [last = "", ...rest] = texts.toReversed();
  return rest.length === 0 ? last : `${rest.toReversed().join(", ")} and ${last}`;
}

const MOST_NAMED = 3;

function some(items: readonly (readonly Part[])[]): Part[] {
  const left = items.length - MOST_NAMED;
  const shown = left === 1 ? items : items.slice(0, MOST_NAMED);
  return [...commaed(shown), ...(left > 1 ? [plain(` and ${left} more`)] : [])];
}

const taker = (name: string | null): Part => (name === null ? quiet("nobody named") : fn(name));

function movedParts(moved: readonly MovedEdge[]): Part[] {
  return some(
    moved.map(({ from, to, takers: [first, second] }) => [
      ...edgeName({ from, to }),
      plain(" in "),
      taker(first),
      plain(" and in "),
      taker(second),
    ]),
  );
}

/** Why two reports are one bug, are none, or cannot be told: on one line. */
export function relationParts(relation: Relation, first: Gist, second: Gist): Part[] {
  switch (relation.why) {
    case "id":
      return [
        plain("one bug, "),
        quiet(first.id),
        plain(" "),
        words(first.title),
        ...(relation.moved.length === 0
          ? []
          : [plain("; other functions take it: "), ...movedParts(relation.moved)]),
      ];
    case "sites":
      return [
        plain("one cycle by its names, which are common ones, at other sites"),
        ...(relation.moved.length === 0 ? [] : [plain(": "), ...movedParts(relation.moved)]),
      ];
    case "edges":
      return [plain("they share "), ...some(relation.edges.map(edgeName)), plain(", and are not one cycle")];
    case "classes":
      return [
        plain("they share "),
        ...some(relation.classes.map((name) => [lock(name)])),
        plain(", and no edge"),
      ];
    case "kind":
      return [plain(`nothing in common: ${first.kind} and ${second.kind}`)];
    case "nothing":
      return [plain("nothing in common but the kind")];
    case "lacks": {
      const of = (side: "first" | "second"): string =>
        lackText(relation.lacks.filter((one) => one.side === side).map(({ lack }) => lack));
      const sides = (["first", "second"] as const).filter((side) => of(side) !== "");
      return [plain(sides.map((side) => `the ${side} lacks ${of(side)}`).join(", "))];
    }
    default:
      return relation satisfies never;
  }
}
