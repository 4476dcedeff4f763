import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HEADLINES, TAGS } from "../../grammar/lines.ts";
import { tagged } from "../../grammar/telling.ts";
import { PIECES } from "../../src/read/scan/markers.ts";
import { scanPlainly } from "../../src/read/scan/plain.ts";
import type { Scanned } from "../../src/read/scan/scanned.ts";
import { simdScanner } from "../../src/read/scan/simd.ts";
import { FIXTURES } from "../support/fixtures.ts";

const scanFast = simdScanner() ?? (() => undefined);
const MARKERS = PIECES.flatMap(({ markers }) => markers.map(({ marker }) => marker.text.toString()));

/** By the text of each marker, without pieces and tables: slow, and as simple as can be. */
function scanSlowly(bytes: Buffer): { at: number; line: number }[] {
  const text = bytes.toString("latin1");
  return Array.from(bytes, (_, at) => at).flatMap((at) =>
    MARKERS.some((marker) => text.startsWith(marker, at))
      ? [{ at, line: text.slice(0, at).split("\n").length - 1 }]
      : [],
  );
}

const textsOf = ({ hits }: Scanned): string[] =>
  hits.map(({ at, line, marker }) => `${at} ${line} ${marker.text.toString()}`);

describe("the scanner in SIMD", () => {
  test("is the compiled source", async (context) => {
    const has = hasCompiler();
    context.skip(!has, "the compiler is not installed");
    const { compiledScanner, TARGET } = await import("../../scripts/scanner.mjs");
    expect(readFileSync(TARGET, "utf8")).toBe(await compiledScanner());
  });

  test("finds what the plain one finds, in logs", () => {
    const logs = readdirSync(FIXTURES, { recursive: true, encoding: "utf8" }).filter((path) =>
      /\.(?:txt|log|eml)$/.test(path),
    );
    expect(logs.length).toBeGreaterThan(100);
    let hits = 0;
    for (const log of logs) {
      const bytes = readFileSync(join(FIXTURES, log));
      const plain = scanPlainly(bytes);
      hits += plain.hits.length;
      expect(scanFast(bytes)).toEqual(plain);
    }
    expect(hits).toBeGreaterThan(1000);
  });

  /** Texts of markers, whole and in parts, between bytes that have halves in common with them. */
  const pieces = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...MARKERS).map((text) => Buffer.from(text)) },
    fc.constantFrom(...MARKERS).chain((text) => fc.nat(text.length).map((n) => Buffer.from(text.slice(n)))),
    fc.constantFrom("\n", " ", "\0", "-> ", "k ", "GN", "\u00e9").map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  );

  test("finds what the plain one finds, in whatever comes", () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const bytes = Buffer.concat(parts);
        const plain = scanPlainly(bytes);
        expect(scanFast(bytes)).toEqual(plain);
        const places = new Set(plain.hits.map(({ at, line }) => `${at} ${line}`));
        // of markers within one another one is enough
        const lines = new Set(plain.hits.map(({ line }) => line));
        for (const { at, line } of scanSlowly(bytes))
          expect(places.has(`${at} ${line}`) || lines.has(line)).toBe(true);
        expect(places.size).toBeLessThanOrEqual(scanSlowly(bytes).length);
      }),
      { numRuns: 150, seed: 17 },
    );
  });

  test.each([-40, -38, -20, -9, -4, -3, -1, 0, 1, 3])(
    "finds a marker that begins %i bytes from where a part of what is searched ends",
    (distance) => {
      for (const marker of MARKERS) {
        const bytes = Buffer.alloc(3 * 256 * 1024, "line\n");
        for (const part of [1, 2]) bytes.write(marker, part * 256 * 1024 + distance, "latin1");
        const found = scanFast(bytes);
        expect(found).toEqual(scanPlainly(bytes));
        expect(found?.hits.length).toBe(2);
      }
    },
  );

  test("finds more in a part than there is room for", () => {
    const bytes = Buffer.from("-> #\n".repeat(120_000));
    const found = scanFast(bytes);
    expect(found?.hits.length).toBe(120_000);
    expect(found?.newlines).toBe(120_000);
    expect(found?.hits.at(-1)).toMatchObject({ at: bytes.length - 5, line: 119_999 });
    expect(found).toEqual(scanPlainly(bytes));
  });

  test.each([0, 1, 2, 15, 16, 17, 31, 33])("takes %i bytes, and finds what went before no more", (length) => {
    scanFast(Buffer.from(`BUG: ${"\n".repeat(64)}`));
    expect(scanFast(Buffer.alloc(length, 10))).toEqual({ hits: [], newlines: length });
  });

  test("names the same marker", () => {
    for (const marker of MARKERS) {
      const found = textsOf(scanFast(Buffer.from(`x ${marker}`)) ?? { hits: [], newlines: 0 });
      expect(found.join("\n")).toContain(marker.trim());
    }
  });
});

describe("what is passed by undecoded", () => {
  const headlines = HEADLINES.map(({ example }) => example).filter((text) =>
    TAGS.some((tag) => text.includes(tag)),
  );

  test("is no headline, wherever it breaks", () => {
    expect(headlines.length).toBeGreaterThan(20);
    const named = headlines.map((text) => text.replace(/[\w-]+\/\d+(?= )/, "kworker/u8:2-events_unbound/12"));
    for (const text of [...headlines, ...named])
      for (let end = 1; end <= text.length; end++) expect(tagged(text.slice(0, end))).not.toBe("other");
  });

  test("is read with what stands before it where it is a headline", () => {
    for (const text of headlines) expect(tagged(text)).toBe("headline");
  });

  test("may be a headline of which the rest is on the next line", () => {
    for (const text of ["WARNING: ", "BUG: kernel NULL pointer dereference, address: 0000000000000018"])
      expect(tagged(text)).toBe("broken");
  });

  test.each([
    "INFO: task kworker/1:2:214 blocked for more than 122 seconds.",
    "BUG: Bad page state in process syz-executor.3  pfn:1f8a2",
    "INFO: NMI handler (perf_event_nmi_handler) took too long to run: 1.204 msecs",
    "WARNING: CPU: 1 PID: 214 at drivers/gpu/drm/drm_vblank.c:1235 drm_wait_one_vblank+0x1c4/0x1d0",
  ])("are lines as %s", (text) => {
    expect(tagged(text)).toBe("other");
  });
});

function hasCompiler(): boolean {
  try {
    createRequire(import.meta.url).resolve("assemblyscript/package.json");
    return true;
  } catch {
    return false;
  }
}
