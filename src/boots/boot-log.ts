import type { Boot, Kernel, Mail, Report } from "../report/schema.ts";
import { Coverage } from "./coverage.ts";
import { kernelFlags } from "./kernel.ts";
import { LockdepState } from "./lockdep-state.ts";
import { bootResult } from "./result.ts";

/** What is observed of a line: its text without the transport's part. */
interface ObservedLine {
  readonly number: number;
  readonly text: string;
  /** Seconds since boot. */
  readonly time: number | null;
}

/** How many lines may come before the one that names the kernel, whatever they are. */
const EARLY_LINES = 8;

/** One boot, as its part of a log tells it. */
export class BootLog {
  readonly first: number;
  readonly #mail: Mail | null;
  #kernel: Kernel | null = null;
  #flags: readonly string[] = [];
  readonly #lockdep = new LockdepState();
  readonly #coverage = new Coverage();
  #times: { first: number | null; last: number | null } = { first: null, last: null };
  #last: number;
  /** Something in it is a kernel's. */
  #isKernels = false;
  /** First lines of its reports. */
  readonly #reports: number[] = [];
  #isMixed = false;
  /** Lines that only reports have, and that are part of none. */
  #unread = 0;

  /**
   * @param line the first of the boot
   * @param kernel that it names
   * @param mail in which its lines stand
   */
  constructor(line: ObservedLine, kernel: Kernel | null, mail: Mail | null = null) {
    this.#mail = mail;
    this.first = line.number;
    this.#last = line.number;
    if (kernel !== null) this.#name(line, kernel);
    this.line(line);
  }

  /**
   * The line that names a kernel is not the very first on all architectures: arm64 says before it on which processor
   * it boots, powerpc what memory it has mapped. On a serial console firmware and boot loader come first, too. Lines of
   * an earlier boot have later stamps; if there are none, only few lines may come before.
   *
   * @returns whether the line is one of this boot; else it begins the next
   */
  takes(line: ObservedLine, kernel: Kernel): boolean {
    const showsNothing = this.#reports.length === 0 && this.#unread === 0 && this.#coverage.dropped === 0;
    const isEarly =
      this.#kernel === null &&
      (line.number - this.first <= EARLY_LINES || (line.time !== null && showsNothing)) &&
      (this.#times.last ?? 0) <= (line.time ?? 0) &&
      !this.#lockdep.isKnown &&
      this.#coverage.userspace === null &&
      this.#coverage.end === null;
    if (!isEarly) return false;
    this.#name(line, kernel);
    this.line(line);
    return true;
  }

  #name({ text }: ObservedLine, kernel: Kernel): void {
    this.#kernel = kernel;
    this.#flags = kernelFlags(text);
  }

  line({ number, text, time }: ObservedLine): void {
    this.#lockdep.line(text, number);
    this.#coverage.line(text, number);
    if (time === null) return;
    this.#isKernels = true;
    this.#times.first ??= time;
    this.#times.last = time;
  }

  /** @param line where it is in this boot; elsewhere it was told where it stood first */
  report(report: Report, line = report.lines.first): void {
    this.#isKernels = true;
    this.#reports.push(report.lines.first);
    this.#lockdep.report(report, line);
  }

  /** Lines of another machine were taken for its own. */
  mix(): void {
    this.#isMixed = true;
  }

  /** A line of it only reports have, and it is part of none. */
  unread(): void {
    this.#unread++;
  }

  /** @param last the last line before the next boot, or of the log */
  end(last: number): void {
    this.#last = Math.max(this.first, last);
  }

  /** Whether anything shows that a kernel wrote this. */
  get isKernels(): boolean {
    return this.#isKernels || this.#kernel !== null || this.#lockdep.isKnown;
  }

  /**
   * @param reports all reports, in which the one that turned lockdep off is looked up
   * @param cut whether the log ends in the middle of this boot's last line, or cannot be read on from there
   * @param host the machine, where the log holds lines of several
   */
  summary(reports: readonly Pick<Report, "lines">[], cut: boolean, host: string | null = null): Boot {
    const facts = {
      lines: { first: this.first, last: this.#last },
      ...(this.#mail === null ? {} : { mail: this.#mail }),
      ...(host === null ? {} : { host, reportsAt: this.#reports.toSorted((a, b) => a - b) }),
      ...(this.#isMixed ? { mixed: true as const } : {}),
      kernel: this.#kernel,
      times: this.#times,
      userspace: this.#coverage.userspace,
      end: this.#coverage.end,
      cut,
      traits: this.#coverage.traits(this.#kernel?.release ?? null, this.#flags),
      dropped: this.#coverage.dropped,
      unread: this.#unread,
      lockdep: this.#lockdep.summary(reports),
    };
    return { ...facts, ...bootResult(facts, this.#reports.length > 0) };
  }
}
