import { paperFor, write } from "../io/output.ts";
import { readAll } from "../io/read-all.ts";
import type { Terminal } from "../io/terminal.ts";

/**
 * `splat-triage explain [FILE]...`
 *
 * @returns the exit status: 2 where an input could not be read
 */
export async function explainCommand(
  args: readonly string[],
  options: { readonly format: "auto" | "markdown"; readonly suspect: readonly string[] },
  terminal: Terminal,
): Promise<number> {
  const { document, failed } = await readAll(args, options, terminal);
  const { renderExplanation } = await import("../../render/explain/index.ts");
  const text = renderExplanation(document, {
    ...paperFor(terminal),
    markdown: options.format === "markdown",
  });
  await write(terminal.stdout, text);
  return failed ? 2 : 0;
}
