import { Option } from "commander";
import { openInputs } from "../../read/inputs/index.ts";
import { type FormatOf, formatsOf } from "../../render/formats.ts";
import { inkFor } from "../io/ink.ts";
import { addMetBefore } from "../io/look-up.ts";
import { paperFor, writeDocument } from "../io/output.ts";
import { questionsOf } from "../io/questions.ts";
import { readAll } from "../io/read-all.ts";
import { Lines, type SourceOptions } from "../io/source-lines.ts";
import { Tree, type TreeOptions } from "../io/tree.ts";
import { readEach } from "../io/read-each.ts";
import type { Terminal } from "../io/terminal.ts";
import type { Document } from "../../report/schema.ts";
import type { AddCommand } from "./command.ts";
import { INPUTS, linuxOptions, placesOption, sourceOptions, suspectOption } from "./options.ts";

interface ExplainOptions extends SourceOptions, TreeOptions {
  /** Copies of /proc/lockdep*, logs, directories of them. */
  readonly graph?: readonly string[];
  /** `auto` is text, wherever it goes. */
  readonly format: FormatOf<"explanation"> | "auto";
  readonly suspect: readonly string[];
  /** Where reports may have been seen before. */
  readonly in: readonly string[];
}

/** `splat-triage explain [FILE]...`: 2 where an input could not be read. */
export const addExplain: AddCommand = (parent, { terminal, finish }) => {
  const command = parent
    .command("explain")
    .description("explain each report in words: who holds what, who waits for what, how that can deadlock")
    .argument(...INPUTS)
    .addOption(
      new Option("-f, --format <format>", "print plain text, or Markdown")
        .choices(["auto", ...formatsOf("explanation")])
        .default("auto"),
    )
    .addOption(suspectOption())
    .option(
      "--graph <input>",
      "suggest a lock order for the cycle that keeps the other edges of this copy of /proc/lockdep or directory (repeatable)",
      (input: string, before: readonly string[] | undefined) => [...(before ?? []), input],
    )
    .addOption(placesOption())
    .action(async (inputs: string[], options: ExplainOptions) => {
      const suspect = await questionsOf(options.suspect, options.linux ?? null);
      const tree = await Tree.open(options, suspect, terminal);
      const lines = await Lines.open(options, terminal);
      const { document, failed } = await readAll(inputs, { suspect }, terminal);
      await lines.addTo(document);
      await lines.close();
      const hasCode = await tree.addTo(document.reports);
      const hasGraph = options.graph === undefined || (await addOrders(document, options.graph, terminal));
      const hasPlaces = await addMetBefore(document, options.in, terminal);
      const format = options.format === "auto" ? "text" : options.format;
      const { width, color } = paperFor(terminal);
      const paper = { width, color: await inkFor(color, terminal, options.linux) };
      await writeDocument(terminal, "explanation", format, document, paper);
      finish(failed || lines.failed || !hasPlaces || !hasCode || !hasGraph ? 2 : 0);
    });
  for (const option of [...linuxOptions(), ...sourceOptions()]) command.addOption(option);
};

/**
 * Says of each cycle how its locks can be ordered, by a graph of the inputs and of the reports themselves.
 *
 * @returns whether all inputs could be read
 */
async function addOrders(
  document: Document,
  inputs: readonly string[],
  terminal: Terminal,
): Promise<boolean> {
  const { GraphReader } = await import("../../lock-graph/graph-reader.ts");
  const { readLog } = await import("../../lock-graph/graph-of-logs.ts");
  const { graphDocument } = await import("../../lock-graph/index.ts");
  const { cycleOrder } = await import("../../lock-graph/cycle-order.ts");
  const reader = new GraphReader(readLog);
  const failed = await readEach(openInputs(inputs, terminal.stdin), terminal, (input) => reader.add(input));
  const graph = reader.graph();
  const known = new Set(graph.reported.map(({ report }) => report.id));
  for (const [i, { name, lockdep, kernels }] of document.sources.entries()) {
    const reports = document.reports.filter(({ source, id }) => source === i && !known.has(id));
    // the log may lie beside its dump
    if (reports.length === 0) continue;
    const kernel = kernels.at(-1) ?? null;
    graph.add({ name, files: [], kernel, dump: null, reports, lockdep: lockdep.state });
  }
  const whole = graphDocument(graph);
  for (const report of document.reports) {
    const order = cycleOrder(report, whole);
    if (order !== null) report.order = order;
  }
  return !failed;
}
