import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import type { Report } from "../../../report/schema.ts";
import { counted } from "../../../render/words/parts.ts";
import { documentOf } from "../../../triage/document.ts";
import { type Input, readSource } from "../../../triage/read-source.ts";
import { tell, UsageError } from "../../io/errors.ts";
import { inputsOf, type ListOptions } from "../../io/files-from.ts";
import { openInputs } from "../../../read/inputs/index.ts";
import { readEach } from "../../io/read-each.ts";
import type { Terminal } from "../../io/terminal.ts";
import type { AddCommand } from "../command.ts";
import { filesFromOptions } from "../options.ts";

interface AddOptions extends ListOptions {
  readonly build?: string;
  readonly job?: string;
  /** ISO 8601, UTC. */
  readonly time?: string;
}

/** `splat-triage history add STORE LOG|DIR…`: 2 where an input could not be read. */
export const addAdd: AddCommand = (parent, { terminal, finish }) => {
  const command = parent
    .command("add")
    .description("add the boots of logs, including clean ones: without those there is no rate")
    .argument("<store>", "a directory, created if it does not exist")
    .argument("[logs...]", "logs, directories of logs, or - for standard input")
    .option("--build <name>", "name what was booted (default: release and build number of the kernel)")
    .option("--job <name>", "name the job that booted it")
    .addOption(
      new Option(
        "--time <time>",
        "say when it was booted, in UTC unless a zone is given (default: when the log was last changed)",
      ).argParser(timeOf),
    )
    .action(async (store: string, logs: string[], options: AddOptions) => {
      const inputs = await inputsOf(logs, options, terminal);
      if (inputs.length === 0) throw new UsageError("history add needs logs, or --files-from");
      finish(await add(store, inputs, options, terminal));
    });
  for (const option of filesFromOptions()) command.addOption(option);
};

const TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;

function timeOf(text: string): string {
  const [whole, zone] = TIME.exec(text) ?? [];
  // a date alone is UTC already
  const isLocal = whole !== undefined && whole.length > "YYYY-MM-DD".length && zone === undefined;
  const date = new Date(isLocal ? `${text.replace(" ", "T")}Z` : text);
  if (whole === undefined || Number.isNaN(date.getTime()))
    throw new InvalidArgumentError("It must be a time such as 2026-03-31 or 2026-03-31T12:00Z.");
  return date.toISOString();
}

async function add(
  store: string,
  logs: readonly string[],
  { build, job, time }: AddOptions,
  terminal: Terminal,
): Promise<number> {
  const { rowsOf } = await import("../../../history/rows.ts");
  const { StoreWriter } = await import("../../../history/store/writer.ts");
  const writer = await StoreWriter.open(store);
  const counts = { logs: 0, boots: 0, reports: 0, known: 0 };
  const failed = await readEach(openInputs(logs, terminal.stdin), terminal, async (input) => {
    const hash = createHash("sha256");
    const read = await readSource<Report>(
      { name: input.name, chunks: hashed(input, hash) },
      0,
      [],
      (report) => report,
    );
    // half a log is another log: it is not added, so that the whole one can be
    if (read.failure !== null) throw read.failure.error;
    const rows = rowsOf(documentOf([read]), {
      log: hash.digest("hex").slice(0, 32),
      path: input.name === "-" ? "-" : resolve(input.name),
      build: build ?? null,
      job: job ?? null,
      time: time ?? (await changedAt(input.name)),
    });
    if (rows.length === 0) {
      await tell(`${input.name}: not added: nothing in it is a kernel's`, terminal);
      return;
    }
    if (!(await writer.add(rows))) {
      counts.known++;
      return;
    }
    counts.logs++;
    counts.boots += rows.length;
    counts.reports += rows.reduce((sum, { reports }) => sum + reports.length, 0);
  });
  await writer.close();
  const known = counts.known === 0 ? "" : `; ${counted(counts.known, "log")} there already`;
  const added = `${counted(counts.boots, "boot")} and ${counted(counts.reports, "report")}`;
  await tell(`${store}: ${counted(counts.logs, "log")} added, with ${added}${known}`, terminal);
  return failed ? 2 : 0;
}

async function* hashed(
  { chunks }: Input,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

async function changedAt(name: string): Promise<string> {
  return (name === "-" ? new Date() : (await stat(name)).mtime).toISOString();
}
