import type { KnownIssue } from "../../known/schema.ts";
import { type FormatOf, FORMATS, partsOf, type Render } from "../../render/formats.ts";
import type { ReportFormat } from "../../render/reports/report-format.ts";
import { printable } from "../../render/words/safe.ts";
import type { Document } from "../../report/schema.ts";
import { documentWith } from "../../triage/document.ts";
import { submissionOf } from "../commands/options.ts";
import { tell, UsageError } from "../io/errors.ts";
import { inkFor } from "../io/ink.ts";
import { tellIdle, writeKnown } from "../io/known-file.ts";
import { addMetBefore } from "../io/look-up.ts";
import { formatFor, paperFor, write } from "../io/output.ts";
import { type AllRead, readAll, readReports, readTexts } from "../io/read-all.ts";
import { arranged, picks, type Selection } from "../io/selection.ts";
import { Spool } from "../io/spool.ts";
import { addStepSummary } from "../io/step-summary.ts";
import { type BriefReport, briefOf, type KeptReport, textsOf, writeReports } from "../io/write-reports.ts";
import { type Run, statusOf } from "./run.ts";

/** Reads all inputs and prints what they hold. */
export async function writeAll(args: readonly string[], run: Run): Promise<number> {
  const { options, terminal } = run;
  const name = formatFor(options.format, terminal);
  if (options.boots && name !== "ndjson") throw new UsageError("--boots needs -f ndjson");
  refuseGaps(name, options);
  const format = await FORMATS.reports[name]();
  return typeof format === "function"
    ? writeWhole(args, format, run)
    : writeByReport(args, name, format, run);
}

/** Formats that also say what a boot did not show: a report left out would count as absent. */
const SHOWS_ABSENCE: ReadonlySet<FormatOf<"reports">> = new Set(["junit", "ktap", "kcidb", "squad", "html"]);

function refuseGaps(name: FormatOf<"reports">, { kind, class: classes, id, limit }: Selection): void {
  if (!SHOWS_ABSENCE.has(name)) return;
  const chosen = Object.entries({ kind, class: classes, id, limit }).find(([, value]) => value !== undefined);
  if (chosen !== undefined)
    throw new UsageError(
      `--${chosen[0]}: -f ${name} also says what was not reported, so it needs all reports`,
    );
}

/** Formats that need all reports at once, and hold them in memory. */
async function writeWhole(args: readonly string[], render: Render<Document>, run: Run): Promise<number> {
  const { options, terminal, tree, lines } = run;
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
  await settleKnown(document.reports.map(briefOf), run);
  if (failed || !hasPeople || !hasPlaces) return 2;
  return statusOf(document.summary, document.sources, run);
}

/** Formats of which only the texts are kept, most of them on disk, while inputs are read. */
async function writeByReport(
  args: readonly string[],
  name: FormatOf<"reports">,
  format: ReportFormat,
  run: Run,
): Promise<number> {
  const { options, terminal, tree, lines } = run;
  const spool = new Spool();
  const writing = { ...options, asksKnown: options.issues !== undefined };
  try {
    const { reads, failed, hasPeople } =
      !tree.isGiven && !lines.areAsked && options.in.length === 0
        ? { ...(await readTexts(args, options, terminal, name, spool)), hasPeople: true }
        : await readToAdd(args, format, run, spool);
    const summary = await writeReports(terminal.stdout, format, reads, spool, writing);
    const found = reads.flatMap(({ kept }) => kept);
    await settleKnown(found, run);
    if (failed || !hasPeople) return 2;
    const sources = reads.map(({ source }) => source);
    return await statusOf(summary, sources, run);
  } finally {
    await spool.close();
  }
}

/** A tree and places are searched, and a symboliser is asked, once for all reports. */
async function readToAdd(
  args: readonly string[],
  format: ReportFormat,
  { options, terminal, tree, lines }: Run,
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

/** Names the known issues that fit nothing, and adds what is new to the list of `--write-known`. */
async function settleKnown(reports: readonly BriefReport[], { options, terminal }: Run): Promise<void> {
  const { issues, writeKnown: file } = options;
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
