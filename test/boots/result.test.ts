import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openInputs } from "../../src/read/inputs/index.ts";
import type { Source } from "../../src/report/schema.ts";
import { readSource } from "../../src/triage/read-source.ts";
import { triage } from "../../src/triage/triage.ts";
import { FIXTURES, logLines } from "../support/fixtures.ts";
import { Readable } from "node:stream";

const CLEAN = logLines("clean/kernfs");
const REPORTED = logLines("circular/abba");
const BANNER = CLEAN.findIndex((line) => line.includes("Lock dependency validator"));
const INIT = CLEAN.findIndex((line) => line.includes("as init process"));

/** The log's source; without `cut` its last line ends like all others. */
async function sourceOf(lines: readonly string[], cut = false): Promise<Source> {
  const text = lines.join("\n") + (cut ? "" : "\n");
  const { sources } = await triage([{ name: "a.log", chunks: [Buffer.from(text, "latin1")] }]);
  const [source] = sources;
  if (source === undefined) throw new Error("no source");
  return source;
}

/** `clean`, `reported`, or why it is unknown; of the source and of each boot. */
function saying({ result, because, boots }: Source): string[] {
  return [because ?? result, ...boots.map((boot) => boot.because ?? boot.result)];
}

const without = (...words: string[]): string[] =>
  CLEAN.filter((line) => words.every((word) => !line.includes(word)));
const inserted = (line: string, at = INIT + 1): string[] => [...CLEAN.slice(0, at), line, ...CLEAN.slice(at)];

describe("a log without a report is clean only where it could have shown one", () => {
  test.each<[string, string, readonly string[]]>([
    ["whole", "clean", CLEAN],
    ["still running", "clean", without("reboot: ")],
    ["of an older kernel that does not tell of init", "clean", oldKernel()],
    ["without the line that says that lockdep is on", "lockdep-not-on", without("Lock dependency validator")],
    ["of a lockdep that does not prove locking", "lockdep-not-on", without("memory used for stack traces")],
    [
      "in which lockdep says that it is off",
      "lockdep-off",
      inserted("[    5.0] INFO: lockdep is turned off."),
    ],
    [
      "with a taint that turned it off",
      "lockdep-off",
      inserted("[    5.0] Disabling lock debugging due to kernel taint"),
    ],
    ["with an oops", "lockdep-off", inserted("[    5.0] Oops: 0002 [#1] SMP")],
    ["with a panic", "panic", inserted("[    5.0] Kernel panic - not syncing: VFS: Unable to mount root fs")],
    [
      "with a panic, although it restarts",
      "panic",
      [
        ...without("reboot: "),
        "[    5.3] Kernel panic - not syncing: Fatal exception",
        "[    5.4] reboot: Restarting system",
      ],
    ],
    ["with dropped messages", "dropped", inserted("** 3 printk messages dropped **")],
    [
      "with dropped messages in a line",
      "dropped",
      inserted("[    5.0] usb 1-1: n** 3 printk messages dropped **"),
    ],
    ["with messages that journald missed", "dropped", inserted("Missed 7 kernel messages")],
    [
      "with messages that journald missed, in its own words",
      "dropped",
      inserted("Nov 22 12:20:06 testbox systemd-journald[77]: Missed 7 kernel messages"),
    ],
    ["that does not come to init", "no-userspace", CLEAN.slice(0, INIT)],
    ["without its first line", "begins-late", CLEAN.slice(1)],
    ["from lockdep's banner on", "begins-late", CLEAN.slice(BANNER)],
    ["from lockdep's banner on, that does not come to init", "begins-late", CLEAN.slice(BANNER, INIT)],
    ["from behind lockdep's banner on", "lockdep-not-on", CLEAN.slice(BANNER + 1)],
  ])("%s: %s", async (_, expected, lines) => {
    expect(saying(await sourceOf(lines))).toEqual([expected, expected]);
  });

  test.each([
    [["hello"]],
    [[""]],
    [["all lock classes:", "ffffffff81100000 FD:    1 BD:    1 ....: lock_a"]],
  ])("%j is no kernel's", async (lines) => {
    expect(saying(await sourceOf(lines))).toEqual(["no-kernel"]);
  });

  test("cut in the middle of any line before its end: cut, whatever else it lacks", async () => {
    const marks = [5, 60, INIT, INIT + 1];
    for (const mark of marks) {
      const lines = [...CLEAN.slice(0, mark), (CLEAN[mark] ?? "").slice(0, 22)];
      expect([mark, ...saying(await sourceOf(lines, true))]).toEqual([mark, "cut", "cut"]);
    }
  });

  test("a shutdown without a line break behind it is no cut", async () => {
    expect(saying(await sourceOf(CLEAN, true))).toEqual(["clean", "clean"]);
  });

  test("of two boots, one that proves nothing keeps the log from being clean", async () => {
    const panics = inserted("[    5.0] Kernel panic - not syncing: hung_task: blocked tasks");
    expect(saying(await sourceOf([...panics, ...CLEAN]))).toEqual(["panic", "panic", "clean"]);
    expect(saying(await sourceOf([...CLEAN, ...CLEAN]))).toEqual(["clean", "clean", "clean"]);
  });
});

test("with a report it is reported, whatever comes after", async () => {
  expect(saying(await sourceOf(REPORTED))).toEqual(["reported", "reported"]);
  expect(saying(await sourceOf(REPORTED.slice(0, -20), true))).toEqual(["reported", "reported"]);
  expect(saying(await sourceOf([...CLEAN, ...REPORTED]))).toEqual(["reported", "clean", "reported"]);
});

test("a truncated archive is cut, even behind a shutdown: another boot may have followed", async () => {
  const path = join(FIXTURES, "clean/kernfs/dmesg.txt");
  const packed = gzipSync(readFileSync(path));
  for (const length of [packed.length - 1, packed.length - 8, packed.length >> 1]) {
    const stdin = Readable.from([packed.subarray(0, length)]);
    for await (const input of openInputs(["-"], stdin)) {
      if (input instanceof Error) throw input;
      const { source, failure } = await readSource(input, 0, [], (report) => report);
      expect([source.result, source.because, failure === null]).toEqual(["unknown", "cut", false]);
    }
  }
});

/** v4.19 said nothing of init, and less of its memory. */
function oldKernel(): string[] {
  return without("as init process", "reboot: ").map((line) =>
    line.replace(/Linux version \S+/, "Linux version 4.19.1"),
  );
}
