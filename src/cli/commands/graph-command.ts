import type { GraphDocument } from "../../lock-graph/schema.ts";
import type { GraphFormat } from "../../render/graph/index.ts";
import { readLog } from "../../lock-graph/graph-of-logs.ts";
import { UsageError } from "../io/errors.ts";
import { formatFor, paperFor, write } from "../io/output.ts";
import { readEach } from "../io/read-each.ts";
import type { Terminal } from "../io/terminal.ts";

export interface GraphOptions {
  readonly format: GraphFormat | "auto";
  readonly around?: string;
  readonly cycles?: boolean;
  /** A log, a dump or a directory to compare with. */
  readonly against?: string;
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
  const { diffGraphs } = await import("../../lock-graph/graph-reader.ts");
  const { DIFF_FORMATS, GRAPH_FORMATS } = await import("../../render/graph/index.ts");
  const { stdout } = terminal;
  const format = formatFor(options.format, terminal);
  const page = paperFor(terminal);
  if (options.against !== undefined) {
    if (format !== "table" && format !== "json")
      throw new UsageError("--against prints a table or json, no picture");
    const old = await readGraph([options.against], terminal);
    const now = await readGraph(args, terminal);
    await write(stdout, DIFF_FORMATS[format](diffGraphs(old.document, now.document), page));
    return old.failed || now.failed ? 2 : 0;
  }
  const { document, failed } = await readGraph(args, terminal);
  const around = options.around ?? null;
  if (around !== null && !document.classes.some(({ name }) => name === around))
    throw new UsageError(`--around: no class ${JSON.stringify(around)} in any of the inputs`);
  const picked = { around, cyclesOnly: options.cycles === true };
  await write(stdout, await GRAPH_FORMATS[format](document, { ...picked, ...page }));
  return failed ? 2 : 0;
}

async function readGraph(
  args: readonly string[],
  terminal: Terminal,
): Promise<{ document: GraphDocument; failed: boolean }> {
  const { GraphReader } = await import("../../lock-graph/graph-reader.ts");
  const reader = new GraphReader(readLog);
  const failed = await readEach(args, terminal, (input) => reader.add(input));
  return { document: reader.document(), failed };
}
