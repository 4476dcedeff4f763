import {
  DOCUMENT_FORMATS,
  type Format,
  isReportFormat,
  REPORT_FORMATS,
  type Renderer,
  type ReportFormatName,
} from "../../render/index.ts";
import type { Report } from "../../report/schema.ts";
import { SourceTriage } from "../../triage/source-triage.ts";
import { tellFailure, UsageError } from "../io/errors.ts";
import { LinuxTree } from "../io/linux-tree.ts";
import { formatFor, paperFor, write } from "../io/output.ts";
import { readAll, type ReadOptions, readReports, readTexts } from "../io/read-all.ts";
import { Spool } from "../io/spool.ts";
import type { Terminal } from "../io/terminal.ts";
import { textsOf, writeReports } from "../io/write-reports.ts";

export interface TriageOptions extends ReadOptions {
  readonly format: Format | "auto";
  readonly follow?: boolean;
  readonly exitCode?: boolean;
  /** A kernel tree. */
  readonly linux?: string;
}

/**
 * `splat-triage [FILE|DIR|-]...`
 *
 * @returns the exit status: 0, 1 where --exit-code says so, 2 where an input could not be read
 */
export async function triageCommand(
  args: readonly string[],
  options: TriageOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.follow && args.some((arg) => arg !== "-"))
    throw new UsageError("--follow reads standard input, not files");
  const tree = options.linux === undefined ? null : await LinuxTree.open(options.linux);
  if (options.follow) return follow(options, terminal, tree);
  const format = formatFor(options.format, terminal);
  return isReportFormat(format)
    ? writeByReport(args, format, options, terminal, tree)
    : writeWhole(args, await DOCUMENT_FORMATS[format](), options, terminal, tree);
}

/** Formats that need all reports at once, and hold them in memory. */
async function writeWhole(
  args: readonly string[],
  render: Renderer,
  options: TriageOptions,
  terminal: Terminal,
  tree: LinuxTree | null,
): Promise<number> {
  const { document, failed } = await readAll(args, options, terminal);
  const isKnown = await addMaintainers(tree, document.reports, terminal);
  await write(terminal.stdout, render(document, paperFor(terminal)));
  return failed || !isKnown ? 2 : statusOf(document.reports.length, options);
}

/** Formats of which only the texts are kept, most of them on disk, while inputs are read. */
async function writeByReport(
  args: readonly string[],
  name: ReportFormatName,
  options: TriageOptions,
  terminal: Terminal,
  tree: LinuxTree | null,
): Promise<number> {
  const spool = new Spool();
  const format = await REPORT_FORMATS[name]();
  const { stdout } = terminal;
  try {
    if (tree === null) {
      const { reads, failed } = await readTexts(args, options, terminal, name, spool);
      const count = await writeReports(stdout, format, reads, spool);
      return failed ? 2 : statusOf(count, options);
    }
    // a tree is searched once for all reports
    const { reads, failed } = await readReports(args, options, terminal);
    const reports = reads.flatMap(({ kept }) => kept);
    const isKnown = await addMaintainers(tree, reports, terminal);
    const count = await writeReports(stdout, format, await textsOf(reads, format, spool), spool);
    return failed || !isKnown ? 2 : statusOf(count, options);
  } finally {
    await spool.close();
  }
}

/** How long standard input is silent before a report that may be whole is taken to be. */
const QUIET_MILLISECONDS = 1000;

/** Reports as they come: one line each, as soon as its end is certain or after a quiet moment. */
async function follow(options: TriageOptions, terminal: Terminal, tree: LinuxTree | null): Promise<number> {
  const { stdin, stdout } = terminal;
  const { renderReportLine } = await import("../../render/reports/ndjson.ts");
  const source = new SourceTriage("-", 0, options.suspect);
  let count = 0;
  let failed = false;
  let printed = Promise.resolve();
  const printNow = async (reports: readonly Report[]): Promise<void> => {
    if (!(await addMaintainers(tree, reports, terminal))) failed = true;
    for (const report of reports) {
      count++;
      await write(stdout, renderReportLine(report, source.summary([report])));
    }
  };
  // one after another: a tree takes its time
  const print = (reports: readonly Report[]): Promise<void> =>
    (printed = printed.then(() => printNow(reports)));
  let quiet: NodeJS.Timeout | undefined;
  let failure: Error | null = null;
  const settle = (): void => {
    print(source.settle()).catch((error: unknown) => {
      failure = error instanceof Error ? error : new Error(String(error));
      stdin.destroy();
    });
  };
  for await (const chunk of stdin as AsyncIterable<Uint8Array>) {
    clearTimeout(quiet);
    await print(await source.push(chunk));
    quiet = setTimeout(settle, QUIET_MILLISECONDS);
  }
  clearTimeout(quiet);
  if (failure !== null) throw failure as Error;
  await print(await source.end());
  return failed ? 2 : statusOf(count, options);
}

/** @returns whether all that can be known of the tree is known */
async function addMaintainers(
  tree: LinuxTree | null,
  reports: readonly Report[],
  { stderr }: Terminal,
): Promise<boolean> {
  const failure = (await tree?.addMaintainers(reports)) ?? null;
  if (failure !== null) await tellFailure(failure, { stderr });
  return failure === null;
}

function statusOf(reports: number, { exitCode }: TriageOptions): number {
  return exitCode && reports > 0 ? 1 : 0;
}
