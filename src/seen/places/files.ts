import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { gistOf } from "../../identity/gist.ts";
import { findFiles, InputError, isNoLog, openInputs } from "../../read/inputs/index.ts";
import type { Report } from "../../report/schema.ts";
import { readSource } from "../../triage/read-source.ts";
import type { Entry } from "../entry.ts";
import type { Where } from "../schema.ts";
import { entriesOfMails } from "./mails.ts";
import { isMailbox, KnownMailbox } from "./mailbox.ts";
import type { Found, Place, PlaceType, UnitEntries } from "./place.ts";

/** Files: an mbox, a maildir, a directory of logs; what each file is, its first bytes say. */
export function filesPlace(
  path: string,
  type: PlaceType,
  roots: readonly string[],
  onDamage: (error: InputError) => void,
): Place {
  return {
    path,
    type,
    plan: async (indexed) => {
      const files = await filesOf(roots, onDamage);
      const gone = new Set<string>();
      const whole = new Set<string>();
      const mailboxes = new Map<string, KnownMailbox>();
      for await (const unit of indexed?.units() ?? []) {
        const file = KnownMailbox.pathOf(unit.key);
        if (file === null && files.get(unit.key) === unit.stamp) whole.add(unit.key);
        else if (file === null || !files.has(file)) gone.add(unit.key);
        else {
          const mailbox = mailboxes.get(file) ?? new KnownMailbox(file);
          mailboxes.set(file, mailbox);
          mailbox.add(unit);
        }
      }
      for (const [file, mailbox] of mailboxes) {
        const stamp = files.get(file);
        if (stamp !== undefined) for (const key of await mailbox.forget(stamp)) gone.add(key);
      }
      return {
        position: "",
        gone,
        read: async function* (count): AsyncGenerator<UnitEntries, void, undefined> {
          for (const [file, stamp] of files)
            if (!whole.has(file)) yield* unitsOf(file, stamp, mailboxes.get(file) ?? null, count, onDamage);
        },
      };
    },
  };
}

/** The stamp of each file: it is another one when any of this changes: the time of the last change of its inode cannot be set back. */
async function filesOf(
  roots: readonly string[],
  onDamage: (error: InputError) => void,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const found of findFiles(roots) ?? []) {
    if (found instanceof InputError) {
      // an empty part of a maildir is none
      if (found.reason !== "no log file in this directory") onDamage(found);
      continue;
    }
    if (isNoLog(found)) continue;
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(found.path, { bigint: true });
    files.set(resolve(found.path), [dev, ino, size, mtimeNs, ctimeNs].join(" "));
  }
  return files;
}

/** Reads what is not known of a file: all of it, or of a mailbox what came to it. */
async function* unitsOf(
  file: string,
  stamp: string,
  known: KnownMailbox | null,
  count: (items: number) => void,
  onDamage: (error: InputError) => void,
): AsyncGenerator<UnitEntries, void, undefined> {
  let mailbox = known;
  try {
    if (await isMailbox(file)) mailbox ??= new KnownMailbox(file);
    else mailbox = null;
    if (mailbox !== null) {
      yield* mailbox.read(stamp, count, onDamage);
      return;
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    onDamage(error);
    return;
  }
  const found = await foundInFile(file, count, onDamage);
  if (found !== null) yield { key: file, stamp, ...found };
}

/** @returns null if the file cannot be read to its end: it is tried again the next time */
async function foundInFile(
  file: string,
  count: (items: number) => void,
  onDamage: (error: InputError) => void,
): Promise<Found | null> {
  const entries: Entry[] = [];
  try {
    for await (const input of openInputs([file], Readable.from([]))) {
      if (input instanceof InputError) throw input;
      const ofMails = await entriesOfMails(input.chunks, file, count);
      if (ofMails !== null) return ofMails;
    }
    for await (const input of openInputs([file], Readable.from([]))) {
      if (input instanceof InputError) throw input;
      const where: Where = {
        type: "log",
        ref: file,
        thread: null,
        date: (await stat(file)).mtime.toISOString(),
        subject: null,
        release: null,
        mends: false,
      };
      const { kept, failure } = await readSource<Report>(input, 0, [], (report) => report);
      count(1);
      entries.push(...kept.map((report): Entry => ({ where, gist: gistOf(report), mention: null })));
      if (failure !== null) throw failure.error;
    }
    return { entries, unread: 0 };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    onDamage(error);
    return null;
  }
}
