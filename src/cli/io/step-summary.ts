import { appendFile } from "node:fs/promises";
import { toInputError } from "../../read/inputs/input-error.ts";
import type { Document } from "../../report/schema.ts";

/**
 * Adds the whole summary to the file that the runner of GitHub Actions names for the step; nothing where it names none.
 *
 * @throws InputError if it cannot be written
 */
export async function addStepSummary(document: Document, env: NodeJS.ProcessEnv): Promise<void> {
  const file = env["GITHUB_STEP_SUMMARY"];
  if (file === undefined || file === "") return;
  const { githubSummary } = await import("../../render/reports/github.ts");
  try {
    await appendFile(file, githubSummary(document));
  } catch (error) {
    throw toInputError(file, error);
  }
}
