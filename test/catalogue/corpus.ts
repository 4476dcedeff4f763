import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Report } from "../../src/report/schema.ts";
import { triageBytes, fixtures } from "../support/fixtures.ts";

/** Logs that are not in this repository: real and made ones, in hundreds. */
const CORPUS = join(import.meta.dirname, "../../../shared/corpus");

export const hasCorpus = existsSync(CORPUS);

/** The parts of the corpus whose reports stand on the lists that were read by eye. */
const LISTED = /^(?:builds|kernel-6\.12|kernel-6\.12-arm64|syzkaller|transports)\/|^selftest-6\.12\.log\.gz$/;

export interface LoggedReport {
  /** `builds/patched/boot-1.log` or `circular/abba` */
  readonly log: string;
  readonly report: Report;
}

/** The reports of all fixtures. */
export async function fixtureReports(): Promise<LoggedReport[]> {
  const found: LoggedReport[] = [];
  for (const { name, bytes } of fixtures())
    for (const report of (await triageBytes(bytes)).reports) found.push({ log: name, report });
  return found;
}

/** The reports of the corpus; none where it is not there. */
export async function corpusReports(under = ""): Promise<LoggedReport[]> {
  const root = join(CORPUS, under);
  if (!existsSync(root)) return [];
  const found: LoggedReport[] = [];
  for (const path of readdirSync(root, { recursive: true, encoding: "utf8" }).toSorted()) {
    const file = join(root, path);
    if (!LISTED.test(join(under, path)) || !statSync(file).isFile()) continue;
    const bytes = readFileSync(file);
    const { reports } = await triageBytes(path.endsWith(".gz") ? gunzipSync(bytes) : bytes, 65_536);
    for (const report of reports) found.push({ log: join(under, path), report });
  }
  return found;
}

/** All class names that a report holds, wherever they stand. */
export function classNames(report: Report): Set<string> {
  const names = new Set<string>(report.cycle);
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if ("class" in value && typeof value.class === "string") names.add(value.class);
    for (const part of Object.values(value)) walk(part);
  };
  walk(report);
  return names;
}

/**
 * A list that was read by eye, a line each. `GOLDEN=write npx vitest run test/catalogue test/analyze` writes
 * it anew: read what changed. That of the corpus is a list of its own, held and written only where the corpus lies.
 */
export class Golden {
  readonly #file: URL;

  constructor(file: URL) {
    this.#file = file;
  }

  lines(): string[] {
    if (!existsSync(this.#file)) return [];
    return readFileSync(this.#file, "utf8").split("\n").filter(Boolean).toSorted();
  }

  /** Takes these lines for the list, where that is asked for. */
  write(lines: readonly string[]): void {
    if (process.env["GOLDEN"] === "write") writeFileSync(this.#file, `${lines.join("\n")}\n`);
  }
}
