import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { type FileHandle, lstat, unlink } from "node:fs/promises";
import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { InputError, openInputs } from "../../read/inputs/index.ts";
import { systemCode, toInputError } from "../../read/inputs/input-error.ts";
import type { Document } from "../../report/schema.ts";
import { Triage } from "../../triage.ts";
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

/** How long the end of the log is waited for after the command's: something else may hold the pipe open. */
const DRAIN_MILLISECONDS = 2000;

/**
 * Runs the command once, in a process group of its own, and reads its log while it comes. Whatever it leaves running
 * in its group is ended, so that it cannot write into the next log.
 *
 * @param keep takes a copy of the log
 * @param interrupted ends the run
 * @throws AbortBisection where the command cannot be started, and where it was interrupted
 */
export async function runBoot(
  { command, log, timeoutSeconds }: BootCommand,
  keep: FileHandle | null,
  interrupted: AbortSignal,
): Promise<BootRun> {
  if (log !== null) await removeStale(log);
  const start = performance.now();
  const child = await startChild(command, log === null);
  const group = new ProcessGroup(child.pid);
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const reading = child.stdout === null ? null : readPipe(child.stdout, exited, group, keep);
  let isLate = false;
  const timer = setTimeout(
    () => {
      isLate = true;
      void group.end();
    },
    (timeoutSeconds ?? 0) * 1000,
  );
  if (timeoutSeconds === null) clearTimeout(timer);
  const stop = (): void => void group.end();
  interrupted.addEventListener("abort", stop);
  if (interrupted.aborted) stop();
  try {
    const [status, signal] = await exited;
    clearTimeout(timer);
    const seconds = (performance.now() - start) / 1000;
    const readOfPipe = await reading;
    if (await group.isAlive()) await group.end();
    if (interrupted.aborted) throw new AbortBisection("interrupted");
    const read = readOfPipe ?? (await readFile(log ?? "", keep));
    const exit: Ended =
      status === null ? { how: "signal", signal: signal ?? "SIGKILL" } : { how: "exit", status };
    return { ended: isLate ? { how: "timeout" } : exit, seconds, ...read };
  } finally {
    clearTimeout(timer);
    interrupted.removeEventListener("abort", stop);
    if (await group.isAlive()) await group.end();
  }
}

/** So that a command that fails before it writes its log is not judged by the last one. */
async function removeStale(log: string): Promise<void> {
  try {
    const stats = await lstat(log);
    if (!stats.isFile() && !stats.isSymbolicLink())
      throw new AbortBisection(`--log ${log}: it is no file that could be removed before each run`);
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
    throw new AbortBisection(`${program}: it cannot be started: ${reason}`);
  }
}

type Read = Pick<BootRun, "document" | "unread">;

/** The log of a command that prints it. */
async function readPipe(
  stdout: Readable,
  exited: Promise<unknown>,
  group: ProcessGroup,
  keep: FileHandle | null,
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
  const [read] = await Promise.all([readLog("-", Readable.from(copied(stdout, keep))), cut()]);
  return read;
}

/** The log of a command that writes it to a file. */
async function readFile(log: string, keep: FileHandle | null): Promise<Read> {
  if (keep !== null) {
    try {
      for await (const chunk of createReadStream(log)) await keep.appendFile(chunk as Uint8Array);
    } catch (error) {
      // no log: reading it says so
      if (systemCode(error) !== "ENOENT") throw error;
    }
  }
  return readLog(log, Readable.from([]));
}

/** Ends where the stream does, or where it is destroyed. */
async function* copied(
  stream: Readable,
  keep: FileHandle | null,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = stream as AsyncIterable<Uint8Array>;
  try {
    for await (const chunk of chunks) {
      await keep?.appendFile(chunk);
      yield chunk;
    }
  } catch (error) {
    const isCut = error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
    if (!isCut) throw error;
  }
}

async function readLog(name: string, stdin: Readable): Promise<Read> {
  const triage = new Triage();
  let unread: InputError | null = null;
  for await (const input of openInputs([name], stdin)) {
    try {
      if (input instanceof InputError) throw input;
      await triage.add(input);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      unread = error;
    }
  }
  return { document: triage.document(), unread };
}
