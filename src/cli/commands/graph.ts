import type { GraphReader } from "../../lock-graph/graph-reader.ts";
import type { GraphDocument } from "../../lock-graph/schema.ts";
import { openInputs } from "../../read/inputs/index.ts";
import { tellUnread } from "../io/conclusion.ts";
import { UsageError } from "../io/errors.ts";
import { formatFor, writeDocument } from "../io/output.ts";
import { Lines, type SourceOptions } from "../io/source-lines.ts";
import { readEach } from "../io/read-each.ts";
import type { Terminal } from "../io/terminal.ts";
import type { AddCommand } from "./command.ts";
import { type Asked, formatOption, sourceOptions } from "./options.ts";

interface GraphOptions extends SourceOptions {
  readonly format: Asked<"graph">;
  readonly around?: string;
  readonly cycles?: boolean;
  /** Classes; true: those of all cycles. */
  readonly order?: readonly string[] | true;
  /** Edges, as `A→B`. */
  readonly without?: readonly string[];
  /** A log, a dump or a directory to compare with. */
  readonly against?: string;
}

/** `splat-triage graph [LOG|DUMP|DIR]...`: 2 where an input could not be read. */
export const addGraph: AddCommand = (parent, { terminal, finish }) => {
  const command = parent
    .command("graph")
    .description("merge lock graphs of boots and builds, and find cycles that no kernel reported")
    .argument("[input...]", "logs, copies of /proc/lockdep*, directories of them (a boot each), or -")
    .addOption(formatOption("graph"))
    .option("--around <class>", "print only edges to and from this lock class")
    .option("--cycles", "print only the cycles")
    .option(
      "--against <old>",
      "show what only these inputs have, and what only OLD has (two builds, for example)",
    )
    .option(
      "--order [class...]",
      "find an order of these lock classes (default: of all in cycles) that breaks the fewest edges",
    )
    .option(
      "--without <edge>",
      "show which cycles remain without this edge, A→B or A->B (repeatable)",
      (edge: string, before: readonly string[] | undefined) => [...(before ?? []), edge],
    )
    .action(async (inputs: string[], options: GraphOptions) => {
      const { against, order, without } = options;
      const [show = showGraph, ...others] = [
        ...(order === undefined ? [] : [showOrder(order)]),
        ...(without === undefined ? [] : [showWithout(without)]),
        ...(against === undefined ? [] : [showDifference(against)]),
      ];
      if (others.length > 0) throw new UsageError("--order, --without and --against cannot be combined");
      finish((await show(inputs, options, terminal)) ? 2 : 0);
    });
  for (const option of sourceOptions()) command.addOption(option);
};

/** @returns whether an input could not be read */
type Show = (args: readonly string[], options: GraphOptions, terminal: Terminal) => Promise<boolean>;

const showGraph: Show = async (args, options, terminal) => {
  const { graph, failed } = await readGraph(args, options, terminal);
  const around = options.around ?? null;
  if (around !== null && !graph.classes.some(({ name }) => name === around))
    throw new UsageError(`--around: no class ${JSON.stringify(around)} in any of the inputs`);
  const view = { graph, around, cyclesOnly: options.cycles === true };
  const format = formatFor(options.format, terminal);
  await writeDocument(terminal, "graph", format, view);
  return failed;
};

const showOrder =
  (asked: readonly string[] | true): Show =>
  async (args, options, terminal) => {
    const format = formatFor(options.format, terminal);
    if (format !== "table" && format !== "json")
      throw new UsageError("--order prints a table or json, no picture");
    const { lockOrder } = await import("../../lock-graph/order.ts");
    const { graph, failed } = await readGraph(args, options, terminal);
    const named = asked === true ? [] : asked;
    for (const one of named)
      if (!graph.classes.some(({ name }) => name === one))
        throw new UsageError(`--order: no class ${JSON.stringify(one)} in any of the inputs`);
    await writeDocument(terminal, "graph-order", format, lockOrder(graph, named));
    return failed;
  };

const showWithout =
  (asked: readonly string[]): Show =>
  async (args, options, terminal) => {
    const format = formatFor(options.format, terminal);
    if (format !== "table" && format !== "json")
      throw new UsageError("--without prints a table or json, no picture");
    const { graphDocument } = await import("../../lock-graph/index.ts");
    const { edgesNamed, withoutEdges } = await import("../../lock-graph/without.ts");
    const { reader, failed } = await readBoots(args, options, terminal);
    const graph = reader.graph();
    const document = graphDocument(graph);
    const edges = asked.map((text) => {
      const [edge, ...others] = edgesNamed(document, text);
      if (edge === undefined)
        throw new UsageError(`--without: no edge ${JSON.stringify(text)} in any of the inputs`);
      if (others.length > 0)
        throw new UsageError(
          `--without: ${JSON.stringify(text)} may be ${[edge, ...others].map(({ from, to }) => JSON.stringify(`${from} → ${to}`)).join(" or ")}`,
        );
      return edge;
    });
    const view = withoutEdges(graph, document, edges);
    await writeDocument(terminal, "graph-without", format, view);
    return failed;
  };

const showDifference =
  (against: string): Show =>
  async (args, options, terminal) => {
    const format = formatFor(options.format, terminal);
    if (format !== "table" && format !== "json")
      throw new UsageError("--against prints a table or json, no picture");
    const { diffGraphs } = await import("../../lock-graph/graph-reader.ts");
    const old = await readGraph([against], options, terminal);
    const now = await readGraph(args, options, terminal);
    const difference = diffGraphs(old.graph, now.graph);
    await writeDocument(terminal, "graph-diff", format, difference);
    return old.failed || now.failed;
  };

async function readGraph(
  ...read: Parameters<typeof readBoots>
): Promise<{ readonly graph: GraphDocument; readonly failed: boolean }> {
  const { reader, failed } = await readBoots(...read);
  return { graph: reader.document(), failed };
}

async function readBoots(
  args: readonly string[],
  options: SourceOptions,
  terminal: Terminal,
): Promise<{ readonly reader: GraphReader; readonly failed: boolean }> {
  const { GraphReader } = await import("../../lock-graph/graph-reader.ts");
  const { readLog } = await import("../../lock-graph/graph-of-logs.ts");
  const lines = await Lines.open(options, terminal);
  const reader = new GraphReader(async (input) => {
    const read = await readLog(input);
    for (const source of read.document.sources) await tellUnread(source, terminal);
    await lines.addTo(read.document);
    return read;
  });
  const failed = await readEach(openInputs(args, terminal.stdin), terminal, (input) => reader.add(input));
  await lines.close();
  return { reader, failed: failed || lines.failed };
}
