import { stat } from "node:fs/promises";
import { walk } from "./directory.ts";
import { isProgram, openFile } from "./file.ts";
import { InputError, toInputError } from "./input-error.ts";

export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * The files that {@link openInputs} would open, in the same order, and errors where it would give one; null where any
 * of the arguments is no regular file nor a directory: standard input, a FIFO or a device is read where it is.
 */
export async function findFiles(args: readonly string[]): Promise<(FoundFile | InputError)[] | null> {
  const found: (FoundFile | InputError)[] = [];
  for (const arg of args) {
    try {
      const stats = await stat(arg);
      if (stats.isDirectory()) found.push(...(await filesBelow(arg)));
      else if (stats.isFile() && arg !== "-") found.push({ path: arg, bytes: stats.size });
      else return null;
    } catch (error) {
      if (arg === "-") return null;
      found.push(toInputError(arg, error));
    }
  }
  return found;
}

async function filesBelow(directory: string): Promise<(FoundFile | InputError)[]> {
  const found: (FoundFile | InputError)[] = [];
  for await (const path of walk(directory)) {
    try {
      if (path instanceof InputError) found.push(path);
      else if (await isLog(path)) found.push({ path, bytes: (await stat(path)).size });
    } catch (error) {
      found.push(toInputError(String(path), error));
    }
  }
  return found.length > 0 ? found : [new InputError(directory, "no log file in this directory")];
}

async function isLog(path: string): Promise<boolean> {
  const { handle } = await openFile(path);
  try {
    return !(await isProgram(handle));
  } finally {
    await handle.close();
  }
}
