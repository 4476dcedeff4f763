import { existsSync } from "node:fs";
import { type Target, targetForm, targetOf, targetOfLog, TargetError } from "../compare/target.ts";
import { UsageError } from "./errors.ts";
import { readAll } from "./read-all.ts";
import type { Terminal } from "./triage-command.ts";

/**
 * A target as a user names it: an id, a title, a class, a pattern of headlines, or a log that holds the report.
 *
 * @throws UsageError where it names none
 */
export async function readTarget(text: string, terminal: Terminal): Promise<Target> {
  const { form, value } = targetForm(text);
  try {
    if (form !== "log" && (form !== "any" || !existsSync(value))) return targetOf(text);
    const { document, failed } = await readAll([value], {}, terminal);
    if (failed) throw new UsageError(`the log of the target cannot be read: ${value}`);
    return targetOfLog(value, document);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    throw new UsageError(`--target: ${error.message}`);
  }
}
