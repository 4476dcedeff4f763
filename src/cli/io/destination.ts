import { realpath, stat } from "node:fs/promises";
import { InputError, systemCode } from "../../read/inputs/input-error.ts";

/** Where a file is to be put that is written elsewhere first. */
export interface Destination {
  /** Behind all symbolic links, which stay. */
  readonly path: string;
  /** Permissions of the file that is there; null: there is none. */
  readonly mode: number | null;
  /** Whether it can be replaced: a device, a pipe or a socket is written to as it is. */
  readonly isReplaced: boolean;
}

/** @throws InputError for a directory; what the system says of one that cannot be looked at */
export async function destinationOf(path: string): Promise<Destination> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw new InputError(path, "is a directory");
    if (!stats.isFile()) return { path, mode: null, isReplaced: false };
    return { path: await realpath(path), mode: stats.mode & 0o777, isReplaced: true };
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    return { path, mode: null, isReplaced: true };
  }
}
