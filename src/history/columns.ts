import type { BootRow, StoredReport } from "./schema.ts";

/** The tables of boots and reports: their columns, with types and what they mean. docs/history.md shows the same. */

/** Changes whenever a column does, or what it holds: tables that a store keeps are made again then. */
export const COLUMNS_VERSION = 1;

export type ColumnType = "text" | "int" | "double" | "bool" | "time" | "texts";

type Value = string | number | boolean | Date | readonly string[] | null;

export interface Column<Row> {
  readonly name: string;
  readonly type: ColumnType;
  readonly meaning: string;
  readonly of: (row: Row) => Value;
}

const column = <Row>(
  name: string,
  type: ColumnType,
  meaning: string,
  of: (row: Row) => Value,
): Column<Row> => ({
  name,
  type,
  meaning,
  of,
});

/** What both tables have: by `log` and `boot` their rows belong together. */
const placed = <Row>(rowOf: (row: Row) => BootRow): Column<Row>[] => [
  column("log", "text", "digest of the log", (row) => rowOf(row).log),
  column("boot", "int", "which boot of its log, from 0", (row) => rowOf(row).index),
  column("path", "text", "where the log was", (row) => rowOf(row).path),
  column("build", "text", "what was booted", (row) => rowOf(row).build),
  column("job", "text", "who booted it", (row) => rowOf(row).job),
  column("time", "time", "when it was booted", (row) => new Date(rowOf(row).time)),
  column("identity", "int", "the definition of its ids", (row) => rowOf(row).identity),
];

/** A row a boot. */
export const BOOT_COLUMNS: readonly Column<BootRow>[] = [
  ...placed<BootRow>((row) => row),
  column(
    "release",
    "text",
    "of the kernel",
    ({ boot, reports }) => boot.kernel?.release ?? reports[0]?.release ?? null,
  ),
  column("result", "text", "reported, clean or unknown", ({ boot }) => boot.result),
  column("because", "text", "why unknown", ({ boot }) => boot.because),
  column("lockdep", "text", "on, off or unknown at the end", ({ boot }) => boot.lockdep.state),
  column(
    "ended",
    "text",
    "power-off, reboot, halt, kexec, panic; null: it just ends",
    ({ boot }) => boot.end?.how ?? null,
  ),
  column("last_time", "double", "seconds since boot of the last line", ({ boot }) => boot.times.last),
  column("dropped", "int", "messages that were lost", ({ boot }) => boot.dropped),
  column("reports", "int", "how many", ({ reports }) => reports.length),
  column("ids", "texts", "the bugs that it showed", ({ reports }) => [
    ...new Set(reports.map(({ id }) => id)),
  ]),
];

export interface PlacedReport {
  readonly row: BootRow;
  readonly report: StoredReport;
}

/** A row a report. */
export const REPORT_COLUMNS: readonly Column<PlacedReport>[] = [
  ...placed<PlacedReport>(({ row }) => row),
  column("id", "text", "the bug", ({ report }) => report.id),
  column("site_id", "text", "the bug, and the functions that take its locks", ({ report }) => report.siteId),
  column("kind", "text", "circular, recursive, …", ({ report }) => report.kind),
  column("title", "text", "as syzbot gives it", ({ report }) => report.title),
  column("classes", "texts", "lock classes that it is about", ({ report }) => report.classes),
  column("edges", "texts", "of the cycle: FROM -> TO", ({ report }) =>
    report.edges.map(({ from, to }) => `${from} -> ${to}`),
  ),
  column("takers", "texts", "who takes TO, edge by edge; empty where nobody is named", ({ report }) =>
    report.edges.map(({ taker }) => taker ?? ""),
  ),
  column("functions", "texts", "the telling ones of its stacks", ({ report }) => report.functions),
  column("release", "text", "of the kernel", ({ report }) => report.release),
  column("line", "int", "of the log, from 1", ({ report }) => report.line),
  column("seconds", "double", "since boot", ({ report }) => report.time),
  column(
    "complete",
    "bool",
    "nothing is missing that the kernel always prints",
    ({ report }) => report.complete,
  ),
  column("lacks", "texts", "what its id rests on, and the log does not hold", ({ report }) => report.lacks),
];
