import type { Command } from "commander";
import type { KnownIssue } from "../../known/schema.ts";
import { type FormatOf, FORMATS, type Render } from "../../render/formats.ts";
import type { ReportFormat } from "../../render/reports/report-format.ts";
import { printable } from "../../render/words/safe.ts";
import type { Document, Report } from "../../report/schema.ts";
import { Summary } from "../../report/summary.ts";
import { SourceTriage } from "../../triage/source-triage.ts";
import { tell, tellFailure, UsageError } from "../io/errors.ts";
import { readKnown, tellIdle, writeKnown } from "../io/known-file.ts";
import { LinuxTree } from "../io/linux-tree.ts";
import { formatFor, paperFor, write } from "../io/output.ts";
import { readAll, type ReadOptions, readReports, readTexts } from "../io/read-all.ts";
import { questionsOf } from "../io/questions.ts";
import { Spool } from "../io/spool.ts";
import type { Terminal } from "../io/terminal.ts";
import { briefOf, type KeptReport, textsOf, writeReports } from "../io/write-reports.ts";
import type { AddCommand } from "./command.ts";
import { type Asked, formatOption, INPUTS, jobsOption, suspectOption } from "./options.ts";

const EXAMPLES = `
Examples:
  dmesg | splat-triage                     what did lockdep find on this machine?
  splat-triage boot.log | jq .summary      the same as JSON: in a pipe, JSON is the default
  splat-triage -f table logs/ | less       one log a boot, all in one table
  journalctl -k -b -1 | splat-triage       the boot before
  splat-triage explain boot.log            each report told as a story
  splat-triage --suspect f920e413ff9c x.log  does the patch that was bisected to take part at all?
  splat-triage --suspect fix.patch x.log   the same of a patch in a file: a diff, git show, or a mail
  splat-triage diff -f table old/ new/     what is new, gone, in both, or merely hidden between two builds?
  splat-triage same bad.log mail.eml       are these two one bug? 0 yes, 1 no, 125 cannot tell
  splat-triage bisect verdict --target bad.log log   for git bisect run: 0 good, 1 bad, 125 cannot tell
  splat-triage graph -f table boots/       which cycles do all boots together have that nobody reported?
  splat-triage graph -f svg boot.log       a picture of what was reported
  splat-triage catalogue fs_reclaim        what does this class stand for, and since which commit?
  splat-triage --exit-code boot.log        exit 1 when there is a report: for scripts and CI
  dmesg --follow | splat-triage --follow   one line of JSON as each report completes
  splat-triage -f kernel mail.eml          the report as the kernel printed it, without what a mailer made of it

Exit status: 0 done; 1 only with --exit-code, and where bisect says bad; 2 wrong usage, or an input that cannot be read;
125 where bisect cannot tell.
Logs may be compressed (gzip, xz, zstd, bzip2) and of any kind: console, dmesg, journal, syslog, LAVA, mail, …`;

interface TriageOptions extends Omit<ReadOptions, "suspect"> {
  /** Annotations, lock classes, commits, and files with patches. */
  readonly suspect: readonly string[];
  readonly format: Asked<"reports">;
  readonly follow?: boolean;
  readonly exitCode?: boolean;
  /** A file of known issues. */
  readonly known?: string;
  /** A file of known issues to which what was found is added. */
  readonly writeKnown?: string;
  /** A kernel tree. */
  readonly linux?: string;
}

/** The options, and the known issues and the patches that they name. */
type AskedOptions = Omit<TriageOptions, "suspect"> & Pick<ReadOptions, "issues" | "suspect">;

/**
 * `splat-triage [FILE|DIR|-]...`, the command without a name: 1 where --exit-code says so, 2 where an input could not be
 * read.
 */
export const addTriage: AddCommand = (program, { terminal, finish }) => {
  program
    .argument(...INPUTS)
    .addOption(formatOption("reports"))
    .option("--follow", "standard input never ends: one line of JSON as each report completes")
    .addOption(suspectOption())
    .addOption(jobsOption())
    .option(
      "--linux <dir>",
      "a kernel tree: whose code is the edge to look at (by its MAINTAINERS), and what did a suspected commit change",
    )
    .option("--exit-code", "exit 1 when there was a report that is not known, 0 when there was none")
    .option("--known <file>", "a list of known issues (YAML or JSON): such reports are marked")
    .option("--write-known <file>", "add each bug that is not known to such a list")
    .addHelpText("after", EXAMPLES)
    .action(async (inputs: string[], options: TriageOptions, command: Command) => {
      if (inputs.length === 0 && terminal.stdin.isTTY) {
        command.outputHelp({ error: true });
        finish(2);
      } else {
        finish(await triage(inputs, options, terminal));
      }
    });
};

async function triage(args: readonly string[], asked: TriageOptions, terminal: Terminal): Promise<number> {
  const issues = asked.known === undefined ? undefined : await readKnown(asked.known, terminal);
  const suspect = await questionsOf(asked.suspect, asked.linux ?? null);
  const options = { ...asked, issues, suspect };
  if (options.follow && args.some((arg) => arg !== "-"))
    throw new UsageError("--follow reads standard input, not files");
  if (options.follow && options.writeKnown !== undefined)
    throw new UsageError("--write-known writes at the end, and --follow has none");
  const tree = await treeOf(options, terminal);
  if (options.follow) return follow(options, terminal, tree);
  const name = formatFor(options.format, terminal);
  const format = await FORMATS.reports[name]();
  return typeof format === "function"
    ? writeWhole(args, format, options, terminal, tree)
    : writeByReport(args, name, format, options, terminal, tree);
}

/** null: none was given; or it is no whole kernel tree, but had the commits that were asked for. */
async function treeOf({ linux, suspect = [] }: AskedOptions, terminal: Terminal): Promise<LinuxTree | null> {
  if (linux === undefined) return null;
  try {
    return await LinuxTree.open(linux);
  } catch (error) {
    if (!suspect.some((question) => typeof question !== "string")) throw error;
    await tellFailure(error, terminal);
    return null;
  }
}

/** Formats that need all reports at once, and hold them in memory. */
async function writeWhole(
  args: readonly string[],
  render: Render<Document>,
  options: AskedOptions,
  terminal: Terminal,
  tree: LinuxTree | null,
): Promise<number> {
  const { document, failed } = await readAll(args, options, terminal);
  const hasPeople = await addMaintainers(tree, document.reports, terminal);
  await write(terminal.stdout, await render(document, paperFor(terminal)));
  await settleKnown(document.reports.map(briefOf), options, terminal);
  return failed || !hasPeople ? 2 : statusOf(document.summary, options);
}

/** Formats of which only the texts are kept, most of them on disk, while inputs are read. */
async function writeByReport(
  args: readonly string[],
  name: FormatOf<"reports">,
  format: ReportFormat,
  options: AskedOptions,
  terminal: Terminal,
  tree: LinuxTree | null,
): Promise<number> {
  const spool = new Spool();
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
      await write(stdout, renderReportLine(report, source.summary([report], true)));
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
