import type { History, HistoryBug } from "../../history/schema.ts";
import { wrap } from "../words/layout.ts";
import { factLines, heading, page, paperOf, rowLines } from "../words/page.ts";
import type { Paper } from "../words/paper.ts";
import {
  bad,
  caution,
  commaed,
  counted,
  fact,
  type Fact,
  good,
  lock,
  name,
  type Part,
  plain,
  quiet,
  row,
  type Row,
  unit,
  words,
} from "../words/parts.ts";
import { own, type Safe } from "../words/safe.ts";

/** More builds than these are not listed: the newest count. */
const MOST_BUILDS = 12;
const MOST_CLASSES = 6;

/** What a store knows, for a person. */
export function renderHistory(history: History, options: Paper): Safe {
  const paper = paperOf(options);
  if (history.boots === 0) return own("no boot fits\n");
  return page([
    wrap(summaryParts(history), paper.width, paper.color),
    rowLines(buildRows(history), 2, paper),
    ...history.bugs.map((bug) => [
      ...heading(bug.title, [plain(`${bug.kind}  `), quiet(bug.id)], paper),
      ...factsOf(bug).flatMap((one) => factLines(one, paper)),
    ]),
  ]);
}

const STATUS = {
  new: bad("new"),
  gone: good("gone"),
  masked: caution("masked"),
  both: plain("in both"),
} as const satisfies Record<NonNullable<HistoryBug["status"]>, Part>;

function summaryParts({ boots, builds, bugs, since }: History): Part[] {
  const statuses = (["new", "gone", "both", "masked"] as const).flatMap((status) => {
    const count = bugs.filter((bug) => bug.status === status).length;
    return count === 0 ? [] : [[unit(`${count} ${STATUS[status].text}`)]];
  });
  return [
    plain(`${counted(boots, "boot")} of ${counted(builds.length, "build")}, ${counted(bugs.length, "bug")}`),
    ...(since === null ? [] : [plain("; since "), name(since), plain(": "), ...commaed(statuses)]),
  ];
}

/** The newest builds, a row each. */
function newest<Item>(items: readonly Item[], rowOf: (item: Item) => Row): Row[] {
  const left = items.length - MOST_BUILDS;
  if (left <= 1) return items.map(rowOf);
  return [row(quiet(`${left} builds before`)), ...items.slice(left).map(rowOf)];
}

function buildRows({ builds }: History): Row[] {
  return newest(builds, ({ build, first, boots, clean, reported, unknown }) => ({
    head: [name(build)],
    body: [
      unit(`${dayOf(first)}  `),
      ...commaed([
        [unit(counted(boots, "boot"))],
        ...(clean > 0 ? [[good(`${clean} clean`)]] : []),
        ...(reported > 0 ? [[bad(`${reported} with reports`)]] : []),
        ...(unknown > 0 ? [[caution(`${unknown} that prove nothing`)]] : []),
      ]),
    ],
  }));
}

function factsOf(bug: HistoryBug): Fact[] {
  const { status, alsoAs, classes, first, last, hits, observed, builds, jobs } = bug;
  const named = jobs.filter(({ job }) => job !== null);
  return [
    ...(status === null ? [] : [fact("status", row(STATUS[status]))]),
    ...(alsoAs.length === 0 ? [] : [fact("also as", ...alsoAs.map((title) => row(words(title))))]),
    ...(classes.length === 0 ? [] : [fact("locks", row(...classParts(classes)))]),
    fact("first", row(...placeParts(first))),
    fact("last", row(...placeParts(last))),
    fact("boots", row(plain(`${hits} of ${observed} that could show it`))),
    fact("rate", ...newest(builds, rateRow)),
    ...(named.length === 0
      ? []
      : [
          fact(
            "jobs",
            row(...commaed(named.map(({ job, hits: count }) => [name(job ?? ""), plain(` ${count}`)]))),
          ),
        ]),
  ];
}

function classParts(classes: readonly string[]): Part[] {
  const left = classes.length - MOST_CLASSES;
  const shown = classes.slice(0, MOST_CLASSES).map((text) => [lock(text)]);
  return [...commaed(shown), ...(left > 0 ? [plain(` and ${left} more`)] : [])];
}

function placeParts({ time, build, path, line }: HistoryBug["first"]): Part[] {
  const where = path === "-" ? "standard input" : path;
  return [plain(`${dayOf(time)} in `), name(build), plain(", "), name(`${where}:${line}`)];
}

const BAR = 20;

/** `v6.12  3 of 10  ██████` */
function rateRow({ build, hits, observed }: HistoryBug["builds"][number]): Row {
  const head = [name(build)];
  if (observed === 0) return { head, body: [quiet("no boot could show it")] };
  const bar = "█".repeat(hits === 0 ? 0 : Math.max(1, Math.round((BAR * hits) / observed)));
  return { head, body: [unit(`${hits} of ${observed}`), ...(bar === "" ? [] : [unit("  "), bad(bar)])] };
}

function dayOf(time: string): string {
  return time.slice(0, "YYYY-MM-DD".length);
}
