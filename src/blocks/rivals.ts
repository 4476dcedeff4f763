import { mayBeExchanged } from "./exchange.ts";
import type { OpenReport } from "./open-report.ts";

/** What two reports without callers have done to each other. */
interface Rivalry {
  readonly since: number;
  /** A line came that both could have. */
  contested: boolean;
  /** The older went on while the newer had not ended. */
  interleaved: boolean;
}

/** Reports without callers that were printed at one time: where it is not certain whose a line is, both say so. */
export class Rivals {
  readonly #of = new WeakMap<OpenReport, Map<OpenReport, Rivalry>>();

  #between(older: OpenReport, newer: OpenReport, line: number): Rivalry {
    let of = this.#of.get(newer);
    if (of === undefined) this.#of.set(newer, (of = new Map<OpenReport, Rivalry>()));
    let rivalry = of.get(older);
    if (rivalry === undefined)
      of.set(older, (rivalry = { since: line, contested: false, interleaved: false }));
    return rivalry;
  }

  /** The line is the newer's, and the older could have had it, too. */
  contest(older: OpenReport, newer: OpenReport, line: number): void {
    this.#between(older, newer, line).contested = true;
    older.contestedAt ??= line;
  }

  /** The line is the older's, before the newer has ended. */
  interleave(older: OpenReport, newer: OpenReport, line: number): void {
    this.#between(older, newer, line).interleaved = true;
  }

  /** The splat goes on with another stack: what came between its lines did. */
  succeed(before: OpenReport, after: OpenReport): void {
    for (const [older, { since, interleaved }] of this.#of.get(before) ?? [])
      if (interleaved) this.#between(older, after, since).interleaved = true;
  }

  /** Lines of the one are missing, or of another stack, and may be among those of the other. */
  lose(one: OpenReport, other: OpenReport): void {
    for (const rivalry of [this.#of.get(other)?.get(one), this.#of.get(one)?.get(other)])
      if (rivalry?.contested === true) rivalry.interleaved = true;
  }

  /** Two whose lines came mixed, some of which both could have: whose they are is not certain. */
  judge(one: OpenReport, other: OpenReport): void {
    for (const [older, newer] of [
      [one, other],
      [other, one],
    ] as const) {
      const rivalry = this.#of.get(newer)?.get(older);
      if (rivalry?.contested === true && rivalry.interleaved) this.#tell(older, newer, rivalry);
    }
  }

  /** All of these are over: those whose traces could as well be parted in another way say so. */
  settle(reports: readonly OpenReport[]): void {
    for (const newer of reports)
      for (const [older, rivalry] of this.#of.get(newer) ?? []) {
        if (!rivalry.contested || rivalry.interleaved || !reports.includes(older)) continue;
        if (mayBeExchanged(older.tokens, newer.tokens)) this.#tell(older, newer, rivalry);
      }
  }

  #tell(older: OpenReport, newer: OpenReport, { since }: Rivalry): void {
    older.mix(since);
    newer.mix(since);
  }
}
