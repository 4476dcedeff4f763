import { relationOf } from "../kinds/index.ts";
import type { Lockdep, Report } from "../report/schema.ts";

/**
 * What lockdep makes of itself: it turns itself off at most reports (debug_locks_off() in lib/debug_locks.c) and
 * never on again.
 */

/** print_lockdep_off() and others; the headline before it may be lost, or of a level that the console leaves out. */
const TURNING_OFF = "turning off the locking correctness validator.";
const SELFTEST_END = /^Good, all \d+ testcases passed!/;
/** add_taint() in kernel/panic.c: a forced module, a bad page, what KASAN found. */
const TAINTED = "Disabling lock debugging due to kernel taint";
/**
 * The first line of an oops, with its count: `Oops: 0002 [#1] SMP`, `Internal error: Oops: 96000004 [#1]`,
 * `invalid opcode: 0000 [#1]`. oops_enter() in kernel/panic.c calls debug_locks_off() and does not say so.
 */
const OOPS = /^[^[]{1,200}: [0-9a-f]{1,16} \[#\d{1,6}\]|^Kernel panic - not syncing\b/;

interface Event {
  readonly line: number;
  readonly state: "on" | "off";
  readonly reason: "report" | "limit" | "message";
  /** Says that lockdep is built in, which does not turn it on again. */
  readonly isBanner?: true;
  /** Where the report stood, which tells it from all others: the report itself is long written and forgotten. */
  readonly report: Report["lines"] | null;
}

function isOops(text: string): boolean {
  const count = text.indexOf("[#");
  // riscv, mips, loongarch and sparc64 have no code before the count, s390 has a length
  if (count > 0 && /\bOops\b/.test(text.slice(0, count))) return true;
  return (count > 0 || text.startsWith("Kernel panic")) && OOPS.test(text);
}

/** Lockdep's state, followed over one source. */
export class LockdepState {
  /** A report is known only at its end, so what happened is put in order when it is asked for. */
  #events: Event[] = [];

  /** A line of the log, within or outside of reports. */
  line(text: string, line: number): void {
    // lockdep_init(); locks are checked before it, too, and a report may have turned lockdep off
    if (text.startsWith("Lock dependency validator"))
      this.#add({ line, state: "on", reason: "message", report: null, isBanner: true });
    // ends the locking self-test with all as it was before
    else if (SELFTEST_END.test(text)) this.#add({ line, state: "on", reason: "message", report: null });
    else if (
      text === "INFO: lockdep is turned off." ||
      text === TURNING_OFF ||
      text.startsWith(TAINTED) ||
      isOops(text)
    )
      this.#add({ line, state: "off", reason: "message", report: null });
  }

  /** @param line where it is */
  report(report: Report, line = report.lines.first): void {
    const { turnsOff: off, showsOn = false } = relationOf(report);
    const reason = off === true ? "report" : "limit";
    if (off !== false) this.#add({ line, state: "off", reason, report: report.lines });
    else if (report.rcu?.debugLocks === 0) this.#add({ line, state: "off", reason: "message", report: null });
    // kernels without lockdep tell of sleeping and scheduling, too, but not which locks are held
    else if (this.#events.length === 0 && (showsOn || report.held.length > 0))
      this.#add({ line, state: "on", reason: "message", report: null });
  }

  /** Whether anything has told of lockdep. */
  get isKnown(): boolean {
    return this.#events.length > 0;
  }

  /** A fuzzer's log may say so a million times: of a run of equal events the first is enough. */
  #add(event: Event): void {
    const last = this.#events[this.#events.length - 1];
    if (last?.state !== event.state || event.line < last.line) this.#events.push(event);
  }

  /** @param reports all reports, in which the one that turned lockdep off is looked up */
  summary(reports: readonly Pick<Report, "lines">[]): Lockdep {
    let off: Event | null = null;
    let state: Lockdep["state"] = "unknown";
    for (const event of this.#events.toSorted((a, b) => a.line - b.line)) {
      if (event.isBanner === true && off !== null) continue;
      off = event.state === "on" ? null : (off ?? event);
      state = event.state;
    }
    if (off === null) return { state, offAt: null };
    const index = reports.findIndex(({ lines }) => lines === off.report);
    return { state, offAt: { line: off.line, reason: off.reason, report: index < 0 ? null : index } };
  }
}
