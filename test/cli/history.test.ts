import { createHash } from "node:crypto";
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { parquetMetadataAsync, parquetReadObjects, asyncBufferFromFile } from "hyparquet";
import { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOOT_COLUMNS, COLUMNS_VERSION, REPORT_COLUMNS } from "../../src/history/columns.ts";
import { Answer, BootRow, History } from "../../src/history/schema.ts";
import { bootLog } from "../support/boot-logs.ts";
import { FIXTURES } from "../support/fixtures.ts";

/** `history` as a CI job and its operator call it. */

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const DOCS = readFileSync(fileURLToPath(new URL("../../docs/history.md", import.meta.url)), "utf8");
const ABBA = join(FIXTURES, "circular/abba/dmesg.txt");

let directory = "";
let store = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-"));
  store = join(directory, "store");
  for (const [build, shows] of [
    ["v6.11", [false, false, false]],
    ["v6.12", [false, true, true]],
  ] as const) {
    mkdirSync(join(directory, build));
    for (const [i, shown] of shows.entries())
      writeFileSync(join(directory, build, `${i}.log`), bootLog(i + (build === "v6.12" ? 10 : 0), shown));
    const day = build === "v6.11" ? "2026-03-01" : "2026-03-08T12:00";
    add(join(directory, build), "--build", build, "--job", "boot", "--time", day);
  }
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function history(...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, "history", ...args], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
    maxBuffer: 1 << 24,
  });
}

function add(...args: readonly string[]): SpawnSyncReturns<string> {
  return history("add", store, ...args);
}

describe("list", () => {
  test("tells of each bug when it was seen, and in how many boots of each build", () => {
    const result = history("list", store, "--since", "v6.12");
    expect(result).toMatchObject({ status: 0, stderr: "" });
    const told = History.parse(JSON.parse(result.stdout));
    expect(told).toMatchObject({
      boots: 6,
      since: "v6.12",
      builds: [
        {
          build: "v6.11",
          kernels: ["6.12.117"],
          first: "2026-03-01T00:00:00.000Z",
          boots: 3,
          clean: 3,
          reported: 0,
        },
        { build: "v6.12", first: "2026-03-08T12:00:00.000Z", boots: 3, clean: 1, reported: 2 },
      ],
      bugs: [
        {
          id: "6bb8ce7d879a",
          status: "new",
          hits: 2,
          observed: 6,
          builds: [
            { build: "v6.11", hits: 0, observed: 3 },
            { build: "v6.12", hits: 2, observed: 3 },
          ],
        },
      ],
    });
  });

  test("draws the rate in the terminal and as SVG", () => {
    const table = history("list", store, "--since", "v6.12", "-f", "table").stdout;
    expect(table).toMatch(/6 boots of 2 builds, 1 bug; since v6\.12: 1 new/);
    expect(table).toMatch(/rate {6}v6\.11 {2}0 of 3\n +v6\.12 {2}2 of 3 {2}█{13}\n/);
    const svg = history("list", store, "-f", "svg").stdout;
    expect(svg).toMatch(/^<svg [^>]+>\n[^]*<title>v6\.12: 2 of 3<\/title>[^]*<\/svg>\n$/);
  });

  test("of a build, or a store, that is not there ends with 2", () => {
    expect(history("list", store, "--since", "v9")).toMatchObject({
      status: 2,
      stderr: `splat-triage: ${store}: no boot of build v9\n`,
    });
    expect(history("list", directory)).toMatchObject({ status: 2, stdout: "" });
  });
});

describe("add", () => {
  test("of a log that is there changes nothing, packed or not, whatever its name", () => {
    const before = history("list", store).stdout;
    const packed = join(directory, "again.log.gz");
    writeFileSync(packed, gzipSync(readFileSync(join(directory, "v6.12", "1.log"))));
    const result = add(packed, "--build", "other");
    expect(result).toMatchObject({
      status: 0,
      stderr: expect.stringContaining(
        "0 logs added, with 0 boots and 0 reports; 1 log there already\n",
      ) as string,
    });
    expect(history("list", store).stdout).toBe(before);
  });

  test("names a boot after its kernel, and dates it by its log, where nothing else is said", () => {
    const other = join(directory, "other");
    const log = join(directory, "dated.log");
    writeFileSync(log, readFileSync(ABBA));
    utimesSync(log, 1_767_225_600, 1_767_225_600);
    expect(history("add", other, log).status).toBe(0);
    const line = history("export", other).stdout;
    expect(BootRow.parse(JSON.parse(line))).toMatchObject({
      build: "6.12.117 #1",
      job: null,
      time: "2026-01-01T00:00:00.000Z",
      path: log,
      reports: [{ id: "6bb8ce7d879a", line: 242, lacks: [] }],
    });
  });

  test("leaves out half a log, what is no kernel's, and says so", () => {
    const other = join(directory, "damaged");
    const cut = join(directory, "cut.log.gz");
    const prose = join(directory, "prose.txt");
    writeFileSync(cut, gzipSync(readFileSync(ABBA)).subarray(0, 2000));
    writeFileSync(prose, "Hello.\n");
    const result = history("add", other, cut, prose);
    expect(result.status).toBe(2);
    expect(result.stderr).toContain(`${cut}: the gzip archive is truncated\n`);
    expect(result.stderr).toContain(`${prose}: not added: nothing in it is a kernel's\n`);
    expect(history("export", other)).toMatchObject({ status: 0, stdout: "" });
  });

  test("reads a list of logs, and wants one or some", () => {
    const other = join(directory, "listed");
    const list = join(directory, "list");
    writeFileSync(list, `${ABBA}\0${join(FIXTURES, "clean/kernfs/dmesg.txt")}\0`);
    expect(history("add", other, "--files-from", list, "-0")).toMatchObject({
      status: 0,
      stderr: `splat-triage: ${other}: 2 logs added, with 2 boots and 1 report\n`,
    });
    expect(history("add", other)).toMatchObject({ status: 2, stdout: "" });
    expect(history("add", other, ABBA, "-0").status).toBe(2);
  });

  test("takes no time that is none", () => {
    for (const time of ["yesterday", "2026-13-01", "12:00"]) expect(add(ABBA, "--time", time).status).toBe(2);
  });
});

/** Dates and bigints as JSON has them. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

describe("export", () => {
  test("writes Parquet that another reader reads, the same as what is in the store", async () => {
    const to = join(directory, "tables");
    expect(history("export", store, "-f", "parquet", "--to", to)).toMatchObject({ status: 0, stdout: "" });
    expect(readdirSync(to).toSorted()).toEqual(["boots.parquet", "reports.parquet"]);
    const rows = history("export", store)
      .stdout.trimEnd()
      .split("\n")
      .map((line) => BootRow.parse(JSON.parse(line)));
    expect(rows).toHaveLength(6);
    const [boots, reports] = await Promise.all(
      ["boots.parquet", "reports.parquet"].map(async (name) => {
        const file = await asyncBufferFromFile(join(to, name));
        return {
          read: await parquetReadObjects({ file }),
          schema: (await parquetMetadataAsync(file)).schema,
        };
      }),
    );
    expect(plain(boots?.read)).toEqual(
      plain(rows.map((row) => Object.fromEntries(BOOT_COLUMNS.map(({ name, of }) => [name, of(row)])))),
    );
    expect(plain(reports?.read)).toEqual(
      plain(
        rows.flatMap((row) =>
          row.reports.map((report) =>
            Object.fromEntries(REPORT_COLUMNS.map(({ name, of }) => [name, of({ row, report })])),
          ),
        ),
      ),
    );
    expect(reports?.read[0]).toMatchObject({
      id: "6bb8ce7d879a",
      classes: ["lock_a", "lock_b"],
      edges: ["lock_a -> lock_b", "lock_b -> lock_a"],
      takers: ["take_ab", "take_ba"],
      complete: true,
    });
    expect(boots?.schema.find(({ name }) => name === "time")).toMatchObject({
      converted_type: "TIMESTAMP_MILLIS",
    });
  });

  test("of several stores is one, as the docs say: each task of a batch has its own", async () => {
    const tables = join(directory, "shares");
    mkdirSync(tables);
    for (const [share, logs] of [
      ["1", join(directory, "v6.11")],
      ["2", join(directory, "v6.12")],
    ] as const) {
      const list = join(directory, "share.list");
      const own = join(directory, `share-${share}.store`);
      writeFileSync(
        list,
        readdirSync(logs)
          .map((name) => `${join(logs, name)}\n`)
          .join(""),
      );
      expect(history("add", own, "--files-from", list, "--build", share).status).toBe(0);
      const to = join(tables, `b-${share}`);
      expect(history("export", own, "-f", "parquet", "--to", to).stderr).toMatch(
        /: 3 boots, [02] reports\n$/,
      );
    }
    const connection = await DuckDBConnection.create();
    const count = async (table: string): Promise<unknown> =>
      (
        await connection.runAndReadAll(
          `SELECT count(*)::INTEGER, count(DISTINCT build)::INTEGER FROM '${tables}/*/${table}.parquet'`,
        )
      ).getRowsJson();
    expect([await count("boots"), await count("reports")]).toEqual([[[6, 2]], [[2, 1]]]);
    connection.closeSync();
  });

  test("is not needed by whoever reads lines of boots", async () => {
    const lines = join(directory, "lines");
    mkdirSync(lines);
    for (const build of ["v6.11", "v6.12"]) {
      const args = ["-f", "ndjson", "--boots", join(directory, build)];
      writeFileSync(join(lines, `${build}.ndjson`), spawnSync(process.execPath, [COMMAND, ...args]).stdout);
    }
    const [, sql = ""] = /^\| DuckDB +\| `(SELECT json[^`]+)`/m.exec(DOCS) ?? [];
    const connection = await DuckDBConnection.create();
    const answer = await connection.runAndReadAll(sql.replace("lines/", `${lines}/`));
    expect(answer.getRowObjectsJson()).toHaveLength(2);
    expect(answer.getRowObjectsJson()).toEqual(
      expect.arrayContaining([
        { result: "clean", boots: "4" },
        { result: "reported", boots: "2" },
      ]),
    );
    connection.closeSync();
  });

  test("writes no Parquet to a terminal, and names a place that cannot be written", () => {
    expect(history("export", store, "-f", "parquet").status).toBe(2);
    expect(history("export", store, "-f", "parquet", "--to", "/proc/nowhere")).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^splat-triage: \/proc\/nowhere: .+\n$/) as string,
    });
  });
});

describe("query", () => {
  test("answers in SQL, as a table, a document, or a line a row", () => {
    const sql =
      "SELECT build, count(*) AS boots, list(result ORDER BY log)[1:2] AS some FROM boots GROUP BY build ORDER BY build";
    expect(history("query", store, sql, "-f", "table")).toMatchObject({
      status: 0,
      stderr: "",
      stdout: expect.stringMatching(
        /^build  boots  some\nv6\.11      3  clean, clean\nv6\.12      3  \w+, \w+\n2 rows\n$/,
      ) as string,
    });
    const { columns, rows } = Answer.parse(JSON.parse(history("query", store, sql).stdout));
    expect(columns).toEqual([
      { name: "build", type: "VARCHAR" },
      { name: "boots", type: "BIGINT" },
      { name: "some", type: "VARCHAR[]" },
    ]);
    expect(rows).toMatchObject([
      { build: "v6.11", boots: 3, some: ["clean", "clean"] },
      { build: "v6.12", boots: 3 },
    ]);
    const piped = spawnSync(process.execPath, [COMMAND, "history", "query", store, "-", "-f", "ndjson"], {
      encoding: "utf8",
      input: `${sql};\n`,
    });
    expect(piped.stdout).toBe(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  });

  test("gives the export's columns", () => {
    for (const [table, columns] of [
      ["boots", BOOT_COLUMNS],
      ["reports", REPORT_COLUMNS],
    ] as const) {
      const { rows } = Answer.parse(JSON.parse(history("query", store, `DESCRIBE ${table}`).stdout));
      expect(rows.map((row) => row["column_name"])).toEqual(columns.map(({ name }) => name));
    }
  });

  test("has no bounds as lines, and names its own elsewhere", () => {
    const sql = "FROM range(100001) t(i)";
    expect(history("query", store, sql)).toMatchObject({
      status: 2,
      stdout: "",
      stderr:
        "splat-triage: the answer has more than 100000 rows: add LIMIT, or print any number with -f ndjson\n",
    });
    expect(history("query", store, sql, "-f", "ndjson").stdout.split("\n")).toHaveLength(100_002);
  });

  test("ends with 2 where there is nothing to answer, or a part of the store is damaged", () => {
    const damaged = join(directory, "half");
    history("add", damaged, ABBA);
    writeFileSync(join(damaged, "new", "x.ndjson"), "{");
    expect(history("query", damaged, "SELECT count(*) AS n FROM boots", "-f", "ndjson")).toMatchObject({
      status: 2,
      stdout: '{"n":1}\n',
      stderr: expect.stringContaining("x.ndjson: damaged") as string,
    });
    expect(history("query", damaged, "SELECT 1; DROP VIEW boots")).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(/only SELECT statements are allowed\n$/) as string,
    });
    expect(history("query", directory, "SELECT 1")).toMatchObject({ status: 2, stdout: "" });
  });
});

test("the story of docs/history.md is what the commands print", () => {
  const told = join(directory, "told");
  // as in the docs: with the patch, and without it
  for (const [build, logs, day] of [
    ["patched", "v4", "2026-03-01"],
    ["reverted", "reverted", "2026-03-02"],
  ] as const)
    history(
      "add",
      told,
      join(FIXTURES, "thread", logs),
      "--build",
      build,
      "--job",
      "kselftest",
      "--time",
      day,
    );
  const blocks = DOCS.split(/^```.*\n/m).filter((_, i) => i % 2 === 1);
  const block = (start: string): string => blocks.find((text) => text.startsWith(start)) ?? "";
  const listed = history("list", told, "--since", "reverted", "-f", "table").stdout;
  const pieces = block("8 boots").split("  …\n");
  expect(pieces).toHaveLength(3);
  for (const piece of pieces) expect(listed).toContain(piece);
  const [, sql = ""] = /history query boots\.store -f table "([^"]+)"/.exec(DOCS) ?? [];
  expect(history("query", told, sql, "-f", "table").stdout).toBe(block("job "));
});

test("the columns are those of their version, by which tables are kept", () => {
  const told = [...BOOT_COLUMNS, ...REPORT_COLUMNS].map(
    ({ name, type, meaning }) => `${name} ${type} ${meaning}`,
  );
  // where this fails, the columns are others: count COLUMNS_VERSION on
  expect([COLUMNS_VERSION, createHash("sha256").update(told.join("\n")).digest("hex").slice(0, 8)]).toEqual([
    1,
    "6e1ed072",
  ]);
});

test("every column stands in docs/history.md, with its type", () => {
  for (const { name, type, meaning } of [...BOOT_COLUMNS, ...REPORT_COLUMNS])
    expect(DOCS.replace(/\s{2,}/g, " ")).toContain(`| \`${name}\` | ${type} | ${meaning} |`);
});
