import type { Readable, Writable } from "node:stream";
import { type Format, FORMATS } from "../render/index.ts";
import type { Report } from "../report/schema.ts";
import { SourceTriage } from "../triage.ts";
import { UsageError } from "./errors.ts";
import { LinuxTree } from "./linux-tree.ts";
import { isColored, widthOf, write } from "./output.ts";
import { readAll } from "./read-all.ts";

export interface TriageOptions {
  readonly format: Format | "auto";
  readonly follow?: boolean;
  readonly exitCode?: boolean;
  readonly suspect?: readonly string[];
  /** A kernel tree. */
  readonly linux?: string;
}

/** What the command reads and writes: the process's own, or a test's. */
export interface Terminal {
  readonly stdin: Readable & { isTTY?: boolean };
  readonly stdout: Writable & { isTTY?: boolean; columns?: number };
  readonly stderr: Writable;
  readonly env: NodeJS.ProcessEnv;
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
  const read = await readAll(args, options.suspect, terminal);
  const { document } = read;
  const failed = !(await addMaintainers(tree, document.reports, terminal)) || read.failed;
  const { stdout, env } = terminal;
  const format = options.format === "auto" ? (stdout.isTTY ? "table" : "json") : options.format;
  const render = await FORMATS[format]();
  await write(stdout, render(document, { width: widthOf(stdout, env), color: isColored(stdout, env) }));
  return failed ? 2 : statusOf(document.reports.length, options);
}

/** How long standard input is silent before a report that may be whole is taken to be. */
const QUIET_MILLISECONDS = 1000;

/** Reports as they come: one line each, as soon as its end is certain or after a quiet moment. */
async function follow(options: TriageOptions, terminal: Terminal, tree: LinuxTree | null): Promise<number> {
  const { stdin, stdout } = terminal;
  const { renderReportLine } = await import("../render/ndjson.ts");
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
  if (failure !== null) await write(stderr, `splat-triage: ${failure.message}\n`);
  return failure === null;
}

function statusOf(reports: number, { exitCode }: TriageOptions): number {
  return exitCode && reports > 0 ? 1 : 0;
}
