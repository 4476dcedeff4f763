import type { Question } from "../analyze/index.ts";
import type { BootLog } from "../boots/boot-log.ts";
import { mayTell, titlesHeadline } from "../../grammar/telling.ts";
import { sourceResult } from "../boots/result.ts";
import type { Transport } from "../read/line.ts";
import { LogReader } from "../read/log-reader.ts";
import { createRecoder, FirstBytes } from "../read/recode/index.ts";
import type { LogStart, Recoded, Recoder } from "../read/recode/recoder.ts";
import type { Boot, BriefSource, Kernel, Report, Source } from "../report/schema.ts";
import { Machine } from "./machine.ts";
import { Machines } from "./machines.ts";

const NO_LOCKDEP: Source["lockdep"] = { state: "unknown", offAt: null };

/** A boot that is over while its source goes on. */
export interface EndedBoot {
  readonly boot: Boot;
  readonly source: BriefSource;
}

/** Reads one source: bytes → lines → reports, and what the log tells beside them. */
export class SourceTriage {
  readonly #name: string;
  #reader = new LogReader();
  readonly #kernels: Kernel[] = [];
  readonly #transports = new Map<Transport, number>();
  readonly #machines: Machines;
  /** null once it is known how the source is to be decoded. */
  #first: FirstBytes | null = new FirstBytes();
  #recoder: Recoder | null = null;
  #inputBytes = 0;
  /** The first boot taken as over of which nothing is proved. */
  #unknown: Boot | null = null;

  /**
   * @param index of this source among all
   * @param asked annotations, lock classes, commits and patches that are suspected
   */
  constructor(name: string, index: number, asked: readonly Question[] = []) {
    this.#name = name;
    this.#machines = new Machines(() => new Machine(index, asked, this.#addKernel));
  }

  /** @returns the reports that this chunk completes, in the order of their ends */
  async push(chunk: Uint8Array): Promise<Report[]> {
    this.#inputBytes += chunk.length;
    if (this.#first === null) return this.#decode(chunk);
    const bytes = this.#first.push(chunk);
    return bytes === null ? [] : this.#begin(bytes);
  }

  async end(): Promise<Report[]> {
    const reports = await this.#beginAnyway();
    if (this.#recoder !== null) reports.push(...(await this.#recoded(await this.#recoder.end())));
    reports.push(...(await this.#endLog()));
    return reports;
  }

  /** However few bytes have come. */
  async #beginAnyway(): Promise<Report[]> {
    return this.#first === null ? [] : this.#begin(this.#first.take());
  }

  async #begin(bytes: Uint8Array): Promise<Report[]> {
    this.#first = null;
    this.#recoder = await createRecoder(bytes);
    return this.#decode(bytes);
  }

  async #decode(chunk: Uint8Array): Promise<Report[]> {
    if (this.#recoder === null) return this.#push(chunk);
    return this.#recoded(await this.#recoder.push(chunk));
  }

  async #recoded(pieces: readonly Recoded[]): Promise<Report[]> {
    const reports: Report[] = [];
    for (const piece of pieces) {
      if (piece instanceof Uint8Array) reports.push(...(await this.#push(piece)));
      else if ("line" in piece) reports.push(...(await this.#startLog(piece)));
      else this.#machines.latest.skip({ line: Math.max(1, this.#reader.lines), text: piece.unreadable });
    }
    return reports;
  }

  /** What comes now has nothing to do with what came before: it is another mail, or another part of one. */
  async #startLog({ mail, line }: LogStart): Promise<Report[]> {
    const reports = await this.#endLog();
    this.#machines.startLog(mail);
    this.#reader = new LogReader(Math.max(line, this.#reader.lines + 1));
    const title = `Subject: ${mail.subject ?? ""}`;
    if (mayTell(title) && titlesHeadline(title))
      this.#machines.latest.unread.title({ number: line, text: title });
    return reports;
  }

  async #endLog(): Promise<Report[]> {
    this.#reader.end();
    const reports = await this.#read();
    for (const machine of this.#machines.all) reports.push(...(await machine.end()));
    return reports;
  }

  /**
   * Nothing has come for a while: reports that may be whole are taken to be. Call nothing else before that is done.
   *
   * @returns those reports
   */
  async settle(): Promise<readonly Report[]> {
    const reports = await this.#beginAnyway();
    return [...reports, ...this.#machines.all.flatMap((machine) => machine.settle())];
  }

  /**
   * @param reports all reports of this source, in their final order
   * @param isWhole whether it could be read to its end
   */
  summary(reports: readonly Pick<Report, "lines">[], isWhole: boolean): Source {
    const { all, latest } = this.#machines;
    const isCut = this.#reader.isCut || !isWhole;
    for (const machine of all) machine.boots.at(-1)?.end(this.#reader.lines);
    const last = latest.boots.at(-1);
    const boots = this.#bootsOf((machine) => machine.boots).map(({ boot, host }) =>
      boot.summary(reports, boot === last && isCut, host),
    );
    const told = all.flatMap((machine) => machine.unread.told);
    const isSilent = told.length === 0 && reports.length === 0;
    // of what nothing else tells, a title does
    const unread = (isSilent ? all.flatMap((machine) => machine.unread.titles) : told).toSorted(
      (a, b) => a.line - b.line,
    );
    return {
      ...this.#head(),
      boots,
      lockdep: boots.at(-1)?.lockdep ?? NO_LOCKDEP,
      ...sourceResult({ boots, unread }, reports.length > 0, isWhole),
      unread,
      moreUnread: all.reduce((sum, machine) => sum + machine.unread.more, 0),
    };
  }

  /**
   * Boots that are over since this was asked last, each after the reports in it, with the source as far as it was read.
   *
   * @param reports all reports of this source so far
   */
  takeEnded(reports: readonly Pick<Report, "lines">[]): readonly EndedBoot[] {
    return this.#bootsOf((machine) => machine.takeEnded()).map(({ boot: log, host }) => {
      const boot = log.summary(reports, false, host);
      if (boot.result === "unknown") this.#unknown ??= boot;
      const unread = this.#machines.all.flatMap((machine) => machine.unread.told);
      const outcome = sourceResult({ boots: [this.#unknown ?? boot], unread }, reports.length > 0, true);
      return { boot, source: { ...this.#head(), lockdep: boot.lockdep, ...outcome } };
    });
  }

  /** Boots of all machines, in the order of the log; those in which nothing is a kernel's are none. */
  #bootsOf(
    bootsOf: (machine: Machine) => readonly BootLog[],
  ): { readonly boot: BootLog; readonly host: string | null }[] {
    const { all } = this.#machines;
    return all
      .flatMap((machine) =>
        bootsOf(machine).map((boot) => ({ boot, host: all.length > 1 ? machine.host : null })),
      )
      .filter(({ boot }) => boot.isKernels)
      .toSorted((a, b) => a.boot.first - b.boot.first);
  }

  /** The source as far as it was read, for a report that is shown before its end: short, however long it is. */
  soFar(report: Pick<Report, "lines">): BriefSource {
    const lockdep = this.#machines.latest.boots.at(-1)?.summary([report], false).lockdep ?? NO_LOCKDEP;
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

  #push(chunk: Uint8Array): Promise<Report[]> {
    this.#reader.push(chunk);
    return this.#read();
  }

  async #read(): Promise<Report[]> {
    const reports: Report[] = [];
    for (let lines = this.#reader.next(); lines !== null; lines = this.#reader.next()) {
      for (const line of lines) {
        if (line.text !== "")
          this.#transports.set(line.transport, (this.#transports.get(line.transport) ?? 0) + 1);
        const machine = this.#machines.of(line);
        const whole = machine.take(line);
        if (machine.wantsParser(whole)) await machine.loadParser();
        for (const report of machine.read(whole)) reports.push(report);
      }
      this.#reader.watching = this.#machines.wantNext;
    }
    return reports;
  }

  /** A kernel that a report names counts where no boot names one. */
  readonly #addKernel = ({ release, build, taint }: Kernel, isOfBoot: boolean): void => {
    if (!isOfBoot && this.#kernels.length > 0) return;
    const known = this.#kernels.some((kernel) => kernel.release === release && kernel.build === build);
    if (!known) this.#kernels.push({ release, build, taint });
  };
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
