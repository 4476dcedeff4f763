import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { type Target, targetForm, targetOf, targetOfLog, TargetError } from "../compare/target.ts";
import { UsageError } from "./io/errors.ts";
import { readAll } from "./io/read-all.ts";
import type { Terminal } from "./io/terminal.ts";

/**
 * A target as a user names it: an id, a title, a class, a pattern of headlines, or a log that holds the report.
 *
 * @throws UsageError if it names none
 */
export async function readTarget(text: string, terminal: Terminal): Promise<Target> {
  const { form, value } = targetForm(text);
  try {
    const isThere = form === "log" || (form === "any" && existsSync(value));
    // taken for a class it would be found nowhere, and every commit be good
    if (form === "any" && !isThere && isPath(value))
      throw new UsageError(`--target: no such file: ${value} (class:${value}, if it is not a log)`);
    if (!isThere) return targetOf(text);
    const { document, failed } = await readAll([value], {}, terminal);
    if (failed) throw new UsageError(`the log of the target cannot be read: ${value}`);
    return targetOfLog(value, document);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    throw new UsageError(`--target: ${error.message}`);
  }
}

/** No lock class ends like a log, nor lies in a directory that there is: but for `drivers/misc/splat.c:130`. */
function isPath(text: string): boolean {
  if (/\.(?:log|txt|dmesg|gz|xz|zst|bz2)$/i.test(text)) return true;
  return text.includes("/") && !/:\d+$/.test(text) && existsSync(dirname(text));
}
