import {
  DOCUMENT_FORMATS,
  type Format,
  isReportFormat,
  REPORT_FORMATS,
  type Renderer,
  type ReportFormatName,
} from "../../render/index.ts";
import { printable } from "../../render/words/safe.ts";
import type { KnownIssue } from "../../known/schema.ts";
import type { Document, Report } from "../../report/schema.ts";
import { Summary } from "../../report/summary.ts";
import { SourceTriage } from "../../triage/source-triage.ts";
import { tell, tellFailure, UsageError } from "../io/errors.ts";
import { readKnown, tellIdle, writeKnown } from "../io/known-file.ts";
import { LinuxTree } from "../io/linux-tree.ts";
import { formatFor, paperFor, write } from "../io/output.ts";
import { readAll, type ReadOptions, readReports, readTexts } from "../io/read-all.ts";
import { Spool } from "../io/spool.ts";
import type { Terminal } from "../io/terminal.ts";
import { briefOf, type KeptReport, textsOf, writeReports } from "../io/write-reports.ts";

export interface TriageOptions extends ReadOptions {
  readonly format: Format | "auto";
  readonly follow?: boolean;
  readonly exitCode?: boolean;
  /** A file of known issues. */
  readonly known?: string;
  /** A file of known issues to which what was found is added. */
  readonly writeKnown?: string;
  /** A kernel tree. */
  readonly linux?: string;
}

/** The options, and the known issues that they name. */
type AskedOptions = TriageOptions & Pick<ReadOptions, "issues">;

/**
 * `splat-triage [FILE|DIR|-]...`
 *
 * @returns the exit status: 0, 1 where --exit-code says so, 2 where an input could not be read
 */
export async function triageCommand(
  args: readonly string[],
  asked: TriageOptions,
  terminal: Terminal,
): Promise<number> {
  const issues = asked.known === undefined ? undefined : await readKnown(asked.known, terminal);
  const options = { ...asked, issues };
  if (options.follow && args.some((arg) => arg !== "-"))
    throw new UsageError("--follow reads standard input, not files");
  if (options.follow && options.writeKnown !== undefined)
    throw new UsageError("--write-known writes at the end, and --follow has none");
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
  options: AskedOptions,
  terminal: Terminal,
  tree: LinuxTree | null,
): Promise<number> {
  const { document, failed } = await readAll(args, options, terminal);
  const hasPeople = await addMaintainers(tree, document.reports, terminal);
  await write(terminal.stdout, render(document, paperFor(terminal)));
  await settleKnown(document.reports.map(briefOf), options, terminal);
  return failed || !hasPeople ? 2 : statusOf(document.summary, options);
}

/** Formats of which only the texts are kept, most of them on disk, while inputs are read. */
async function writeByReport(
  args: readonly string[],
  name: ReportFormatName,
  options: AskedOptions,
  terminal: Terminal,
  tree: LinuxTree | null,
): Promise<number> {
  const spool = new Spool();
  const format = await REPORT_FORMATS[name]();
  const { stdout } = terminal;
  try {
    if (tree === null) {
      const { reads, failed } = await readTexts(args, options, terminal, name, spool);
      const summary = await writeReports(stdout, format, reads, spool, options.issues !== undefined);
      await settleKnown(
        reads.flatMap(({ kept }) => kept),
        options,
        terminal,
      );
      return failed ? 2 : statusOf(summary, options);
    }
    // a tree is searched once for all reports
    const { reads, failed } = await readReports(args, options, terminal);
    const reports = reads.flatMap(({ kept }) => kept);
    const hasPeople = await addMaintainers(tree, reports, terminal);
    const texts = await textsOf(reads, format, spool);
    const summary = await writeReports(stdout, format, texts, spool, options.issues !== undefined);
    await settleKnown(reports.map(briefOf), options, terminal);
    return failed || !hasPeople ? 2 : statusOf(summary, options);
  } finally {
    await spool.close();
  }
}

/** How long standard input is silent before a report that may be whole is taken to be. */
const QUIET_MILLISECONDS = 1000;

/** Reports as they come: one line each, as soon as its end is certain or after a quiet moment. */
async function follow(options: AskedOptions, terminal: Terminal, tree: LinuxTree | null): Promise<number> {
  const { stdin, stdout } = terminal;
  const { renderReportLine } = await import("../../render/reports/ndjson.ts");
  const source = new SourceTriage("-", 0, options.suspect);
  const summary = new Summary(options.issues !== undefined);
  let failed = false;
  let printed = Promise.resolve();
  const printNow = async (found: readonly Report[]): Promise<void> => {
    const reports = found.map((report) => options.issues?.mark(report) ?? report);
    if (!(await addMaintainers(tree, reports, terminal))) failed = true;
    for (const report of reports) {
      summary.add(report);
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
  return failed ? 2 : statusOf(summary.value, options);
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

/** What is known of the reports is told, and what is not becomes known where that was asked. */
async function settleKnown(
  reports: readonly Omit<KeptReport, "piece">[],
  { issues, writeKnown: file }: AskedOptions,
  terminal: Terminal,
): Promise<void> {
  if (issues !== undefined) await tellIdle(issues, reports, terminal);
  if (file === undefined) return;
  const added = new Map<string, KnownIssue>();
  for (const { id, title, known, hasWholeId } of reports) {
    if (known || added.has(id)) continue;
    if (hasWholeId) added.set(id, { id, note: printable(title) });
    else
      await tell(
        `${file}: not added, for its damage leaves in doubt which bug it is: ${id} ${title}`,
        terminal,
      );
  }
  await writeKnown(file, [...added.values()]);
}

function statusOf({ reports, known = 0 }: Document["summary"], { exitCode }: AskedOptions): number {
  return exitCode && reports > known ? 1 : 0;
}
