import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { type InputError, toInputError } from "../../read/inputs/input-error.ts";
import { Mailbox } from "../../read/recode/mailbox.ts";
import type { Entry } from "../entry.ts";
import { entriesOfMails } from "./mails.ts";
import type { Place, UnitEntries } from "./place.ts";

/**
 * How far a mailbox was read. Mails are appended to it, so that what stands before its last mail, which may have been
 * under way, is still there when it has grown; that it is, the digest tells.
 */
interface Position {
  /** Of the file, in a state that cannot come back. */
  readonly stamp: string;
  /** Where its last mail began. */
  readonly bytes: number;
  /** SHA-256 of all before, hexadecimal. */
  readonly digest: string;
}

/** A part of the file. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * An mbox that is not compressed: one that grew is read from where its last mail began.
 *
 * @param onDamage is told of what cannot be read to its end
 */
export function mboxPlace(path: string, onDamage: (error: InputError) => void): Place {
  return {
    path,
    type: "mbox",
    plan: async (position) => {
      const { stamp, size } = await stateOf(path);
      const before = positionOf(position);
      const isUnchanged = before?.stamp === stamp;
      const measured = isUnchanged ? null : await measure(path, size, before);
      const now: Position = isUnchanged ? before : { stamp, bytes: 0, digest: "", ...measured?.settled };
      const sure = isUnchanged || measured?.isGrown === true ? (before?.bytes ?? 0) : 0;
      return {
        position: JSON.stringify(now),
        keeps: (unit) => {
          const range = rangeOf(unit.key);
          return range === null ? unit.stamp === stamp : range.end <= sure;
        },
        read: async function* (kept, count): AsyncGenerator<UnitEntries, void, undefined> {
          for (const range of gaps(kept, now.bytes)) {
            const entries = await entriesOf(path, range, count, onDamage);
            if (entries !== null) yield { key: keyOf(range), stamp: "", entries };
          }
          if (kept.has(LAST)) return;
          const entries = await entriesOf(path, { start: now.bytes, end: size }, count, onDamage);
          if (entries !== null) yield { key: LAST, stamp, entries };
        },
      };
    },
  };
}

/** The key of the last mail; what came before it has its bytes for one. */
const LAST = "last";

function keyOf({ start, end }: Range): string {
  return `${start}-${end}`;
}

function rangeOf(key: string): Range | null {
  const [, start, end] = /^(\d{1,16})-(\d{1,16})$/.exec(key) ?? [];
  return start === undefined || end === undefined ? null : { start: Number(start), end: Number(end) };
}

/** What is left of the first bytes between the parts that are known. */
function gaps(keys: Iterable<string>, bytes: number): Range[] {
  const known = [...keys].flatMap((key) => rangeOf(key) ?? []).toSorted((a, b) => a.start - b.start);
  const left: Range[] = [];
  let at = 0;
  for (const { start, end } of [...known, { start: bytes, end: bytes }]) {
    if (start > at) left.push({ start: at, end: start });
    at = Math.max(at, end);
  }
  return left;
}

/** The time of the last change of an inode cannot be set back. */
async function stateOf(path: string): Promise<{ readonly stamp: string; readonly size: number }> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return { stamp: [dev, ino, size, mtimeNs, ctimeNs].join(" "), size: Number(size) };
  } catch (error) {
    throw toInputError(path, error);
  }
}

function positionOf(text: string | null): Position | null {
  if (text === null || text === "") return null;
  const value: unknown = JSON.parse(text);
  return isPosition(value) ? value : null;
}

function isPosition(value: unknown): value is Position {
  return typeof value === "object" && value !== null && "digest" in value && "stamp" in value;
}

interface Measured {
  readonly settled: Omit<Position, "stamp">;
  /** Whether all that was settled before is still there. */
  readonly isGrown: boolean;
}

/** Finds the beginning of the last mail. */
async function measure(path: string, size: number, before: Position | null): Promise<Measured> {
  const mailbox = new Mailbox();
  const hash = createHash("sha256");
  let bytes = 0;
  let settled: { readonly bytes: number; readonly hash: Hash } = { bytes: 0, hash: hash.copy() };
  let isGrown = false;
  const take = (mails: ReturnType<Mailbox["push"]>): void => {
    for (const mail of mails) {
      if (!mail.isRest) {
        settled = { bytes, hash: hash.copy() };
        if (bytes === before?.bytes) isGrown = hash.copy().digest("hex") === before.digest;
      }
      hash.update(mail.bytes);
      bytes += mail.bytes.length;
    }
  };
  try {
    for await (const chunk of bytesOf(path, { start: 0, end: size })) take(mailbox.push(chunk));
  } catch (error) {
    throw toInputError(path, error);
  }
  take(mailbox.end());
  return { settled: { bytes: settled.bytes, digest: settled.hash.digest("hex") }, isGrown };
}

async function* bytesOf(path: string, { start, end }: Range): AsyncGenerator<Buffer, void, undefined> {
  if (start < end) yield* createReadStream(path, { start, end: end - 1 }) as AsyncIterable<Buffer>;
}

/** @returns null where it cannot be read to its end: it is tried again the next time */
async function entriesOf(
  path: string,
  range: Range,
  count: (items: number) => void,
  onDamage: (error: InputError) => void,
): Promise<Entry[] | null> {
  try {
    return (await entriesOfMails(bytesOf(path, range), path, count)) ?? [];
  } catch (error) {
    onDamage(toInputError(path, error));
    return null;
  }
}
