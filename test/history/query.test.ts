import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { StoreDatabase } from "../../src/history/query.ts";
import { rowsOf } from "../../src/history/rows.ts";
import type { Answer, BootRow } from "../../src/history/schema.ts";
import { compact } from "../../src/history/store/compact.ts";
import { StoreLayout } from "../../src/history/store/layout.ts";
import { StoreWriter } from "../../src/history/store/writer.ts";
import { Tally } from "../../src/history/tally.ts";
import type { Document } from "../../src/report/schema.ts";
import { logLines, triageLines } from "../support/fixtures.ts";
import { randomOf } from "../support/random.ts";

let directory = "";
let store = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-"));
  store = join(directory, "the 'store' [a]*");
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

let documents: readonly Document[] = [];
beforeAll(async () => {
  const fixtures = ["clean/kernfs", "circular/abba", "circular/cpuhp", "rcu/twice", "irq-order/hardsafe3"];
  documents = await Promise.all(fixtures.map(async (fixture) => triageLines(logLines(fixture))));
});

function bootsOf(number: number, build: string, job: string | null, document: number): BootRow[] {
  const chosen = documents[document];
  if (chosen === undefined) throw new RangeError("no such fixture");
  return rowsOf(chosen, {
    log: `log${String(number).padStart(4, "0")}`,
    path: `/logs/${number}`,
    build,
    job,
    time: new Date(Date.UTC(2026, 0, 1, number)).toISOString(),
  });
}

interface Asked {
  /** Boots of which tables were made. */
  readonly made: number;
  readonly rows: Answer["rows"];
  readonly strange: number;
  readonly damages: readonly string[];
}

async function ask(sql: string): Promise<Asked> {
  const damages: string[] = [];
  let made = 0;
  const database = await StoreDatabase.open(
    store,
    ({ message }) => damages.push(message),
    (boots) => (made = boots),
  );
  try {
    const rows: Answer["rows"] = [];
    for await (const some of (await database.ask(sql)).rows) rows.push(...some);
    return { rows, strange: database.strange, damages, made };
  } finally {
    await database.close();
  }
}

async function add(...logs: readonly BootRow[][]): Promise<void> {
  const writer = await StoreWriter.open(store);
  for (const log of logs) await writer.add(log);
}

const layout = (): StoreLayout => new StoreLayout(store);

/** The statements of the docs that a store answers. */
function documented(): string[] {
  const docs = readFileSync(fileURLToPath(new URL("../../docs/history.md", import.meta.url)), "utf8");
  return [
    ...[...docs.matchAll(/^```sql\n-- DuckDB\n([^`]+)```$/gm)].map(([, sql = ""]) => sql),
    ...[...docs.matchAll(/^\|[^|\n]*\| `((?:SELECT|WITH) [^`]+)` *\|$/gm)].flatMap(([line, sql = ""]) =>
      /^\| (?:ClickHouse|Spark SQL)|read_ndjson_objects/.test(line) ? [] : [sql],
    ),
  ];
}

/** The one that has these words. */
function statement(words: string): string {
  const [sql, ...others] = documented().filter((text) => text.includes(words));
  if (sql === undefined || others.length > 0) throw new Error(`not once in docs/history.md: ${words}`);
  return sql;
}

/** Boots of four builds and three jobs; one bug is new since v6.12, one is gone. */
async function addRandom(): Promise<BootRow[]> {
  const random = randomOf(7);
  const pick = <Item>(...items: readonly Item[]): Item => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new RangeError("nothing to pick");
    return item;
  };
  const all: BootRow[][] = [];
  for (let i = 0; i < 400; i++) {
    const isNew = i > 180;
    // v6.12 begins: builds stand in the order of their first boots
    const build = i === 181 ? "v6.12" : isNew ? pick("v6.12", "v6.13") : pick("v6.10", "v6.11");
    const rows = bootsOf(i, build, pick("a", "b", null), isNew ? pick(0, 0, 1, 3, 4) : pick(0, 0, 1, 2));
    all.push(rows);
    await add(rows);
    if (i % 100 !== 50) continue;
    // packed, and some of it added again
    await compact(layout(), 1);
    await add(...all.slice(-30));
  }
  return all.flat();
}

describe("the docs' statements", () => {
  test("say of a random store what `history list` says", async () => {
    const all = await addRandom();
    const tally = new Tally({ since: "v6.12", job: null, id: null });
    for (const row of all) tally.add(row);
    const { history } = tally;
    if (history === null) throw new Error("no history");
    const { bugs, builds } = history;
    expect(new Set(bugs.map(({ status }) => status))).toEqual(new Set(["new", "gone", "both"]));

    expect(
      (await ask(statement("count(*) FILTER (result = 'clean') AS clean FROM boots GROUP BY build"))).rows,
    ).toEqual(builds.map(({ build, first, boots, clean }) => ({ build, first, boots, clean })));
    expect((await ask(statement("max(time) AS last"))).rows.map(({ title: _title, ...bug }) => bug)).toEqual(
      bugs.map(({ id, first, last, hits }) => ({ id, first: first.time, last: last.time, hits })),
    );
    const byIdAndJob = bugs.flatMap(({ id, jobs }) =>
      jobs.map(({ job, hits }) => `${id} ${String(job)} ${hits}`),
    );
    expect(
      (await ask(statement("SELECT id, job"))).rows
        .map(({ id, job, hits }) => `${String(id)} ${String(job)} ${String(hits)}`)
        .toSorted(),
    ).toEqual(byIdAndJob.toSorted());
    for (const [status, words] of [
      ["new", "HAVING min(first)"],
      ["gone", "HAVING max(first)"],
    ] as const)
      expect((await ask(statement(words))).rows.map(({ id }) => String(id)).toSorted()).toEqual(
        bugs.flatMap((bug) => (bug.status === status ? [bug.id] : [])).toSorted(),
      );
    const proving = new Map(builds.map(({ build, boots, unknown }) => [build, boots - unknown]));
    expect(
      (await ask(statement("any_value(n.boots)"))).rows.map((row) => JSON.stringify(row)).toSorted(),
    ).toEqual(
      bugs
        .flatMap(({ id, builds: own }) =>
          own.flatMap(({ build, hits }) =>
            hits === 0 ? [] : [JSON.stringify({ id, build, hits, boots: proving.get(build) })],
          ),
        )
        .toSorted(),
    );
  });

  test("all run", async () => {
    await add(bootsOf(1, "v6.12", null, 1));
    const statements = documented();
    expect(statements).toHaveLength(7);
    for (const sql of statements) expect((await ask(sql)).damages).toEqual([]);
  });
});

describe("the tables of a store", () => {
  const COUNT = "SELECT (SELECT count(*) FROM boots) AS boots, (SELECT count(*) FROM reports) AS reports";

  test("are there where the store is empty", async () => {
    await add();
    expect((await ask(COUNT)).rows).toEqual([{ boots: 0, reports: 0 }]);
    await expect(async () => {
      store = directory;
      await ask(COUNT);
    }).rejects.toThrow("not a store of `history add`");
  });

  test("are made once of each pack, and again where somebody took them away or they are not whole", async () => {
    await add(bootsOf(1, "a", null, 1), bootsOf(2, "a", null, 0));
    await compact(layout(), 1);
    await add(bootsOf(3, "a", null, 1));
    const whole = [{ boots: 3, reports: 2 }];
    expect(await ask(COUNT)).toMatchObject({ rows: whole, made: 3 });
    expect(await ask(COUNT)).toMatchObject({ rows: whole, made: 1 });
    const [version = ""] = readdirSync(layout().tables);
    const kept = readdirSync(join(layout().tables, version));
    expect(kept.map((name) => name.replace(/^\w+/, ""))).toEqual([".boots.parquet", ".reports.parquet"]);
    const [pack = ""] = readdirSync(layout().packs);
    const bytes = readFileSync(join(layout().packs, pack));
    // who reads the pack again will see
    writeFileSync(join(layout().packs, pack), "");
    expect(await ask(COUNT)).toMatchObject({ rows: whole, damages: [] });
    writeFileSync(join(layout().tables, version, kept[0] ?? ""), "");
    expect(await ask(COUNT)).toMatchObject({
      rows: [{ boots: 1, reports: 1 }],
      damages: [expect.stringContaining(pack)],
    });
    // nothing is kept of what is damaged
    writeFileSync(join(layout().packs, pack), bytes);
    expect(await ask(COUNT)).toMatchObject({ rows: whole, damages: [] });
    rmSync(layout().tables, { recursive: true });
    expect(await ask(COUNT)).toMatchObject({ rows: whole, damages: [] });
    expect(readdirSync(layout().temporary)).toEqual([]);
  });

  test("are whole for each of those who ask at once", async () => {
    await add(...Array.from({ length: 60 }, (_, i) => bootsOf(i, "a", null, i % 3 === 0 ? 1 : 0)));
    await compact(layout(), 1);
    await add(bootsOf(99, "a", null, 1));
    const whole = { rows: [{ boots: 61, reports: 21 }], damages: [] };
    for (const asked of await Promise.all(Array.from({ length: 4 }, async () => ask(COUNT))))
      expect(asked).toMatchObject(whole);
    expect(await ask(COUNT)).toMatchObject({ ...whole, made: 1 });
    expect(readdirSync(layout().temporary)).toEqual([]);
  });

  test("lose nothing and double nothing while packs are made", async () => {
    for (let round = 1; round <= 6; round++) {
      await add(
        ...Array.from({ length: 25 }, (_, i) => bootsOf(25 * round + i, "a", null, i % 5 === 0 ? 1 : 0)),
      );
      const asked = [ask(COUNT), compact(layout(), 1), ask(COUNT), compact(layout(), 1)] as const;
      const [first, , second] = await Promise.all(asked);
      for (const { rows, damages } of [first, second])
        expect({ rows, damages }).toEqual({
          rows: [{ boots: 25 * round, reports: 5 * round }],
          damages: [],
        });
    }
  });

  test("are made elsewhere where the store cannot be written", async () => {
    await add(bootsOf(1, "a", null, 1));
    await compact(layout(), 1);
    rmSync(layout().temporary, { recursive: true });
    writeFileSync(layout().temporary, "");
    expect((await ask(COUNT)).rows).toEqual([{ boots: 1, reports: 1 }]);
    expect(readdirSync(store)).not.toContain("tables");
  });

  test("have each log once, and no boot whose ids mean something else", async () => {
    const strange = bootsOf(9, "a", null, 1).map((row) => ({ ...row, identity: row.identity - 1 }));
    await add(bootsOf(1, "first", null, 1), strange);
    await compact(layout(), 1);
    await add(bootsOf(1, "second", null, 1));
    expect(
      await ask(
        "SELECT b.build, r.build AS of_report, count(*) AS n FROM boots b JOIN reports r USING (log, boot) GROUP BY ALL",
      ),
    ).toEqual({
      rows: [{ build: "first", of_report: "first", n: 1 }],
      strange: 1,
      damages: [],
      made: 3,
    });
  });
});

describe("a statement", () => {
  beforeEach(async () => {
    await add(bootsOf(1, "a", null, 1));
  });

  test("gives numbers as numbers, times as ISO 8601, lists as lists", async () => {
    expect(
      (
        await ask(`
          SELECT 2::HUGEINT AS n, 9007199254740993 AS large, 1.50 AS decimal, classes, time, seconds, NULL AS nothing,
                 TIMESTAMP '2026-03-31 12:00:00.123456' AS exact, 1 AS n, {'a': [1]} AS nested FROM reports`)
      ).rows,
    ).toEqual([
      {
        n: 2,
        large: "9007199254740993",
        decimal: "1.50",
        classes: ["lock_a", "lock_b"],
        time: "2026-01-01T01:00:00.000Z",
        seconds: expect.any(Number) as number,
        nothing: null,
        exact: "2026-03-31T12:00:00.123456Z",
        "n:1": 1,
        nested: { a: [1] },
      },
    ]);
  });

  test("sees the two tables, and nothing else", async () => {
    expect((await ask("SHOW TABLES")).rows).toEqual([{ name: "boots" }, { name: "reports" }]);
    for (const sql of ["SELECT * FROM '/etc/passwd'", "SELECT * FROM '/etc/passwd.csv'"])
      await expect(ask(sql)).rejects.toThrow(/does not exist|disabled by configuration/);
  });

  test.each([
    ["COPY boots TO 'x.csv'", "only SELECT statements are allowed"],
    ["DROP VIEW boots", "only SELECT statements are allowed"],
    ["SET lock_configuration = false", "only SELECT statements are allowed"],
    ["EXPLAIN ANALYZE COPY boots TO 'x.csv'", "only SELECT statements are allowed"],
    ["CALL enable_logging()", "only SELECT statements are allowed"],
    ["SELECT 1; SELECT 2", "only one SELECT statement is allowed at a time, and there are 2"],
    ["-- nothing", "only one SELECT statement is allowed at a time, and there are 0"],
    ["SELECT * FROM read_text('/etc/passwd')", "read_text() is not allowed in a query of a store"],
    [
      "SELECT 1 IN (SELECT 1 FROM main.Enable_Profiling())",
      "enable_profiling() is not allowed in a query of a store",
    ],
    [
      "WITH x AS (FROM enable_logging(storage = 'file')) FROM x",
      "enable_logging() is not allowed in a query",
    ],
    ["SELECT * FROM query('DROP VIEW boots')", "query() is not allowed in a query of a store"],
    ["SELEC", 'syntax error at or near "SELEC"'],
    [
      "SELECT x FROM boots",
      'Binder Error: Referenced column "x" not found in FROM clause!; Candidate bindings: ',
    ],
    ["SELECT ?", "parameters (? or $1) have no value here"],
    [
      "SELECT string_agg(repeat('x', 1000000), '') FROM range(2000)",
      "the statement needs more than 1GB of memory",
    ],
  ])("%s: refused", async (sql, message) => {
    await expect(ask(sql)).rejects.toThrow(message);
    expect(readdirSync(store).toSorted()).toEqual([
      "new",
      "packs",
      "splat-triage-history.json",
      "tables",
      "tmp",
    ]);
    expect(readdirSync(layout().temporary)).toEqual([]);
  });
});
