import { isHeadline } from "../../grammar/tokenize.ts";
import type { Question } from "../analyze/index.ts";
import { unfilled } from "../blocks/refilled.ts";
import { Unwrap } from "../blocks/unwrap.ts";
import { BootLog } from "../boots/boot-log.ts";
import { bootKernel } from "../boots/kernel.ts";
import type { Line } from "../read/line.ts";
import type { Kernel, Mail, Report, UnreadLine } from "../report/schema.ts";
import { Clock, type Ticked } from "./clock.ts";
import type * as Parser from "./splats.ts";
import { UnreadLines } from "./unread.ts";

/** Lines kept until the first headline loads the parser, which may want them. */
const RECENT_LINES = 16;

/** More boots than this of one machine are a hostile log's: the rest counts as one. */
const MOST_BOOTS = 4096;

/** lockdep_init() prints the sizes of its tables in this many lines. */
const TABLE_SIZES = 12;

const NOTHING: readonly Report[] = [];

/** Loaded at the first headline of all logs, and never for clean ones. */
let parser: typeof Parser | null = null;

/** The lines of one machine: its boots, and the reports in them. */
export class Machine {
  readonly boots: BootLog[] = [];
  readonly unread = new UnreadLines(({ line }) => this.#bootOf(line)?.unread());
  readonly #index: number;
  readonly #asked: readonly Question[];
  readonly #onKernel: (kernel: Kernel, isOfBoot: boolean) => void;
  /** The mail that is being read. */
  #mail: Mail | null = null;
  /** The next line is the first of another log. */
  #isFresh = true;
  readonly #unwrap = new Unwrap();
  readonly #clock = new Clock();
  #splats: Parser.Splats | null = null;
  #recent: Line[] = [];
  #bootKernel: Kernel | null = null;
  /** Lines still wanted because they tell lockdep's sizes. */
  #tableSizes = 0;
  /** Seconds since boot of its latest line that tells. */
  #time: number | null = null;
  /** How many of its boots were taken as over. */
  #taken = 0;
  /** What its transport calls it; null if no line says. */
  host: string | null = null;

  /**
   * @param index of the source among all
   * @param asked annotations, lock classes, commits and patches that are suspected
   * @param onKernel is told of kernels that a boot names, or else a report
   */
  constructor(
    index: number,
    asked: readonly Question[],
    onKernel: (kernel: Kernel, isOfBoot: boolean) => void,
  ) {
    this.#index = index;
    this.#asked = asked;
    this.#onKernel = onKernel;
  }

  get isReporting(): boolean {
    return this.#splats?.idle === false;
  }

  /** Whether the next lines are wanted, whatever they hold. */
  get wantsNext(): boolean {
    return (
      this.isReporting ||
      this.#tableSizes > 0 ||
      this.#unwrap.isHolding ||
      this.#clock.isHolding ||
      this.unread.wantsNext
    );
  }

  /** Another log begins. */
  startLog(mail: Mail | null): void {
    // of most mails there is nothing to tell
    if (this.boots.at(-1)?.isKernels === false) this.boots.pop();
    this.#mail = mail;
    this.#isFresh = true;
    this.#clock.reset();
  }

  /** Boots that are over and were not taken before: another has begun, and no report is under way. */
  takeEnded(): readonly BootLog[] {
    // of a log in which nothing is a kernel's, nothing will be left: the boot before may end later
    if (this.isReporting || this.boots.at(-1)?.isKernels !== true) return [];
    const ended = this.boots.slice(this.#taken, -1);
    this.#taken += ended.length;
    return ended;
  }

  /** Something could not be read that may hold a log, or the rest of this one. */
  skip(unread: UnreadLine): void {
    this.unread.add(unread);
    if (!this.#isFresh) this.boots.at(-1)?.unread();
  }

  /** Whether the line may be one of this machine's, under another name: it is not earlier, and interrupts no report. */
  mayGoOnWith({ time, text }: Line): boolean {
    const isLater = time === null || this.#time === null || time >= this.#time;
    return isLater && !this.isReporting && bootKernel(text) === null;
  }

  /** Lines of another machine were taken for its own, so that its boot proves nothing. */
  mix(): void {
    this.boots.at(-1)?.mix();
  }

  /**
   * Takes the next line.
   *
   * @returns lines that are whole now, and are to be read
   */
  take(line: Line): readonly Line[] {
    this.#time = line.time ?? this.#time;
    const parts = unfilled(line, this.isReporting);
    if (parts === null) return this.#unwrap.feed(line, this.isReporting);
    return parts.flatMap((part) => this.#unwrap.feed(part, true));
  }

  /** Whether these hold the first headline of all. */
  wantsParser(lines: readonly Line[]): boolean {
    return parser === null && lines.some(({ text }) => isHeadline(text));
  }

  async loadParser(): Promise<void> {
    parser = await import("./splats.ts");
  }

  /** @returns the reports that these lines complete */
  read(lines: readonly Line[]): readonly Report[] {
    let reports = NOTHING;
    for (const line of lines) {
      this.#tick(line);
      const found = this.#reported();
      if (found.length > 0) reports = [...reports, ...found];
      if (!this.isReporting) this.unread.settle();
    }
    return reports;
  }

  /** The log is over. */
  async end(): Promise<readonly Report[]> {
    const lines = this.#unwrap.end();
    if (this.wantsParser(lines)) await this.loadParser();
    for (const line of lines) this.#tick(line);
    this.#go(this.#clock.end());
    this.#splats?.end();
    this.unread.settle();
    return this.#reported();
  }

  /**
   * Nothing has come for a while: reports that may be whole are taken to be.
   *
   * @returns those reports
   */
  settle(): readonly Report[] {
    const splats = this.#splats;
    if (splats !== null) for (const line of this.#unwrap.end()) this.#tick(line);
    splats?.settle();
    return this.#reported();
  }

  #tick(line: Line): void {
    if (this.#clock.passes(line)) this.#feed(line, false);
    else
      this.#go(
        this.#clock.hold(
          line,
          () => isHeadline(line.text) || bootKernel(line.text) !== null,
          () => this.#splats?.expects(line) === true,
        ),
      );
  }

  #go({ lines, isBoot }: Ticked): void {
    for (const [i, line] of lines.entries()) this.#feed(line, isBoot && i === 0);
  }

  #feed(line: Line, isBoot: boolean): void {
    this.#observe(line, isBoot);
    this.unread.line(line);
    if (this.#splats !== null) this.#splats.feed(line);
    else if (isHeadline(line.text)) this.#begin(line);
    else {
      this.#recent.push(line);
      if (this.#recent.length > RECENT_LINES) this.#recent.shift();
    }
  }

  /** @param line the first headline, for which the parser was loaded */
  #begin(line: Line): void {
    if (parser === null) throw new Error("a headline before the parser was loaded");
    this.#splats = new parser.Splats(
      this.#index,
      this.#asked,
      (block) => {
        this.unread.claim(block);
      },
      (number) => {
        this.unread.drop(number);
      },
      (report, number) => {
        this.#bootOf(number)?.report(report, number);
      },
    );
    this.#splats.boot(this.#bootKernel);
    for (const recent of [...this.#recent, line]) this.#splats.feed(recent);
    this.#recent = [];
  }

  #observe(line: Line, isBoot: boolean): void {
    const kernel = bootKernel(line.text);
    if (kernel !== null || this.#isFresh || isBoot) this.#boot(line, kernel);
    else this.boots.at(-1)?.line(line);
    this.#tableSizes = line.text.startsWith("Lock dependency validator") ? TABLE_SIZES : this.#tableSizes - 1;
  }

  /** What comes now is of another boot than what came before. */
  #boot(line: Line, kernel: Kernel | null): void {
    // a report that this line cuts off is the kernel's before
    const mayBeSame = !this.#isFresh && !this.isReporting;
    this.#splats?.boot(kernel);
    const before = this.boots.at(-1);
    const isSame = mayBeSame && kernel !== null && before?.takes(line, kernel) === true;
    this.#isFresh = false;
    if (this.boots.length < MOST_BOOTS && !isSame) {
      before?.end(line.number - 1);
      this.boots.push(new BootLog(line, kernel, this.#mail));
    }
    if (kernel !== null) {
      this.#clock.reset();
      this.#onKernel(kernel, true);
    }
    this.#bootKernel = kernel;
    this.#recent = [];
  }

  #reported(): readonly Report[] {
    const reports = this.#splats?.take() ?? NOTHING;
    for (const report of reports) {
      // a boot ends the report that it cuts off, so it may be of the one before
      this.#bootOf(report.lines.first)?.report(report);
      if (report.kernel !== null) this.#onKernel(report.kernel, false);
    }
    return reports;
  }

  #bootOf(line: number): BootLog | undefined {
    return this.boots.findLast(({ first }) => first <= line);
  }
}
