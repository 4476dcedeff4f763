import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { BODY, HEADLINES } from "../../grammar/lines.ts";
import { KINDS } from "../../src/report/names.ts";
import { FIXTURES, fixtures, triageBytes } from "../support/fixtures.ts";
import type { TargetName } from "./targets.ts";

/** What a fuzzer that is guided by coverage begins with: inputs of each kind, and the words that they are made of. */
interface Beginning {
  readonly seeds: () => Promise<readonly Buffer[]>;
  readonly words: () => readonly string[];
}

/** An input is no longer: what is longer takes longer, and shows little more. */
export const MOST_BYTES = 8192;

/** What tells of a boot how far it went: without, no log is clean. */
const OF_BOOT = /Linux version|Lock dependency validator|Run \/init|reboot:/;

/** Of every fixture its boot in a few lines, and its first report. */
async function logSeeds(): Promise<Buffer[]> {
  const whole = await Promise.all(
    fixtures().map(async ({ bytes }) => {
      const [report] = (await triageBytes(bytes)).reports;
      const isKept = (line: string, number: number): boolean =>
        OF_BOOT.test(line) ||
        (report !== undefined && number >= report.lines.first && number <= report.lines.last);
      const lines = bytes.toString("latin1").split("\n");
      return Buffer.from(
        lines
          .filter((line, i) => isKept(line, i + 1))
          .map((line) => `${line}\n`)
          .join(""),
        "latin1",
      );
    }),
  );
  return [
    ...whole,
    ...["transports", "fixes", "thread"].flatMap((folder) => filesOf(folder, /\.(?:txt|eml)$/)),
  ];
}

function filesOf(folder: string, name: RegExp): Buffer[] {
  return readdirSync(join(FIXTURES, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => name.test(path))
    .toSorted()
    .map((path) => {
      const bytes = readFileSync(join(FIXTURES, folder, path));
      return path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
    });
}

/** libFuzzer takes no longer words. */
const LONGEST_WORD = 64;

/** Every line of the grammar, in pieces where it is long. */
function logWords(): string[] {
  const lines = [...HEADLINES, ...BODY].flatMap(({ example }) => [example, `${example}\n`]);
  return lines.flatMap((line) =>
    Array.from({ length: Math.ceil(line.length / LONGEST_WORD) }, (_, i) =>
      line.slice(LONGEST_WORD * i, LONGEST_WORD * (i + 1)),
    ),
  );
}

const PATCH = `From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001
From: A <a@example.org>
Subject: [PATCH] mm: annotate

---
 mm/page_alloc.c | 3 +++
diff --git a/mm/page_alloc.c b/mm/page_alloc.c
index 0123456..789abcd 100644
--- a/mm/page_alloc.c
+++ b/mm/page_alloc.c
@@ -10,4 +10,5 @@ static bool __need_reclaim(gfp_t gfp_mask)
 void fs_reclaim_acquire(gfp_t gfp_mask)
 {
-\tmutex_lock(&lock_a);
+\t__fs_reclaim_acquire(_RET_IP_);
+\tlock_map_acquire(&__mmu_notifier_invalidate_range_start_map);
 }
--${" "}
2.43.0
`;

const KNOWN = `# ours
- id: 6bb8ce7d879a
  note: "being fixed"
  link: https://example.org/
- {kind: circular, class: "fs_*", kernel: ">=6.1 <6.13", note: a, expires: 2027-01-01}
- title: possible deadlock in *
  note: b
`;

const JOURNAL = [
  { schema: "splat-triage-journal/1", target: "class:lock_a", identity: 1 },
  { commit: "0123456789ab", run: 1, result: "good", reason: "clean", seconds: 1.5, kernel: null },
  {
    commit: "abcdef0123456789",
    run: 1,
    result: "bad",
    reason: "found",
    seconds: 2,
    kernel: { release: "6.12.117", build: "#1", taint: null },
    report: {
      id: "6bb8ce7d879a",
      title: "possible deadlock in take_ba",
      cycle: ["lock_a", "lock_b"],
      functions: ["take_ba"],
      files: [],
      annotations: [],
    },
  },
  { commit: "abcdef0123456789", run: 2, result: "unusable", reason: "cut", seconds: 0, kernel: null },
]
  .map((entry) => `${JSON.stringify(entry)}\n`)
  .join("");

/** The words of a text. */
function wordsOf(text: string): string[] {
  return [...new Set(text.match(/\w[\w./-]*|[^\w\s]+\s?/g))].filter(({ length }) => length <= LONGEST_WORD);
}

/** A text, and each of its lines alone. */
function withLines(text: string): Promise<Buffer[]> {
  return Promise.resolve([text, ...text.split("\n")].map((each) => Buffer.from(each)));
}

const BEGINNINGS: Record<TargetName, Beginning> = {
  log: { seeds: logSeeds, words: logWords },
  patch: { seeds: () => withLines(PATCH), words: () => wordsOf(PATCH) },
  proc: {
    seeds: () =>
      Promise.resolve(
        readdirSync(FIXTURES)
          .filter((folder) => folder.startsWith("proc"))
          .flatMap((folder) => filesOf(folder, /\/lockdep(?:_chains\.gz|_stats|\.gz)$/)),
      ),
    words: () =>
      wordsOf(
        "all lock classes:\nall lock chains:\n(buggered) irq_context: softirq [ffffffff81c44030] OPS: FD: BD: ++++: -> [max: 8192] lock-classes: direct dependencies: #2 /1",
      ),
  },
  known: {
    seeds: () => withLines(KNOWN),
    words: () => [...wordsOf(KNOWN), ...KINDS, "&a ", "*a", "<<: ", "!!set", "|\n", "? ", "%YAML 1.2\n---\n"],
  },
  journal: { seeds: () => withLines(JOURNAL), words: () => wordsOf(JOURNAL) },
};

/** Inputs to begin with, none twice. */
export async function seedsFor(target: TargetName): Promise<Buffer[]> {
  const seeds = (await BEGINNINGS[target].seeds()).map((seed) =>
    seed.subarray(0, MOST_BYTES).toString("latin1"),
  );
  return [...new Set(seeds)].filter(({ length }) => length > 0).map((seed) => Buffer.from(seed, "latin1"));
}

/** A dictionary in libFuzzer's form: AFL's, a quoted word a line. */
export function dictionaryFor(target: TargetName): string {
  const words = [...new Set(BEGINNINGS[target].words())].filter(({ length }) => length > 0);
  return words.map((word) => `"${quoted(word)}"\n`).join("");
}

function quoted(word: string): string {
  return Array.from(Buffer.from(word), (byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c
      ? `\\x${byte.toString(16).padStart(2, "0")}`
      : String.fromCharCode(byte),
  ).join("");
}
