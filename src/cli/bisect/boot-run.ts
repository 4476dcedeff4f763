import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { type FileHandle, lstat, unlink } from "node:fs/promises";
import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { InputError, openInputs } from "../../read/inputs/index.ts";
import { systemCode, toInputError } from "../../read/inputs/input-error.ts";
import type { Document, Report } from "../../report/schema.ts";
import { documentOf } from "../../triage/document.ts";
import { readSource, type SourceRead } from "../../triage/read-source.ts";
import { AbortBisection } from "./abort.ts";
import { ProcessGroup } from "./process-group.ts";

/** What is run, and where its log comes. */
export interface BootCommand {
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** The file that it writes the log to; null: its standard output is the log. */
  readonly log: string | null;
  readonly timeoutSeconds: number | null;
}

/** How the command ended. */
export type Ended =
  | { readonly how: "exit"; readonly status: number }
  | { readonly how: "signal"; readonly signal: NodeJS.Signals }
  | { readonly how: "timeout" };

export interface BootRun {
  readonly ended: Ended;
  readonly seconds: number;
  readonly document: Document;
  /** What of the log could not be read. */
  readonly unread: InputError | null;
}

/** What to keep of a report, all of which may be many. */
type KeepReport = (report: Report) => Report;

/** How long the end of the log is waited for after the command's: something else may hold the pipe open. */
const DRAIN_MILLISECONDS = 2000;

/**
 * Runs the command once, in a process group of its own, and reads its log while it comes. Whatever it leaves running
 * in its group is ended, so that it cannot write into the next log.
 *
 * @param keep what to keep of a report in the document
 * @param copy takes a copy of the log
 * @param interrupted ends the run
 * @throws AbortBisection where the command cannot be started, and where it was interrupted
 */
export async function runBoot(
  { command, log, timeoutSeconds }: BootCommand,
  keep: KeepReport,
  copy: FileHandle | null,
  interrupted: AbortSignal,
): Promise<BootRun> {
  if (log !== null) await removeStale(log);
  const start = performance.now();
  const child = await startChild(command, log === null);
  const group = new ProcessGroup(child.pid);
  const stop = (): void => void group.end();
  let isLate = false;
  const timer =
    timeoutSeconds === null
      ? undefined
      : setTimeout(() => {
          isLate = true;
          stop();
        }, timeoutSeconds * 1000);
  interrupted.addEventListener("abort", stop);
  if (interrupted.aborted) stop();
  const exited = once(child, "exit").then(([status, signal]) => {
    clearTimeout(timer);
    return {
      ended: endedBy(status as number | null, signal as NodeJS.Signals | null, isLate),
      seconds: (performance.now() - start) / 1000,
    };
  });
  const reading = child.stdout === null ? null : readPipe(child.stdout, exited, group, copy, keep);
  try {
    const [exit, read] = await Promise.all([exited, reading]);
    if (await group.isAlive()) await group.end();
    if (interrupted.aborted) throw new AbortBisection("interrupted");
    return { ...exit, ...(read ?? (await readFile(log ?? "", copy, keep))) };
  } finally {
    clearTimeout(timer);
    interrupted.removeEventListener("abort", stop);
    if (await group.isAlive()) await group.end();
  }
}

function endedBy(status: number | null, signal: NodeJS.Signals | null, isLate: boolean): Ended {
  if (isLate) return { how: "timeout" };
  return status === null ? { how: "signal", signal: signal ?? "SIGKILL" } : { how: "exit", status };
}

/** So that a command that fails before it writes its log is not judged by the last one. */
async function removeStale(log: string): Promise<void> {
  try {
    const stats = await lstat(log);
    if (!stats.isFile() && !stats.isSymbolicLink())
      throw new AbortBisection(`--log ${log}: not a file that can be removed before each run`);
    await unlink(log);
  } catch (error) {
    if (error instanceof AbortBisection) throw error;
    if (systemCode(error) !== "ENOENT") throw new AbortBisection(`--log ${toInputError(log, error).message}`);
  }
}

type Child = ChildProcessByStdio<null, Readable | null, null> & { readonly pid: number };

async function startChild(
  [program, ...args]: readonly [string, ...string[]],
  isPiped: boolean,
): Promise<Child> {
  try {
    // what is not the log goes where everything beside data goes; there is nobody to answer questions
    const child = spawn(program, args, {
      detached: true,
      stdio: ["ignore", isPiped ? "pipe" : 2, "inherit"],
    });
    await once(child, "spawn");
    return child as Child;
  } catch (error) {
    if (systemCode(error) === null) throw error;
    const reason = systemCode(error) === "ENOENT" ? "no such program" : toInputError(program, error).reason;
    throw new AbortBisection(`${program}: cannot be started: ${reason}`);
  }
}

type Read = Pick<BootRun, "document" | "unread">;

/** The log of a command that prints it. */
async function readPipe(
  stdout: Readable,
  exited: Promise<unknown>,
  group: ProcessGroup,
  copy: FileHandle | null,
  keep: KeepReport,
): Promise<Read> {
  const ended = finished(stdout).catch(() => undefined);
  const cut = async (): Promise<void> => {
    await exited;
    await Promise.race([ended, delay(DRAIN_MILLISECONDS, undefined, { ref: false })]);
    if (stdout.closed) return;
    await group.end();
    await Promise.race([ended, delay(DRAIN_MILLISECONDS, undefined, { ref: false })]);
    stdout.destroy();
  };
  const [read] = await Promise.all([readLog("-", Readable.from(copied(stdout, copy)), keep), cut()]);
  return read;
}

/** The log of a command that writes it to a file. */
async function readFile(log: string, copy: FileHandle | null, keep: KeepReport): Promise<Read> {
  if (copy !== null) {
    try {
      for await (const chunk of createReadStream(log)) await copy.appendFile(chunk as Uint8Array);
    } catch (error) {
      // no log: reading it says so
      if (systemCode(error) !== "ENOENT") throw error;
    }
  }
  return readLog(log, Readable.from([]), keep);
}

/** Ends where the stream does, or where it is destroyed. */
async function* copied(
  stream: Readable,
  copy: FileHandle | null,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = stream as AsyncIterable<Uint8Array>;
  try {
    for await (const chunk of chunks) {
      await copy?.appendFile(chunk);
      yield chunk;
    }
  } catch (error) {
    const isCut = error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
    if (!isCut) throw error;
  }
}

async function readLog(name: string, stdin: Readable, keep: KeepReport): Promise<Read> {
  const reads: SourceRead<Report>[] = [];
  let unread: InputError | null = null;
  for await (const input of openInputs([name], stdin)) {
    if (input instanceof InputError) {
      unread = input;
      continue;
    }
    const read = await readSource(input, reads.length, [], keep);
    reads.push(read);
    if (read.failure === null) continue;
    if (!(read.failure.error instanceof InputError))
      throw new Error(`${name} cannot be read`, { cause: read.failure.error });
    unread = read.failure.error;
  }
  return { document: documentOf(reads), unread };
}
