import type { Line } from "../read/line.ts";
import { isSameTime } from "./copies.ts";
import type { OpenReport } from "./open-report.ts";

/** Of so many reports a copy may come yet: a kernel that prints more prints some kinds again and again. */
const MOST_TOLD = 8;

/** So many lines behind, a second console may be. */
const NEAR = 64;

/** A boot, or what of one the log holds. */
interface Boot {
  /** The log has its first lines; else it may be a part that somebody quotes of another one here. */
  readonly isBegun: boolean;
}

interface Entry<As> {
  readonly report: OpenReport;
  readonly boot: Boot;
  /** What it was told as. */
  readonly as: As;
}

/** The reports of a log that were told last: one that comes again, by another route or quoted, is not reported twice. */
export class Told<As> {
  #entries: Entry<As>[] = [];
  #boot: Boot = { isBegun: false };

  /** Another boot of the log begins. */
  boot(isBegun: boolean): void {
    this.#boot = { isBegun };
  }

  /** Another log begins. */
  clear(): void {
    this.#entries = [];
    this.boot(false);
  }

  add(report: OpenReport, as: As): void {
    this.#entries.push({ report, boot: this.#boot, as });
    if (this.#entries.length > MOST_TOLD) this.#entries.shift();
  }

  /** Whether the report was told before, as what, and whether that stood in another boot. */
  find(report: OpenReport): { readonly as: As; readonly isOfOtherBoot: boolean } | null {
    const index = this.#entries.findIndex((entry) => this.#isKnown(entry, report));
    const entry = this.#entries[index];
    if (entry === undefined) return null;
    // without a clock, only as many of the same are known as were quoted
    if (!hasTime(report)) this.#entries.splice(index, 1);
    return { as: entry.as, isOfOtherBoot: entry.boot !== this.#boot };
  }

  /**
   * Where the same stands, and nothing tells whether that is the same report: a person may have quoted it, or it is the next
   * one of its kind.
   */
  likeOf(report: OpenReport): OpenReport | null {
    if (isLogged(report.first)) return null;
    return this.#entries.findLast((entry) => this.#isLike(entry, report))?.report ?? null;
  }

  #isLike({ report: known, boot }: Entry<As>, report: OpenReport): boolean {
    const isOfOtherBoot = boot !== this.#boot;
    if (isOfOtherBoot && boot.isBegun && this.#boot.isBegun) return false;
    if (hasTime(report)) return isSameMoment(known, report) && isWithin(known, report);
    return (isOfOtherBoot || (isQuoted(known) && isQuoted(report))) && isEqual(known, report);
  }

  #isKnown({ report: known, boot }: Entry<As>, report: OpenReport): boolean {
    if (boot === this.#boot) return tellsSame(known, report);
    // a part of a boot that the log has whole; two that begin in it are two, as an emulator's clock may be exact
    if (boot.isBegun === this.#boot.isBegun) return false;
    if (hasTime(report)) return isSameMoment(known, report) && isWithin(known, report);
    return this.#boot.isBegun && isQuoted(known) && isQuoted(report) && isEqual(known, report);
  }
}

function hasTime({ first, headline }: OpenReport): boolean {
  return (headline?.line ?? first).time !== null;
}

/** Whether it comes after a mail's signs of quoting. */
function isQuoted({ headline }: OpenReport): boolean {
  return headline?.line.transport === "email";
}

/**
 * Whether the second report of a boot tells nothing that the first one does not: it was printed at the same time, to the
 * microsecond, and in the same words.
 */
function tellsSame(first: OpenReport, second: OpenReport): boolean {
  const [one, other] = [first.headline?.line, second.headline?.line];
  if (one === undefined || other === undefined || !isAtOneTime(first, second)) return false;
  const isNear = other.number - one.number <= NEAR;
  const isOtherWay = isLogged(one) !== isLogged(other) || (one.caller === null) !== (other.caller === null);
  // far behind and by the same way it is told twice: a person quotes it, or asks for the log again
  return (isNear || isOtherWay) && isWithin(first, second);
}

/** Whether the headlines are one: two processors may print at one time. */
function isAtOneTime({ headline: one }: OpenReport, { headline: other }: OpenReport): boolean {
  if (one === null || other === null || one.token.text !== other.token.text) return false;
  if (!one.line.time || other.line.time === null || !isSameTime(one.line, other.line)) return false;
  const [caller, otherCaller] = [one.line.caller, other.line.caller];
  return caller === null || otherCaller === null || caller === otherCaller;
}

/** Whether the clock that both have is one that tells: while a kernel boots, it may stand still. */
function isSameMoment(first: OpenReport, second: OpenReport): boolean {
  return isAtOneTime(first, second) && hasMovedOn(first);
}

/** Whether the clock went on while it was printed, so that what has its first stamp does not come after it. */
function hasMovedOn({ headline, until }: OpenReport): boolean {
  return (until ?? 0) > (headline?.line.time ?? 0);
}

/** Whether all that the second report says is in the first. */
function isWithin(first: OpenReport, second: OpenReport): boolean {
  if (second.tokens.length > first.tokens.length) return false;
  const texts = new Set(first.tokens.map(({ text }) => text));
  return second.tokens.every(({ text }) => texts.has(text));
}

/** Whether both are the same line for line, with all addresses. */
function isEqual({ tokens: first }: OpenReport, { tokens: second }: OpenReport): boolean {
  return first.length === second.length && first.every(({ text }, i) => text === second[i]?.text);
}

/** Whether a program passed the line on; else it is as a console or dmesg printed it, or as a person quotes that. */
function isLogged({ transport }: Line): boolean {
  return !["console", "dmesg", "raw", "plain", "email"].includes(transport);
}
