import { parse } from "acorn";
import { transformSync } from "esbuild";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { BODY, HEADLINES } from "../../grammar/lines.ts";
import { LOCK_FUNCTIONS, ROLES } from "../../src/symbols/role-table.ts";
import { PREFIXES } from "../../src/read/transports/prefixes.ts";

/**
 * Every pattern of the sources is checked for super-linear backtracking by recheck, in its own JavaScript. It takes
 * minutes for all, so that those for which it found no attack are listed, and only new ones are checked here.
 * `GOLDEN=write npx vitest run test/patterns` checks all and writes the list anew.
 */
process.env["RECHECK_BACKEND"] = "pure";
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LIST = fileURLToPath(new URL("safe.golden.txt", import.meta.url));
/** For one pattern; the hardest take some ten on a busy machine. */
const SECONDS = 60;

const BOUNDED_LINE =
  "held against lines of a report alone, which have at most 16,384 characters (LONGEST in tokenize.ts)";

/** What recheck does not find linear, and why it can do no harm. */
const BOUNDED: readonly (readonly [pattern: string, why: string])[] = [
  [String.raw`^\((.+)\)\{[^{}]*\}.*$`, "an argument of the command line"],
  [String.raw`^\((.+)\)(?:\{[^{}]*\}.*)?$`, "an argument of the command line"],
  [String.raw`^[^<>\p{Cc}]+ <[^<>\s\p{Cc}]+@`, "an argument of the command line"],
  [String.raw`@.*$`, "the path of a file of ours in the cache directory"],
  [String.raw`\w+(?=\s?[(<])`, "lines of a kernel tree that one names oneself"],
  [String.raw`[\s.;]+$`, "4096 bytes of what xz or zstd complains"],
  [String.raw`^[^a-z(]+|[^a-z)]+$`, "a literal of our own grammar"],
  [String.raw`[ \t]{1,80}$`, "80 steps a byte"],
  [String.raw`\s{1,80}\]$`, "80 steps a byte"],
  [String.raw`([a-zA-Z][\w.]{1,512})\+0x[0-9a-z]+\/0x[0-9a-z]+`, "512 steps a byte"],
  [String.raw`<!--[^]*?-->\n?`, "what Graphviz writes, in which every < of a name is escaped"],
  [String.raw`^-> (?:[\w-]+\/[\w.-]+)?#`, BOUNDED_LINE],
  [String.raw`^\S[^]* --> [^]*\S$`, BOUNDED_LINE],
  [String.raw`^Kernel panic - not syncing: (?:(?:.*: )?panic_on_warn set`, BOUNDED_LINE],
  [
    String.raw`^WARNING: (?:CPU: \d{1,15} PID: (?<runner>\d{1,15}) )?(?:at )?(?:\[(?<condition>.*)\] )?`,
    BOUNDED_LINE,
  ],
  [String.raw`^(?<register>NIP|LR) `, BOUNDED_LINE],
  [String.raw`^(?<register>PC|LR) is at `, BOUNDED_LINE],
  [String.raw`^(?<register>LR) = `, BOUNDED_LINE],
  [String.raw`^(?:[0-9a-f]{8,16} ){1,2}`, BOUNDED_LINE],
  [String.raw`^<(\S+\+0x.*)>$`, BOUNDED_LINE],
  [String.raw`^(?:diff --git \S|--- \S[^\n]{0,1000}\n`, "1,000 steps a line"],
  [String.raw`\b(?:r?lock|rlock|sync) ?\(([^\s;][^;\n]{0,120}?)`, "120 steps a byte"],
  [String.raw`^(?:\((\S+)( \[[^\]]*\])?\) from \[<[0-9a-f]+>\]`, BOUNDED_LINE],
  [String.raw`^(?:the dependencies between (?<state>\S+?)-irq-safe`, BOUNDED_LINE],
  [String.raw`^the dependencies between the lock to be acquired`, BOUNDED_LINE],
  [String.raw`^(?:hlock_id|class_idx):`, BOUNDED_LINE],
];

interface Pattern {
  readonly source: string;
  readonly flags: string;
  readonly where: string;
}

function* literalsOf(node: unknown): Generator<{ readonly pattern: string; readonly flags: string }> {
  if (typeof node !== "object" || node === null) return;
  if ("regex" in node) yield node.regex as { pattern: string; flags: string };
  else for (const child of Object.values(node)) yield* literalsOf(child);
}

function patterns(): Pattern[] {
  const found: Pattern[] = [];
  for (const folder of ["grammar", "src"])
    for (const file of readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).toSorted()) {
      if (!file.endsWith(".ts")) continue;
      const text = readFileSync(join(ROOT, folder, file), "utf8");
      const { code } = transformSync(text, { loader: "ts", format: "esm", target: "es2022" });
      const program = parse(code, { ecmaVersion: "latest", sourceType: "module" });
      for (const { pattern, flags } of literalsOf(program))
        found.push({ source: pattern, flags, where: `${folder}/${file}` });
    }
  // these are put together from pieces
  const made = [
    ...[...HEADLINES, ...BODY].map(({ pattern }) => pattern),
    ...ROLES.map(({ frames }) => frames),
    ...PREFIXES.map(({ pattern }) => pattern),
    LOCK_FUNCTIONS,
  ];
  for (const { source, flags } of made) found.push({ source, flags, where: "made of pieces" });
  return found;
}

const shown = ({ source, flags }: Pattern): string => `/${source}/${flags}`;

test(
  "no pattern takes more than linear time, but where its input is bounded",
  { timeout: 1_200_000 },
  async () => {
    const { checkSync } = await import("recheck");
    const isNew = process.env["GOLDEN"] === "write" || !existsSync(LIST);
    const known = new Set(isNew ? [] : readFileSync(LIST, "utf8").split("\n"));
    const all = new Map(patterns().map((pattern) => [shown(pattern), pattern]));
    expect(all.size).toBeGreaterThan(400);
    const wrong: string[] = [];
    for (const [text, { source, flags, where }] of all) {
      if (known.has(text) || BOUNDED.some(([start]) => source.startsWith(start))) continue;
      const { status } = checkSync(source, flags, { timeout: SECONDS * 1000 });
      if (status === "safe") known.add(text);
      else wrong.push(`${where}: ${text}: ${status}`);
    }
    if (isNew)
      writeFileSync(
        LIST,
        `${[...known]
          .filter((text) => all.has(text))
          .toSorted()
          .join("\n")}\n`,
      );
    expect(wrong).toEqual([]);
  },
);

test("the check finds what is exponential or quadratic", async () => {
  const { checkSync } = await import("recheck");
  expect(checkSync("^(a+)+$", "").status).toBe("vulnerable");
  expect(checkSync(String.raw`\s+$`, "").status).toBe("vulnerable");
});
