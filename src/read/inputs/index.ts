import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { unpacked } from "./compression.ts";
import { isProgram, type OpenFile, openOther, openRegular, type WholeFile } from "./file.ts";
import { filesBelow, type FoundFile, withoutProgram } from "./files.ts";
import { InputError, toInputError } from "./input-error.ts";
import { isKmsg, openKmsg } from "./kmsg.ts";

export { findFiles, type FoundFile, isNoLog, withoutProgram } from "./files.ts";
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

/** The same of files that were found before. */
export async function* openFound(files: Iterable<FoundFile | InputError>): Inputs {
  for (const found of files) {
    if (found instanceof InputError) yield found;
    else yield* openFoundFile(found);
  }
}

async function* openFoundFile(found: FoundFile): Inputs {
  const file = logOf(found);
  if (file instanceof InputError) yield file;
  else if (file !== null) yield* lendFile(found.path, file);
}

/** null: a program, whose text is not a log */
function logOf(found: FoundFile): OpenFile | InputError | null {
  try {
    const file = openRegular(found.path);
    if (found.within === null || !isProgram(file.descriptor)) return file;
    file.close();
    return withoutProgram(found);
  } catch (error) {
    return toInputError(found.path, error);
  }
}

async function* openPath(path: string): Inputs {
  const stats = await orError(path, stat(path));
  if (stats instanceof InputError) yield stats;
  else if (stats.isDirectory()) yield* openFound(filesBelow(path));
  else if (stats.isFile()) yield* openFoundFile({ path, bytes: stats.size, within: null });
  else {
    const file = await orError(path, isKmsg(stats) ? openKmsg(path) : openOther(path));
    if (file instanceof InputError) yield file;
    else yield* lendFile(path, file);
  }
}

async function* lendFile(name: string, file: OpenFile): Inputs {
  try {
    yield* lend(name, file.chunks, file.whole);
  } finally {
    await file.close();
  }
}

/** Gives an input to the caller, and ends reading it when the caller comes back. */
async function* lend(
  name: string,
  bytes: AsyncGenerator<Uint8Array, void, undefined>,
  whole: WholeFile | null = null,
): Inputs {
  const chunks = withInputErrors(name, unpacked(name, bytes, whole));
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
