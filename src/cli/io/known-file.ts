import { randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { KnownIssues } from "../../known/known-issues.ts";
import type { KnownIssue } from "../../known/schema.ts";
import { InputError, systemCode, toInputError } from "../../read/inputs/input-error.ts";
import { destinationOf } from "./destination.ts";
import { tell } from "./errors.ts";
import type { Terminal } from "./terminal.ts";

/** Reads a file of known issues, and gives it back with what was found. */

const MILLISECONDS = 1000;

/** YYYY-MM-DD in UTC: today, or the day that reproducible-builds.org lets a build be of. */
function todayIn(env: NodeJS.ProcessEnv): string {
  const epoch = Number(env["SOURCE_DATE_EPOCH"] ?? Number.NaN);
  const date = Number.isFinite(epoch) ? new Date(epoch * MILLISECONDS) : new Date();
  return date.toISOString().slice(0, "YYYY-MM-DD".length);
}

/**
 * @throws InputError or KnownFileError where the file cannot be used: nothing may be hidden, or shown, by a list that
 *   was read in part
 */
export async function readKnown(file: string, { env }: Pick<Terminal, "env">): Promise<KnownIssues> {
  const { parseKnown } = await import("../../known/known-file.ts");
  const text = await textOf(file);
  return new KnownIssues({ file, today: todayIn(env), issues: parseKnown(file, text) });
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw toInputError(file, error);
  }
}

/** Names the entries that hid nothing on standard error. */
export async function tellIdle(
  issues: KnownIssues,
  reports: Parameters<KnownIssues["idle"]>[0],
  terminal: Pick<Terminal, "stderr">,
): Promise<void> {
  for (const { issue, why } of issues.idle(reports)) {
    const what = why === "expired" ? `expired on ${issue.expires}, hides nothing any more` : "fits no report";
    await tell(`${issues.list.file}:${issue.line}: ${what}: ${issue.note}`, terminal);
  }
}

/**
 * Adds entries to a file of known issues, which is whole at any moment; one that is not there yet is made, be it empty. An
 * id that it has is not added again.
 *
 * @throws InputError or KnownFileError
 */
export async function writeKnown(file: string, found: readonly KnownIssue[]): Promise<void> {
  const { parseKnown, withIssues } = await import("../../known/known-file.ts");
  let fresh: string | null = null;
  try {
    const { path, mode, isReplaced } = await destinationOf(file);
    if (!isReplaced) throw new InputError(file, "is not a file that entries can be added to");
    const text = await readFile(path, "utf8").catch((error: unknown) => {
      if (systemCode(error) === "ENOENT") return null;
      throw error;
    });
    const ids = new Set(parseKnown(file, text ?? "").map(({ id }) => id));
    const added = found.filter(({ id }) => !ids.has(id));
    if (text !== null && added.length === 0) return;
    fresh = `${path}.${randomUUID()}`;
    await writeFile(fresh, withIssues(file, text ?? "", added), { mode: mode ?? 0o666 });
    await rename(fresh, path);
  } catch (error) {
    if (fresh !== null) await rm(fresh, { force: true });
    if (error instanceof Error && error.name === "KnownFileError") throw error;
    throw toInputError(file, error);
  }
}
