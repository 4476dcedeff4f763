import { unobserved, type Wanted } from "../compare/observed.ts";
import type { Boot } from "../report/schema.ts";
import type { BootRow, History, HistoryBug, StoredReport } from "./schema.ts";

/** Which rows are asked for. */
export interface Question {
  /** Builds from this one on are the newer ones. */
  readonly since: string | null;
  readonly job: string | null;
  readonly id: string | null;
}

/** Boots of which the same can be said, but for how long they ran. */
interface Sort {
  readonly boot: Boot;
  /** The last time stamp of each; those without one count as if they ran forever, as in a comparison of two builds. */
  readonly lasts: number[];
}

/** One build, by what its boots could have shown. */
class Build {
  readonly sorts = new Map<string, Sort>();
  readonly kernels = new Set<string>();
  first: string;
  last: string;
  boots = 0;
  readonly results = { clean: 0, reported: 0, unknown: 0 };

  constructor(time: string) {
    this.first = this.last = time;
  }

  add({ time, boot, reports }: BootRow): string {
    if (time < this.first) this.first = time;
    if (time > this.last) this.last = time;
    this.boots++;
    const release = boot.kernel?.release ?? reports[0]?.release ?? null;
    if (release !== null) this.kernels.add(release);
    this.results[boot.result]++;
    const key = keyOf(boot, release);
    let sort = this.sorts.get(key);
    if (sort === undefined) this.sorts.set(key, (sort = { boot: plainBoot(boot, release), lasts: [] }));
    sort.lasts.push(lastOf(boot));
    return key;
  }
}

/** One bug, over all builds. */
class Bug {
  readonly shown: { report: StoredReport; at: HistoryBug["first"] };
  readonly titles = new Set<string>();
  first: HistoryBug["first"];
  last: HistoryBug["first"];
  needsLockdep = true;
  time: number | null = null;
  endsOrderly = true;
  readonly hits = new Map<string, Map<string, number[]>>();
  readonly jobs = new Map<string | null, number>();

  constructor(report: StoredReport, at: HistoryBug["first"]) {
    this.shown = { report, at };
    this.first = this.last = at;
  }

  /** @param reports of this bug in one boot */
  add(row: BootRow, reports: readonly StoredReport[], sort: string): void {
    for (const report of reports) {
      const at = { time: row.time, build: row.build, path: row.path, line: report.line };
      if (isBefore(at, this.first)) this.first = at;
      if (isBefore(this.last, at)) this.last = at;
      // the first whole one is the one to show, else the first
      const { report: shown, at: shownAt } = this.shown;
      const isBetter = report.complete === shown.complete ? isBefore(at, shownAt) : report.complete;
      if (isBetter) Object.assign(this.shown, { report, at });
      this.titles.add(report.title);
      this.needsLockdep &&= report.needsLockdep;
      if (report.time !== null && (this.time === null || report.time < this.time)) this.time = report.time;
    }
    const end = row.boot.end ?? null;
    this.endsOrderly &&= end !== null && end.how !== "panic";
    const sorts = this.hits.get(row.build) ?? new Map<string, number[]>();
    this.hits.set(row.build, sorts);
    const lasts = sorts.get(sort) ?? [];
    sorts.set(sort, lasts);
    lasts.push(lastOf(row.boot));
    this.jobs.set(row.job, (this.jobs.get(row.job) ?? 0) + 1);
  }

  get wanted(): Wanted {
    const { kind, edges } = this.shown.report;
    const { needsLockdep, time, endsOrderly } = this;
    return { needsLockdep, time, claim: { kind, cycle: edges.map(({ from }) => from) }, endsOrderly };
  }
}

/** Counts the boots of a store, one after another, and remembers of each no more than how long it ran. */
export class Tally {
  readonly #question: Question;
  readonly #builds = new Map<string, Build>();
  readonly #jobs = new Map<string | null, number>();
  readonly #bugs = new Map<string, Bug>();
  #boots = 0;

  constructor(question: Question) {
    this.#question = question;
  }

  add(row: BootRow): void {
    const { job, id } = this.#question;
    if (job !== null && row.job !== job) return;
    this.#boots++;
    this.#jobs.set(row.job, (this.#jobs.get(row.job) ?? 0) + 1);
    let build = this.#builds.get(row.build);
    if (build === undefined) this.#builds.set(row.build, (build = new Build(row.time)));
    const sort = build.add(row);
    const byId = new Map<string, StoredReport[]>();
    for (const report of row.reports) byId.set(report.id, [...(byId.get(report.id) ?? []), report]);
    for (const [found, reports] of byId) {
      const [first] = reports;
      if (first === undefined || (id !== null && found !== id)) continue;
      let bug = this.#bugs.get(found);
      if (bug === undefined) {
        const at = { time: row.time, build: row.build, path: row.path, line: first.line };
        this.#bugs.set(found, (bug = new Bug(first, at)));
      }
      bug.add(row, reports, sort);
    }
  }

  /** @returns null if no boot is of the build that is asked about */
  get history(): History | null {
    const { since } = this.#question;
    const builds = [...this.#builds].toSorted(
      ([a, { first }], [b, { first: other }]) => compare(first, other) || compare(a, b),
    );
    for (const [, { sorts }] of builds) for (const { lasts } of sorts.values()) lasts.sort((a, b) => a - b);
    const start = since === null ? null : builds.findIndex(([name]) => name === since);
    if (start === -1) return null;
    return {
      schema: "splat-triage-history/1",
      since,
      boots: this.#boots,
      builds: builds.map(([build, { kernels, first, last, boots, results }]) => ({
        build,
        kernels: [...kernels].toSorted(compare),
        first,
        last,
        boots,
        ...results,
      })),
      jobs: [...this.#jobs]
        .map(([job, boots]) => ({ job, boots }))
        .toSorted((a, b) => compare(a.job ?? "", b.job ?? "")),
      bugs: [...this.#bugs]
        .map(([id, bug]) => bugOf(id, bug, builds, start))
        .toSorted((a, b) => compare(b.last.time, a.last.time) || b.hits - a.hits || compare(a.id, b.id)),
    };
  }
}

/** @param start index of the first of the newer builds; null if nobody asked */
function bugOf(
  id: string,
  bug: Bug,
  all: readonly (readonly [string, Build])[],
  start: number | null,
): HistoryBug {
  const { wanted } = bug;
  const { report } = bug.shown;
  const builds = all.map(([build, facts]) => ({ build, ...tallyOf(facts, bug.hits.get(build), wanted) }));
  const total = sumOf(builds);
  const jobs = [...bug.jobs].map(([job, hits]) => ({ job, hits }));
  return {
    id,
    kind: report.kind,
    title: report.title,
    alsoAs: [...bug.titles].filter((title) => title !== report.title).toSorted(compare),
    classes: report.classes,
    status: start === null ? null : statusOf(sumOf(builds.slice(0, start)), sumOf(builds.slice(start))),
    first: bug.first,
    last: bug.last,
    ...total,
    builds,
    jobs: jobs.toSorted((a, b) => b.hits - a.hits || compare(a.job ?? "", b.job ?? "")),
  };
}

type Count = Pick<HistoryBug, "hits" | "observed">;

function sumOf(counts: readonly Count[]): Count {
  return {
    hits: counts.reduce((sum, { hits }) => sum + hits, 0),
    observed: counts.reduce((sum, { observed }) => sum + observed, 0),
  };
}

/** As in a comparison of two builds. */
function statusOf(old: Count, fresh: Count): NonNullable<HistoryBug["status"]> {
  if (old.hits > 0 && fresh.hits > 0) return "both";
  const absent = old.hits > 0 ? fresh : old;
  if (absent.observed === 0) return "masked";
  return old.hits > 0 ? "gone" : "new";
}

/** The boots of a build that showed something, and those that could have. */
function tallyOf(
  { sorts }: Build,
  shown: ReadonlyMap<string, readonly number[]> = new Map(),
  wanted: Wanted,
): Count {
  let [hits, observed] = [0, 0];
  for (const [key, { boot, lasts }] of sorts) {
    const own = shown.get(key) ?? [];
    hits += own.length;
    const least = leastLast(boot, wanted);
    // those that showed it are counted as such, whatever else is true of them
    const ownObserved = own.filter((last) => last >= least).length;
    observed += own.length + (lasts.length - lowerBound(lasts, least)) - ownObserved;
  }
  return { hits, observed };
}

/** How long a boot of this sort must have run to have shown something; infinitely long where it cannot. */
function leastLast(boot: Boot, wanted: Wanted): number {
  const couldShow = (last: number | null): boolean => {
    const asked = { ...boot, times: { first: null, last } };
    return unobserved({ name: "", boot: asked, reports: [] }, wanted, []) === null;
  };
  if (!couldShow(null)) return Number.POSITIVE_INFINITY;
  return wanted.time === null || couldShow(Number.NEGATIVE_INFINITY) ? Number.NEGATIVE_INFINITY : wanted.time;
}

function lastOf(boot: Boot): number {
  return boot.times.last ?? Number.MAX_VALUE;
}

/** How many are below that. */
function lowerBound(sorted: readonly number[], least: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A boot without what makes no difference to what it could have shown. */
function plainBoot(boot: Boot, release: string | null): Boot {
  const { lockdep, end } = boot;
  return {
    ...boot,
    lines: { first: 0, last: 0 },
    kernel: release === null ? null : { release, build: null, taint: null },
    times: { first: null, last: null },
    userspace: boot.userspace === null ? null : 0,
    end: end === null ? null : { line: 0, how: end.how },
    dropped: Math.min(1, boot.dropped),
    lockdep: {
      state: lockdep.state,
      offAt: lockdep.offAt === null ? null : { line: 0, reason: lockdep.offAt.reason, report: null },
    },
  };
}

function keyOf(boot: Boot, release: string | null): string {
  return JSON.stringify(plainBoot(boot, release));
}

function isBefore(a: HistoryBug["first"], b: HistoryBug["first"]): boolean {
  return (compare(a.time, b.time) || compare(a.path, b.path) || a.line - b.line) < 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
