import { type Dirent, readdirSync, statSync } from "node:fs";
import { systemCode, toInputError, type InputError } from "./input-error.ts";

/** A file that was found, and what it held then. */
export interface WalkedFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Finds the files below a directory that may be logs, in the byte order of their names, each file once even
 * if links give it several names (`latest.log` is not one more boot).
 *
 * Left out: names that begin with a dot (.git, editors' swap files) or end with a tilde (their backups); FIFOs,
 * devices and sockets; links to directories, so that no loop of them is ever entered; links that lead nowhere.
 *
 * @returns paths that begin with the directory as given; what cannot be looked at comes as an
 * error in place of a file, and the walk goes on
 */
export function* walk(directory: string): Generator<WalkedFile | InputError, void, undefined> {
  yield* walkInto(directory, new Set());
}

function* walkInto(directory: string, met: Set<string>): Generator<WalkedFile | InputError, void, undefined> {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    yield toInputError(directory, error);
    return;
  }
  for (const entry of entries.filter(mayHoldLogs).toSorted(byName)) {
    // node:path would take the ./ off the name that the user knows.
    const path = directory.endsWith("/") ? directory + entry.name : `${directory}/${entry.name}`;
    if (entry.isDirectory()) yield* walkInto(path, met);
    else yield* lookAt(path, entry.isSymbolicLink(), met);
  }
}

function* lookAt(
  path: string,
  isLink: boolean,
  met: Set<string>,
): Generator<WalkedFile | InputError, void, undefined> {
  try {
    // As bigint: inode numbers of some file systems need all 64 bits.
    const stats = statSync(path, { bigint: true });
    const identity = `${stats.dev}:${stats.ino}`;
    if (!stats.isFile() || met.has(identity)) return;
    met.add(identity);
    yield { path, bytes: Number(stats.size) };
  } catch (error) {
    const code = systemCode(error);
    if (!isLink || (code !== "ENOENT" && code !== "ELOOP")) yield toInputError(path, error);
  }
}

function mayHoldLogs({ name }: Dirent): boolean {
  return !name.startsWith(".") && !name.endsWith("~");
}

function byName(a: Dirent, b: Dirent): number {
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}
