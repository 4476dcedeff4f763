import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { isPacked } from "../../read/inputs/compression.ts";
import { InputError, openInputs } from "../../read/inputs/index.ts";
import { toInputError } from "../../read/inputs/input-error.ts";
import { ENVELOPE } from "../../read/recode/mail-header.ts";
import { Mailbox } from "../../read/recode/mailbox.ts";
import { entriesOfMails } from "./mails.ts";
import { type Found, NOTHING, type Unit, type UnitEntries } from "./place.ts";

/**
 * How far a mailbox was read, which is the stamp of its last part. Mails are appended to a mailbox, so that what stands
 * before its last mail, which may have been under way, is still there when it has grown; that it is, the digest tells.
 */
interface Position {
  /** Of the file, in a state that cannot come back. */
  readonly stamp: string;
  /** Where its last mail began, of the file unpacked. */
  readonly bytes: number;
  /** SHA-256 of all before, hexadecimal. */
  readonly digest: string;
}

/** A part of the file. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Whether a file, unpacked, is an mbox in no other encoding: its bytes are those of its mails. */
export async function isMailbox(path: string): Promise<boolean> {
  for await (const head of bytesOf(path, { start: 0, end: LONGEST_ENVELOPE }))
    return ENVELOPE.test(Buffer.from(head).toString("latin1").split("\n", 1)[0] ?? "");
  return false;
}

const LONGEST_ENVELOPE = 512;

/** What an index has of a mailbox, part by part, and what of it is still true. */
export class KnownMailbox {
  readonly #path: string;
  readonly #ranges: Range[] = [];
  #last: Position | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** The path of the mailbox of which this unit is a part; null: it is not a part of one. */
  static pathOf(key: string): string | null {
    const at = key.indexOf(BETWEEN);
    return at < 0 ? null : key.slice(0, at);
  }

  add({ key, stamp }: Unit): void {
    const range = rangeOf(key);
    if (range === null) this.#last = positionOf(stamp);
    else this.#ranges.push(range);
  }

  /** The parts that are not as they were, of which nothing is known from now on. */
  async forget(stamp: string): Promise<string[]> {
    if (this.#last?.stamp === stamp) return [];
    const before = this.#last;
    const digest = before === null ? null : await digestOf(this.#path, before.bytes);
    // what was settled is still there
    const settled = digest === before?.digest ? (before?.bytes ?? 0) : 0;
    const gone = this.#ranges.filter(({ end }) => end > settled);
    const kept = this.#ranges.filter(({ end }) => end <= settled);
    this.#ranges.splice(0, this.#ranges.length, ...kept);
    this.#last = null;
    return [keyOf(this.#path, null), ...gone.map((range) => keyOf(this.#path, range))];
  }

  /** Reads what is not known. */
  async *read(
    stamp: string,
    count: (items: number) => void,
    onDamage: (error: InputError) => void,
  ): AsyncGenerator<UnitEntries, void, undefined> {
    const path = this.#path;
    const position = this.#last ?? { stamp, ...(await settledOf(path)) };
    for (const range of gaps(this.#ranges, position.bytes)) {
      const found = await foundIn(path, range, count, onDamage);
      if (found !== null) yield { key: keyOf(path, range), stamp: "", ...found };
    }
    if (this.#last !== null) return;
    const found = await foundIn(
      path,
      { start: position.bytes, end: Number.POSITIVE_INFINITY },
      count,
      onDamage,
    );
    if (found !== null) yield { key: keyOf(path, null), stamp: JSON.stringify(position), ...found };
  }
}

/** Stands in no path. */
const BETWEEN = "\0";

/** @param range null: the last mail */
function keyOf(path: string, range: Range | null): string {
  return `${path}${BETWEEN}${range === null ? "" : `${range.start}-${range.end}`}`;
}

function rangeOf(key: string): Range | null {
  const [, start, end] = /\0(\d{1,16})-(\d{1,16})$/.exec(key) ?? [];
  return start === undefined || end === undefined ? null : { start: Number(start), end: Number(end) };
}

/** What is left of the first bytes between the parts that are known. */
function gaps(ranges: readonly Range[], bytes: number): Range[] {
  const known = ranges.toSorted((a, b) => a.start - b.start);
  const left: Range[] = [];
  let at = 0;
  for (const { start, end } of [...known, { start: bytes, end: bytes }]) {
    if (start > at) left.push({ start: at, end: start });
    at = Math.max(at, end);
  }
  return left;
}

function positionOf(stamp: string): Position | null {
  try {
    const value: unknown = JSON.parse(stamp);
    return isPosition(value) ? value : null;
  } catch {
    return null;
  }
}

function isPosition(value: unknown): value is Position {
  return typeof value === "object" && value !== null && "digest" in value && "stamp" in value;
}

/** null if the file cannot be read so far. */
async function digestOf(path: string, bytes: number): Promise<string | null> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of bytesOf(path, { start: 0, end: bytes })) hash.update(chunk);
    return hash.digest("hex");
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** Finds the beginning of the last mail. */
async function settledOf(path: string): Promise<Omit<Position, "stamp">> {
  const mailbox = new Mailbox();
  const hash = createHash("sha256");
  let bytes = 0;
  let settled: { readonly bytes: number; readonly hash: Hash } = { bytes: 0, hash: hash.copy() };
  const take = (mails: ReturnType<Mailbox["push"]>): void => {
    for (const mail of mails) {
      if (!mail.isRest) settled = { bytes, hash: hash.copy() };
      hash.update(mail.bytes);
      bytes += mail.bytes.length;
    }
  };
  for await (const chunk of bytesOf(path, { start: 0, end: Number.POSITIVE_INFINITY }))
    take(mailbox.push(chunk));
  take(mailbox.end());
  return { bytes: settled.bytes, digest: settled.hash.digest("hex") };
}

/**
 * A part of a file, unpacked if it is packed: of such a one all before has to be unpacked, too.
 *
 * @throws InputError
 */
async function* bytesOf(path: string, { start, end }: Range): AsyncGenerator<Uint8Array, void, undefined> {
  if (start === end) return;
  if (!(await isPackedFile(path))) {
    yield* plainBytesOf(path, { start, end: end - 1 });
    return;
  }
  let at = 0;
  for await (const input of openInputs([path], Readable.from([]))) {
    if (input instanceof InputError) throw input;
    for await (const chunk of input.chunks) {
      const piece = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
      at += chunk.length;
      if (piece.length > 0) yield piece;
      if (at >= end) return;
    }
  }
}

async function isPackedFile(path: string): Promise<boolean> {
  for await (const head of plainBytesOf(path, { start: 0, end: 15 })) return isPacked(head);
  return false;
}

/** @param range with its end, which is the last byte */
async function* plainBytesOf(path: string, range: Range): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* createReadStream(path, range) as AsyncIterable<Buffer>;
  } catch (error) {
    throw toInputError(path, error);
  }
}

/** @returns null if it cannot be read to its end: it is tried again the next time */
async function foundIn(
  path: string,
  range: Range,
  count: (items: number) => void,
  onDamage: (error: InputError) => void,
): Promise<Found | null> {
  try {
    return (await entriesOfMails(bytesOf(path, range), path, count)) ?? NOTHING;
  } catch (error) {
    onDamage(toInputError(path, error));
    return null;
  }
}
