import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LineName } from "../../grammar/lines.ts";
import { tokenize } from "../../grammar/tokenize.ts";
import { type CFile, parseC } from "./c-code.ts";
import { Lines, type Part, type SampleLine, type SourceFile } from "./lines.ts";
import type { Print } from "./prints.ts";
import { HEADERS, SOURCES } from "./sources.ts";

/** A format that no row has to match, and why. */
export interface AllowedFormat {
  readonly function: string;
  /** As the tool prints it; left out, all of the function's. */
  readonly format?: string;
  readonly reason: string;
}

/** What is in allowed.json. */
export interface Allowed {
  readonly formats: readonly AllowedFormat[];
  /** Rows that no file read here prints, and who does. */
  readonly rows: readonly { readonly row: string; readonly reason: string }[];
}

/** What became of one print call. */
export interface Verdict {
  readonly print: Print;
  /** The rows that match lines made with it. */
  readonly rows: readonly LineName[];
  /** Lines in which it stands, one for each part of it that no row matches. */
  readonly unmatched: readonly string[];
  readonly allowed: AllowedFormat | null;
}

export interface TreeResult {
  readonly release: string;
  readonly verdicts: readonly Verdict[];
}

/** Reads the print calls of a kernel's source tree and holds them against the grammar. */
export function checkTree(tree: string, allowed: readonly AllowedFormat[]): TreeResult {
  const release = releaseOf(tree);
  const macros = new Map(HEADERS.flatMap((path) => [...(readC(tree, path)?.macros ?? [])]));
  const files = SOURCES.flatMap(({ file, roots }): SourceFile[] => {
    const code = readC(tree, file);
    if (code === null) return [];
    return [{ path: file, code: { ...code, macros: new Map([...macros, ...code.macros]) }, roots }];
  });
  return { release, verdicts: judge(files, allowed) };
}

/** Rows that take nearly any text: only what the function prints that they are for counts as matched. */
const WIDE = new Map<LineName, RegExp>([
  ["ChainOfThree", /^print_(?:circular|irq)_lock_scenario$/],
  ["CollisionTask", /^print_collision$/],
  ["RcuMessage", /^lockdep_rcu_suspicious$/],
]);

/** What the rows make of the lines that these files print. */
export function judge(files: readonly SourceFile[], allowed: readonly AllowedFormat[]): Verdict[] {
  const { lines, parts } = new Lines(files);
  const rows = new Map<Print, Set<LineName>>();
  const covered = new Set<Part>();
  const seen = new Map<Part, string>();
  for (const line of lines) {
    const read = rowOf(line);
    const warns = [...line.parts].some(({ print }) => print.warns);
    // the message of a WARN() is read by its place, between "cut here" and "WARNING: at"
    const name = read ?? (warns ? "Text" : null);
    for (const part of line.parts) {
      if (!seen.has(part)) seen.set(part, line.text);
      if (name === null) continue;
      covered.add(part);
      rows.set(part.print, (rows.get(part.print) ?? new Set()).add(name));
    }
  }
  return [...parts].map(([print, all]) => ({
    print,
    rows: [...(rows.get(print) ?? [])],
    unmatched: all.filter((part) => !covered.has(part)).map((part) => seen.get(part) ?? part.text),
    allowed:
      allowed.find(
        (entry) => entry.function === print.function && (entry.format ?? print.format) === print.format,
      ) ?? null,
  }));
}

/** The row that reads this line. What only ends a report of ours, as any other headline does, is not read. */
function rowOf({ text, parts }: SampleLine): LineName | null {
  const name = tokenize(text, 1)?.name ?? null;
  if (name === null || name === "OtherSplat") return null;
  const by = WIDE.get(name);
  return by === undefined || [...parts].some(({ print }) => by.test(print.function)) ? name : null;
}

function readC(tree: string, path: string): CFile | null {
  const file = join(tree, path);
  return existsSync(file) ? parseC(readFileSync(file, "utf8")) : null;
}

/** From the Makefile's VERSION, PATCHLEVEL and SUBLEVEL. */
function releaseOf(tree: string): string {
  const makefile = readFileSync(join(tree, "Makefile"), "utf8");
  const parts = ["VERSION", "PATCHLEVEL", "SUBLEVEL"].map(
    (name) => new RegExp(`^${name} = (\\d+)$`, "m").exec(makefile)?.[1],
  );
  if (parts.includes(undefined)) throw new Error(`${tree}: not a kernel's source tree`);
  return parts.join(".");
}
