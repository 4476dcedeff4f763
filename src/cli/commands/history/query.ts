import type { Answer } from "../../../history/schema.ts";
import type { StoreAnswer } from "../../../history/query.ts";
import { counted } from "../../../render/words/parts.ts";
import { printable, safe } from "../../../render/words/safe.ts";
import { tell, tellFailure, UsageError } from "../../io/errors.ts";
import { formatFor, writeDocument } from "../../io/output.ts";
import { ProgressLine } from "../../io/progress.ts";
import type { Terminal } from "../../io/terminal.ts";
import type { AddCommand } from "../command.ts";
import { helpText } from "../help-text.ts";
import { type Asked, formatOption } from "../options.ts";

interface QueryOptions {
  readonly format: Asked<"answer">;
}

/** A table's columns are as wide as their widest cell, and a document has an end: such an answer is held whole. */
const MOST_ROWS = 100_000;

const EXAMPLES = helpText(
  [
    [
      'splat-triage history query boots.store "SELECT build, result, count(*)\n' +
        'FROM boots GROUP BY ALL ORDER BY ALL"',
    ],
    [
      'splat-triage history query boots.store "SELECT title, min(time), max(time)\n' +
        "FROM reports WHERE list_contains(classes, 'fs_reclaim') GROUP BY title\"",
    ],
  ],
  "The tables are boots and reports; DESCRIBE boots lists the columns, and docs/history.md says what they mean. " +
    "It needs DuckDB, which is installed separately: npm install @duckdb/node-api.",
);

/** `splat-triage history query STORE SQL`: 2 where it cannot be answered, or a part of the store cannot be read. */
export const addQuery: AddCommand = (parent, { terminal, finish }) => {
  parent
    .command("query")
    .description("query boots and reports in SQL (needs DuckDB)")
    .argument("<store>", "a store of `history add`")
    .argument("<sql>", "a SELECT statement, or - for standard input")
    .addOption(formatOption("answer"))
    .addHelpText("after", EXAMPLES)
    .action(async (store: string, sql: string, options: QueryOptions) => {
      finish(await query(store, sql, options, terminal));
    });
};

async function query(store: string, sql: string, options: QueryOptions, terminal: Terminal): Promise<number> {
  const { StoreDatabase } = await import("../../../history/query.ts");
  const statement = sql === "-" ? await textOf(terminal.stdin) : sql;
  const format = formatFor(options.format, terminal);
  const damages: Error[] = [];
  let boots = 0;
  const line = new ProgressLine(terminal, () => safe`${printable(store)}: tables of ${boots} boots made`);
  const database = await StoreDatabase.open(
    store,
    (error) => damages.push(error),
    (made) => (boots = made),
  ).finally(() => line.end());
  try {
    for (const damage of damages) await tellFailure(damage, terminal);
    if (database.strange > 0)
      await tell(
        `${store}: ${counted(database.strange, "boot")} left out: another version gave their ids, which mean something else`,
        terminal,
      );
    const answer = await database.ask(statement);
    const print = async (rows: Answer["rows"]): Promise<void> => {
      const part: Answer = { schema: "splat-triage-history-query/1", columns: answer.columns, rows };
      await writeDocument(terminal, "answer", format, part);
    };
    if (format === "ndjson") for await (const rows of answer.rows) await print(rows);
    else await print(await all(answer));
    return damages.length > 0 ? 2 : 0;
  } finally {
    await database.close();
  }
}

async function all({ rows }: StoreAnswer): Promise<Answer["rows"]> {
  const held: Answer["rows"] = [];
  for await (const some of rows) {
    held.push(...some);
    if (held.length > MOST_ROWS)
      throw new UsageError(
        `the answer has more than ${MOST_ROWS} rows: add LIMIT, or print any number with -f ndjson`,
      );
  }
  return held;
}

async function textOf(stdin: Terminal["stdin"]): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
