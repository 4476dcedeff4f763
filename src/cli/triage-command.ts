import type { Readable, Writable } from "node:stream";
import { InputError, openInputs } from "../read/inputs/index.ts";
import { type Format, FORMATS } from "../render/index.ts";
import type { Report } from "../report/schema.ts";
import { SourceTriage, Triage } from "../triage.ts";
import { messageOf, UsageError } from "./errors.ts";
import { isColored, widthOf, write } from "./output.ts";

export interface TriageOptions {
  readonly format: Format | "auto";
  readonly follow?: boolean;
  readonly exitCode?: boolean;
  readonly suspect?: readonly string[];
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
  if (options.follow) {
    if (args.some((arg) => arg !== "-")) throw new UsageError("--follow reads standard input, not files");
    return follow(options, terminal);
  }
  const all = new Triage(options.suspect);
  let failed = false;
  for await (const input of openInputs(args, terminal.stdin)) {
    try {
      if (input instanceof InputError) throw input;
      await all.add(input);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      failed = true;
      await write(terminal.stderr, `splat-triage: ${messageOf(error)}\n`);
    }
  }
  const document = all.document();
  const { stdout, env } = terminal;
  const format = options.format === "auto" ? (stdout.isTTY ? "table" : "json") : options.format;
  const render = await FORMATS[format]();
  await write(stdout, render(document, { width: widthOf(stdout, env), color: isColored(stdout, env) }));
  return failed ? 2 : statusOf(document.reports.length, options);
}

/** How long standard input is silent before a report that may be whole is taken to be. */
const QUIET_MILLISECONDS = 1000;

/** Reports as they come: one line each, as soon as its end is certain or after a quiet moment. */
async function follow(options: TriageOptions, { stdin, stdout }: Terminal): Promise<number> {
  const { renderReportLine } = await import("../render/ndjson.ts");
  const source = new SourceTriage("-", 0, options.suspect);
  let count = 0;
  const print = async (reports: readonly Report[]): Promise<void> => {
    for (const report of reports) {
      count++;
      await write(stdout, renderReportLine(report, source.summary([report])));
    }
  };
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
  return statusOf(count, options);
}

function statusOf(reports: number, { exitCode }: TriageOptions): number {
  return exitCode && reports > 0 ? 1 : 0;
}
