import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gistOf } from "../../src/identity/gist.ts";
import { StoreWriter } from "../../src/history/store/writer.ts";
import { rowsOf } from "../../src/history/rows.ts";
import { type LookedUp, lookUp } from "../../src/seen/looked-up.ts";
import type { Match } from "../../src/seen/schema.ts";
import { logLines, triageLines } from "../support/fixtures.ts";
import { TestRepository } from "../support/git.ts";
import { COMMIT_MESSAGE, mailOf, REPORT } from "../support/seen-places.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function git(path: string): (...args: readonly string[]) => string {
  const repository = new TestRepository(path);
  return (...args) => repository.git(...args);
}

interface Found extends LookedUp {
  readonly damages: readonly string[];
  /** Mails, commits or logs that were read. */
  readonly read: number;
}

/** Looks for the report of circular/abba. */
async function find(places: readonly string[], refs: readonly string[] = []): Promise<Found> {
  const { reports } = await triageLines(logLines("circular/abba"));
  const damages: string[] = [];
  const items = new Map<string, number>();
  const found = await lookUp(
    reports.map((report) => ({ gist: gistOf(report), subject: null, refs: new Set(refs) })),
    places,
    {
      cache: join(directory, "cache"),
      most: 10,
      onDamage: ({ message }) => damages.push(message),
      onProgress: (place, count) => items.set(place, count),
    },
  );
  return { ...found, damages, read: [...items.values()].reduce((sum, count) => sum + count, 0) };
}

function told(found: Found): string[] {
  return (found.matches[0] ?? []).map(
    ({ relation, certainty, where }: Match) =>
      `${relation} ${certainty} ${where.type} ${where.ref}${where.mends ? " mends" : ""}`,
  );
}

const MBOX =
  mailOf({
    id: "first@x",
    date: "Mon, 02 Nov 2026 10:00:00 +0100",
    subject: "deadlock in splat",
    body: REPORT,
  }) +
  mailOf({
    id: "reply@x",
    parent: "first@x",
    subject: "Re: deadlock in splat",
    body: REPORT.map((line) => `> ${line}`),
  }) +
  mailOf({
    id: "patch@x",
    parent: "first@x",
    subject: "[PATCH] splat: take lock_a first",
    body: [
      ...COMMIT_MESSAGE,
      "---",
      "diff --git a/splat.c b/splat.c",
      "--- a/splat.c",
      "+++ b/splat.c",
      "@@ -1 +1 @@",
      "-a",
      "+b",
    ],
  }) +
  mailOf({ id: "other@x", subject: "weather", body: ["It rains."] });

describe("an mbox", () => {
  test.each([
    ["plain", "x.mbox", Buffer.from(MBOX)],
    ["compressed", "x.mbox.gz", gzipSync(MBOX)],
  ])("%s: the report, the reply that quotes it, and the patch are found", async (_name, name, bytes) => {
    const path = join(directory, name);
    writeFileSync(path, bytes);
    const found = await find([path]);
    expect(found.places).toEqual([{ place: path, type: "mbox", entries: 3 }]);
    expect(told(found)).toEqual([
      "same certain mail first@x",
      "same certain mail reply@x",
      expect.stringMatching(/^similar (?:likely|possible) mail patch@x mends$/),
    ]);
    expect(found.matches[0]?.[0]).toMatchObject({
      score: 1,
      where: {
        thread: "first@x",
        date: "2026-11-02T09:00:00.000Z",
        subject: "deadlock in splat",
        release: null,
      },
      shares: {
        classes: ["lock_a", "lock_b"],
        edges: [
          { from: "lock_a", to: "lock_b" },
          { from: "lock_b", to: "lock_a" },
        ],
      },
    });
  });

  test("gives no report as a match of itself", async () => {
    const path = join(directory, "x.mbox");
    writeFileSync(path, MBOX);
    expect(told(await find([path], ["first@x"]))[0]).toBe("same certain mail reply@x");
  });

  test("is read again when it changed, and else not at all", async () => {
    const path = join(directory, "x.mbox");
    writeFileSync(path, MBOX);
    expect((await find([path])).read).toBe(4);
    const again = await find([path]);
    expect(again.read).toBe(0);
    expect(told(again)).toHaveLength(3);
    writeFileSync(path, MBOX.replaceAll("lock_a", "lock_x"));
    expect(told(await find([path])).filter((match) => match.startsWith("same"))).toEqual([]);
  });
});

describe("an mbox that grew", () => {
  const later = mailOf({ id: "later@x", parent: "first@x", subject: "Re: deadlock in splat", body: REPORT });

  test("is read from where its last mail began, time and again", async () => {
    const path = join(directory, "x.mbox");
    writeFileSync(path, MBOX);
    expect((await find([path])).read).toBe(4);
    const whole = `${MBOX}${later}${later.replaceAll("later@", "last@")}`;
    // the last mail of before was under way, as this one is
    for (const [length, read] of [
      [MBOX.length + 200, 2],
      [MBOX.length + later.length, 1],
      [whole.length, 2],
    ] as const) {
      writeFileSync(path, whole.slice(0, length));
      expect((await find([path])).read).toBe(read);
    }
    expect((await find([path])).read).toBe(0);
    const found = told(await find([path]));
    rmSync(join(directory, "cache"), { recursive: true });
    const anew = await find([path]);
    expect(anew.read).toBe(6);
    expect(found).toEqual(told(anew));
    expect(found).toContain("same certain mail last@x");
  });

  test("is read anew where what was there is not any more", async () => {
    const path = join(directory, "x.mbox");
    writeFileSync(path, MBOX);
    await find([path]);
    writeFileSync(path, `${MBOX.replace("first@x", "fresh@x")}${later}`);
    const found = await find([path]);
    expect(found.read).toBe(5);
    expect(told(found)).toContain("same certain mail fresh@x");
    expect(told(found)).not.toContain("same certain mail first@x");
    // cut back to its first mail
    writeFileSync(path, MBOX.slice(0, MBOX.indexOf("\nFrom ") + 1));
    expect(told(await find([path]))).toEqual(["same certain mail first@x"]);
  });

  test("does without what an index lost", async () => {
    const path = join(directory, "x.mbox");
    writeFileSync(path, MBOX);
    await find([path]);
    appendFileSync(path, later);
    await find([path]);
    const [name = ""] = readdirSync(join(directory, "cache", "seen"));
    const index = join(directory, "cache", "seen", name);
    const lines = readFileSync(index, "utf8").split("\n");
    writeFileSync(index, lines.filter((_, line) => line !== 1).join("\n"));
    const found = await find([path]);
    expect(found.read).toBe(3);
    expect(told(found)).toContain("same certain mail first@x");
  });
});

test("a maildir: only new mails are read, and what was deleted is forgotten", async () => {
  const path = join(directory, "mail");
  for (const part of ["cur", "new", "tmp"]) mkdirSync(join(path, part), { recursive: true });
  const write = (name: string, id: string): void =>
    writeFileSync(
      join(path, "new", name),
      mailOf({ id, subject: id, body: REPORT }).replace(/^From .*\n/, ""),
    );
  write("1", "one@x");
  write("2", "two@x");
  const first = await find([path]);
  expect(first).toMatchObject({ read: 2, places: [{ type: "maildir", entries: 2 }] });
  write("3", "three@x");
  rmSync(join(path, "new", "1"));
  renameSync(join(path, "new", "2"), join(path, "cur", "2:2,S"));
  const second = await find([path]);
  expect(second.read).toBe(2);
  expect(told(second).toSorted()).toEqual(["same certain mail three@x", "same certain mail two@x"]);
});

test("a directory of logs, and a store", async () => {
  const logs = join(directory, "logs");
  mkdirSync(logs);
  writeFileSync(join(logs, "a.log"), `${logLines("circular/abba").join("\n")}\n`);
  writeFileSync(join(logs, "b.log"), `${logLines("clean/kernfs").join("\n")}\n`);
  const store = join(directory, "store");
  const writer = await StoreWriter.open(store);
  await writer.add(
    rowsOf(await triageLines(logLines("circular/abba-arm64")), {
      log: "00",
      path: "/ci/arm64.log",
      build: "b",
      job: null,
      time: "2026-01-01T00:00:00.000Z",
    }),
  );
  const found = await find([logs, store]);
  expect(found.places).toMatchObject([
    { type: "logs", entries: 1 },
    { type: "store", entries: 1 },
  ]);
  expect(told(found).toSorted()).toEqual([
    "same certain log /ci/arm64.log",
    `same certain log ${join(logs, "a.log")}`,
  ]);
  expect(told(await find([logs], [join(logs, "a.log")]))).toEqual([]);
});

describe("a public-inbox repository", () => {
  test("is read once, then only what is new; and anew when its history was rewritten", async () => {
    const path = join(directory, "inbox.git");
    const inbox = git(path);
    const deliver = (id: string): void => {
      writeFileSync(join(path, "m"), mailOf({ id, subject: id, body: REPORT }).replace(/^From .*\n/, ""));
      inbox("add", "m");
      inbox("commit", "-qm", id);
    };
    deliver("one@x");
    deliver("two@x");
    expect(await find([path])).toMatchObject({ read: 2, places: [{ type: "public-inbox", entries: 2 }] });
    deliver("three@x");
    const grown = await find([path]);
    expect(grown).toMatchObject({ read: 1, places: [{ entries: 3 }] });
    expect(told(grown)).toHaveLength(3);
    expect((await find([path])).read).toBe(0);
    inbox("reset", "-q", "--hard", "HEAD~2");
    deliver("four@x");
    const rewritten = await find([path]);
    expect(rewritten.read).toBe(2);
    expect(told(rewritten).toSorted()).toEqual(["same certain mail four@x", "same certain mail one@x"]);
  });

  test("may consist of several", async () => {
    const path = join(directory, "list");
    for (const epoch of ["0", "1"]) {
      const repository = join(path, "git", `${epoch}.git`);
      const inbox = git(repository);
      writeFileSync(
        join(repository, "m"),
        mailOf({ id: `${epoch}@x`, subject: "s", body: REPORT }).replace(/^From .*\n/, ""),
      );
      inbox("add", "m");
      inbox("commit", "-qm", "m");
    }
    expect(told(await find([path])).toSorted()).toEqual(["same certain mail 0@x", "same certain mail 1@x"]);
  });
});

test("a kernel's repository: the commit that mends it, and the release that has it", async () => {
  const path = join(directory, "linux");
  const kernel = git(path);
  const commit = (message: readonly string[]): string => {
    kernel("commit", "-q", "--allow-empty", "-m", message.join("\n"));
    return kernel("rev-parse", "HEAD").trim();
  };
  commit(["first"]);
  const fix = commit(["splat: take lock_a first", "", ...COMMIT_MESSAGE]);
  commit(["Documentation: fix a typo"]);
  kernel("tag", "-a", "v6.13-rc1", "-m", "v6.13-rc1");
  const found = await find([path]);
  expect(found.places).toMatchObject([{ type: "commits", entries: 1 }]);
  expect(found.matches[0]).toMatchObject([
    {
      relation: "similar",
      where: { type: "commit", ref: fix, subject: "splat: take lock_a first", release: "v6.13", mends: true },
    },
  ]);
  const later = commit(["splat: the same once more", "", ...COMMIT_MESSAGE]);
  const grown = await find([path]);
  expect(grown.read).toBe(1);
  expect(grown.matches[0]?.find(({ where }) => where.ref === later)?.where.release).toBeNull();
});

describe("an index", () => {
  test("that somebody wrote into is not trusted", async () => {
    const path = join(directory, "x.mbox");
    writeFileSync(path, MBOX);
    await find([path]);
    const [name = ""] = readdirSync(join(directory, "cache", "seen"));
    const index = join(directory, "cache", "seen", name);
    appendFileSync(index, '{"half');
    expect((await find([path])).read).toBe(4);
    writeFileSync(index, readFileSync(index, "utf8").replace(/"version":"[^"]*"/, '"version":"0"'));
    expect((await find([path])).read).toBe(4);
    expect((await find([path])).read).toBe(0);
    expect(readdirSync(join(directory, "cache", "seen"))).toEqual([name]);
  });

  test("is not needed where none can be kept", async () => {
    const path = join(directory, "x.mbox");
    writeFileSync(path, MBOX);
    writeFileSync(join(directory, "cache"), "a file, no directory");
    expect(told(await find([path]))).toHaveLength(3);
  });
});

test("what cannot be read is named, read the next time, and the rest is searched", async () => {
  const path = join(directory, "logs");
  mkdirSync(path);
  writeFileSync(join(path, "a.mbox"), MBOX);
  writeFileSync(join(path, "b.mbox.gz"), gzipSync(MBOX).subarray(0, 200));
  const found = await find([path]);
  expect(found.damages).toEqual([`${join(path, "b.mbox.gz")}: the gzip archive is truncated`]);
  expect(told(found)).toHaveLength(3);
  expect((await find([path])).damages).toHaveLength(1);
  await expect(find([join(directory, "nowhere")])).rejects.toThrow("nowhere: no such file");
});
