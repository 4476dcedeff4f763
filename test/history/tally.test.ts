import { describe, expect, test } from "vitest";
import { diff } from "../../src/compare/diff.ts";
import { rowsOf } from "../../src/history/rows.ts";
import type { BootRow, History } from "../../src/history/schema.ts";
import { type Question, Tally } from "../../src/history/tally.ts";
import type { Document } from "../../src/report/schema.ts";
import { triage } from "../../src/triage/triage.ts";
import { logLines, triageLines } from "../support/fixtures.ts";

const ABBA = "circular/abba";
const CLEAN = "clean/kernfs";

/** `build/job/fixture`, a day each. */
async function rowsFor(...boots: readonly string[]): Promise<BootRow[]> {
  const all = await Promise.all(
    boots.map(async (boot, i) => {
      const [build = "", job = "", ...fixture] = boot.split("/");
      const day = String(i + 1).padStart(2, "0");
      return rowsOf(await triageLines(logLines(fixture.join("/"))), {
        log: String(i),
        path: `/logs/${i}`,
        build,
        job: job === "" ? null : job,
        time: `2026-01-${day}T00:00:00.000Z`,
      });
    }),
  );
  return all.flat();
}

function told(rows: readonly BootRow[], question: Partial<Question> = {}): History {
  const tally = new Tally({ since: null, job: null, id: null, ...question });
  for (const row of rows) tally.add(row);
  const { history } = tally;
  if (history === null) throw new Error("no history");
  return history;
}

const ID = "6bb8ce7d879a";

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

describe("a bug", () => {
  test("is told with its first and last boot, and its rate in each build", async () => {
    const rows = await rowsFor(
      `a//${CLEAN}`,
      `a/kunit/${ABBA}`,
      `b//${CLEAN}`,
      `b/xfs/${ABBA}`,
      `b/xfs/${ABBA}`,
    );
    // in whatever order the store gives them
    const { bugs, builds, boots, jobs } = told(rows.toReversed());
    expect(boots).toBe(5);
    expect(
      builds.map(({ build, first, boots: count, clean, reported }) => [
        build,
        first.slice(0, 10),
        count,
        clean,
        reported,
      ]),
    ).toEqual([
      ["a", "2026-01-01", 2, 1, 1],
      ["b", "2026-01-03", 3, 1, 2],
    ]);
    expect(jobs).toEqual([
      { job: null, boots: 2 },
      { job: "kunit", boots: 1 },
      { job: "xfs", boots: 2 },
    ]);
    expect(bugs).toMatchObject([
      {
        id: ID,
        title: "possible deadlock in take_ba",
        status: null,
        first: { time: "2026-01-02T00:00:00.000Z", build: "a", path: "/logs/1", line: 242 },
        last: { time: "2026-01-05T00:00:00.000Z", build: "b", path: "/logs/4" },
        hits: 3,
        jobs: [
          { job: "xfs", hits: 2 },
          { job: "kunit", hits: 1 },
        ],
      },
    ]);
  });

  test.each([
    ["new", [`a//${CLEAN}`, `b//${ABBA}`]],
    ["gone", [`a//${ABBA}`, `b//${CLEAN}`]],
    ["both", [`a//${ABBA}`, `b//${ABBA}`]],
    // the other report turned lockdep off
    ["masked", ["a//circular/cpuhp", `b//${ABBA}`]],
  ])("is %s since a build", async (status, boots) => {
    const { bugs } = told(await rowsFor(...boots), { since: "b" });
    expect(bugs.find(({ id }) => id === ID)?.status).toBe(status);
  });

  test("is counted as a comparison of two builds counts it", async () => {
    const sides = [
      [CLEAN, ABBA, "circular/cpuhp", "rcu/twice", "clean/kernfs", "irq-order/hardsafe3"],
      ["circular/workqueue", ABBA, CLEAN, CLEAN, "circular/abba-arm64"],
    ] as const;
    const documents = await Promise.all(
      sides.map(async (side): Promise<Document> =>
        triage(
          side.map((fixture) => ({
            name: fixture,
            chunks: [Buffer.from(`${logLines(fixture).join("\n")}\n`, "latin1")],
          })),
        ),
      ),
    );
    const [old, fresh] = documents.map((document) => ({ document, config: null, graph: null }));
    if (old === undefined || fresh === undefined) throw new Error("two sides");
    const { changes } = diff(old, fresh);
    const rows = documents.flatMap((document, i) =>
      rowsOf(document, {
        log: String(i),
        path: "/x",
        build: i === 0 ? "old" : "new",
        job: null,
        time: `2026-01-0${i + 1}T00:00:00.000Z`,
      }),
    );
    const { bugs } = told(rows, { since: "new" });
    expect(
      bugs
        .toSorted(byId)
        .map(({ id, status, builds: [was, is] }) => [
          id,
          status,
          was?.hits,
          was?.observed,
          is?.hits,
          is?.observed,
        ]),
    ).toEqual(
      changes
        .toSorted(byId)
        .map(({ id, status, old: was, new: is }) => [
          id,
          status,
          was.hits,
          was.observed,
          is.hits,
          is.observed,
        ]),
    );
    expect(bugs.length).toBeGreaterThan(5);
  });
});

test("a question may be about one job, or one bug", async () => {
  const rows = await rowsFor(`a/x/${ABBA}`, `a/y/${CLEAN}`, "a/y/rcu/twice");
  expect(told(rows, { job: "y" })).toMatchObject({ boots: 2, bugs: [{}, {}, {}] });
  expect(told(rows, { id: ID })).toMatchObject({ boots: 3, bugs: [{ id: ID, hits: 2 }] });
});

test("of a build that no boot is of nothing is told", async () => {
  const tally = new Tally({ since: "c", job: null, id: null });
  for (const row of await rowsFor(`a//${ABBA}`)) tally.add(row);
  expect(tally.history).toBeNull();
});
