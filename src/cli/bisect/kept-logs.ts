import { type FileHandle, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { systemCode, toInputError } from "../../read/inputs/input-error.ts";
import { AbortBisection } from "./abort.ts";

/**
 * A new file for the log of a run. One that is there stays as it is: without a journal the runs of a commit are
 * counted from 1 each time.
 *
 * @throws AbortBisection where there can be none
 */
export async function newLogFile(directory: string, name: string): Promise<FileHandle> {
  try {
    await mkdir(directory, { recursive: true });
    for (let copy = 1; ; copy++) {
      const path = join(directory, copy === 1 ? `${name}.log` : `${name}.${copy}.log`);
      try {
        return await open(path, "wx");
      } catch (error) {
        if (systemCode(error) !== "EEXIST") throw error;
      }
    }
  } catch (error) {
    throw new AbortBisection(`--keep ${toInputError(directory, error).message}`);
  }
}
