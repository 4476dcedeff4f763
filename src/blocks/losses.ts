import type { LineToken } from "../../grammar/tokenize.ts";
import type { Line } from "../read/line.ts";
import type { Damage, DamageCode } from "../report/schema.ts";

/** More of a line is not kept as it was: the kernel prints no longer ones. */
const LONGEST_RAW = 4096;

/** What of a report under way was not read or is not certain, and how that is told. */
export class Losses {
  readonly damage: Damage[] = [];
  unparsed = 0;
  /** Lines that were not understood, since the last that was. */
  pending: Line[] = [];
  /** Number of the last line that had no place. */
  #orphans: number | null = null;

  tell(code: DamageCode, line: number, what?: string): void {
    this.damage.push(what === undefined ? { code, line } : { code, line, what });
  }

  /** Messages were lost while the report was printed. */
  dropped({ number, groups }: LineToken): void {
    this.tell("dropped-messages", number, `${groups["count"] ?? ""} messages`);
  }

  /** Control sequences were taken out of a line: here it stays as it was. */
  keepRaw(line: number, raw: string): void {
    this.tell("control-sequences", line, raw.slice(0, LONGEST_RAW));
  }

  /** Its lines and another's came mixed, and nothing tells whose some of them are. */
  mixed(line: number): void {
    if (!this.damage.some(({ code }) => code === "interleaved")) this.tell("interleaved", line);
  }

  /** A line of the report's own of which the place is lost. */
  orphan(line: number): void {
    this.#unread(line);
    this.#orphans = line;
  }

  /** The beginning of a line of which the rest did not come. */
  broken(line: number): void {
    this.#orphans = null;
    this.tell("truncated", line);
  }

  #unread(line: number): void {
    this.unparsed++;
    const last = this.damage.at(-1);
    if (last?.code === "unparsed" && this.#orphans !== null && last.what !== undefined) {
      last.what = `${Number.parseInt(last.what, 10) + 1} lines`;
    } else this.tell("unparsed", line, "1 line");
  }

  /**
   * The lines that were pending turn out to stand within the report. Those of its own caller are the kernel's, and were
   * not read; what has no prefix in a log of prefixes was written by a program, or by whoever sent the log.
   *
   * @param isCutOff whether a line is the beginning of one that the report may have now
   */
  settle(hasCaller: boolean, isCutOff: (line: Line) => boolean): void {
    if (this.pending.length === 0) return;
    const isOwn = (line: Line): boolean => hasCaller && line.bare !== true;
    const own = this.pending.filter(isOwn);
    const unread = own.filter((line) => !isCutOff(line));
    for (const line of own.filter(isCutOff)) this.broken(line.number);
    this.#tellLines("unparsed", unread);
    this.#tellLines(
      "foreign-lines",
      this.pending.filter((line) => !isOwn(line)),
    );
    this.unparsed += unread.length;
    this.pending = [];
  }

  /** The line is read after all. */
  forget(line: Line): void {
    this.pending = this.pending.filter((other) => other !== line);
  }

  #tellLines(code: "unparsed" | "foreign-lines", lines: readonly Line[]): void {
    const [first] = lines;
    if (first !== undefined)
      this.tell(code, first.number, lines.length === 1 ? "1 line" : `${lines.length} lines`);
  }
}
