import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { unpacked } from "./compression.ts";
import { walk } from "./directory.ts";
import { isProgram, openFile, type OpenFile } from "./file.ts";
import { InputError, toInputError } from "./input-error.ts";
import { isKmsg, openKmsg } from "./kmsg.ts";

export { findFiles, type FoundFile } from "./files.ts";
export { InputError };

/** A log that is open now: it can be read once, until the next one is asked for. */
export interface OpenedInput {
  /** As given, `-` for standard input; of a file in a directory, its path, which begins with the directory as given. */
  readonly name: string;
  /**
   * What the log holds, unpacked if it is compressed; a chunk may be overwritten by the next. Throws an {@link InputError} where it can be read no further,
   * after all that could be read: of a truncated archive first its beginning.
   */
  readonly chunks: AsyncIterable<Uint8Array>;
}

type Inputs = AsyncGenerator<OpenedInput | InputError, void, undefined>;

/**
 * Opens files, directories (each log in them) and `-` (standard input, also if nothing is given), one after another:
 * each when it is asked for, and closed when the next one is, or when the caller stops.
 *
 * What cannot be opened comes as an {@link InputError} in place of the input, and what goes wrong later is thrown by
 * the `chunks` of that input. The caller may go on after either:
 *
 * ```ts
 * for await (const input of openInputs(args, process.stdin)) {
 *   try {
 *     if (input instanceof InputError) throw input;
 *     await triage.add(input);
 *   } catch (error) {
 *     if (!(error instanceof InputError)) throw error;
 *     complain(error.message);
 *   }
 * }
 * ```
 *
 * Of a directory, programs and kernel images are left out, beside what {@link walk} leaves out; one without any log
 * is an error.
 */
export async function* openInputs(args: readonly string[], stdin: Readable): Inputs {
  let isStdinTaken = false;
  for (const arg of args.length === 0 ? ["-"] : args) {
    if (arg !== "-") yield* openPath(arg);
    else if (isStdinTaken) yield new InputError(arg, "standard input can be read only once");
    else {
      isStdinTaken = true;
      yield* lend(arg, bytesOf(stdin));
    }
  }
}

async function* openPath(path: string): Inputs {
  const stats = await orError(path, stat(path));
  if (stats instanceof InputError) yield stats;
  else if (stats.isDirectory()) yield* openDirectory(path);
  else yield* lendFile(path, await orError(path, isKmsg(stats) ? openKmsg(path) : openFile(path)));
}

async function* openDirectory(directory: string): Inputs {
  let isEmpty = true;
  for await (const found of walk(directory)) {
    if (found instanceof InputError) {
      isEmpty = false;
      yield found;
      continue;
    }
    const file = await orError(found, openLog(found));
    if (file === null) continue;
    isEmpty = false;
    yield* lendFile(found, file);
  }
  if (isEmpty) yield new InputError(directory, "no log file in this directory");
}

/** null: a program, whose text is no log */
async function openLog(path: string): Promise<OpenFile | null> {
  const file = await openFile(path);
  let isLog = false;
  try {
    isLog = !(await isProgram(file.handle));
  } finally {
    if (!isLog) await file.handle.close();
  }
  return isLog ? file : null;
}

async function* lendFile(name: string, file: OpenFile | InputError): Inputs {
  if (file instanceof InputError) {
    yield file;
    return;
  }
  try {
    yield* lend(name, file.chunks);
  } finally {
    await file.handle.close();
  }
}

/** Gives an input to the caller, and ends reading it when the caller comes back. */
async function* lend(name: string, bytes: AsyncGenerator<Uint8Array, void, undefined>): Inputs {
  const chunks = withInputErrors(name, unpacked(name, bytes));
  try {
    yield { name, chunks };
  } finally {
    await chunks.return();
  }
}

async function* withInputErrors(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks;
  } catch (error) {
    throw toInputError(name, error);
  }
}

/** Standard input is not in our hands: it may be set to give text. */
async function* bytesOf(stream: Readable): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of stream as AsyncIterable<Uint8Array | string>)
    yield typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

async function orError<Value>(input: string, opening: Promise<Value>): Promise<Value | InputError> {
  try {
    return await opening;
  } catch (error) {
    return toInputError(input, error);
  }
}
