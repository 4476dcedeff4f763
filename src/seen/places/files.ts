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
import type { Place, PlaceType, Unit, UnitEntries } from "./place.ts";

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
    plan: async () => {
      const units = await unitsOf(roots, onDamage);
      const stamps = new Map(units.map(({ key, stamp }) => [key, stamp]));
      return {
        position: "",
        keeps: ({ key, stamp }) => stamps.get(key) === stamp,
        read: async function* (kept, count): AsyncGenerator<UnitEntries, void, undefined> {
          for (const unit of units) {
            if (kept.has(unit.key)) continue;
            const entries = await entriesOfFile(unit.key, count, onDamage);
            if (entries !== null) yield { ...unit, entries };
          }
        },
      };
    },
  };
}

/** A file is another one when any of this changes: the time of the last change of its inode cannot be set back. */
async function unitsOf(roots: readonly string[], onDamage: (error: InputError) => void): Promise<Unit[]> {
  const units: Unit[] = [];
  for (const found of findFiles(roots) ?? []) {
    if (found instanceof InputError) {
      // an empty part of a maildir is none
      if (found.reason !== "no log file in this directory") onDamage(found);
      continue;
    }
    if (isNoLog(found)) continue;
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(found.path, { bigint: true });
    units.push({ key: resolve(found.path), stamp: [dev, ino, size, mtimeNs, ctimeNs].join(" ") });
  }
  return units;
}

/** @returns null where the file cannot be read to its end: it is tried again the next time */
async function entriesOfFile(
  file: string,
  count: (items: number) => void,
  onDamage: (error: InputError) => void,
): Promise<Entry[] | null> {
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
    return entries;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    onDamage(error);
    return null;
  }
}
