import { isHeadline } from "../../grammar/tokenize.ts";
import type { Question } from "../analyze/index.ts";
import { Unwrap } from "../blocks/unwrap.ts";
import { BootLog } from "../boots/boot-log.ts";
import { bootKernel } from "../boots/kernel.ts";
import { sourceResult } from "../boots/result.ts";
import type { Line, Transport } from "../read/line.ts";
import { LogReader } from "../read/log-reader.ts";
import { createRecoder } from "../read/recode/index.ts";
import type { LogStart, Recoded, Recoder } from "../read/recode/recoder.ts";
import type { BriefSource, Kernel, Mail, Report, Source } from "../report/schema.ts";
import type { Splats } from "./splats.ts";
import { UnreadLines } from "./unread.ts";

/** Lines kept until the first headline loads the parser, which may want them. */
const RECENT_LINES = 16;

/** How much earlier than the line before a line of the same boot may be: processors' clocks differ a little. */
const CLOCK_SKEW_SECONDS = 1;

/** More boots than this in one log are a hostile one's: the rest counts as one. */
const MOST_BOOTS = 4096;

/** lockdep_init() prints the sizes of its tables in this many lines. */
const TABLE_SIZES = 12;

/** Time runs backwards where a line is earlier than all of so many before it: one stray stamp is no boot. */
const RECENT_TIMES = 8;

const NOTHING: readonly Report[] = [];

const NO_LOCKDEP: Source["lockdep"] = { state: "unknown", offAt: null };

/** Reads one source: bytes → lines → reports, and what the log tells beside them. */
export class SourceTriage {
  readonly #name: string;
  readonly #index: number;
  readonly #asked: readonly Question[];
  #reader = new LogReader();
  readonly #boots: BootLog[] = [];
  readonly #kernels: Kernel[] = [];
  readonly #transports = new Map<Transport, number>();
  readonly #unread = new UnreadLines(({ line }) => this.#bootOf(line)?.unread());
  #recoder: Recoder | null = null;
  /** The mail that is being read. */
  #mail: Mail | null = null;
  /** The next line is the first of another log. */
  #isFresh = true;
  #begun = false;
  #inputBytes = 0;
  readonly #unwrap = new Unwrap();
  #splats: Splats | null = null;
  #recent: Line[] = [];
  /** The latest time stamps, in seconds since boot. */
  #times: number[] = [];
  #bootKernel: Kernel | null = null;
  /** Lines still wanted because they tell lockdep's sizes. */
  #tableSizes = 0;

  /**
   * @param index of this source among all
   * @param asked annotations, lock classes, commits and patches that are suspected
   */
  constructor(name: string, index: number, asked: readonly Question[] = []) {
    this.#name = name;
    this.#index = index;
    this.#asked = asked;
  }

  /** @returns the reports that this chunk completes, in the order of their ends */
  async push(chunk: Uint8Array): Promise<Report[]> {
    if (!this.#begun && chunk.length > 0) {
      this.#begun = true;
      this.#recoder = await createRecoder(chunk);
    }
    this.#inputBytes += chunk.length;
    if (this.#recoder === null) return this.#read(this.#reader.push(chunk));
    return this.#recoded(await this.#recoder.push(chunk));
  }

  async end(): Promise<Report[]> {
    const reports = this.#recoder === null ? [] : await this.#recoded(await this.#recoder.end());
    reports.push(...(await this.#endLog()));
    return reports;
  }

  async #recoded(pieces: readonly Recoded[]): Promise<Report[]> {
    const reports: Report[] = [];
    for (const piece of pieces)
      reports.push(
        ...(piece instanceof Uint8Array
          ? await this.#read(this.#reader.push(piece))
          : await this.#startLog(piece)),
      );
    return reports;
  }

  /** What comes now has nothing to do with what came before: it is another mail, or another part of one. */
  async #startLog({ mail, line }: LogStart): Promise<Report[]> {
    const reports = await this.#endLog();
    // of most mails there is nothing to tell
    if (this.#boots.at(-1)?.isKernels === false) this.#boots.pop();
    this.#mail = mail;
    this.#reader = new LogReader(Math.max(line, this.#reader.lines + 1));
    this.#isFresh = true;
    return reports;
  }

  async #endLog(): Promise<Report[]> {
    const reports = await this.#read(this.#reader.end());
    for (const line of this.#unwrap.end()) {
      if (this.#splats !== null) this.#feed(this.#splats, line);
      else if (this.#await(line)) await this.#begin(line);
    }
    this.#splats?.end();
    this.#unread.settle();
    reports.push(...this.#take());
    return reports;
  }

  /**
   * Nothing has come for a while: reports that may be whole are taken to be.
   *
   * @returns those reports
   */
  settle(): readonly Report[] {
    if (this.#splats !== null) for (const line of this.#unwrap.end()) this.#feed(this.#splats, line);
    this.#splats?.settle();
    return this.#take();
  }

  /**
   * @param reports all reports of this source, in their final order
   * @param isWhole whether it could be read to its end
   */
  summary(reports: readonly Pick<Report, "lines">[], isWhole: boolean): Source {
    const last = this.#boots.at(-1);
    last?.end(this.#reader.lines);
    const isCut = this.#reader.isCut || !isWhole;
    const boots = this.#boots
      .filter(({ isKernels }) => isKernels)
      .map((boot) => boot.summary(reports, boot === last && isCut));
    const unread = [...this.#unread.told];
    return {
      ...this.#head(),
      boots,
      lockdep: boots.at(-1)?.lockdep ?? NO_LOCKDEP,
      ...sourceResult({ boots, unread }, reports.length > 0, isWhole),
      unread,
      moreUnread: this.#unread.more,
    };
  }

  /** The source as far as it was read, for a report that is shown before its end: short, however long it is. */
  soFar(report: Pick<Report, "lines">): BriefSource {
    const lockdep = this.#boots.at(-1)?.summary([report], false).lockdep ?? NO_LOCKDEP;
    return { ...this.#head(), lockdep, result: "reported", because: null };
  }

  #head(): Pick<Source, "name" | "bytes" | "lines" | "transport" | "kernels"> {
    return {
      name: this.#name,
      bytes: this.#inputBytes,
      lines: this.#reader.lines,
      transport: mostFrequent(this.#transports) ?? "plain",
      kernels: this.#kernels,
    };
  }

  async #read(lines: Iterable<Line>): Promise<Report[]> {
    const reports: Report[] = [];
    for (const read of lines) {
      for (const line of this.#unwrap.feed(read, this.#isReporting)) {
        if (this.#splats !== null) this.#feed(this.#splats, line);
        else if (this.#await(line)) await this.#begin(line);
        for (const report of this.#take()) reports.push(report);
        if (!this.#isReporting) this.#unread.settle();
      }
      this.#reader.watching = this.#isReporting || this.#tableSizes > 0 || this.#unwrap.isHolding;
    }
    return reports;
  }

  get #isReporting(): boolean {
    return this.#splats?.idle === false;
  }

  #feed(splats: Splats, line: Line): void {
    this.#observe(line);
    this.#unread.line(line);
    splats.feed(line);
  }

  /**
   * Before the first headline: the parser is not even loaded.
   *
   * @returns whether this is it
   */
  #await(line: Line): boolean {
    this.#observe(line);
    this.#unread.line(line);
    if (isHeadline(line.text)) return true;
    this.#recent.push(line);
    if (this.#recent.length > RECENT_LINES) this.#recent.shift();
    return false;
  }

  /** @param line the first headline */
  async #begin(line: Line): Promise<void> {
    const { Splats } = await import("./splats.ts");
    this.#splats = new Splats(
      this.#index,
      this.#asked,
      (block) => {
        this.#unread.claim(block);
      },
      (number) => {
        this.#unread.drop(number);
      },
    );
    this.#splats.boot(this.#bootKernel);
    for (const recent of [...this.#recent, line]) this.#splats.feed(recent);
    this.#recent = [];
  }

  #observe(line: Line): void {
    if (line.text !== "")
      this.#transports.set(line.transport, (this.#transports.get(line.transport) ?? 0) + 1);
    const kernel = bootKernel(line.text);
    if (kernel !== null || this.#isFresh || this.#runsBackwards(line)) this.#boot(line, kernel);
    else this.#boots.at(-1)?.line(line);
    this.#tableSizes = line.text.startsWith("Lock dependency validator") ? TABLE_SIZES : this.#tableSizes - 1;
    if (line.time === null) return;
    this.#times.push(line.time);
    if (this.#times.length > RECENT_TIMES) this.#times.shift();
  }

  #runsBackwards({ time }: Line): boolean {
    if (time === null || this.#times.length === 0) return false;
    for (const before of this.#times) if (before - time <= CLOCK_SKEW_SECONDS) return false;
    return true;
  }

  /** What comes now is of another boot than what came before. */
  #boot(line: Line, kernel: Kernel | null): void {
    // a report that this line cuts off is the kernel's before
    const mayBeSame = !this.#isFresh && !this.#isReporting;
    this.#splats?.boot(kernel);
    const before = this.#boots.at(-1);
    const isSame = mayBeSame && kernel !== null && before?.takes(line, kernel) === true;
    this.#isFresh = false;
    if (this.#boots.length < MOST_BOOTS && !isSame) {
      before?.end(line.number - 1);
      this.#boots.push(new BootLog(line, kernel, this.#mail));
    }
    this.#times = [];
    if (kernel !== null) this.#addKernel(kernel);
    this.#bootKernel = kernel;
    this.#recent = [];
  }

  #take(): readonly Report[] {
    const reports = this.#splats?.take() ?? NOTHING;
    for (const report of reports) {
      // a boot ends the report that it cuts off, so it may be of the one before
      this.#bootOf(report.lines.first)?.report(report);
      if (report.kernel !== null && this.#kernels.length === 0) this.#addKernel(report.kernel);
    }
    return reports;
  }

  #bootOf(line: number): BootLog | undefined {
    return this.#boots.findLast(({ first }) => first <= line);
  }

  #addKernel({ release, build, taint }: Kernel): void {
    const known = this.#kernels.some((kernel) => kernel.release === release && kernel.build === build);
    if (!known) this.#kernels.push({ release, build, taint });
  }
}

function mostFrequent<Key>(counts: ReadonlyMap<Key, number>): Key | null {
  let best: Key | null = null;
  let most = 0;
  for (const [key, count] of counts)
    if (count > most) {
      best = key;
      most = count;
    }
  return best;
}
