import { type FileHandle, open } from "node:fs/promises";
import type { Entry } from "../entry.ts";
import type { Unit, UnitEntries } from "./place.ts";

/**
 * A file of an index: units, a line each, and after them what they are worth. A line is the unit, how many entries it
 * has, a tab, and the entries, so that those are parsed only where they are wanted. JSON has no tab.
 */
export interface SegmentEnd {
  readonly schema: "splat-triage-seen-index/1";
  readonly version: string;
  readonly place: string;
  /** Of this segment; unique. */
  readonly id: string;
  /** The segment that this one follows; null: the first. */
  readonly after: string | null;
  /** Units of the segments before that are true no more. */
  readonly gone: readonly string[];
  /** How far the place is read with this segment. */
  readonly position: string;
  /** How many entries are true with this segment, and what could not be read. */
  readonly entries: number;
  readonly unread: number;
}

/** A unit, and how many entries it has. */
export interface CountedUnit extends Unit {
  readonly count: number;
  readonly unread: number;
}

/** The last line of a segment: where its end begins. */
const FOOTER = 16;

/** A segment that is there, whole; it stays readable whatever happens to the file's name. */
export class Segment {
  readonly end: SegmentEnd;
  readonly #file: FileHandle;
  /** Bytes of the units. */
  readonly size: number;

  private constructor(file: FileHandle, end: SegmentEnd, size: number) {
    this.#file = file;
    this.end = end;
    this.size = size;
  }

  /** @returns null if there is none, or somebody else wrote into it */
  static async open(path: string): Promise<Segment | null> {
    let file: FileHandle;
    try {
      file = await open(path);
    } catch {
      return null;
    }
    try {
      const { size } = await file.stat();
      const start = Number(await textOf(file, size - FOOTER - 1, size));
      const end: unknown = JSON.parse(await textOf(file, start, size - FOOTER - 1));
      if (isEnd(end)) return new Segment(file, end, start);
    } catch {
      // as good as none
    }
    await file.close();
    return null;
  }

  /** @throws DamagedIndex where a line is none of ours */
  async *units(): AsyncGenerator<CountedUnit, void, undefined> {
    for await (const line of this.#lines()) yield unitOf(line);
  }

  /** @throws DamagedIndex where a line is none of ours */
  async *entries(isLeftOut: (key: string) => boolean): AsyncGenerator<Entry, void, undefined> {
    for await (const line of this.#lines()) if (!isLeftOut(unitOf(line).key)) yield* entriesOf(line);
  }

  /** Lines as they stand, for another segment. */
  async *lines(isLeftOut: (key: string) => boolean): AsyncGenerator<Buffer, void, undefined> {
    for await (const line of this.#lines()) if (!isLeftOut(unitOf(line).key)) yield line;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async *#lines(): AsyncGenerator<Buffer, void, undefined> {
    if (this.size === 0) return;
    let rest = Buffer.alloc(0);
    const chunks = this.#file.createReadStream({ start: 0, end: this.size - 1, autoClose: false });
    // no readline: it ends lines where JSON does not
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      const buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let start = 0;
      for (let end = buffer.indexOf(NEWLINE); end >= 0; end = buffer.indexOf(NEWLINE, start)) {
        yield buffer.subarray(start, end);
        start = end + 1;
      }
      rest = Buffer.from(buffer.subarray(start));
    }
  }
}

const NEWLINE = 0x0a;
const TAB = 0x09;

/** Somebody else wrote into an index. */
export class DamagedIndex extends Error {}

async function textOf(file: FileHandle, start: number, end: number): Promise<string> {
  const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
  return buffer.toString("utf8");
}

function isEnd(value: unknown): value is SegmentEnd {
  return (
    typeof value === "object" &&
    value !== null &&
    "schema" in value &&
    value.schema === "splat-triage-seen-index/1"
  );
}

function unitOf(line: Buffer): CountedUnit {
  const value = parsed(line.toString("utf8", 0, Math.max(0, line.indexOf(TAB))));
  if (typeof value === "object" && value !== null && "key" in value) return value as CountedUnit;
  throw new DamagedIndex();
}

function entriesOf(line: Buffer): readonly Entry[] {
  const value = parsed(line.toString("utf8", line.indexOf(TAB) + 1));
  if (Array.isArray(value)) return value as readonly Entry[];
  throw new DamagedIndex();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new DamagedIndex();
  }
}

/** Writes a segment: units first, then the end. */
export class SegmentWriter {
  readonly #file: FileHandle;
  /** Bytes of the units. */
  size = 0;
  /** How many entries the units have that were put. */
  entries = 0;
  /** What of them could not be read. */
  unread = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string): Promise<SegmentWriter> {
    return new SegmentWriter(await open(path, "wx", 0o600));
  }

  async put({ key, stamp, entries, unread }: UnitEntries): Promise<void> {
    const unit: CountedUnit = { key, stamp, count: entries.length, unread };
    this.entries += entries.length;
    this.unread += unread;
    await this.copy(Buffer.from(`${JSON.stringify(unit)}\t${JSON.stringify(entries)}`));
  }

  /** @param line of another segment */
  async copy(line: Buffer): Promise<void> {
    await this.#file.appendFile(Buffer.concat([line, Buffer.of(NEWLINE)]));
    this.size += line.length + 1;
  }

  async finish(end: SegmentEnd): Promise<void> {
    const footer = String(this.size).padStart(FOOTER, "0");
    await this.#file.appendFile(`${JSON.stringify(end)}\n${footer}`);
    await this.close();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
