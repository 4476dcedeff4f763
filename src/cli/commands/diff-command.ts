import { PassThrough } from "node:stream";
import { type KernelConfig, readConfig } from "../../compare/config.ts";
import { diff, type Side } from "../../compare/diff.ts";
import { readLog } from "../../lock-graph/graph-of-logs.ts";
import type { GraphDocument } from "../../lock-graph/schema.ts";
import { GraphReader } from "../../lock-graph/graph-reader.ts";
import { InputError, openInputs } from "../../read/inputs/index.ts";
import { renderDiffMarkdown } from "../../render/diff/markdown.ts";
import { renderDiffTable } from "../../render/diff/table.ts";
import { jsonText } from "../../render/words/json.ts";
import type { Document } from "../../report/schema.ts";
import { UsageError } from "../io/errors.ts";
import { formatFor, paperFor, write } from "../io/output.ts";
import { readAll } from "../io/read-all.ts";
import { readEach } from "../io/read-each.ts";
import type { Terminal } from "../io/terminal.ts";

export interface DiffOptions {
  readonly format: "auto" | "table" | "json" | "markdown";
  /** Logs of a side, in place of its one. */
  readonly old?: readonly string[];
  readonly new?: readonly string[];
  /** Kernel configurations. */
  readonly oldConfig?: string;
  readonly newConfig?: string;
}

/**
 * `splat-triage diff OLD NEW`
 *
 * @returns the exit status: 2 where an input could not be read
 */
export async function diffCommand(
  logs: readonly string[],
  options: DiffOptions,
  terminal: Terminal,
): Promise<number> {
  const { old, fresh } = sidesOf(logs, options);
  const sides: Side[] = [];
  let failed = false;
  for (const [args, config] of [
    [old, options.oldConfig],
    [fresh, options.newConfig],
  ] as const) {
    const read = await readAll(args, {}, terminal);
    failed ||= read.failed;
    sides.push({
      document: read.document,
      config: config === undefined ? null : await configOf(config, terminal),
      graph: await graphOf(args, read.document, terminal),
    });
  }
  const [before, after] = sides;
  if (before === undefined || after === undefined) throw new RangeError("two sides make a comparison");
  const result = diff(before, after);
  const format = formatFor(options.format, terminal);
  const paper = paperFor(terminal);
  const texts = {
    table: () => renderDiffTable(result, paper),
    json: () => `${jsonText(result, 2)}\n`,
    markdown: () => renderDiffMarkdown(result),
  };
  await write(terminal.stdout, texts[format]());
  return failed ? 2 : 0;
}

/** The lock graph of the copies of /proc/lockdep among the inputs; null where there are none. */
async function graphOf(
  args: readonly string[],
  { sources }: Document,
  terminal: Terminal,
): Promise<GraphDocument | null> {
  if (args.includes("-") || sources.every(({ boots }) => boots.length > 0)) return null;
  const reader = new GraphReader(readLog);
  // what cannot be read was told when the logs were
  await readEach(args, { ...terminal, stderr: new PassThrough().resume() }, (input) => reader.add(input));
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
    throw new UsageError("diff compares two sides: OLD NEW, each a log or a directory with one log a boot");
  if (left.length > 0)
    throw new UsageError("diff takes two sides: where one has several logs, name them with --old and --new");
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
  const config = readConfig(Buffer.concat(chunks).toString("latin1"));
  if (config === null) throw new InputError(path, "no kernel configuration: no line of it sets an option");
  return config;
}
