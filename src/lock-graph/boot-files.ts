import type { Boot } from "./index.ts";
import { type DumpFile, DumpReader, dumpFileOf } from "./proc/index.ts";
import type { Document } from "../report/schema.ts";
import type { Input } from "../triage/read-source.ts";

/**
 * Reads a log as far as that goes; given from outside, so that whoever reads dumps alone does not load it twice.
 * `failure` is what reading threw.
 */
export type ReadLog = (
  input: Input,
) => Promise<{ readonly document: Document; readonly failure: { readonly error: unknown } | null }>;

/** So much of a file tells what it is. */
const HEAD_BYTES = 16 * 1024;

interface OpenDump {
  readonly reader: DumpReader;
  readonly directory: string;
  /** What the names of a boot's files share, as `ab` of ab.lockdep; empty where they are named as in /proc. */
  readonly stem: string;
  readonly files: string[];
  readonly logs: Log[];
}

interface Log {
  readonly name: string;
  readonly document: Document;
}

/**
 * Sorts files into boots: copies of /proc/lockdep, /proc/lockdep_chains and /proc/lockdep_stats that are in one
 * directory are one boot, and so is a log beside them. Other logs are a boot each. What a file is, its beginning
 * tells, not its name.
 */
export class BootFiles {
  readonly #dumps: OpenDump[] = [];
  readonly #logs: Log[] = [];
  readonly #readLog: ReadLog;

  constructor(readLog: ReadLog) {
    this.#readLog = readLog;
  }

  /** @throws whatever reading the input throws; what was read until then stays */
  async add({ name, chunks }: Input): Promise<void> {
    const { head, rest } = await peek(chunks);
    const file = dumpFileOf(linesOf(head));
    if (file !== null) await this.#dumpFor(name, file).reader.read(file, rest());
    else {
      const { document, failure } = await this.#readLog({ name, chunks: rest() });
      this.#logs.push({ name, document });
      if (failure !== null) throw failure.error;
    }
  }

  /**
   * Gives the boots: those with a dump first, each group in the order in which it was read. A dump is forgotten when
   * the next boot is asked for.
   */
  *boots(): Generator<Boot, void, undefined> {
    const lone: Log[] = [];
    for (const log of this.#logs) {
      const dump = this.#dumpOf(log.name);
      if (dump === null) lone.push(log);
      else dump.logs.push(log);
    }
    const names = uniqueNames([
      ...this.#dumps.map(named),
      ...lone.map(({ name }) => ({ name, files: [name] })),
    ]);
    for (const [i, name] of names.entries()) {
      const dump = this.#dumps.shift();
      const log = dump === undefined ? lone[i - (names.length - lone.length)] : undefined;
      if (dump !== undefined) yield { ...bootOf(dump.logs), ...named(dump), name, dump: dump.reader.end() };
      else if (log !== undefined) yield { ...bootOf([log]), name, files: [log.name], dump: null };
    }
  }

  #dumpFor(name: string, file: DumpFile): OpenDump {
    const { directory, base } = split(name);
    const stem = stemOf(base);
    const known = this.#dumps.find(
      (dump) => dump.directory === directory && dump.stem === stem && !dump.reader.has(file),
    );
    if (known !== undefined) {
      known.files.push(name);
      return known;
    }
    const dump = { reader: new DumpReader(), directory, stem, files: [name], logs: [] };
    this.#dumps.push(dump);
    return dump;
  }

  /** The only dump of its directory, or the one whose name it begins with. */
  #dumpOf(log: string): OpenDump | null {
    const { directory, base } = split(log);
    const beside = this.#dumps.filter((dump) => dump.directory === directory);
    if (log === "-") return null;
    if (beside.length === 1) return beside[0] ?? null;
    return beside.find(({ stem }) => stem !== "" && base.startsWith(stem)) ?? null;
  }
}

/** Whether a file is a copy of /proc/lockdep or one of its neighbours: by its beginning. */
export async function isDump({ chunks }: Input): Promise<boolean> {
  const { head } = await peek(chunks);
  return dumpFileOf(linesOf(head)) !== null;
}

/** Reads until it is clear what it is, and gives all of it again. */
async function peek(
  chunks: Input["chunks"],
): Promise<{ head: Buffer; rest: () => AsyncIterable<Uint8Array> }> {
  const iterator =
    Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  let failure: Error | null = null;
  while (length < HEAD_BYTES) {
    try {
      const next = await iterator.next();
      if (next.done === true) break;
      first.push(next.value);
      length += next.value.length;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      break;
    }
  }
  async function* rest(): AsyncGenerator<Uint8Array, void, undefined> {
    yield* first;
    if (failure !== null) throw failure;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { head: Buffer.concat(first).subarray(0, HEAD_BYTES), rest };
}

function linesOf(head: Buffer): string[] {
  return head.toString("latin1").split(/\r?\n/);
}

/** The name as it was given is kept: it may begin with ./ or be a path of another system. */
function split(path: string): { directory: string; base: string } {
  const slash = path.lastIndexOf("/");
  return { directory: path.slice(0, Math.max(0, slash)), base: path.slice(slash + 1) };
}

const PACKED = /\.(?:gz|xz|zst|bz2)$/;
const TEXT = /\.(?:txt|log|dump)$/;
const PROC_NAME = /[._-]?(?:proc[._-])?lockdep(?:[._-](?:chains|stats))?[._-]?/;

function stemOf(base: string): string {
  return base.replace(PACKED, "").replace(TEXT, "").replace(PROC_NAME, "");
}

function named({ directory, stem, files, logs }: OpenDump): Pick<Boot, "name" | "files"> {
  const { base } = split(directory);
  const own = base === "" || base === "." || base === ".." ? (files[0] ?? "-") : base;
  return { name: stem === "" ? own : stem, files: [...files, ...logs.map(({ name }) => name)] };
}

function bootOf(logs: readonly Log[]): Pick<Boot, "kernel" | "reports" | "lockdep"> {
  const sources = logs.flatMap(({ document }) => document.sources);
  const kernels = sources.flatMap((source) => source.kernels);
  const states = new Set(sources.map(({ lockdep }) => lockdep.state));
  return {
    // of several boots in one log the dump is of the last
    kernel: kernels.at(-1) ?? null,
    reports: logs.flatMap(({ document }) => document.reports),
    lockdep: states.has("off") ? "off" : states.has("on") ? "on" : "unknown",
  };
}

/** Boots that would have one name are distinguished by their first file. */
function uniqueNames(boots: readonly Pick<Boot, "name" | "files">[]): string[] {
  const counts = new Map<string, number>();
  for (const { name } of boots) counts.set(name, (counts.get(name) ?? 0) + 1);
  return boots.map(({ name, files }) => ((counts.get(name) ?? 0) > 1 ? (files[0] ?? name) : name));
}
