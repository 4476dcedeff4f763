import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  type Boot,
  type GraphCycle,
  type GraphDocument,
  graphDocument,
  LockGraph,
} from "../../src/lock-graph/index.ts";
import { DumpReader, dumpFileOf } from "../../src/lock-graph/proc/index.ts";
import { FIXTURES } from "./fixtures.ts";

/** The texts of a boot in fixtures/proc by file name, unpacked. */
export function bootFiles(name: string): Record<string, string> {
  const directory = join(FIXTURES, "proc", name);
  return Object.fromEntries(
    readdirSync(directory)
      .filter((file) => file !== "origin.json")
      .map((file) => {
        const bytes = readFileSync(join(directory, file));
        return [file.replace(/\.gz$/, ""), (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString()];
      }),
  );
}

/** A boot of these dumps; files that are none are left out. */
export async function bootOf(
  name: string,
  files: Readonly<Record<string, string>>,
  rest: Partial<Boot> = {},
): Promise<Boot> {
  const reader = new DumpReader();
  for (const text of Object.values(files)) {
    const file = dumpFileOf(text.split("\n", 8));
    if (file !== null) await reader.read(file, [Buffer.from(text)]);
  }
  const kernel = { release: "6.12.117", build: "#5", taint: null };
  return { name, files: Object.keys(files), kernel, dump: reader.end(), reports: [], lockdep: "on", ...rest };
}

export function documentOf(...boots: readonly Boot[]): GraphDocument {
  const graph = new LockGraph();
  for (const boot of boots) graph.add(boot);
  return graphDocument(graph);
}

export interface Written {
  /** Usage by class. */
  readonly classes?: Readonly<Record<string, string>>;
  /** `a > b`: b was taken right under a. */
  readonly dependencies?: readonly string[];
  /** `a b c`, in process context; `softirq: a b` in another. Each chain's beginnings must be written, too. */
  readonly chains?: readonly string[];
  readonly keys?: Readonly<Record<string, string>>;
}

/** What /proc would print for a small invented boot. */
export function write({
  classes = {},
  dependencies = [],
  chains = [],
  keys = {},
}: Written): Record<string, string> {
  const names = Object.keys(classes);
  const keyOf = (name: string): string =>
    keys[name] ?? `ffffffff81${(0x100000 + names.indexOf(name) * 0x40).toString(16)}`;
  const lockdep = names.map((name) => {
    const after = dependencies
      .filter((edge) => edge.startsWith(`${name} > `))
      .map((edge) => edge.split(" > ")[1] ?? "");
    return `${keyOf(name)} FD:    1 BD:    1 ${classes[name] ?? ""}: ${name}\n${after.map((to) => ` -> [${keyOf(to)}] ${to}\n`).join("")}\n`;
  });
  const lockdepChains = chains.map((chain) => {
    const [, context = "0", held = chain] = /^(\w+): (.*)$/.exec(chain) ?? [];
    return `irq_context: ${context}\n${held
      .split(" ")
      .map((name) => `[${keyOf(name)}] ${name}\n`)
      .join("")}\n`;
  });
  return {
    ...(names.length === 0 ? {} : { lockdep: `all lock classes:\n${lockdep.join("")}` }),
    ...(chains.length === 0 ? {} : { lockdep_chains: `all lock chains:\n${lockdepChains.join("")}` }),
  };
}

/** `certain: a → b`, in the order of rank. */
export function strengths({ cycles }: GraphDocument): string[] {
  return cycles.map(({ strength, classes }) => `${strength}: ${classes.join(" → ")}`);
}

export function codes({ reasons }: GraphCycle): string[] {
  return reasons.map(({ code }) => code);
}
