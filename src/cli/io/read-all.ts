import { availableParallelism } from "node:os";
import type { Question } from "../../analyze/index.ts";
import type { KnownIssues } from "../../known/known-issues.ts";
import {
  findFiles,
  type FoundFile,
  InputError,
  openFound,
  openInputs,
  withoutProgram,
} from "../../read/inputs/index.ts";
import { type FormatOf, reportFormat } from "../../render/formats.ts";
import { printed } from "../../render/reports/repeated.ts";
import type { Document, Report } from "../../report/schema.ts";
import { documentOf } from "../../triage/document.ts";
import { readSource, type SourceRead } from "../../triage/read-source.ts";
import { tellUnread } from "./conclusion.ts";
import { tellFailure } from "./errors.ts";
import { type Inputs, readEach } from "./read-each.ts";
import { picks, type Selection, selectionOf } from "./selection.ts";
import type { Spool } from "./spool.ts";
import type { GivenReport } from "./threads.ts";
import type { Terminal } from "./terminal.ts";
import { briefOf, type KeptReport } from "./write-reports.ts";

export interface ReadOptions {
  /** Annotations, lock classes, commits and patches that are suspected. */
  readonly suspect?: readonly Question[];
  /** Files that are read at once, at most. */
  readonly jobs?: number;
  /** Reports are compared with these. */
  readonly issues?: KnownIssues | undefined;
}

/** What is asked where only the texts of reports are kept. */
type TextOptions = ReadOptions & Selection;

export interface AllRead<Kept> {
  readonly reads: readonly SourceRead<Kept>[];
  /** Whether an input could not be read, or not to its end. */
  readonly failed: boolean;
}

/** Triages all inputs into one document. */
export async function readAll(
  args: readonly string[],
  options: ReadOptions,
  terminal: Terminal,
): Promise<{ readonly document: Document; readonly failed: boolean }> {
  const { reads, failed } = await readReports(args, options, terminal);
  return { document: documentOf(reads, options.issues !== undefined), failed };
}

/** Triages all inputs, and keeps their reports. */
export async function readReports(
  args: readonly string[],
  options: ReadOptions,
  terminal: Terminal,
): Promise<AllRead<Report>> {
  const all = await readAllInto<Report>(args, options, terminal, {
    keep: (report) => report,
    format: null,
    selection: {},
    take: (given) => {
      if (given.type !== "report") throw new Error("a text in place of a report");
      return given.report;
    },
  });
  // who reads one input does not know how many before it could be read
  for (const [source, { kept }] of all.reads.entries()) for (const report of kept) report.source = source;
  return all;
}

/** Triages all inputs, and keeps of their reports the texts in a format. */
export async function readTexts(
  args: readonly string[],
  options: TextOptions,
  terminal: Terminal,
  format: FormatOf<"reports">,
  spool: Spool,
): Promise<AllRead<KeptReport>> {
  const { report: print } = await reportFormat(format);
  const isPicked = picks(options);
  return readAllInto(args, options, terminal, {
    keep: async (report) => {
      return {
        ...briefOf(report),
        piece: isPicked(report) ? await spool.keep(printed(report, print)) : null,
      };
    },
    format,
    selection: options,
    take: async (given) => {
      if (given.type !== "text") throw new Error("a report in place of a text");
      const { text, brief } = given;
      return { ...brief, piece: text === null ? null : await spool.keep(text) };
    },
  });
}

/** What is kept of a report: here, or of what a thread gives of it. */
interface Keeping<Kept> {
  readonly keep: (report: Report) => Kept | Promise<Kept>;
  readonly format: FormatOf<"reports"> | null;
  readonly selection: Selection;
  readonly take: (given: GivenReport) => Kept | Promise<Kept>;
}

async function readAllInto<Kept>(
  args: readonly string[],
  options: ReadOptions,
  terminal: Terminal,
  keeping: Keeping<Kept>,
): Promise<AllRead<Kept>> {
  const files = args.length === 0 ? null : findFiles(args);
  const inputs = files === null ? openInputs(args, terminal.stdin) : openFound(files);
  const all = await (files !== null && areWorthThreads(files, options)
    ? readByThreads(files, options, terminal, keeping)
    : readHere(inputs, options, terminal, keeping));
  for (const { source } of all.reads) await tellUnread(source, terminal);
  return all;
}

async function readHere<Kept>(
  inputs: Inputs,
  { suspect = [], issues }: ReadOptions,
  terminal: Terminal,
  { keep }: Keeping<Kept>,
): Promise<AllRead<Kept>> {
  const reads: SourceRead<Kept>[] = [];
  const failed = await readEach(inputs, terminal, async (input, progress) => {
    const read = await readSource(input, 0, suspect, (report) => {
      progress.found();
      return keep(issues?.mark(report) ?? report);
    });
    reads.push(read);
    if (read.failure !== null) throw read.failure.error;
  });
  return { reads, failed };
}

/** A thread takes a tenth of a second to start and to warm up; below this much it gains nothing. */
const WORTH_A_THREAD = 8 << 20;
/** What comes of a log of this size takes as long to pass on as to find: whoever wants threads for them says so. */
const SMALL = 128 << 10;
/** Each takes some 60 MB. */
const MOST_THREADS = 4;

function jobsOf({ jobs }: ReadOptions): number {
  return jobs ?? Math.min(MOST_THREADS, availableParallelism());
}

function areWorthThreads(files: readonly (FoundFile | InputError)[], options: ReadOptions): boolean {
  if (jobsOf(options) < 2) return false;
  const sizes = files.flatMap((file) => (file instanceof InputError ? [] : [file.bytes]));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const areSmall = bytes < sizes.length * SMALL;
  return sizes.length > 1 && bytes >= WORTH_A_THREAD && (options.jobs !== undefined || !areSmall);
}

async function readByThreads<Kept>(
  found: readonly (FoundFile | InputError)[],
  options: ReadOptions,
  terminal: Terminal,
  keeping: Keeping<Kept>,
): Promise<AllRead<Kept>> {
  const { readInThreads } = await import("./threads.ts");
  const files = found.filter((file): file is FoundFile => !(file instanceof InputError));
  const results = await readInThreads(
    files,
    Math.min(jobsOf(options), files.length),
    {
      asked: options.suspect ?? [],
      known: options.issues?.list ?? null,
      format: keeping.format,
      selection: selectionOf(keeping.selection),
    },
    async (given) => keeping.take(given),
  );
  const reads: SourceRead<Kept>[] = [];
  let failed = false;
  const fail = async (error: InputError): Promise<void> => {
    failed = true;
    await tellFailure(error, terminal);
  };
  const resultOf = new Map(files.map((file, i) => [file, results[i]]));
  for (const file of found) {
    if (file instanceof InputError) {
      await fail(file);
      continue;
    }
    const result = resultOf.get(file);
    if (result === undefined || result.type === "died") {
      // whatever ended its thread may not end this one
      const here = await readHere(openFound([file]), options, terminal, keeping);
      reads.push(...here.reads);
      failed ||= here.failed;
    } else if (result.type === "unreadable") {
      await fail(new InputError(file.path, result.reason));
    } else if (result.type === "program") {
      const error = withoutProgram(file);
      if (error !== null) await fail(error);
    } else {
      const error = result.failure === null ? null : new InputError(file.path, result.failure);
      reads.push({ source: result.source, kept: result.kept, failure: error === null ? null : { error } });
      if (error !== null) await fail(error);
    }
  }
  return { reads, failed };
}
