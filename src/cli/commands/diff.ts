import { PassThrough } from "node:stream";
import type { KernelConfig } from "../../compare/config.ts";
import type { Side } from "../../compare/diff.ts";
import type { GraphDocument } from "../../lock-graph/schema.ts";
import { InputError, openInputs } from "../../read/inputs/index.ts";
import type { Document } from "../../report/schema.ts";
import { diffConclusionOf } from "../io/conclusion.ts";
import { joinedDocument } from "../../triage/document.ts";
import { UsageError } from "../io/errors.ts";
import { readKnown, tellIdle } from "../io/known-file.ts";
import { addMetElsewhere } from "../io/look-up.ts";
import { formatFor, writeDocument } from "../io/output.ts";
import { readAll } from "../io/read-all.ts";
import { Lines, type SourceOptions } from "../io/source-lines.ts";
import { readEach } from "../io/read-each.ts";
import type { Terminal } from "../io/terminal.ts";
import type { AddCommand } from "./command.ts";
import { type Asked, formatOption, placesOption, sourceOptions } from "./options.ts";
import { helpText } from "./help-text.ts";

const EXAMPLES = helpText(
  [
    ["splat-triage diff yesterday.log today.log"],
    ["splat-triage diff -f table boots/v6.11/ boots/v6.12/"],
    [
      "splat-triage diff --old a.log b.log --new c.log d.log \\\n" +
        "  --old-config a.config --new-config /proc/config.gz",
    ],
  ],
  "new, gone: the other side could have shown it, and did not. masked: it could not, because lockdep was off in every " +
    "boot there, was never on, or the logs end too early. docs/diff.md says how the boots are counted.",
);

interface DiffOptions extends SourceOptions {
  readonly format: Asked<"diff">;
  /** Logs of a side, in place of its one. */
  readonly old?: readonly string[];
  readonly new?: readonly string[];
  /** Kernel configurations. */
  readonly oldConfig?: string;
  readonly newConfig?: string;
  readonly exitCode?: boolean;
  /** A file of known issues. */
  readonly known?: string;
  /** Where reports may have been seen before. */
  readonly in: readonly string[];
}

/** `splat-triage diff OLD NEW`: 2 where an input could not be read; what --exit-code says. */
export const addDiff: AddCommand = (parent, { terminal, finish }) => {
  const command = parent
    .command("diff")
    .description("compare the reports of two builds: new, gone, in both, or masked")
    .usage("[options] OLD NEW")
    .argument("[logs...]", "OLD and NEW: each a log, or a directory with one log per boot")
    .option("--old <log...>", "take these logs for the old side")
    .option("--new <log...>", "take these logs for the new side")
    .option("--old-config <file>", "read the old kernel's .config or /proc/config.gz")
    .option("--new-config <file>", "read the new kernel's .config or /proc/config.gz")
    .option("--exit-code", "exit 1 if something is new and not known, 0 if nothing is, 125 if it cannot tell")
    .option("--known <file>", "mark what matches this list of known issues (YAML or JSON)")
    .addOption(placesOption())
    .addOption(formatOption("diff"))
    .addHelpText("after", EXAMPLES)
    .action(async (logs: string[], options: DiffOptions) => {
      finish(await compare(logs, options, terminal));
    });
  for (const option of sourceOptions()) command.addOption(option);
};

async function compare(logs: readonly string[], options: DiffOptions, terminal: Terminal): Promise<number> {
  const { old, fresh } = sidesOf(logs, options);
  const issues = options.known === undefined ? undefined : await readKnown(options.known, terminal);
  const sides: Side[] = [];
  const lines = await Lines.open(options, terminal);
  let { failed } = lines;
  for (const [args, config] of [
    [old, options.oldConfig],
    [fresh, options.newConfig],
  ] as const) {
    const read = await readAll(args, { issues }, terminal);
    failed ||= read.failed;
    await lines.addTo(read.document);
    sides.push({
      document: read.document,
      config: config === undefined ? null : await configOf(config, terminal),
      graph: await graphOf(args, read.document, terminal),
    });
  }
  await lines.close();
  const [before, after] = sides;
  if (before === undefined || after === undefined) throw new RangeError("two sides make a comparison");
  const documents = [before.document, after.document];
  if (!(await addMetElsewhere(documents, options.in, terminal))) failed = true;
  const { diff } = await import("../../compare/diff.ts");
  const format = formatFor(options.format, terminal);
  const result = diff(before, after);
  const view = { diff: result, both: joinedDocument(before.document, after.document) };
  await writeDocument(terminal, "diff", format, view);
  const reports = documents.flatMap((document) => document.reports);
  if (issues !== undefined) await tellIdle(issues, reports, terminal);
  if (failed) return 2;
  return options.exitCode === true ? diffConclusionOf(result, after.document.sources, terminal) : 0;
}

/** The lock graph of the copies of /proc/lockdep among the inputs; null if there are none. */
async function graphOf(
  args: readonly string[],
  { sources }: Document,
  terminal: Terminal,
): Promise<GraphDocument | null> {
  if (args.includes("-") || sources.every(({ boots }) => boots.length > 0)) return null;
  const { GraphReader } = await import("../../lock-graph/graph-reader.ts");
  const { readLog } = await import("../../lock-graph/graph-of-logs.ts");
  const reader = new GraphReader(readLog);
  // what cannot be read was told when the logs were
  const silent = { ...terminal, stderr: new PassThrough().resume() };
  await readEach(openInputs(args, terminal.stdin), silent, (input) => reader.add(input));
  const graph = reader.document();
  return graph.sources.some(({ dump }) => dump) ? graph : null;
}

/** Each side is one log or directory, or what --old and --new name. */
function sidesOf(
  logs: readonly string[],
  options: DiffOptions,
): { readonly old: readonly string[]; readonly fresh: readonly string[] } {
  const left = [...logs];
  const old = options.old ?? left.splice(0, 1);
  const fresh = options.new ?? left.splice(0, 1);
  if (old.length === 0 || fresh.length === 0)
    throw new UsageError("diff compares two sides: OLD NEW, each a log or a directory with one log per boot");
  if (left.length > 0)
    throw new UsageError("diff takes two sides: if one has several logs, name them with --old and --new");
  if ([...old, ...fresh].filter((name) => name === "-").length > 1)
    throw new UsageError("standard input can be read only once");
  return { old, fresh };
}

/** More than any kernel's configuration has. */
const LARGEST_CONFIG = 8 << 20;

/** A `.config`, or /proc/config.gz as it is. */
async function configOf(path: string, terminal: Terminal): Promise<KernelConfig> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const input of openInputs([path], terminal.stdin)) {
    if (input instanceof InputError) throw input;
    for await (const chunk of input.chunks) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > LARGEST_CONFIG) throw new InputError(path, "too large for a kernel configuration");
    }
  }
  const { readConfig } = await import("../../compare/config.ts");
  const config = readConfig(Buffer.concat(chunks).toString("latin1"));
  if (config === null) throw new InputError(path, "not a kernel configuration: no line sets an option");
  return config;
}
