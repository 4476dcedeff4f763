import { existsSync } from "node:fs";
import type { Command } from "commander";
import type { KnownIssue } from "../../known/schema.ts";
import { type FormatOf, FORMATS, partsOf, type Render } from "../../render/formats.ts";
import type { ReportFormat } from "../../render/reports/report-format.ts";
import type { Letter } from "../../render/words/page.ts";
import { printable } from "../../render/words/safe.ts";
import type { Document, Report, Source } from "../../report/schema.ts";
import { reportsIn, reportsOfBoots } from "../../compare/boots.ts";
import { documentWith } from "../../triage/document.ts";
import { conclusionOf, tellUnread } from "../io/conclusion.ts";
import { inputsOf, type ListOptions } from "../io/files-from.ts";
import { arranged, picks, type Selection } from "../io/selection.ts";
import { Summary } from "../../report/summary.ts";
import { type EndedBoot, SourceTriage } from "../../triage/source-triage.ts";
import { tell, UsageError } from "../io/errors.ts";
import { readKnown, tellIdle, writeKnown } from "../io/known-file.ts";
import { inkFor } from "../io/ink.ts";
import { addMetBefore } from "../io/look-up.ts";
import { formatFor, paperFor, write } from "../io/output.ts";
import { type AllRead, readAll, type ReadOptions, readReports, readTexts } from "../io/read-all.ts";
import { bisectedCommit, questionsOf } from "../io/questions.ts";
import { Lines, type SourceOptions } from "../io/source-lines.ts";
import { addStepSummary } from "../io/step-summary.ts";
import { Spool } from "../io/spool.ts";
import { Tree, type TreeOptions } from "../io/tree.ts";
import type { Terminal } from "../io/terminal.ts";
import { type BriefReport, briefOf, type KeptReport, textsOf, writeReports } from "../io/write-reports.ts";
import type { AddCommand } from "./command.ts";
import {
  type Asked,
  filesFromOptions,
  formatOption,
  INPUTS,
  jobsOption,
  type LetterOptions,
  letterOptions,
  linuxOptions,
  placesOption,
  selectionOptions,
  sourceOptions,
  submissionOf,
  type SubmissionOptions,
  submissionOptions,
  suspectOption,
} from "./options.ts";
import { helpText } from "./help-text.ts";
import { commandMeant } from "./meant.ts";

const EXAMPLES = helpText(
  [
    ["dmesg | splat-triage", "what did lockdep find on this machine?"],
    ["splat-triage boot.log | jq .summary", "the same as JSON: in a pipe, JSON is the default"],
    ["splat-triage -f table logs/ | less", "a directory with one log per boot, all in one table"],
    ["journalctl -k -b -1 | splat-triage", "the previous boot"],
    ["splat-triage explain boot.log", "each report explained in words"],
    [
      "splat-triage --vmlinux vmlinux --modules /lib/modules/6.12.0 x.log",
      "the same report, its frames with file and line",
    ],
    ["splat-triage --suspect f920e413ff9c x.log", "does the commit that was bisected to take part at all?"],
    ["splat-triage --suspect fix.patch x.log", "does this patch: a diff, git show output, or a mail?"],
    ["splat-triage diff -f table old/ new/", "which reports are new, gone, in both, or masked?"],
    ["splat-triage same bad.log mail.eml", "are these two the same bug? 0 yes, 1 no, 125 cannot tell"],
    [
      "splat-triage bisect verdict --target bad.log log",
      "for git bisect run: 0 good, 1 bad, 125 cannot tell",
    ],
    [
      "splat-triage graph -f table boots/",
      "which cycles do all boots together have that no kernel reported?",
    ],
    ["splat-triage graph -f svg boot.log", "a picture of what was reported"],
    ["splat-triage catalogue fs_reclaim", "what does this class stand for, and since which commit?"],
    ["splat-triage --exit-code boot.log", "for scripts and CI: 1 a report, 0 clean, 125 cannot tell"],
    ["dmesg --follow | splat-triage --follow", "one line of JSON as each report completes"],
    ["splat-triage -f kernel mail.eml", "the report as the kernel printed it, before a mailer mangled it"],
  ],
  "Exit status: 0 done; 1 only with --exit-code (a report that is not known), and where bisect says bad; 2 wrong " +
    "usage, or an input that cannot be read; 125 where --exit-code or bisect cannot tell: a log without a report " +
    "proves nothing if lockdep was off or never on, or if the log is cut, lost messages, or has lines like a " +
    "report's that could not be read. --kind, --class, --id and --limit choose what is printed and counted; the exit " +
    "status covers everything that was found.",
  "Logs may be compressed (gzip, xz, zstd, bzip2) and of any kind: console, dmesg, journal, syslog, LAVA, mail, …",
);

interface TriageOptions
  extends
    Omit<ReadOptions, "suspect">,
    Selection,
    SubmissionOptions,
    LetterOptions,
    SourceOptions,
    TreeOptions,
    ListOptions {
  /** Annotations, lock classes, commits, and files with patches. */
  readonly suspect: readonly string[];
  readonly format: Asked<"reports">;
  readonly follow?: boolean;
  readonly exitCode?: boolean;
  /** A table leaves nothing out. */
  readonly verbose?: boolean;
  /** ndjson: a line for each boot, too. */
  readonly boots?: boolean;
  /** A file of known issues. */
  readonly known?: string;
  /** A file of known issues to which what was found is added. */
  readonly writeKnown?: string;
  /** Where reports may have been met before. */
  readonly in: readonly string[];
}

/** The options, and the known issues and the patches that they name. */
type AskedOptions = Omit<TriageOptions, "suspect"> &
  Pick<ReadOptions, "issues" | "suspect"> & { readonly letter: Letter };

/**
 * `splat-triage [FILE|DIR|-]...`, the command without a name: 1 where --exit-code says so, 2 where an input could not be
 * read.
 */
export const addTriage: AddCommand = (program, { terminal, finish }) => {
  program
    .argument(...INPUTS)
    .addOption(formatOption("reports"))
    .option("--follow", "print one line of JSON as each report completes, for an input that never ends")
    .addOption(suspectOption())
    .addOption(jobsOption())
    .option(
      "--exit-code",
      "exit 1 for a report that is not known, 0 if there is none and every boot could have shown one, else 125",
    )
    .option("--known <file>", "mark reports that match this list of known issues (YAML or JSON)")
    .option("--write-known <file>", "add each bug that is not known to this list")
    .option("-v, --verbose", "print each bug in full, and name every log (-f table)")
    .addOption(placesOption())
    .option("--boots", "also print a line for each boot, even one without a report (-f ndjson, --follow)");
  for (const option of [
    ...filesFromOptions(),
    ...linuxOptions(),
    ...sourceOptions(),
    ...selectionOptions(),
    ...submissionOptions(),
    ...letterOptions(),
  ])
    program.addOption(option);
  program
    .addHelpText("after", EXAMPLES)
    .action(async (inputs: string[], options: TriageOptions, command: Command) => {
      if (inputs.length === 0 && options.filesFrom === undefined && terminal.stdin.isTTY) {
        command.outputHelp({ error: true });
        finish(2);
      } else {
        refuseMistyped(inputs[0], command);
        finish(await triage(inputs, options, terminal));
      }
    });
};

/** @throws UsageError for a word that is no file, and nearly a command */
function refuseMistyped(word: string | undefined, program: Command): void {
  if (word === undefined || !/^[a-z]+$/.test(word) || existsSync(word)) return;
  const meant = commandMeant(program, word);
  if (meant !== null) throw new UsageError(`${word}: no such file, and no command ${meant}`);
}

async function triage(inputs: readonly string[], asked: TriageOptions, terminal: Terminal): Promise<number> {
  if (asked.follow && asked.filesFrom !== undefined)
    throw new UsageError("--follow reads standard input, not files");
  const args = await inputsOf(inputs, asked, terminal);
  const issues = asked.known === undefined ? undefined : await readKnown(asked.known, terminal);
  const linux = asked.linux ?? null;
  const bisected = asked.bisected === undefined ? null : await bisectedCommit(asked.bisected, linux);
  // what a bisection led to is asked of each report, too: it may be wrong
  const named = bisected === null ? asked.suspect : [...new Set([...asked.suspect, bisected.asked])];
  const suspect = await questionsOf(named, linux);
  const options = { ...asked, issues, suspect, letter: { reporter: asked.reportedBy ?? null, bisected } };
  if (options.follow && args.some((arg) => arg !== "-"))
    throw new UsageError("--follow reads standard input, not files");
  if (options.follow && (options.sort ?? options.limit) !== undefined)
    throw new UsageError("--sort and --limit need all reports, but --follow prints each as it comes");
  if (options.follow && options.writeKnown !== undefined)
    throw new UsageError("--write-known writes at the end, and --follow never ends");
  if (options.follow && options.in.length > 0)
    throw new UsageError("--in looks for all reports at once, but --follow prints each as it comes");
  const tree = await Tree.open(options, suspect, terminal);
  const lines = await Lines.open(options, terminal);
  try {
    const status = await (options.follow
      ? follow(options, terminal, { tree, lines })
      : writeAll(args, options, terminal, { tree, lines }));
    return lines.failed ? 2 : status;
  } finally {
    await lines.close();
  }
}

/** What is added to reports: code and people of a tree, lines of source. */
interface Additions {
  readonly tree: Tree;
  readonly lines: Lines;
}

async function writeAll(
  args: readonly string[],
  options: AskedOptions,
  terminal: Terminal,
  additions: Additions,
): Promise<number> {
  const name = formatFor(options.format, terminal);
  if (options.boots && name !== "ndjson") throw new UsageError("--boots needs -f ndjson");
  refuseGaps(name, options);
  const format = await FORMATS.reports[name]();
  return typeof format === "function"
    ? writeWhole(args, format, options, terminal, additions)
    : writeByReport(args, name, format, options, terminal, additions);
}

/** They say of each boot what it did not show, too: a report that is left out would stand there as absent. */
const TELLS_ABSENCE: ReadonlySet<FormatOf<"reports">> = new Set(["junit", "ktap", "kcidb", "squad", "html"]);

function refuseGaps(name: FormatOf<"reports">, { kind, class: classes, id, limit }: Selection): void {
  if (!TELLS_ABSENCE.has(name)) return;
  const chosen = Object.entries({ kind, class: classes, id, limit }).find(([, value]) => value !== undefined);
  if (chosen !== undefined)
    throw new UsageError(
      `--${chosen[0]}: -f ${name} also says what was not reported, so it needs all reports`,
    );
}

/** Formats that need all reports at once, and hold them in memory. */
async function writeWhole(
  args: readonly string[],
  render: Render<Document>,
  options: AskedOptions,
  terminal: Terminal,
  { tree, lines }: Additions,
): Promise<number> {
  const { document, failed } = await readAll(args, options, terminal);
  await lines.addTo(document);
  const hasPeople = await tree.addTo(document.reports);
  const hasPlaces = await addMetBefore(document, options.in, terminal);
  const picked = arranged(document.reports.filter(picks(options)), options);
  const shown = documentWith(document, picked);
  const { width, color } = paperFor(terminal);
  const paper = {
    width,
    color: await inkFor(color, terminal, options.linux),
    submission: submissionOf(options),
    letter: options.letter,
    verbose: options.verbose === true,
  };
  for (const part of partsOf(await render(shown, paper))) await write(terminal.stdout, part);
  if (options.format === "github") await addStepSummary(shown, terminal.env);
  await settleKnown(document.reports.map(briefOf), options, terminal);
  if (failed || !hasPeople || !hasPlaces) return 2;
  return statusOf(document.summary, document.sources, options, terminal);
}

/** Formats of which only the texts are kept, most of them on disk, while inputs are read. */
async function writeByReport(
  args: readonly string[],
  name: FormatOf<"reports">,
  format: ReportFormat,
  options: AskedOptions,
  terminal: Terminal,
  additions: Additions,
): Promise<number> {
  const spool = new Spool();
  const writing = { ...options, asksKnown: options.issues !== undefined };
  try {
    const { reads, failed, hasPeople } =
      !additions.tree.isGiven && !additions.lines.areAsked && options.in.length === 0
        ? { ...(await readTexts(args, options, terminal, name, spool)), hasPeople: true }
        : await readToAdd(args, additions, format, options, terminal, spool);
    const summary = await writeReports(terminal.stdout, format, reads, spool, writing);
    const found = reads.flatMap(({ kept }) => kept);
    await settleKnown(found, options, terminal);
    if (failed || !hasPeople) return 2;
    const sources = reads.map(({ source }) => source);
    return await statusOf(summary, sources, options, terminal);
  } finally {
    await spool.close();
  }
}

/** A tree and places are searched, and a symboliser asked, once for all reports. */
async function readToAdd(
  args: readonly string[],
  { tree, lines }: Additions,
  format: ReportFormat,
  options: AskedOptions,
  terminal: Terminal,
  spool: Spool,
): Promise<AllRead<KeptReport> & { readonly hasPeople: boolean }> {
  const { reads, failed } = await readReports(args, options, terminal);
  const reports = reads.flatMap(({ kept }) => kept);
  const sources = reads.map(({ source }) => source);
  await lines.addTo({ reports, sources });
  const hasPlaces = await addMetBefore({ sources, reports }, options.in, terminal);
  const hasPeople = (await tree.addTo(reports)) && hasPlaces;
  return { reads: await textsOf(reads, format, spool, picks(options)), failed, hasPeople };
}

/** How long standard input is silent before a report that may be whole is taken to be. */
const QUIET_MILLISECONDS = 1000;

/** Reports as they come: one line each, as soon as its end is certain or after a quiet moment. */
async function follow(options: AskedOptions, terminal: Terminal, additions: Additions): Promise<number> {
  const { stdin, stdout } = terminal;
  const { renderBootLine, renderReportLine } = await import("../../render/reports/ndjson.ts");
  const isPicked = picks(options);
  /** Of all reports where boots are told, else of one. */
  const seen: Pick<Report, "id" | "lines">[] = [];
  const source = new SourceTriage("-", 0, options.suspect);
  const summary = new Summary(options.issues !== undefined);
  let failed = false;
  let printed = Promise.resolve();
  /** First lines of boots that were told. */
  const told = new Set<number>();
  const printBoot = async ({ source: soFar, boot }: EndedBoot): Promise<void> => {
    told.add(boot.lines.first);
    await write(stdout, renderBootLine(soFar, boot, reportsIn(boot, seen)));
  };
  const printNow = async (found: readonly Report[], ended: readonly EndedBoot[]): Promise<void> => {
    const reports = found.map((report) => options.issues?.mark(report) ?? report);
    await additions.lines.add(
      reports.map((report) => {
        return { report, kernel: source.soFar(report).kernels.at(-1) ?? null };
      }),
    );
    if (!(await additions.tree.addTo(reports))) failed = true;
    const boots = [...ended];
    for (const report of reports) {
      const isLater = ({ boot }: EndedBoot): boolean => boot.lines.last < report.lines.first;
      for (let boot = boots[0]; boot !== undefined && isLater(boot); boot = boots[0]) {
        await printBoot(boot);
        boots.shift();
      }
      summary.add(report);
      if (isPicked(report)) await write(stdout, renderReportLine(report, source.soFar(report)));
    }
    for (const boot of boots) await printBoot(boot);
  };
  // one after another: a tree takes its time
  const print = (reports: readonly Report[]): Promise<void> => {
    for (const { id, lines } of reports) if (options.boots || seen.length === 0) seen.push({ id, lines });
    const ended = options.boots ? source.takeEnded(seen) : [];
    return (printed = printed.then(() => printNow(reports, ended)));
  };
  let quiet: NodeJS.Timeout | undefined;
  let failure: Error | null = null;
  let settled = Promise.resolve();
  const settle = (): void => {
    settled = source
      .settle()
      .then(print)
      .catch((error: unknown) => {
        failure = error instanceof Error ? error : new Error(String(error));
        stdin.destroy();
      });
  };
  for await (const chunk of stdin as AsyncIterable<Uint8Array>) {
    clearTimeout(quiet);
    await settled;
    await print(await source.push(chunk));
    quiet = setTimeout(settle, QUIET_MILLISECONDS);
  }
  clearTimeout(quiet);
  await settled;
  if (failure !== null) throw failure as Error;
  await print(await source.end());
  const whole = source.summary(seen, true);
  if (options.boots)
    for (const { boot, reports } of reportsOfBoots(whole.boots, seen))
      if (!told.has(boot.lines.first)) await write(stdout, renderBootLine(whole, boot, reports));
  await tellUnread(whole, terminal);
  return failed ? 2 : statusOf(summary.value, [whole], options, terminal);
}

/** What is known of the reports is told, and what is not becomes known where that was asked. */
async function settleKnown(
  reports: readonly BriefReport[],
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

async function statusOf(
  found: Document["summary"],
  sources: readonly Source[],
  { exitCode }: AskedOptions,
  terminal: Terminal,
): Promise<number> {
  return exitCode ? conclusionOf(found, sources, terminal) : 0;
}
