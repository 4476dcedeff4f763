import { COMMITS, entriesOfCommit, wordsOf } from "../catalogue/index.ts";
import type { JournalReport } from "./journal.ts";
import type { Touch } from "../report/code-schema.ts";

/** What commits have to do with a report: by the catalogue, and by what they change. */

/** The code of a report: what a change may touch. */
export interface Sites {
  readonly functions: ReadonlySet<string>;
  readonly files: ReadonlySet<string>;
  readonly annotations: ReadonlySet<string>;
}

/** All reports of a journal are of one bug, perhaps seen from several sides. */
export function sitesOf(reports: readonly JournalReport[]): Sites {
  return {
    functions: new Set(reports.flatMap(({ functions }) => functions)),
    files: new Set(reports.flatMap(({ files }) => files)),
    annotations: new Set(reports.flatMap(({ annotations }) => annotations)),
  };
}

/** Digits of a hash in the catalogue. */
const DIGITS = 12;

type CatalogueTouch = Extract<Touch, { code: "catalogue" }>;

/** The commits that the catalogue names for the annotations of a report. */
export class CatalogueTouches {
  readonly #bySha = new Map<string, CatalogueTouch[]>();
  readonly #bySubject = new Map<string, CatalogueTouch[]>();

  constructor({ annotations }: Sites) {
    for (const [sha, { subject }] of Object.entries(COMMITS))
      for (const { annotation, role } of entriesOfCommit(sha)) {
        if (!annotations.has(annotation.id)) continue;
        const touch = { code: "catalogue" as const, annotation: annotation.id, role };
        append(this.#bySha, sha, { ...touch, by: "sha" });
        append(this.#bySubject, plainSubject(subject), { ...touch, by: "subject" });
      }
  }

  /** By the hash; else by the subject, which a backport keeps. */
  of(sha: string, subject: string): readonly Touch[] {
    return this.#bySha.get(sha.slice(0, DIGITS)) ?? this.#bySubject.get(plainSubject(subject)) ?? [];
  }
}

function append(map: Map<string, CatalogueTouch[]>, key: string, touch: CatalogueTouch): void {
  const touches = map.get(key);
  if (touches === undefined) map.set(key, [touch]);
  // versions of one patch share their subject
  else if (!touches.some(({ annotation, role }) => annotation === touch.annotation && role === touch.role))
    touches.push(touch);
}

function plainSubject(subject: string): string {
  return wordsOf(subject).join(" ");
}

/** A name that is called, defined or declared here. */
const CALLED = /\b[A-Za-z_]\w{0,127}(?=\s?\()/g;

/** Longer lines are no code that a person wrote. */
const LONGEST_LINE = 4096;

/** Reads the output of `git diff-tree --stdin -p -U0`, line by line. */
export class TouchReader {
  readonly #sites: Sites;
  readonly #found = new Map<string, { functions: Set<string>; calls: Set<string>; files: Set<string> }>();
  #commit: string | null = null;
  #inHunk = false;

  constructor(sites: Sites) {
    this.#sites = sites;
  }

  /** The commits whose changes were seen, at least in part. */
  get seen(): number {
    return this.#found.size;
  }

  line(text: string): void {
    if (/^[0-9a-f]{40,64}$/.test(text)) {
      this.#commit = text;
      this.#inHunk = false;
      if (!this.#found.has(text))
        this.#found.set(text, { functions: new Set(), calls: new Set(), files: new Set() });
      return;
    }
    const found = this.#commit === null ? undefined : this.#found.get(this.#commit);
    if (found === undefined) return;
    if (text.startsWith("diff --")) {
      this.#inHunk = false;
      return;
    }
    const hunk = /^(@@+) [^@]{1,200} \1(.*)$/.exec(text);
    if (hunk !== null) {
      this.#inHunk = true;
      const within = definedIn(hunk[2] ?? "");
      if (within !== null && this.#sites.functions.has(within)) found.functions.add(within);
      return;
    }
    if (!this.#inHunk) {
      const file = /^(?:---|\+\+\+) [ab]\/(.*?)\t?$/.exec(text)?.[1];
      if (file !== undefined && this.#sites.files.has(file)) found.files.add(file);
      return;
    }
    for (const name of this.#named(text)) if (!found.functions.has(name)) found.calls.add(name);
  }

  /** Of a commit that was seen; null of any other. */
  touches(sha: string): Touch[] | null {
    const found = this.#found.get(sha);
    if (found === undefined) return null;
    const { functions, files } = found;
    const calls = [...found.calls].filter((name) => !functions.has(name));
    return [
      ...(functions.size > 0 ? [{ code: "function" as const, functions: [...functions] }] : []),
      ...(calls.length > 0 ? [{ code: "call" as const, functions: calls }] : []),
      ...(files.size > 0 ? [{ code: "file" as const, files: [...files] }] : []),
    ];
  }

  #named(text: string): string[] {
    const { functions } = this.#sites;
    return [...text.slice(0, LONGEST_LINE).matchAll(CALLED)]
      .map(([name]) => name)
      .filter((name) => functions.has(name));
  }
}

/**
 * The function that a hunk is in: git shows the last line above it that begins at the left edge. Of a hunk right
 * below a function that is the function, too.
 */
function definedIn(header: string): string | null {
  for (const [name] of header.slice(0, LONGEST_LINE).matchAll(CALLED))
    if (!name.startsWith("__")) return name;
  return /\b(\w{1,128})\s?\(/.exec(header)?.[1] ?? null;
}
