import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
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
import { randomOf } from "../support/random.ts";
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
async function find(places: readonly string[], refs: readonly string[] = [], most = 10): Promise<Found> {
  const { reports } = await triageLines(logLines("circular/abba"));
  const damages: string[] = [];
  const items = new Map<string, number>();
  const found = await lookUp(
    reports.map((report) => ({ gist: gistOf(report), subject: null, refs: new Set(refs) })),
    places,
    {
      cache: join(directory, "cache"),
      most,
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
    expect(found.places).toEqual([{ place: path, type: "mbox", entries: 3, unread: 0 }]);
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

describe.each([
  ["", (text: string) => Buffer.from(text)],
  [", packed", (text: string) => gzipSync(text)],
])("an mbox that grew%s", (_name, packed) => {
  const later = mailOf({ id: "later@x", parent: "first@x", subject: "Re: deadlock in splat", body: REPORT });

  test("is read from where its last mail began, time and again", async () => {
    const path = join(directory, "x.mbox");
    writeFileSync(path, packed(MBOX));
    expect((await find([path])).read).toBe(4);
    const whole = `${MBOX}${later}${later.replaceAll("later@", "last@")}`;
    // the last mail of before was under way, as this one is
    for (const [length, read] of [
      [MBOX.length + 200, 2],
      [MBOX.length + later.length, 1],
      [whole.length, 2],
    ] as const) {
      writeFileSync(path, packed(whole.slice(0, length)));
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
    writeFileSync(path, packed(MBOX));
    await find([path]);
    writeFileSync(path, packed(`${MBOX.replace("first@x", "fresh@x")}${later}`));
    const found = await find([path]);
    expect(found.read).toBe(5);
    expect(told(found)).toContain("same certain mail fresh@x");
    expect(told(found)).not.toContain("same certain mail first@x");
    // cut back to its first mail
    writeFileSync(path, packed(MBOX.slice(0, MBOX.indexOf("\nFrom ") + 1)));
    expect(told(await find([path]))).toEqual(["same certain mail first@x"]);
  });

  test("is no mailbox any more: what was read of it is forgotten", async () => {
    const path = join(directory, "x.mbox");
    writeFileSync(path, packed(MBOX));
    await find([path]);
    writeFileSync(path, packed(`${logLines("circular/abba").join("\n")}\n`));
    expect(await find([path])).toMatchObject({ read: 1, places: [{ type: "logs", entries: 1 }] });
    writeFileSync(path, packed(MBOX));
    expect(await find([path])).toMatchObject({ read: 4, places: [{ type: "mbox", entries: 3 }] });
  });
});

describe("a directory", () => {
  test("of which an mbox grew: that is read from where its last mail began, the others not at all", async () => {
    const path = join(directory, "mail");
    mkdirSync(path);
    const mbox = (name: string): string => join(path, name);
    for (const name of ["a.mbox", "b.mbox"]) writeFileSync(mbox(name), MBOX.replaceAll("@x", `@${name}`));
    writeFileSync(mbox("c.mbox.gz"), gzipSync(MBOX));
    writeFileSync(mbox("d.log"), `${logLines("circular/abba").join("\n")}\n`);
    expect(await find([path])).toMatchObject({ read: 13, places: [{ entries: 10 }] });
    appendFileSync(mbox("a.mbox"), mailOf({ id: "later@x", subject: "again", body: REPORT }));
    const grown = await find([path]);
    expect(grown).toMatchObject({ read: 2, places: [{ entries: 11 }] });
    expect(told(grown)).toContain("same certain mail later@x");
    // a packed one is unpacked again, and no other
    writeFileSync(
      mbox("c.mbox.gz"),
      gzipSync(MBOX + mailOf({ id: "packed@x", subject: "again", body: REPORT })),
    );
    expect(await find([path])).toMatchObject({ read: 2, places: [{ entries: 12 }] });
    // what was before is another text of the same length
    writeFileSync(
      mbox("b.mbox"),
      MBOX.replaceAll("@x", "@y.mbox") + mailOf({ id: "z", subject: "z", body: REPORT }),
    );
    expect(await find([path])).toMatchObject({ read: 5, places: [{ entries: 13 }] });
    rmSync(mbox("a.mbox"));
    expect(await find([path])).toMatchObject({ read: 0, places: [{ entries: 9 }] });
    const found = told(await find([path])).toSorted();
    rmSync(join(directory, "cache"), { recursive: true });
    const anew = await find([path]);
    expect(anew).toMatchObject({ read: 11, places: [{ entries: 9 }] });
    expect(told(anew).toSorted()).toEqual(found);
  });
});

function attach(id: string, name: string, content: Buffer): string {
  return mailOf({ id, subject: id, body: [] }).replace(
    /^(Subject: .*\n)[^]*$/m,
    `$1Content-Type: application/octet-stream; name=${name}\nContent-Transfer-Encoding: base64\n\n` +
      `${content.toString("base64").replace(/.{76}/g, "$&\n")}\n\n`,
  );
}

test("attachments of mails: packed logs are read, and what cannot be is counted, however often it is asked", async () => {
  const path = join(directory, "x.mbox");
  const zip = attach("zip@x", "dmesg.zip", Buffer.from("504b03041400000008", "hex"));
  writeFileSync(path, attach("gz@x", "dmesg.gz", gzipSync(REPORT.join("\n"))) + zip + zip + MBOX);
  for (const read of [7, 0]) {
    const found = await find([path]);
    expect(found).toMatchObject({ read, places: [{ entries: 4, unread: 2 }], damages: [] });
    expect(told(found)).toContain("same certain mail gz@x");
  }
  appendFileSync(path, zip);
  expect((await find([path])).places).toMatchObject([{ unread: 3 }]);
  const inbox = join(directory, "inbox.git");
  const repository = git(inbox);
  writeFileSync(join(inbox, "m"), zip.replace(/^From .*\n/, ""));
  repository("add", "m");
  repository("commit", "-qm", "m");
  for (const read of [1, 0])
    expect(await find([inbox])).toMatchObject({ read, places: [{ entries: 0, unread: 1 }] });
  rmSync(path);
  writeFileSync(path, MBOX);
  expect((await find([path])).places).toMatchObject([{ entries: 3, unread: 0 }]);
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

/** The names of the files of all indexes, in order. */
function files(): string[] {
  return readdirSync(join(directory, "cache", "seen")).toSorted(
    (a, b) => a.length - b.length || (a < b ? -1 : 1),
  );
}

function reportOf(id: number): string {
  return mailOf({ id: `${id}@x`, subject: `report ${id}`, body: REPORT });
}

/** Bytes that are written to an index for one more mail, whatever is written over. */
async function growth(mails: number): Promise<{ readonly read: number; readonly written: number }> {
  const path = join(directory, `${mails}.mbox`);
  writeFileSync(path, Array.from({ length: mails }, (_, id) => reportOf(id)).join(""));
  await find([path]);
  const before = new Set(files());
  appendFileSync(path, reportOf(mails));
  const { read, places } = await find([path]);
  expect(places).toMatchObject([{ entries: mails + 1 }]);
  const written = files().filter((name) => !before.has(name));
  return {
    read,
    written: written.reduce((sum, name) => sum + statSync(join(directory, "cache", "seen", name)).size, 0),
  };
}

describe("an index", () => {
  test("that somebody wrote into is not trusted", async () => {
    const path = join(directory, "x.mbox");
    writeFileSync(path, MBOX);
    await find([path]);
    const [name = ""] = files();
    const index = join(directory, "cache", "seen", name);
    appendFileSync(index, '{"half');
    expect((await find([path])).read).toBe(4);
    writeFileSync(index, readFileSync(index, "utf8").replace(/"version":"[^"]*"/, '"version":"0.0"'));
    expect((await find([path])).read).toBe(4);
    writeFileSync(index, readFileSync(index, "utf8").replace(/^[^\n]+\n/, ""));
    expect((await find([path])).read).toBe(4);
    // of the same length
    writeFileSync(index, readFileSync(index, "utf8").replace('"key"', '"kex"'));
    expect((await find([path])).read).toBe(4);
    expect((await find([path])).read).toBe(0);
    expect(files()).toEqual([name]);
    writeFileSync(index, readFileSync(index, "utf8").replace("[{", "[["));
    await expect(find([path])).rejects.toThrow(
      `${path}: its cached index was damaged, and has been removed: try again`,
    );
    expect((await find([path])).read).toBe(4);
  });

  test("grows by what is new, however much there is", async () => {
    const [few, many] = [await growth(20), await growth(200)];
    expect([few.read, many.read]).toEqual([2, 2]);
    expect(few.written).toBeGreaterThan(0);
    // but for the digits of its places in the file
    expect(Math.abs(many.written - few.written)).toBeLessThan(20);
  });

  test("is a few files, however often it is renewed, and as good as one", async () => {
    const path = join(directory, "mail");
    for (const part of ["cur", "new"]) mkdirSync(join(path, part), { recursive: true });
    const random = randomOf(3);
    const alive: string[] = [];
    for (let day = 0; day < 40; day++) {
      const file = join(path, "new", String(day));
      writeFileSync(
        file,
        mailOf({ id: `${day}@x`, subject: `day ${day}`, body: REPORT }).replace(/^From .*\n/, ""),
      );
      alive.push(file);
      if (random() < 0.4) rmSync(alive.splice(Math.floor(random() * alive.length), 1)[0] ?? "");
      if (random() < 0.3) appendFileSync(alive[Math.floor(random() * alive.length)] ?? "", "\nmore\n");
      expect((await find([path])).places).toMatchObject([{ entries: alive.length }]);
      expect(files().length).toBeLessThanOrEqual(2 + Math.log2(day + 1));
    }
    const most = await find([path], [], 100);
    rmSync(join(directory, "cache"), { recursive: true });
    const anew = await find([path], [], 100);
    expect(anew.read).toBe(alive.length);
    expect(told(most).toSorted()).toEqual(told(anew).toSorted());
  });

  test("that several renew at once is whole for each of them, and after them", async () => {
    const path = join(directory, "x.mbox");
    let text = MBOX;
    for (let round = 0; round < 8; round++) {
      text += mailOf({ id: `${round}@round`, subject: "again", body: REPORT });
      writeFileSync(path, text);
      for (const found of await Promise.all(Array.from({ length: 3 }, async () => find([path], [], 100))))
        expect(told(found)).toHaveLength(4 + round);
    }
    expect(told(await find([path], [], 100))).toHaveLength(11);
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
