import type { Caveat, Change, Diff, DiffSide, EdgeName, UnobservedBoots } from "../../compare/diff-schema.ts";
import { cycleParts, edgeName } from "../reports/facts.ts";
import { knownParts, metParts } from "../reports/overview.ts";
import {
  bad,
  caution,
  commaed,
  counted,
  fact,
  type Fact,
  fn,
  good,
  name,
  type Part,
  plain,
  quiet,
  row,
  type Row,
  unit,
  words,
} from "../words/parts.ts";
import { UNOBSERVED_PROSE } from "../bisect/verdict-prose.ts";

/** What a comparison says, before it is decided how it is written. */

const STATUS = {
  new: bad("new"),
  gone: good("gone"),
  masked: caution("masked"),
  both: plain("in both"),
} as const satisfies Record<Change["status"], Part>;

/** Below this, that it is gone may be chance: so many clean boots are too few. */
const SURE_ENOUGH = 0.95;

export function statusPart({ status, probability }: Change): Part {
  return status === "gone" && probability < SURE_ENOUGH ? caution("not seen") : STATUS[status];
}

/** `old: 4 boots of 6.1.192 #2, lockdep off in 1` */
export function sideParts(label: "old" | "new", side: DiffSide): Part[] {
  const kernels = side.kernels.map(({ release, build }) => [
    name(build === null ? release : `${release} ${build}`),
  ]);
  const notes = [
    ...(side.lockdepOffBoots > 0 ? [[caution(`lockdep off in ${side.lockdepOffBoots}`)]] : []),
    ...(side.lockdepUnknownBoots > 0 ? [[caution(`no sign of lockdep in ${side.lockdepUnknownBoots}`)]] : []),
  ];
  return [
    plain(`${label}: ${counted(side.boots, "boot")}`),
    ...(kernels.length === 0 ? [] : [plain(" of "), ...commaed(kernels)]),
    ...(notes.length === 0 ? [] : [plain(", "), ...commaed(notes)]),
  ];
}

/** `1 new, 1 gone, 2 in both` */
export function summaryParts({ changes }: Diff): Part[] {
  if (changes.length === 0) return [plain("No report on either side.")];
  const counts = (["new", "gone", "masked", "both"] as const).flatMap((status) => {
    const count = changes.filter((change) => change.status === status).length;
    return count === 0 ? [] : [[unit(`${count} ${STATUS[status].text}`)]];
  });
  return commaed(counts);
}

function setting(value: string | null): string {
  return value ?? "not set";
}

/** Why the sides cannot be compared. Every caveat has its words; a missing one is a type error. */
export function caveatParts(caveat: Caveat): Part[] {
  switch (caveat.code) {
    case "no-boots":
      return [plain(`there is no kernel boot on the ${caveat.side} side`)];
    case "lockdep-never-on":
      return [plain(`nothing shows that lockdep was ever on on the ${caveat.side} side`)];
    case "config":
      return [
        plain("another configuration: "),
        name(caveat.option),
        plain(" was "),
        name(setting(caveat.old)),
        plain(", is "),
        name(setting(caveat.new)),
      ];
    case "traits":
      return [
        plain("built in another way, as the boots say: "),
        ...listed(caveat.old, "nothing more"),
        plain(" on the old side, "),
        ...listed(caveat.new, "nothing more"),
        plain(" on the new side"),
      ];
    case "coverage": {
      const what = caveat.what === "userspace" ? "start init" : "end with a shutdown";
      return [plain(`the logs go unequally far: ${percent(caveat.old)} of the old boots ${what}, `)].concat(
        plain(`${percent(caveat.new)} of the new`),
      );
    }
    case "duration":
      return [
        plain(`the boots took unequally long: ${caveat.old.toFixed(1)} s and ${caveat.new.toFixed(1)} s`),
      ];
    case "mixed-kernels":
      return [plain(`several kernels on the ${caveat.side} side: `), ...listed(caveat.kernels, "none")];
    default:
      return caveat satisfies never;
  }
}

function listed(names: readonly string[], none: string): Part[] {
  if (names.length === 0) return [plain(none)];
  return commaed(names.map((text) => [name(text)]));
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

const SURE = 0.99;
const LIKELY = 0.9;

/** What a probability is worth, in words. */
function chanceParts({ old, new: fresh, probability }: Change): Part[] {
  const shown = `${(Math.floor(probability * 1000) / 10).toFixed(1)} %`;
  if (old.observed === 0 || fresh.observed === 0)
    return [caution("nothing can be said of the rate: one side could not have shown it")];
  const worth =
    probability >= SURE
      ? "hardly chance"
      : probability >= LIKELY
        ? "may still be chance: more boots would tell"
        : "can well be chance: too few boots";
  return [plain(`with a probability of ${shown}`), quiet(`, ${worth}`)];
}

function countText({ hits, observed }: Change["old"]): string {
  return `${hits} of ${observed}`;
}

function unobservedRow(side: "old" | "new", { reason, boots, maskedBy, blindSpot }: UnobservedBoots): Row {
  return row(
    plain(`${side}: ${counted(boots, "boot")}, ${UNOBSERVED_PROSE[reason]}`),
    ...(maskedBy === null
      ? []
      : [
          plain(reason === "damaged-report" ? ": " : " after "),
          words(maskedBy.title),
          plain(" ("),
          quiet(maskedBy.id),
          plain(")"),
        ]),
    ...(blindSpot === null ? [] : [plain(`. ${blindSpot.meaning}`)]),
  );
}

function takers(names: readonly string[]): Part[] {
  if (names.length === 0) return [quiet("nobody named")];
  return commaed(names.map((text) => [fn(text)]));
}

/** The one rate is as likely as the other to be higher. */
function isSame({ status, probability }: Change): boolean {
  return status === "both" && probability === 0.5;
}

/** Whether nothing but its being there is to report. */
export function isUnchanged(change: Change): boolean {
  const { newEdges, goneEdges, changed, closedBy, unobserved, known, seen } = change;
  if (known || (seen !== undefined && seen.mails + seen.commits + seen.logs > 0)) return false;
  const lists = [newEdges, goneEdges, changed, unobserved.old, unobserved.new];
  return isSame(change) && closedBy === null && lists.every((list) => list.length === 0);
}

/** Everything to know of a change, under short labels. */
export function changeFacts(change: Change): Fact[] {
  const { old, new: fresh, newEdges, goneEdges, changed, closedBy, unobserved, firstSeen } = change;
  const missing = [
    ...unobserved.old.map((boots) => unobservedRow("old", boots)),
    ...unobserved.new.map((boots) => unobservedRow("new", boots)),
  ];
  const places = [firstSeen.old, firstSeen.new].flatMap((place, i) =>
    place === null ? [] : [[plain(i === 0 ? "old " : "new "), name(`${place.source}:${place.line}`)]],
  );
  return [
    ...(change.cycle.length > 1 ? [fact("cycle", row(...cycleParts(change.cycle)))] : []),
    fact("boots", row(plain(`old ${countText(old)}, new ${countText(fresh)} that could show it`))),
    ...(isSame(change) ? [] : [fact("differs", row(...chanceParts(change)))]),
    ...edgeFact("new edges", newEdges),
    ...edgeFact("old edges", goneEdges),
    ...(changed.length === 0
      ? []
      : [
          fact(
            "taken by",
            ...changed.map((edge) => ({
              head: edgeName(edge),
              body: [plain("old "), ...takers(edge.old), plain("; new "), ...takers(edge.new)],
            })),
          ),
        ]),
    ...(closedBy === null
      ? []
      : [
          fact(
            "closed by",
            row(plain("old "), ...commaed(closedBy.old.map(edgeName))),
            row(plain("new "), ...commaed(closedBy.new.map(edgeName))),
          ),
        ]),
    ...(missing.length === 0 ? [] : [fact("unseen in", ...missing)]),
    ...(change.known ? [fact("known", row(...knownParts(change.known)))] : []),
    ...(change.seen === undefined ? [] : [fact("met", row(...metParts(change.seen)))]),
    fact("first in", row(...commaed(places))),
  ];
}

function edgeFact(label: string, edges: readonly EdgeName[]): Fact[] {
  return edges.length === 0 ? [] : [fact(label, ...edges.map((edge) => row(...edgeName(edge))))];
}
