import type * as duckdb from "@duckdb/node-api";
import type {
  DuckDBConnection,
  DuckDBInstance,
  DuckDBPreparedStatement,
  DuckDBResult,
  DuckDBValueConverter,
  Json,
} from "@duckdb/node-api";
import * as z from "zod";
import { IDENTITY_VERSION } from "../identity/identity.ts";
import type { Answer } from "./schema.ts";
import type { StoreError } from "./store/store-error.ts";
import { StoreTables } from "./store/tables.ts";

/** A question that cannot be answered; the message says why. */
class QueryError extends Error {
  override readonly name = "QueryError";
}

/** A row of an answer, by the names of its columns. */
type AnswerRow = Answer["rows"][number];

export interface StoreAnswer extends Pick<Answer, "columns"> {
  /** Some rows at a time. */
  readonly rows: AsyncIterable<AnswerRow[]>;
}

/** Beyond this a statement fails, and says so; nothing is written to disk in its place. */
const MOST_MEMORY = "1GB";

/**
 * A store as a database with the tables `boots` and `reports` (columns.ts). Statements can only read, and nothing but these.
 * It needs DuckDB, which is installed apart from this program.
 */
export class StoreDatabase {
  /** Boots that are left out, for their ids are of another definition. */
  readonly strange: number;
  readonly #library: DuckDb;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #tables: StoreTables;

  private constructor(
    strange: number,
    library: DuckDb,
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    tables: StoreTables,
  ) {
    this.strange = strange;
    this.#library = library;
    this.#instance = instance;
    this.#connection = connection;
    this.#tables = tables;
  }

  /**
   * @param onDamage is called for a part of the store that cannot be read; the others are
   * @param onProgress is called with how many boots came into tables so far, where those have to be made
   * @throws QueryError if DuckDB is not installed; StoreError if there is no store
   */
  static async open(
    store: string,
    onDamage: (error: StoreError) => void,
    onProgress: (boots: number) => void,
  ): Promise<StoreDatabase> {
    const library = await loadDuckDb();
    const tables = await StoreTables.open(store, onDamage, onProgress);
    try {
      const instance = await library.DuckDBInstance.create(":memory:", {
        memory_limit: MOST_MEMORY,
        temp_directory: "",
        autoinstall_known_extensions: "false",
        autoload_known_extensions: "false",
      });
      const connection = await instance.connect();
      const strange = await makeViews(connection, tables);
      return new StoreDatabase(strange, library, instance, connection, tables);
    } catch (error) {
      await tables.close();
      throw queryError(error);
    }
  }

  /**
   * Answers a SELECT statement.
   *
   * @throws QueryError if it is none, or cannot be answered; so may the rows
   */
  async ask(sql: string): Promise<StoreAnswer> {
    await refuseOthers(this.#connection, sql);
    const converter = jsonConverter(this.#library);
    try {
      const statement = await this.#connection.prepare(sql);
      if (statement.parameterCount > 0) throw new QueryError("parameters (? or $1) have no value here");
      const result = await statement.stream();
      const types = result.columnTypes();
      const columns = result
        .deduplicatedColumnNames()
        .map((name, index) => ({ name, type: String(types[index]) }));
      return { columns, rows: rowsOf(statement, result, converter) };
    } catch (error) {
      throw queryError(error);
    }
  }

  async close(): Promise<void> {
    this.#connection.closeSync();
    this.#instance.closeSync();
    await this.#tables.close();
  }
}

type DuckDb = typeof duckdb;

async function loadDuckDb(): Promise<DuckDb> {
  try {
    return await import("@duckdb/node-api");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    const isMissing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
    const why = isMissing ? "is not installed" : `cannot be loaded (${String(error)})`;
    throw new QueryError(
      `history query needs DuckDB, which ${why}: npm install @duckdb/node-api (with --global if splat-triage was)`,
      { cause: error },
    );
  }
}

/**
 * Makes the tables of a store views, and locks everything else.
 *
 * @returns how many boots are left out
 */
async function makeViews(connection: DuckDBConnection, { files }: StoreTables): Promise<number> {
  const tables = [
    ["boots", files.map(({ boots }) => boots)],
    ["reports", files.map(({ reports }) => reports)],
  ] as const;
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`SET allowed_paths = ${listOf(tables.flatMap(([, paths]) => paths))}`);
  await connection.run("SET enable_external_access = false");
  // apart from what is to be seen by SHOW TABLES
  await connection.run("CREATE SCHEMA store");
  for (const [name, paths] of tables)
    await connection.run(
      `CREATE VIEW store.all_${name} AS SELECT *, file_index AS part FROM read_parquet(${listOf(paths)})`,
    );
  // of a log that is in several parts, the first counts, as for whoever reads the store row by row
  await connection.run(`
    CREATE TABLE store.doubled AS
    SELECT log, min(part) AS part FROM store.all_boots GROUP BY log HAVING min(part) <> max(part)`);
  for (const [name] of tables) {
    await connection.run(`
      CREATE VIEW store.own_${name} AS FROM store.all_${name} a
      WHERE NOT EXISTS (FROM store.doubled d WHERE d.log = a.log AND d.part <> a.part)`);
    await connection.run(`
      CREATE VIEW ${name} AS
      SELECT * EXCLUDE (part) FROM store.own_${name} WHERE identity = ${IDENTITY_VERSION}`);
  }
  const strange = await connection.runAndReadAll(
    `SELECT count(*)::INTEGER FROM store.own_boots WHERE identity <> ${IDENTITY_VERSION}`,
  );
  await connection.run("SET lock_configuration = true");
  return Number(strange.value(0, 0));
}

function listOf(texts: readonly string[]): string {
  return `[${texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(", ")}]`;
}

/** Table functions that only compute; others read files, or change how DuckDB logs and where to. */
const HARMLESS: ReadonlySet<string> = new Set(["generate_series", "range", "repeat", "unnest"]);

/** A statement as DuckDB's parser has it, as far as it is looked at. */
const Parsed = z.union([
  z.object({ error: z.literal(true), error_type: z.string(), error_message: z.string() }),
  z.object({ error: z.literal(false), statements: z.array(z.unknown()) }),
]);

/** A statement that is not a SELECT is not run at all, nor one that calls what is more than a computation. */
async function refuseOthers(connection: DuckDBConnection, sql: string): Promise<void> {
  const reader = await connection.runAndReadAll("SELECT json_serialize_sql($1::VARCHAR)", [sql]);
  const parsed = Parsed.parse(JSON.parse(String(reader.value(0, 0))));
  if (parsed.error)
    throw new QueryError(
      parsed.error_type === "parser" ? parsed.error_message : "only SELECT statements are allowed",
    );
  if (parsed.statements.length !== 1)
    throw new QueryError(
      `only one SELECT statement is allowed at a time, and there are ${parsed.statements.length}`,
    );
  const called = tableFunctions(parsed.statements).find((name) => !HARMLESS.has(name));
  if (called !== undefined) throw new QueryError(`${called}() is not allowed in a query of a store`);
}

const TableFunction = z.object({
  type: z.literal("TABLE_FUNCTION"),
  function: z.object({ function_name: z.string() }),
});

/** The names of all table functions below a node; no recursion, for statements nest as deep as somebody writes them. */
function tableFunctions(root: unknown): string[] {
  const names: string[] = [];
  const left: unknown[] = [root];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (typeof node !== "object" || node === null) continue;
    const called = TableFunction.safeParse(node);
    if (called.success) names.push(called.data.function.function_name.toLowerCase());
    for (const child of Object.values(node)) if (child !== undefined) left.push(child);
  }
  return names;
}

async function* rowsOf(
  statement: DuckDBPreparedStatement,
  result: DuckDBResult,
  converter: DuckDBValueConverter<Json>,
): AsyncGenerator<AnswerRow[], void, undefined> {
  try {
    yield* result.yieldConvertedRowObjects(converter);
  } catch (error) {
    throw queryError(error);
  } finally {
    statement.destroySync();
  }
}

/** Numbers are numbers as long as JSON keeps them, and times as everywhere else; the rest as DuckDB has it. */
function jsonConverter(library: DuckDb): DuckDBValueConverter<Json> {
  const times: ReadonlySet<unknown> = new Set([
    library.DuckDBTimestampValue,
    library.DuckDBTimestampMillisecondsValue,
    library.DuckDBTimestampSecondsValue,
    library.DuckDBTimestampNanosecondsValue,
    library.DuckDBTimestampTZValue,
  ]);
  return (value, type, converter) => {
    if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    if (typeof value === "object" && value !== null && times.has(value.constructor))
      return isoTime(String(value));
    return library.JsonDuckDBValueConverter(value, type, converter);
  };
}

/** `2026-03-31 12:00:00.5+00` becomes `2026-03-31T12:00:00.500Z`; what is not a time of ISO 8601 stays. */
function isoTime(text: string): string {
  const [, day, clock, fraction = ""] = TIME.exec(text) ?? [];
  return day === undefined || clock === undefined ? text : `${day}T${clock}.${fraction.padEnd(3, "0")}Z`;
}

const TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:\+00)?$/;

/** What DuckDB says, without the picture of where in the statement, on one line. */
function queryError(error: unknown): Error {
  if (error instanceof QueryError) return error;
  if (!(error instanceof Error)) return new QueryError(String(error));
  const [told = ""] = error.message.split("\n\n");
  // its advice is to set what is locked
  if (told.startsWith("Out of Memory Error"))
    return new QueryError(`the statement needs more than ${MOST_MEMORY} of memory`, { cause: error });
  const lines = told.split("\n").map((line) => line.trim());
  return new QueryError(lines.join("; "), { cause: error });
}
