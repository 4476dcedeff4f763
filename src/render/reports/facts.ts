import type { SuspectCode } from "../../analyze/index.ts";
import { definitionOf } from "../../kinds/index.ts";
import type { KindDefinition } from "../../kinds/kind.ts";
import { CALLERS } from "../../kinds/tell/facts.ts";
import type { Finding, LookAt, Suspect } from "../../report/analysis-schema.ts";
import type { Damage, DamageCode, Edge, HeldLocks, Report } from "../../report/schema.ts";
import { fromTaker } from "../../symbols/who-took.ts";
import { callers, tellingBacktrace } from "../words/frames.ts";
import { lockAt, lockItems, taskName } from "../words/locks.ts";
import {
  arrow,
  bad,
  caution,
  commaed,
  counted,
  fact,
  type Fact,
  good,
  joined,
  lock,
  name,
  type Part,
  plain,
  quiet,
  row,
  type Row,
  words,
} from "../words/parts.ts";
import { asksOfReport } from "./asks.ts";
import { EDGE_REASON_PROSE } from "./edge-reasons.ts";
import { findingTitle } from "./findings/index.ts";
import { fillIn } from "./findings/prose.ts";
import { SUSPECT_PROSE } from "./suspects-prose.ts";

const MOST_TASKS = 12;
const MOST_SECTIONS = 3;
const MOST_PEOPLE = 3;

/** `lock_a → lock_b → lock_a` */
export function cycleParts(cycle: readonly string[]): Part[] {
  const [first, ...rest] = cycle;
  if (first === undefined) return [];
  return joined([[lock(first)], ...[...rest, first].map((next) => [arrow("→"), lock(next)])], plain(" "));
}

export function edgeName({ from, to }: Pick<Edge, "from" | "to">): Part[] {
  return [lock(from), plain(" "), arrow("→"), lock(to)];
}

function edgeRow(edge: Edge): Row {
  const path = callers(fromTaker(edge.stack), CALLERS);
  const where = path.length === 0 ? [] : [plain("in "), ...path];
  const how = [
    ...(edge.by === "interrupt" ? [plain("by an interrupt")] : []),
    ...(where.length === 0 && edge.by === undefined ? [quiet("no stack in the log")] : []),
    ...(edge.closes ? [caution("closes the cycle")] : []),
  ];
  return {
    head: edgeName(edge),
    body: commaed([...(where.length === 0 ? [] : [where]), ...how.map((part) => [part])]),
  };
}

function heldBody({ count, locks }: HeldLocks): Part[] {
  if (locks.length > 0) return lockItems(locks);
  return [quiet(count === 0 ? "nothing" : `${counted(count, "lock")}, which the log does not name`)];
}

function heldFacts({ held, task }: Report): Fact[] {
  const [only, ...others] = held;
  if (only === undefined) return [];
  if (others.length === 0 && task?.pid === only.task.pid) return [fact("holds", row(...heldBody(only)))];
  const rows = held.slice(0, MOST_TASKS).map((of): Row => ({
    head: [name(taskName(of.task))],
    body: heldBody(of),
  }));
  const left = held.length - rows.length;
  return [fact("held by", ...rows, ...(left > 0 ? [row(quiet(counted(left, "more task")))] : []))];
}

function taskFacts({ task, kernel }: Report): Fact[] {
  const irq = task?.irq;
  const notes = [
    ...(irq?.hardirqContext ? ["in hardirq"] : []),
    ...(irq?.softirqContext ? ["in softirq"] : []),
    ...(irq?.hardirqsEnabled === false ? ["hardirqs off"] : []),
    ...(irq?.softirqsEnabled === false ? ["softirqs off"] : []),
  ];
  const release =
    kernel === null
      ? []
      : [name([kernel.release, kernel.build ?? ""].filter((text) => text !== "").join(" "))];
  const taint = kernel?.taint ? [quiet(" (tainted "), words(kernel.taint), quiet(")")] : [];
  if (task === null) return release.length === 0 ? [] : [fact("kernel", row(...release, ...taint))];
  const on = release.length === 0 ? [] : [plain(" on "), ...release, ...taint];
  return [fact("task", row(name(taskName(task)), ...on, ...notes.map((note) => plain(`, ${note}`))))];
}

function lockFacts(report: Report, { label }: KindDefinition): Fact[] {
  const { lock: about, holding, held } = report;
  const word = label === undefined ? "lock" : label(report);
  if (word === null) return [];
  return [
    ...(about === null ? [] : [fact(word, row(...lockAt(about)))]),
    ...(holding === null || held.length > 0 ? [] : [fact("holding", row(...lockAt(holding)))]),
  ];
}

/** Where the code was, for kinds that name no lock with its place. */
function placeFact(report: Report, { strayStack = false }: KindDefinition): Fact[] {
  if (report.edges.length > 0 || strayStack) return [];
  const path = callers(tellingBacktrace(report), CALLERS + 1);
  return path.length === 0 ? [] : [fact("in", row(...path))];
}

/** The edges that are worth a word beside the cycle. */
export function toldEdges({ kind, edges }: Pick<Report, "kind" | "edges">): readonly Edge[] {
  return definitionOf(kind).loneEdge === true ? [] : edges;
}

/** What a person needs to know of a report, the most telling first. */
export function factsOf(report: Report): Fact[] {
  const cycle = report.cycle.length === 0 ? [] : [fact("cycle", row(...cycleParts(report.cycle)))];
  const edges = toldEdges(report);
  const definition = definitionOf(report.kind);
  return [
    ...cycle,
    ...(edges.length === 0 ? [] : [fact("edges", ...edges.map((edge) => edgeRow(edge)))]),
    ...lockFacts(report, definition),
    ...(definition.facts?.(report) ?? []),
    ...placeFact(report, definition),
    ...taskFacts(report),
    ...heldFacts(report),
    ...analysisFacts(report),
  ];
}

/** What to ask of whoever sent the log, where it does not tell all. */
export function askFacts(report: Report): Fact[] {
  return asksOfReport(report).map((ask) => fact("ask", row(plain(ask))));
}

/** What the analyzer adds: rules that fit, the edge to look at, and the answers to --suspect. */
function analysisFacts({ findings, suspects, lookAt, edges }: Report): Fact[] {
  return [
    ...(findings.length === 0 ? [] : [fact("finding", ...findings.map(findingRow))]),
    // of one edge nobody asks which
    ...(lookAt === null || (edges.length < 2 && lookAt.maintainers.length === 0)
      ? []
      : [fact("look at", ...lookAtRows(lookAt))]),
    ...(suspects.length === 0 ? [] : [fact("suspect", ...suspects.map(suspectRow))]),
  ];
}

function reasonParts({ reason, order }: Pick<LookAt, "reason" | "order">): Part[] {
  return [
    plain(`: ${EDGE_REASON_PROSE[reason]}`),
    ...(reason !== "against-order" || order === null ? [] : [quiet(" ("), words(order), quiet(")")]),
  ];
}

function lookAtRows({ from, to, reason, order, next, maintainers }: LookAt): Row[] {
  const rows = maintainers.slice(0, MOST_SECTIONS).map(({ section, status, people, lists }) => {
    const whom = people.length > 0 ? people : lists;
    const left = whom.length - MOST_PEOPLE;
    return row(
      words(section),
      ...(status === null ? [] : [quiet(" ("), words(status), quiet(")")]),
      ...(whom.length === 0 ? [] : [plain(": ")]),
      ...commaed([
        ...whom.slice(0, MOST_PEOPLE).map((one) => [words(one)]),
        ...(left > 0 ? [[quiet(`${left} more`)]] : []),
      ]),
    );
  });
  const left = maintainers.length - rows.length;
  return [
    row(...edgeName({ from, to }), ...reasonParts({ reason, order })),
    ...rows,
    ...(left > 0 ? [row(quiet(counted(left, "more section")))] : []),
    // of two edges it is the other one
    ...(next === null || next.reason === "only"
      ? []
      : [row(quiet("or "), ...edgeName(next), ...reasonParts(next))]),
  ];
}

function findingRow(finding: Finding): Row {
  return row(words(findingTitle(finding)), quiet(` (${finding.certainty})`));
}

function suspectRow(suspect: Suspect): Row {
  return { head: [name(suspect.asked)], body: suspectParts(suspect) };
}

/** `takes part in the cycle: …` */
export function suspectParts({ takesPart, because: { code, args } }: Suspect): Part[] {
  const why = fillIn(SUSPECT_PROSE[code as SuspectCode], args).join(" ");
  return [TAKES_PART[takesPart], plain(": "), words(why)];
}

const TAKES_PART: Record<Suspect["takesPart"], Part> = {
  cycle: bad("takes part in the cycle"),
  held: caution("is only held"),
  stack: caution("is only in a stack"),
  no: good("does not take part"),
};

/** The fields of a report that are named other than what they hold. */
const MISSING: Record<string, string> = {
  site: "where the lock was taken",
  held: "the locks held",
  backtrace: "the stack trace",
  registered: "where the earlier state was registered",
  irqEvents: "the interrupt events",
  newDependency: "the new dependency",
  sleeping: "the context it slept in",
};

/** What is wrong with the text of a report; what is missing for good comes first. */
export function damageParts(damage: readonly Damage[]): Part[] {
  const of = (code: DamageCode): Damage[] => damage.filter((one) => one.code === code);
  const item = (code: DamageCode, tell: (line: number, lines: number) => Part): Part[][] => {
    const [first, ...more] = of(code);
    if (first === undefined) return [];
    const lines = [first, ...more].reduce((sum, { what }) => sum + (Number.parseInt(what ?? "", 10) || 1), 0);
    return [[tell(first.line, lines)]];
  };
  const missing = of("missing").map(({ what }): Part[] => {
    const known = MISSING[what ?? ""];
    return [known === undefined ? words(what ?? "a part") : bad(known)];
  });
  return joined(
    [
      ...item("truncated", (line) => bad(`cut off at line ${line}`)),
      ...item("too-long", (line) => bad(`too long, not read beyond line ${line}`)),
      ...item("interleaved", (line) => bad(`mixed with another report's lines from line ${line}`)),
      ...(missing.length === 0 ? [] : [[bad("without "), ...commaed(missing)]]),
      ...item("dropped-messages", (line, lines) =>
        caution(`the kernel dropped ${counted(lines, "message")} at line ${line}`),
      ),
      ...item("control-sequences", (line) => caution(`control sequences removed from line ${line}`)),
      ...item("doubled-lines", (_line, lines) => caution(`${counted(lines, "line")} twice in the log`)),
      ...item("repeated", (line) => caution(`word for word as at line ${line}, and perhaps the same`)),
      ...item("unparsed", (line, lines) =>
        caution(`${counted(lines, "line")} not understood, from line ${line}`),
      ),
      ...item("foreign-lines", (line, lines) =>
        quiet(`${counted(lines, "line")} from elsewhere in between, from line ${line}`),
      ),
    ],
    plain("; "),
  );
}
