import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Document } from "../../src/report/schema.ts";
import { triage } from "../../src/triage/triage.ts";

export const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), "../../fixtures");

export interface Fixture {
  /** `circular/abba` */
  readonly name: string;
  readonly directory: string;
  readonly bytes: Buffer;
}

/** All fixtures that are a log of their own: fixtures/<kind>/<slug>/dmesg.txt. */
export function fixtures(): Fixture[] {
  return readdirSync(FIXTURES, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("/dmesg.txt") && !path.startsWith("transports/"))
    .toSorted()
    .map((path) => {
      const name = dirname(path);
      const directory = join(FIXTURES, name);
      return { name, directory, bytes: readFileSync(join(directory, "dmesg.txt")) };
    });
}

/** Triages bytes as one source, in chunks of the given size (all at once when there is none). */
export async function triageBytes(bytes: Uint8Array, chunkSize = bytes.length): Promise<Document> {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize) chunks.push(bytes.subarray(at, at + chunkSize));
  return triage([{ name: "dmesg.txt", chunks }]);
}

export async function triageLines(lines: readonly string[]): Promise<Document> {
  return triageBytes(Buffer.from(lines.map((line) => `${line}\n`).join("")));
}

/** A report without what says where it stood: the rest is the same wherever it stands. */
export function withoutPlace(reports: Document["reports"]): unknown[] {
  return reports.map(({ lines, time: _time, caller: _caller, damage, ...rest }) => ({
    ...rest,
    unparsed: lines.unparsed,
    damage: damage.map(({ code, what }) => ({ code, what })),
  }));
}

/** The lines of a fixture's log, `circular/abba`, a byte a character. */
export function logLines(path: string): string[] {
  return readFileSync(join(FIXTURES, path, "dmesg.txt"), "latin1")
    .split("\n")
    .slice(0, -1);
}
