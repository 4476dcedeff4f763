import { fileWriter, ParquetWriter } from "hyparquet-writer";
import { BOOT_COLUMNS, type Column, type ColumnType, type PlacedReport, REPORT_COLUMNS } from "./columns.ts";
import type { BootRow } from "./schema.ts";

type Schema = ConstructorParameters<typeof ParquetWriter>[0]["schema"];

/** So many rows are held at once, and make a row group. */
const GROUP = 20_000;

const TEXT = { type: "BYTE_ARRAY", converted_type: "UTF8" } as const;

const TYPES = {
  text: TEXT,
  int: { type: "INT32" },
  double: { type: "DOUBLE" },
  bool: { type: "BOOLEAN" },
  time: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
} as const satisfies Record<Exclude<ColumnType, "texts">, object>;

function schemaOf(columns: readonly { readonly name: string; readonly type: ColumnType }[]): Schema {
  return [
    { name: "root", num_children: columns.length },
    ...columns.flatMap(({ name, type }): Schema =>
      type === "texts"
        ? [
            { name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
            { name: "list", repetition_type: "REPEATED", num_children: 1 },
            { name: "element", repetition_type: "OPTIONAL", ...TEXT },
          ]
        : [{ name, repetition_type: "OPTIONAL", ...TYPES[type] }],
    ),
  ];
}

/** Writes rows into a Parquet file, a group of them at a time. */
class ParquetTable<Row> {
  readonly #columns: readonly Column<Row>[];
  readonly #writer: ParquetWriter;
  #rows: Row[] = [];
  #count = 0;

  constructor(path: string, columns: readonly Column<Row>[]) {
    this.#columns = columns;
    this.#writer = new ParquetWriter({ writer: fileWriter(path), schema: schemaOf(columns) });
  }

  async add(row: Row): Promise<void> {
    this.#rows.push(row);
    this.#count++;
    if (this.#rows.length === GROUP) await this.#flush();
  }

  /** @returns how many rows there are */
  async end(): Promise<number> {
    if (this.#rows.length > 0) await this.#flush();
    await this.#writer.finish();
    return this.#count;
  }

  async #flush(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    await this.#writer.write({
      columnData: this.#columns.map(({ name, of }) => ({ name, data: rows.map(of) })),
      rowGroupSize: GROUP,
    });
  }
}

/** Both tables of boots and their reports, a Parquet file each. */
export class BootTables {
  readonly #boots: ParquetTable<BootRow>;
  readonly #reports: ParquetTable<PlacedReport>;

  constructor(paths: TablePaths) {
    this.#boots = new ParquetTable(paths.boots, BOOT_COLUMNS);
    this.#reports = new ParquetTable(paths.reports, REPORT_COLUMNS);
  }

  async add(row: BootRow): Promise<void> {
    await this.#boots.add(row);
    for (const report of row.reports) await this.#reports.add({ row, report });
  }

  /** @returns how many rows there are in each */
  async end(): Promise<{ readonly boots: number; readonly reports: number }> {
    return { boots: await this.#boots.end(), reports: await this.#reports.end() };
  }
}

/** Where both tables are. */
export interface TablePaths {
  readonly boots: string;
  readonly reports: string;
}
