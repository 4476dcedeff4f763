import { statSync } from "node:fs";
import { isProgram, openRegular } from "./file.ts";
import { walk, type WalkedFile } from "./directory.ts";
import { InputError, toInputError } from "./input-error.ts";

/** A directory that was given, and what of it was not seen yet to hold no log. */
interface GivenDirectory {
  readonly path: string;
  /** How many of its files may still be logs. */
  candidates: number;
}

/** A file to read: a regular one that was named, or was found in a directory that was. */
export interface FoundFile extends WalkedFile {
  /** What is found is not a log if it is a program; null: whoever names a program wants it read. */
  readonly within: GivenDirectory | null;
}

/**
 * The files that {@link openInputs} would look at, in the same order, and errors where it would give one; null where any
 * of the arguments is not a regular file nor a directory: standard input, a FIFO or a device is read where it is.
 */
export function findFiles(args: readonly string[]): (FoundFile | InputError)[] | null {
  const found: (FoundFile | InputError)[] = [];
  for (const arg of args) {
    try {
      const stats = statSync(arg);
      if (stats.isDirectory()) found.push(...filesBelow(arg));
      else if (stats.isFile() && arg !== "-") found.push({ path: arg, bytes: stats.size, within: null });
      else return null;
    } catch (error) {
      if (arg === "-") return null;
      found.push(toInputError(arg, error));
    }
  }
  return found;
}

/** Whether a file that was found is not a log, without reading it: one that cannot be opened may be one. */
export function isNoLog({ path, within }: FoundFile): boolean {
  if (within === null) return false;
  try {
    const file = openRegular(path);
    try {
      return isProgram(file.descriptor);
    } finally {
      file.close();
    }
  } catch {
    return false;
  }
}

/** What may be logs in a directory. */
export function filesBelow(path: string): (FoundFile | InputError)[] {
  const directory: GivenDirectory = { path, candidates: 0 };
  const found = [...walk(path)].map((file) =>
    file instanceof InputError ? file : { ...file, within: directory },
  );
  directory.candidates = found.length;
  return found.length > 0 ? found : [noLog(path)];
}

/**
 * To be told of each file that turns out to be a program.
 *
 * @returns an error where its directory holds nothing else
 */
export function withoutProgram({ within }: FoundFile): InputError | null {
  return within !== null && --within.candidates === 0 ? noLog(within.path) : null;
}

function noLog(directory: string): InputError {
  return new InputError(directory, "no log file in this directory");
}
