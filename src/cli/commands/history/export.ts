import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Option } from "commander";
import { jsonLine } from "../../../render/words/json.ts";
import { counted } from "../../../render/words/parts.ts";
import { systemCode, toInputError } from "../../../read/inputs/input-error.ts";
import { tell, tellFailure, UsageError } from "../../io/errors.ts";
import { write } from "../../io/output.ts";
import type { Terminal } from "../../io/terminal.ts";
import type { AddCommand } from "../command.ts";

interface ExportOptions {
  readonly format: "ndjson" | "parquet";
  readonly to?: string;
}

/** `splat-triage history export STORE`: 2 where a part of the store could not be read. */
export const addExport: AddCommand = (parent, { terminal, finish }) => {
  parent
    .command("export")
    .description("export a store as tables for other programs")
    .argument("<store>", "a store of `history add`")
    .addOption(
      new Option(
        "-f, --format <format>",
        "write ndjson (one line per boot, with its reports) or parquet (two files)",
      )
        .choices(["ndjson", "parquet"])
        .default("ndjson"),
    )
    .option("--to <dir>", "write boots.parquet and reports.parquet to this directory")
    .action(async (store: string, options: ExportOptions) => {
      finish(await exportStore(store, options, terminal));
    });
};

async function exportStore(
  store: string,
  { format, to }: ExportOptions,
  terminal: Terminal,
): Promise<number> {
  const { readStore } = await import("../../../history/store/reader.ts");
  const damages: Error[] = [];
  const onDamage = (error: Error): void => {
    damages.push(error);
  };
  if (format === "ndjson") {
    if (to !== undefined) throw new UsageError("--to is for parquet; ndjson goes to standard output");
    for await (const rows of readStore(store, onDamage))
      for (const row of rows) await write(terminal.stdout, jsonLine(row));
  } else {
    if (to === undefined) throw new UsageError("parquet writes two files: say where with --to");
    await writeParquet(store, to, onDamage, terminal);
  }
  for (const damage of damages) await tellFailure(damage, terminal);
  return damages.length > 0 ? 2 : 0;
}

async function writeParquet(
  store: string,
  to: string,
  onDamage: (error: Error) => void,
  terminal: Terminal,
): Promise<void> {
  const { BootTables } = await import("../../../history/parquet.ts");
  const { readStore } = await import("../../../history/store/reader.ts");
  const files = ["boots.parquet", "reports.parquet"].map((name) => ({
    path: join(to, name),
    temporary: join(to, `.${name}.${randomUUID()}`),
  }));
  const [ofBoots, ofReports] = files;
  if (ofBoots === undefined || ofReports === undefined) throw new RangeError("two files");
  try {
    await mkdir(to).catch((error: unknown) => {
      if (systemCode(error) !== "EEXIST") throw error;
    });
    const tables = new BootTables({ boots: ofBoots.temporary, reports: ofReports.temporary });
    for await (const rows of readStore(store, onDamage)) for (const row of rows) await tables.add(row);
    const { boots, reports } = await tables.end();
    for (const { path, temporary } of files) await rename(temporary, path);
    await tell(`${to}: ${counted(boots, "boot")}, ${counted(reports, "report")}`, terminal);
  } catch (error) {
    if (error instanceof Error && error.name === "StoreError") throw error;
    throw toInputError(to, error);
  } finally {
    for (const { temporary } of files) await rm(temporary, { force: true });
  }
}
