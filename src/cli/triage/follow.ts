import type { Report } from "../../report/schema.ts";
import { renderBootLine, renderReportLine } from "../../render/reports/ndjson.ts";
import { Summary } from "../../report/summary.ts";
import { reportsIn, reportsOfBoots } from "../../compare/boots.ts";
import { type EndedBoot, SourceTriage } from "../../triage/source-triage.ts";
import { tellUnread } from "../io/conclusion.ts";
import { write } from "../io/output.ts";
import { picks } from "../io/selection.ts";
import { type Run, statusOf } from "./run.ts";

/** How long standard input is silent before a report that may be whole is taken to be. */
const QUIET_MILLISECONDS = 1000;

/** Prints reports as they come, one line each: as soon as a report's end is certain, or after a quiet moment. */
export async function follow(run: Run): Promise<number> {
  const { stdin } = run.terminal;
  const follower = new Follower(run);
  let quiet: NodeJS.Timeout | undefined;
  let failure: Error | null = null;
  let settled = Promise.resolve();
  const settle = (): void => {
    settled = follower.settle().catch((error: unknown) => {
      failure = error instanceof Error ? error : new Error(String(error));
      stdin.destroy();
    });
  };
  for await (const chunk of stdin as AsyncIterable<Uint8Array>) {
    clearTimeout(quiet);
    await settled;
    await follower.push(chunk);
    quiet = setTimeout(settle, QUIET_MILLISECONDS);
  }
  clearTimeout(quiet);
  await settled;
  if (failure !== null) throw failure as Error;
  return follower.end();
}

/** One input whose reports, and with `--boots` its boots, are printed in the order of the log. */
class Follower {
  readonly #run: Run;
  readonly #source: SourceTriage;
  readonly #summary: Summary;
  readonly #isPicked: (report: Report) => boolean;
  /** With `--boots` all reports, else the first: what `result` needs. */
  readonly #seen: Pick<Report, "id" | "lines">[] = [];
  /** First lines of boots that were printed. */
  readonly #printedBoots = new Set<number>();
  #printing = Promise.resolve();
  #failed = false;

  constructor(run: Run) {
    this.#run = run;
    this.#source = new SourceTriage("-", 0, run.options.suspect);
    this.#summary = new Summary(run.options.issues !== undefined);
    this.#isPicked = picks(run.options);
  }

  async push(chunk: Uint8Array): Promise<void> {
    await this.#print(await this.#source.push(chunk));
  }

  /** Prints reports that may be whole: the input is silent. */
  async settle(): Promise<void> {
    await this.#print(await this.#source.settle());
  }

  /** @returns the exit status */
  async end(): Promise<number> {
    await this.#print(await this.#source.end());
    const source = this.#source.summary(this.#seen, true);
    if (this.#run.options.boots)
      for (const { boot, reports } of reportsOfBoots(source.boots, this.#seen))
        if (!this.#printedBoots.has(boot.lines.first))
          await this.#write(renderBootLine(source, boot, reports));
    await tellUnread(source, this.#run.terminal);
    return this.#failed ? 2 : statusOf(this.#summary.value, [source], this.#run);
  }

  /** One batch after another: a tree takes its time. */
  #print(reports: readonly Report[]): Promise<void> {
    const { boots } = this.#run.options;
    for (const { id, lines } of reports) if (boots || this.#seen.length === 0) this.#seen.push({ id, lines });
    const ended = boots ? this.#source.takeEnded(this.#seen) : [];
    return (this.#printing = this.#printing.then(() => this.#printNow(reports, ended)));
  }

  async #printNow(found: readonly Report[], ended: readonly EndedBoot[]): Promise<void> {
    const { options, tree, lines } = this.#run;
    const reports = found.map((report) => options.issues?.mark(report) ?? report);
    await lines.add(
      reports.map((report) => {
        return { report, kernel: this.#source.soFar(report).kernels.at(-1) ?? null };
      }),
    );
    if (!(await tree.addTo(reports))) this.#failed = true;
    const boots = [...ended];
    for (const report of reports) {
      const isLater = ({ boot }: EndedBoot): boolean => boot.lines.last < report.lines.first;
      for (let boot = boots[0]; boot !== undefined && isLater(boot); boot = boots[0]) {
        await this.#printBoot(boot);
        boots.shift();
      }
      this.#summary.add(report);
      if (this.#isPicked(report)) await this.#write(renderReportLine(report, this.#source.soFar(report)));
    }
    for (const boot of boots) await this.#printBoot(boot);
  }

  async #printBoot({ source, boot }: EndedBoot): Promise<void> {
    this.#printedBoots.add(boot.lines.first);
    await this.#write(renderBootLine(source, boot, reportsIn(boot, this.#seen)));
  }

  async #write(text: Parameters<typeof write>[1]): Promise<void> {
    await write(this.#run.terminal.stdout, text);
  }
}
