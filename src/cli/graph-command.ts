import type { GraphFormat } from "../render/graph/index.ts";
import { documentOf, readSource } from "../triage.ts";
import { UsageError } from "./errors.ts";
import { isColored, widthOf, write } from "./output.ts";
import { readEach } from "./read-each.ts";
import type { Terminal } from "./triage-command.ts";

export interface GraphOptions {
  readonly format: GraphFormat | "auto";
  readonly around?: string;
  readonly cycles?: boolean;
}

/**
 * `splat-triage graph [LOG|DUMP|DIR]...`
 *
 * @returns the exit status: 2 where an input could not be read
 */
export async function graphCommand(
  args: readonly string[],
  options: GraphOptions,
  terminal: Terminal,
): Promise<number> {
  const { GraphReader } = await import("../lock-graph.ts");
  const { GRAPH_FORMATS } = await import("../render/graph/index.ts");
  const reader = new GraphReader(async (input) => {
    const read = await readSource(input, 0, [], (report) => report);
    return { document: documentOf([read]), failure: read.failure };
  });
  const failed = await readEach(args, terminal, (input) => reader.add(input));
  const document = reader.document();
  const around = options.around ?? null;
  if (around !== null && !document.classes.some(({ name }) => name === around))
    throw new UsageError(`--around: no class ${JSON.stringify(around)} in any of the inputs`);
  const { stdout, env } = terminal;
  const format = options.format === "auto" ? (stdout.isTTY ? "table" : "json") : options.format;
  const text = await GRAPH_FORMATS[format](document, {
    around,
    cyclesOnly: options.cycles === true,
    width: widthOf(stdout, env),
    color: isColored(stdout, env),
  });
  await write(stdout, text);
  return failed ? 2 : 0;
}
