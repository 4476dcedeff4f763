import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Line } from "../../src/read/line.ts";
import { LogReader } from "../../src/read/log-reader.ts";
import { FIXTURES } from "../support/fixtures.ts";

const MARKER = "WARNING: possible circular locking dependency detected";
/** Lines read at the start of a log whatever they hold, to learn its transport. */
const SAMPLE = 8;
/** Lines before a marker that are given with it. */
const CONTEXT = 12;

interface Read {
  readonly lines: Line[];
  readonly count: number;
  readonly bytes: number;
}

function* chunksOf(bytes: Buffer, sizes: Iterable<number>): Generator<Buffer> {
  let at = 0;
  for (const size of sizes) {
    if (at >= bytes.length) return;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

function* always(size: number): Generator<number> {
  for (;;) yield size;
}

/** What a reader gives that was given these bytes; null: the log is over. */
function* given(reader: LogReader, chunk: Buffer | null): Generator<Line> {
  if (chunk === null) reader.end();
  else reader.push(chunk);
  for (let lines = reader.next(); lines !== null; lines = reader.next()) yield* lines;
}

/** @param watched whether the lines after this one are wanted, too */
function read(
  bytes: Buffer,
  sizes: Iterable<number> = always(1 << 20),
  watched?: (line: Line) => boolean,
): Read {
  const reader = new LogReader();
  const lines: Line[] = [];
  const take = (line: Line): void => {
    lines.push(line);
    if (watched !== undefined) reader.watching = watched(line);
  };
  for (const chunk of chunksOf(bytes, sizes)) for (const line of given(reader, chunk)) take(line);
  for (const line of given(reader, null)) take(line);
  return { lines, count: reader.lines, bytes: reader.bytes };
}

function clean(count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, i) => `[    1.000000][    T1] line ${from + i}`);
}

function text(lines: readonly string[], end = "\n"): Buffer {
  return Buffer.from(lines.map((line) => line + end).join(""));
}

const watch = ({ number }: Line): boolean => number > 200 && number < 260;
const numbered = ({ lines }: Read): [number, string][] => lines.map((line) => [line.number, line.text]);
const dmesg = (path: string): Buffer => readFileSync(join(FIXTURES, path, "dmesg.txt"));

describe("chunks", () => {
  const log = Buffer.concat([
    text(clean(300)),
    text([
      `[    2.000000][    T1] ${MARKER}`,
      ...clean(40),
      "[    3.000000][    T1] BUG: MAX_LOCK_DEPTH too low!",
    ]),
    text(clean(300)),
  ]);
  const whole = read(log);

  test.each([1, 2, 3, 7, 63, 64, 1000, 4096])("of %i bytes give the same lines", (size) => {
    expect(read(log, always(size))).toEqual(whole);
  });

  test("of any sizes give the same lines", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.integer({ min: 1, max: 3000 })), (sizes) => {
        expect(read(log, sizes)).toEqual(whole);
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  test.each([1, 50, 1000])("of %i bytes give the same lines of real logs that are watched", (size) => {
    for (const path of ["circular/abbcca", "rcu/twice", "held-user/userret"]) {
      expect(read(dmesg(path), always(size), watch)).toEqual(read(dmesg(path), undefined, watch));
    }
  });

  test("that are empty change nothing", () => {
    const reader = new LogReader();
    const lines = [
      ...given(reader, Buffer.alloc(0)),
      ...given(reader, text(["a"])),
      ...given(reader, Buffer.alloc(0)),
    ];
    expect([...lines, ...given(reader, null)].map((line) => line.text)).toEqual(["a"]);
    expect(reader.lines).toBe(1);
  });

  test("may end within a character and within CR LF", () => {
    const bytes = Buffer.from(`Gerät\r\n${MARKER} – ende\r\n`);
    for (let size = 1; size < 9; size++)
      expect(numbered(read(bytes, always(size)))).toEqual([
        [1, "Gerät"],
        [2, `${MARKER} – ende`],
      ]);
  });
});

describe("line numbers", () => {
  test.each([
    ["", 0],
    ["\n", 1],
    ["a", 1],
    ["a\n", 1],
    ["a\nb", 2],
    ["\n\n\n", 3],
    ["a\r\nb\r\n", 2],
  ])("%j: %i lines", (input, count) => {
    expect(read(Buffer.from(input)).count).toBe(count);
    expect(read(Buffer.from(input), always(1)).count).toBe(count);
  });

  test.each([
    ["LF", "\n"],
    ["CR LF", "\r\n"],
  ])("are exact far into the log: %s", (_name, end) => {
    const lines = [...clean(5000), "", MARKER, "", ...clean(5000), `x ${MARKER}`];
    const found = numbered(read(text(lines, end), always(10_000))).filter(([, line]) =>
      line.includes(MARKER),
    );
    expect(found).toEqual([
      [5002, MARKER],
      [10_004, `x ${MARKER}`],
    ]);
    expect(read(text(lines, end)).count).toBe(10_004);
  });

  test("the last line needs no newline, and is given at the end", () => {
    const bytes = Buffer.from(`${text(clean(100)).toString()}${MARKER}`);
    expect(numbered(read(bytes)).at(-1)).toEqual([101, MARKER]);
    const reader = new LogReader();
    expect([...given(reader, bytes)].some((line) => line.text === MARKER)).toBe(false);
    expect([...given(reader, null)].at(-1)?.text).toBe(MARKER);
  });

  test("empty lines count, and are given where they are near", () => {
    const lines = [...clean(50), "", "", MARKER];
    const near = numbered(read(text(lines))).slice(-3);
    expect(near).toEqual([
      [51, ""],
      [52, ""],
      [53, MARKER],
    ]);
  });

  test("go on behind a line of 3 MB", () => {
    for (const size of [1 << 16, 1 << 22]) {
      const long = "x".repeat(3 << 20);
      const bytes = text([...clean(20), long, "short", MARKER, ...clean(5)]);
      const found = read(bytes, always(size));
      expect(numbered(found).filter(([, line]) => line === MARKER)).toEqual([[23, MARKER]]);
      expect(found.count).toBe(28);
      // no line that is given is longer than memory allows
      for (const { text: line } of found.lines) expect(line.length).toBeLessThanOrEqual(1 << 20);
    }
  });
});

describe("around a marker", () => {
  test.each([
    "WARNING: suspicious RCU usage",
    "[ BUG: Invalid wait context ]",
    "[ INFO: possible recursive locking detected ]",
    "Showing all locks held in the system:",
    "Linux version 6.12.1 (a@b) #1 SMP",
    "Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar",
    "1 lock held by init/41:",
    "Good, all 394 testcases passed! |",
    "Run /sbin/init as init process",
    "reboot: Power down",
    "Oops: 0002 [#1] SMP",
    "Kernel panic - not syncing: x",
  ])("'%s', the lines before are given once and in order", (marker) => {
    const at = 400;
    const lines = [...clean(at), marker, ...clean(100, at + 2)];
    for (const size of [1, 17, 1 << 20]) {
      const numbers = read(text(lines), always(size)).lines.map(({ number }) => number);
      const near = Array.from({ length: CONTEXT + 1 }, (_, i) => at + 1 - CONTEXT + i);
      expect(numbers.slice(0, SAMPLE)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      // the last line of the log tells how far it goes
      expect(numbers.slice(SAMPLE)).toEqual([...near, lines.length]);
    }
  });

  test.each([
    "INFO: lockdep is turned off.",
    "WARNING: CPU: 1 PID: 2 at fs/x.c:1 f+0x1/0x2",
    "BUG: Bad page map",
  ])("'%s' is given alone: it has no words of a headline", (line) => {
    const lines = [...clean(400), line, ...clean(100, 402)];
    const numbers = read(text(lines)).lines.map(({ number }) => number);
    expect(numbers.slice(SAMPLE)).toEqual([401, lines.length]);
  });

  test("lines between two near ones are not given twice", () => {
    const lines = [...clean(100), MARKER, ...clean(5), MARKER, ...clean(20), MARKER, MARKER];
    const numbers = read(text(lines)).lines.map(({ number }) => number);
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    expect(numbers.filter((n) => n > SAMPLE)).toEqual([
      ...Array.from({ length: CONTEXT + 7 }, (_, i) => 101 - CONTEXT + i),
      ...Array.from({ length: CONTEXT + 2 }, (_, i) => 128 - CONTEXT + i),
    ]);
  });

  test("a border between chunks may stand anywhere", () => {
    const head = text(clean(30));
    const bytes = Buffer.concat([head, text([MARKER]), text(clean(30))]);
    const whole = read(bytes);
    for (let at = head.length - 2; at < head.length + MARKER.length + 3; at++)
      expect(read(bytes, [at, bytes.length])).toEqual(whole);
  });

  test("what is watched is given line by line until it no longer is", () => {
    const lines = [...clean(100), MARKER, ...clean(500, 102)];
    const { lines: watched } = read(text(lines), always(777), ({ number }) => number >= 101 && number < 300);
    expect(watched.filter(({ number }) => number > 100).map(({ number }) => number)).toEqual([
      ...Array.from({ length: 200 }, (_, i) => 101 + i),
      lines.length,
    ]);
  });
});

describe("a large clean log", () => {
  // about 16 MB
  const chunk = text(clean(3000));
  const CHUNKS = 130;

  test("costs neither lines nor memory", () => {
    const reader = new LogReader();
    let count = 0;
    let most = 0;
    for (let i = 0; i < CHUNKS; i++) {
      for (const line of given(reader, chunk)) count += line.number > 0 ? 1 : 0;
      if (i % 10 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers);
    }
    const end = process.memoryUsage().arrayBuffers;
    expect(count).toBe(SAMPLE);
    expect([...given(reader, null)].map(({ number }) => number)).toEqual([3000 * CHUNKS]);
    expect(reader.lines).toBe(3000 * CHUNKS);
    expect(reader.bytes).toBe(chunk.length * CHUNKS);
    // chunks may wait to be collected, but not all of them
    expect(Math.min(most, end)).toBeLessThan(64 << 20);
  });

  test("without any newline costs no memory", () => {
    const reader = new LogReader();
    const endless = Buffer.alloc(1 << 20, "x");
    let count = 0;
    for (let i = 0; i < 40; i++) count += [...given(reader, endless)].length;
    count += [...given(reader, null)].length;
    expect(count).toBe(1);
    expect(reader.lines).toBe(1);
  });
});
