import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { InputError, openInputs } from "../../src/read/inputs/index.ts";

/** Lines that pack like a log: about eight times. */
function log(lines: number): string {
  let text = "";
  let random = 1;
  for (let i = 0; i < lines; i++) {
    random = (random * 48271) % 0x7fffffff;
    text += `[${(i / 100).toFixed(6).padStart(12)}] usb ${random % 9}-1: new device ${random.toString(16)}\n`;
  }
  return text;
}

const SMALL = log(40);
const LARGE = log(40_000);
const BOMB_BYTES = 100_000_000;

interface Outcome {
  readonly text: string;
  readonly error: string | null;
}

/** What standard input with these bytes gives, and how it ends; a file with them has to give the same. */
async function unpack(packed: Uint8Array, pieceBytes = 65_536): Promise<Outcome> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < packed.length; at += pieceBytes) pieces.push(packed.subarray(at, at + pieceBytes));
  const outcome = await unpackedFrom([], Readable.from(pieces));
  const file = join(directory, "packed");
  await writeFile(file, packed);
  const ofFile = await unpackedFrom([file], Readable.from([]));
  // a program that reads by itself gives of damaged bytes what it can
  expect(ofFile.error).toBe(outcome.error?.replace("-:", `${file}:`) ?? null);
  const length =
    outcome.error === null ? outcome.text.length : Math.min(outcome.text.length, ofFile.text.length);
  expect(ofFile.text.slice(0, length) === outcome.text.slice(0, length)).toBe(true);
  return outcome;
}

async function unpackedFrom(args: readonly string[], stdin: Readable): Promise<Outcome> {
  const read: Uint8Array[] = [];
  let error: string | null = null;
  for await (const input of openInputs(args, stdin)) {
    if (input instanceof InputError) throw input;
    try {
      for await (const chunk of input.chunks) read.push(Buffer.from(chunk));
    } catch (thrown) {
      if (!(thrown instanceof InputError)) throw thrown;
      error = thrown.message;
    }
  }
  return { text: Buffer.concat(read).toString("latin1"), error };
}

/** Processes that this one started and that have not ended, or were not waited for. */
function children(): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/stat`, "latin1")
        .replace(/.*\) \S /s, "")
        .startsWith(`${process.pid} `);
    } catch {
      return false;
    }
  });
}

/** -1: quickly, and in small blocks, for bzip2 gives whole ones only. */
const pack = (program: string, text: string | Uint8Array, level = "-1"): Buffer =>
  execFileSync(program, [level, "-c"], { input: text, maxBuffer: 1 << 28 });

const isInstalled = (program: string): boolean => spawnSync(program, ["--version"]).error === undefined;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "inputs-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

const PROGRAMS = ["gzip", "xz", "zstd", "bzip2"] as const;

for (const program of PROGRAMS)
  describe.skipIf(!isInstalled(program))(`${program} archives`, () => {
    let packedLarge: Buffer;
    beforeAll(() => {
      packedLarge = pack(program, LARGE);
    });

    test("is known by its first bytes, not by its name", async () => {
      await writeFile(join(directory, "log"), pack(program, SMALL));
      await writeFile(join(directory, `plain.${program}`), SMALL);
      const read: Uint8Array[] = [];
      for await (const input of openInputs([directory], Readable.from([]))) {
        if (input instanceof InputError) throw input;
        for await (const chunk of input.chunks) read.push(chunk);
      }
      expect(Buffer.concat(read).toString()).toBe(SMALL + SMALL);
    });

    test("in pieces of any size", async () => {
      const packed = pack(program, SMALL);
      for (const size of [1, 2, 5, 100])
        expect(await unpack(packed, size)).toEqual({ text: SMALL, error: null });
    });

    test("nothing, packed", async () => {
      expect(await unpack(pack(program, ""))).toEqual({ text: "", error: null });
    });

    test("a large log", async () => {
      const { text, error } = await unpack(packedLarge);
      expect(error).toBeNull();
      expect(text === LARGE).toBe(true);
    });

    test("several members one after another", async () => {
      const members = Buffer.concat([pack(program, SMALL), pack(program, ""), packedLarge]);
      for (const size of [65_536, members.length]) {
        const { text, error } = await unpack(members, size);
        expect(error).toBeNull();
        expect(text === SMALL + LARGE).toBe(true);
      }
    });

    test("a truncated one gives its beginning, then an error", async () => {
      const { text, error } = await unpack(packedLarge.subarray(0, packedLarge.length - 40_000));
      expect(error).toMatch(/^-: .*(truncated|unexpected|premature)/i);
      expect(text.length).toBeGreaterThan(LARGE.length / 2);
      expect(LARGE.startsWith(text)).toBe(true);
    });

    test("of a damaged one, what is before the damage", async () => {
      const packed = Buffer.concat([packedLarge, packedLarge]);
      const damage = Math.floor(packed.length * 0.8);
      packed.fill(0x55, damage, damage + 1000);
      const { text, error } = await unpack(packed);
      expect(error).toMatch(/^-: /);
      expect(text.startsWith(LARGE)).toBe(true);
    });

    test("one that unpacks to too much ends in an error", async () => {
      const { text, error } = await unpack(pack(program, Buffer.alloc(BOMB_BYTES), "-6"));
      expect(error).toBe("-: unpacks to more than a hundred times its size and 64 MiB");
      expect(text.length).toBeGreaterThan(60_000_000);
      expect(text.length).toBeLessThan(BOMB_BYTES);
      expect(children()).toEqual([]);
    });

    test("ends with the caller who stops early, even without reading on", async () => {
      await writeFile(join(directory, "log"), packedLarge);
      for (const isReturning of [true, false]) {
        for await (const input of openInputs([join(directory, "log")], Readable.from([]))) {
          if (input instanceof InputError) throw input;
          const chunks = input.chunks[Symbol.asyncIterator]();
          await chunks.next();
          if (isReturning) await chunks.return?.();
        }
        expect(children()).toEqual([]);
      }
    });

    test("an error of the source comes after what was unpacked", async () => {
      const stdin = Readable.from(
        (function* () {
          yield packedLarge.subarray(0, packedLarge.length - 1000);
          readFileSync(directory);
        })(),
      );
      let length = 0;
      const reading = async (): Promise<void> => {
        for await (const input of openInputs([], stdin))
          if (!(input instanceof InputError)) for await (const chunk of input.chunks) length += chunk.length;
      };
      await expect(reading()).rejects.toThrow(new InputError("-", "is a directory"));
      expect(length).toBeGreaterThan(LARGE.length / 2);
      expect(children()).toEqual([]);
    });
  });

describe("without the program", () => {
  test.each([
    ["xz", "\xfd7zXZ\0"],
    ["zstd", "\x28\xb5\x2f\xfd"],
    ["zstd", "\x5e\x2a\x4d\x18"],
    ["bzip2", "BZh91AY&SY"],
  ])("%s", async (program, start) => {
    vi.stubEnv("PATH", directory);
    expect(await unpack(Buffer.from(`${start}...`, "latin1"))).toEqual({
      text: "",
      error: `-: is compressed; the program ${program}, which unpacks it, is not installed`,
    });
  });
});

describe("gzip, damaged", () => {
  const packed = gzipSync(SMALL);

  test("a small log with a wrong checksum is given in full", async () => {
    const wrong = Buffer.from(packed);
    wrong.writeUInt32LE(1, wrong.length - 8);
    expect(await unpack(wrong)).toEqual({
      text: SMALL,
      error: "-: the gzip archive is damaged: incorrect data check",
    });
  });

  test("a small log with something else behind it is given in full", async () => {
    const { text, error } = await unpack(Buffer.concat([packed, Buffer.from("something")]));
    expect(text).toBe(SMALL);
    expect(error).toBe("-: the gzip archive is damaged: incorrect header check");
  });

  test("padding behind it is no damage", async () => {
    expect(await unpack(Buffer.concat([packed, Buffer.alloc(10_240)]), 100)).toEqual({
      text: SMALL,
      error: null,
    });
  });

  test.each([
    ["the header", 10, 0],
    ["the data", packed.length - 8, SMALL.length],
    ["the data and half of what checks it", packed.length - 4, SMALL.length],
  ])("truncated to %s", async (_what, length, given) => {
    expect(await unpack(packed.subarray(0, length))).toEqual({
      text: SMALL.slice(0, given),
      error: "-: the gzip archive is truncated",
    });
  });
});

describe("not compressed", () => {
  test.each([
    ["a bzip2 command line", "BZh9 is how bzip2 begins\n"],
    ["the beginning of a magic", "\x1f\x8b"],
    ["a NUL", "\0"],
  ])("%s", async (_name, text) => {
    expect(await unpack(Buffer.from(text, "latin1"), 1)).toEqual({ text, error: null });
  });
});
