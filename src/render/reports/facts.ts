import type {
  Damage,
  DamageCode,
  Edge,
  Frame,
  HeldLocks,
  Kind,
  Lock,
  LockClass,
  Report,
  Task,
} from "../../report/schema.ts";
import type { SuspectCode } from "../../analyze/index.ts";
import type { Finding, LookAt, Suspect } from "../../report/analysis-schema.ts";
import { EDGE_REASON_PROSE, fillIn, findingTitle, SUSPECT_PROSE } from "./findings-prose.ts";
import { type ClassName, printedName } from "../../../grammar/class-name.ts";
import { fromTaker } from "../../symbols/who-took.ts";
import { at, callers, tellingBacktrace } from "../words/frames.ts";
import { asksOfReport } from "./asks.ts";
import {
  arrow,
  bad,
  caution,
  counted,
  fact,
  type Fact,
  fn,
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

/** Enough to know the path; the formats for tools have the rest. */
const CALLERS = 2;
const MOST_LOCKS = 6;
const MOST_TASKS = 12;
const MOST_SECTIONS = 3;
const MOST_PEOPLE = 3;

/** The class with what tells it from others of its name. */
function className(named: ClassName): Part {
  return lock(printedName(named));
}

export function taskName({ comm, pid }: Task): string {
  return `${comm}/${pid}`;
}

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
    body: joined([...(where.length === 0 ? [] : [where]), ...how.map((part) => [part])], plain(", ")),
  };
}

function lockAt(of: Lock): Part[] {
  return [className(of), ...at(of.at)];
}

/** Fifty locks of an array, taken in one loop, are one thing to know. */
function lockList(locks: readonly (Lock | null)[]): Part[] {
  const groups = new Map<string, { first: Lock | null; count: number }>();
  for (const held of locks) {
    const key = held === null ? "" : `${held.class} ${held.at?.symbol ?? ""}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: held, count: 1 });
    else group.count++;
  }
  const all = [...groups.values()];
  const items = all.slice(0, MOST_LOCKS).map(({ first, count }): Part[] => {
    if (first === null) return [quiet("one just released")];
    return count === 1 ? lockAt(first) : [lock(first.class), plain(` ×${count}`), ...at(first.at)];
  });
  const left = all.slice(MOST_LOCKS).reduce((sum, { count }) => sum + count, 0);
  if (left > 0) items.push([quiet(`${left} more`)]);
  return joined(items, plain(", "));
}

function heldBody({ count, locks }: HeldLocks): Part[] {
  if (locks.length > 0) return lockList(locks);
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

/** What the report says of its lock, in the one word that heads it. */
const LOCK_LABEL: Partial<Record<Kind, string>> = {
  circular: "wants",
  recursive: "wants",
  "irq-order": "wants",
  "wait-context": "wants",
  "nested-lock": "wants",
  "unlock-balance": "releases",
  contention: "contends",
  "held-freed": "frees",
};

function lockFacts({ kind, lock: about, holding, held, edges }: Report): Fact[] {
  // the edges of a cycle say it better
  if (kind === "circular" && edges.length > 0) return [];
  return [
    ...(about === null ? [] : [fact(LOCK_LABEL[kind] ?? "lock", row(...lockAt(about)))]),
    ...(holding === null || held.length > 0 ? [] : [fact("holding", row(...lockAt(holding)))]),
  ];
}

/** Where the code was, for kinds that name no lock with its place. */
function placeFact(report: Report): Fact[] {
  if (report.edges.length > 0 || report.kind === "leaked") return [];
  const path = callers(tellingBacktrace(report), CALLERS + 1);
  return path.length === 0 ? [] : [fact("in", row(...path))];
}

function place(file: string | null, line: number | null): Part[] {
  return file === null ? [] : [plain(" at "), name(line === null ? file : `${file}:${line}`)];
}

function since(stack: readonly Frame[] | undefined): Part[] {
  const path = callers(fromTaker(stack ?? []), CALLERS);
  return path.length === 0 ? [] : [plain(" in "), ...path];
}

function change(what: string, counts: { before: number; after: number } | null): Part[][] {
  if (counts === null || counts.before === counts.after) return [];
  return [[plain(`${what} from ${counts.before} to ${counts.after}`)]];
}

function state(of: LockClass, what: string, end: string): Part[] {
  return [lock(of.class), plain(" is "), name(what), plain(end)];
}

/** What only this kind prints. */
function particulars(report: Report): Fact[] {
  const facts: Fact[] = [];
  const add = (label: string, ...parts: Part[]): void => void facts.push(fact(label, row(...parts)));
  const { usage, registered, safe, unsafe, other, rcu, warning, sleeping, leaked, spinlock, rtmutex } =
    report;
  if (report.comparison !== undefined)
    add("compare", plain(`the lock comparison function returned ${report.comparison}`));
  if (usage !== undefined)
    add(
      "usage",
      plain("was "),
      words(usage.from),
      ...since(registered?.stack),
      plain(", now "),
      words(usage.to),
    );
  if (safe?.lock) add("safe", ...state(safe.lock, safe.state, "-safe: taken"), ...since(safe.stack));
  if (unsafe?.lock)
    add("unsafe", ...state(unsafe.lock, unsafe.state, "-unsafe: taken"), ...since(unsafe.stack));
  if (other?.lock)
    add(
      "other",
      ...state(other.lock, other.state, other.taken === "after" ? "-unsafe" : "-safe"),
      plain(`, taken ${other.taken}`),
    );
  if (report.context !== undefined) {
    const { wait } = report.lock ?? {};
    const { outer, inner } = report.context;
    add(
      "context",
      plain(`{${outer}:${inner}}`),
      ...(wait ? [plain(`, the lock is {${wait.outer}:${wait.inner}}`)] : []),
    );
  }
  if (report.nest !== undefined && report.nest !== null)
    add("nest", lock(report.nest), plain(" is not held"));
  if (report.freed !== undefined)
    add("memory", name(report.freed.from), plain(" to "), name(report.freed.to));
  if (rcu !== undefined) add("message", words(rcu.message), ...place(rcu.file, rcu.line));
  if (report.key !== undefined) add("key", name(report.key));
  if (report.invalidSubclass !== undefined) add("subclass", plain(String(report.invalidSubclass)));
  if (report.limit !== undefined && report.limit.depth !== null) {
    const { depth, max } = report.limit;
    add("limit", plain(`depth ${depth}${max === null ? "" : ` of ${max}`}`));
  }
  if (report.collision !== undefined) {
    const { held, cached } = report.collision;
    add("chain", ...lockList(held.map(({ lock: of }) => of)));
    const classes = cached.map(({ lock: of }) => [of === null ? quiet("unknown") : className(of)]);
    add("cached", ...joined(classes, plain(", ")));
  }
  if (warning !== undefined) {
    add(
      "message",
      words(warning.message ?? report.headline),
      ...place(warning.file, warning.line),
      ...at(warning.at),
    );
    if (warning.reason !== null) add("reason", words(warning.reason));
  }
  if (sleeping !== undefined) {
    const { inAtomic, irqsDisabled, preemptCount, preemptExpected, rcuDepth, rcuExpected } = sleeping;
    const why = [
      place(sleeping.file, sleeping.line).slice(1),
      ...(inAtomic === 1 ? [[plain("in atomic context")]] : []),
      ...(irqsDisabled === 1 ? [[plain("interrupts off")]] : []),
      ...(preemptCount === null || preemptCount === preemptExpected
        ? []
        : [[plain("preempt count "), name(preemptCount)]]),
      ...(rcuDepth === null || rcuDepth === rcuExpected ? [] : [[plain(`RCU depth ${rcuDepth}`)]]),
    ];
    add("sleeps", ...joined(why, plain(", ")));
  }
  if (report.preemptible !== undefined) add("uses", name(`${report.preemptible.operation}()`));
  if (report.preemptCount !== undefined) add("preempt", plain("count "), name(report.preemptCount));
  if (report.preemptionDisabledAt !== undefined)
    add("disabled", ...callers(fromTaker(report.preemptionDisabledAt), CALLERS + 1));
  if (leaked !== undefined) {
    add(
      "leaked",
      ...joined(
        [
          ...change("locks", leaked.lock),
          ...change("RCU depth", leaked.rcu),
          ...(leaked.preempt === null ? [] : [[plain("preempt count "), name(leaked.preempt)]]),
          ...(leaked.function === null ? [] : [[plain("by "), fn(leaked.function)]]),
        ],
        plain(", "),
      ),
    );
  }
  if (spinlock !== undefined) {
    const { owner, ownerCpu, cpu, magic } = spinlock;
    const last = ownerCpu === null || ownerCpu < 0 ? [] : [plain(`, on CPU ${ownerCpu}`)];
    if (magic !== null)
      add(
        "owner",
        owner === null ? quiet("none") : name(taskName(owner)),
        ...last,
        plain(", magic "),
        name(magic),
      );
    if (cpu !== null) add("cpu", plain(String(cpu)));
  }
  if (rtmutex !== undefined) {
    facts.push(
      fact(
        "mutexes",
        ...rtmutex.locks.map(({ task, name: what, address, owner }): Row => ({
          head: [name(taskName(task))],
          body: [
            lock(what ?? address ?? "?"),
            ...(owner === null ? [] : [plain(" owned by "), name(taskName(owner))]),
          ],
        })),
      ),
    );
  }
  return facts.filter(({ rows }) => rows.some(({ body }) => body.length > 0));
}

/** What a person needs to know of a report, the most telling first. */
export function factsOf(report: Report): Fact[] {
  const cycle = report.cycle.length === 0 ? [] : [fact("cycle", row(...cycleParts(report.cycle)))];
  const edges =
    report.kind === "recursive" || report.edges.length === 0
      ? []
      : [fact("edges", ...report.edges.map((edge) => edgeRow(edge)))];
  return [
    ...cycle,
    ...edges,
    ...lockFacts(report),
    ...particulars(report),
    ...placeFact(report),
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
      ...joined(
        [
          ...whom.slice(0, MOST_PEOPLE).map((one) => [words(one)]),
          ...(left > 0 ? [[quiet(`${left} more`)]] : []),
        ],
        plain(", "),
      ),
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

function suspectRow({ asked, takesPart, because: { code, args } }: Suspect): Row {
  const why = fillIn(SUSPECT_PROSE[code as SuspectCode], args).join(" ");
  return { head: [name(asked)], body: [TAKES_PART[takesPart], plain(": "), words(why)] };
}

const TAKES_PART: Record<Suspect["takesPart"], Part> = {
  cycle: bad("takes part in the cycle"),
  held: caution("is only held"),
  stack: caution("is only in a stack"),
  no: good("takes no part"),
};

/** The fields of a report that are named other than what they hold. */
const MISSING: Record<string, string> = {
  site: "where the lock was taken",
  held: "the locks held",
  backtrace: "the stack trace",
  registered: "where the earlier state arose",
  irqEvents: "the interrupt events",
  newDependency: "the new dependency",
};

/** What is wrong with the text of a report; what is missing for good stands first. */
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
      ...(missing.length === 0 ? [] : [[bad("without "), ...joined(missing, plain(", "))]]),
      ...item("dropped-messages", (line, lines) =>
        caution(`the kernel dropped ${counted(lines, "message")} at line ${line}`),
      ),
      ...item("control-sequences", (line) => caution(`control sequences taken out of line ${line}`)),
      ...item("doubled-lines", (_line, lines) => caution(`${counted(lines, "line")} came twice`)),
      ...item("unparsed", (line, lines) =>
        caution(`${counted(lines, "line")} not understood, from line ${line}`),
      ),
      ...item("foreign-lines", (line, lines) =>
        quiet(`${counted(lines, "line")} of others in between, from line ${line}`),
      ),
    ],
    plain("; "),
  );
}
