import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { IDENTITY_VERSION } from "../../src/identity/identity.ts";
import type { BootRow } from "../../src/history/schema.ts";
import { compact } from "../../src/history/store/compact.ts";
import { StoreLayout } from "../../src/history/store/layout.ts";
import { isStore, readStore } from "../../src/history/store/reader.ts";
import { StoreWriter } from "../../src/history/store/writer.ts";
import { bootLog } from "../support/boot-logs.ts";
import { randomOf } from "../support/random.ts";

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));

let directory = "";
let store = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-"));
  store = join(directory, "store");
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function rowOf(log: string, index = 0): BootRow {
  return {
    schema: "splat-triage-history-boot/1",
    identity: IDENTITY_VERSION,
    log,
    path: `/logs/${log}`,
    index,
    build: "b",
    job: null,
    time: "2026-01-01T00:00:00.000Z",
    boot: {
      lines: { first: 1, last: 2 },
      kernel: null,
      times: { first: 0, last: 1 },
      userspace: null,
      end: null,
      cut: false,
      dropped: 0,
      unread: 0,
      traits: [],
      lockdep: { state: "on", offAt: null },
      result: "clean",
      because: null,
    },
    reports: [],
  };
}

async function logsIn(path: string): Promise<{ logs: string[]; damages: string[] }> {
  const logs: string[] = [];
  const damages: string[] = [];
  for await (const rows of readStore(path, ({ message }) => damages.push(message)))
    for (const { log, index } of rows) logs.push(`${log}.${index}`);
  return { logs: logs.toSorted(), damages };
}

describe("a store", () => {
  test("gives back what was added, each boot once, packed or not", async () => {
    const writer = await StoreWriter.open(store);
    expect(await writer.add([rowOf("aa"), rowOf("aa", 1)])).toBe(true);
    expect(await writer.add([rowOf("bb")])).toBe(true);
    expect(await writer.add([rowOf("bb")])).toBe(false);
    await compact(new StoreLayout(store), 1);
    expect(readdirSync(join(store, "new"))).toEqual([]);
    // a log that is in a pack, added again
    await writer.add([rowOf("bb")]);
    await writer.add([rowOf("cc")]);
    await writer.close();
    expect(await logsIn(store)).toEqual({ logs: ["aa.0", "aa.1", "bb.0", "cc.0"], damages: [] });
  });

  test("is read once whatever is packed twice, and while it is packed", async () => {
    const writer = await StoreWriter.open(store);
    for (let i = 0; i < 50; i++) await writer.add([rowOf(`log${i}`)]);
    const reading = readStore(store, () => undefined);
    const found = [...((await reading.next()).value ?? [])];
    // the first file is open; the others go into packs behind the reader's back
    mkdirSync(join(directory, "copy"));
    for (const name of readdirSync(join(store, "new")))
      copyFileSync(join(store, "new", name), join(directory, "copy", name));
    await compact(new StoreLayout(store), 1);
    for (const name of readdirSync(join(directory, "copy")).slice(0, 20))
      copyFileSync(join(directory, "copy", name), join(store, "new", name));
    await compact(new StoreLayout(store), 1);
    for await (const rows of reading) found.push(...rows);
    expect(found.map(({ log }) => log).toSorted()).toEqual(
      Array.from({ length: 50 }, (_, i) => `log${i}`).toSorted(),
    );
    expect((await logsIn(store)).logs).toHaveLength(50);
  });

  test("names a damaged file, reads the others, and is fixed by adding the log again", async () => {
    const writer = await StoreWriter.open(store);
    await writer.add([rowOf("aa")]);
    await writer.add([rowOf("bb")]);
    writeFileSync(join(store, "new", "bb.ndjson"), "");
    writeFileSync(join(store, "packs", "x.ndjson.gz"), "no gzip");
    const { logs, damages } = await logsIn(store);
    expect(logs).toEqual(["aa.0"]);
    expect(damages.map((message) => message.slice(store.length))).toEqual([
      expect.stringMatching(/^\/packs\/x\.ndjson\.gz: cannot be read: /),
      "/new/bb.ndjson: damaged, a line of it cannot be read",
    ]);
    expect(await writer.add([rowOf("bb")])).toBe(true);
    expect((await logsIn(store)).logs).toEqual(["aa.0", "bb.0"]);
  });

  test("is made of nothing else than an empty directory", async () => {
    writeFileSync(join(directory, "x"), "");
    await expect(StoreWriter.open(directory)).rejects.toThrow("not a store, and not empty");
    await expect(logsIn(directory)).rejects.toThrow("not a store of `history add`");
    mkdirSync(store);
    await StoreWriter.open(store);
    expect(await logsIn(store)).toEqual({ logs: [], damages: [] });
  });
});

function start(...args: readonly string[]): ReturnType<typeof spawn> {
  return spawn(process.execPath, [COMMAND, "history", ...args], { stdio: "ignore" });
}

async function ended(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((resolve) => {
    child.once("exit", (code) => resolve(code));
  });
}

describe("many processes", () => {
  const EACH = 60;

  test("add at once while others read: nothing is lost, nothing is double", async () => {
    const writers = Array.from({ length: 4 }, (_, writer) => {
      const logs = join(directory, `logs${writer}`);
      mkdirSync(logs);
      // the last ten are those of the next writer, too
      for (let i = 0; i < EACH + 10; i++) {
        const number = (writer * EACH + i) % (4 * EACH);
        writeFileSync(join(logs, `${i}.log`), bootLog(number, number % 5 === 0));
      }
      return ended(start("add", store, logs, "--build", `b${writer}`));
    });
    const all = Promise.all(writers);
    const state = { isDone: false };
    void all.then(() => (state.isDone = true));
    const counts: number[] = [];
    while (!state.isDone) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      try {
        const { logs, damages } = await logsIn(store);
        expect(damages).toEqual([]);
        expect(new Set(logs).size).toBe(logs.length);
        counts.push(logs.length);
      } catch (error) {
        // the first writer has not made it yet
        if (!String(error).includes("not a store")) throw error;
      }
    }
    expect(await all).toEqual([0, 0, 0, 0]);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect((await logsIn(store)).logs).toHaveLength(4 * EACH);
  });

  test("killed at 50 random moments leave nothing broken, and what they added stays", async () => {
    const logs = join(directory, "logs");
    mkdirSync(logs);
    for (let i = 0; i < 200; i++) writeFileSync(join(logs, `${i}.log`), bootLog(i, i % 3 === 0));
    const startedAt = Date.now();
    expect(await ended(start("add", join(directory, "other"), logs, "--build", "b"))).toBe(0);
    // from its first moment to a little after its last
    const milliseconds = 1.1 * (Date.now() - startedAt);
    const random = randomOf(15);
    let before = 0;
    let stores = 0;
    for (let round = 0; round < 50; round++) {
      if (before === 200) {
        store = join(directory, `store${++stores}`);
        before = 0;
      }
      const child = start("add", store, logs, "--build", "b");
      const end = ended(child);
      await new Promise((resolve) => setTimeout(resolve, random() * milliseconds));
      child.kill("SIGKILL");
      await end;
      if (!(await isStore(store))) continue;
      const { logs: found, damages } = await logsIn(store);
      expect(damages).toEqual([]);
      expect(new Set(found).size).toBe(found.length);
      expect(found.length).toBeGreaterThanOrEqual(before);
      before = found.length;
    }
    expect(await ended(start("add", store, logs, "--build", "b"))).toBe(0);
    expect((await logsIn(store)).logs).toHaveLength(200);
  });

  test("killed while a pack is made lose nothing of what was there", async () => {
    await StoreWriter.open(store);
    const layout = new StoreLayout(store);
    const WORTH_A_PACK = 4096;
    for (let i = 0; i < WORTH_A_PACK; i++) {
      const log = String(i).padStart(32, "0");
      writeFileSync(join(layout.fresh, `${log}.ndjson`), `${JSON.stringify(rowOf(log))}\n`);
    }
    const log = join(directory, "one.log");
    writeFileSync(log, bootLog(1, true));
    for (const part of [layout.temporary, layout.packs]) {
      const child = start("add", store, log);
      const end = ended(child);
      let isPacking = false;
      while (!isPacking && child.exitCode === null) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        // it may have been renamed since
        isPacking = readdirSync(part).some(
          (name) => (statSync(join(part, name), { throwIfNoEntry: false })?.size ?? 0) > 4096,
        );
      }
      child.kill("SIGKILL");
      await end;
      const { logs, damages } = await logsIn(store);
      expect({ damages, logs: new Set(logs).size, all: logs.length }).toEqual({
        damages: [],
        logs: WORTH_A_PACK + 1,
        all: WORTH_A_PACK + 1,
      });
    }
    expect(await ended(start("add", store, log))).toBe(0);
    expect((await logsIn(store)).logs).toHaveLength(WORTH_A_PACK + 1);
  });
});
