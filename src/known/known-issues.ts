import { classesAbout } from "../identity/about.ts";
import type { Known, Report } from "../report/schema.ts";
import { comparableClass } from "../symbols/class-names.ts";
import { kernelRange } from "./kernel-range.ts";
import type { KnownIssue } from "./schema.ts";
import { wildcard } from "./wildcard.ts";

/** An entry, and where it is. */
export interface ListedIssue extends KnownIssue {
  /** 1-based line of the file. */
  readonly line: number;
}

/** A file of known issues, as plain data: threads are given it. */
export interface KnownList {
  /** The file, as given. */
  readonly file: string;
  /** YYYY-MM-DD: what expired before hides nothing. */
  readonly today: string;
  readonly issues: readonly ListedIssue[];
}

/** An entry that hides nothing. */
export interface IdleIssue {
  readonly issue: ListedIssue;
  readonly why: "expired" | "stale";
}

type Fits = (report: Report) => boolean;

/** Tells which reports are known. */
export class KnownIssues {
  readonly list: KnownList;
  readonly #fits: readonly Fits[];

  constructor(list: KnownList) {
    this.list = list;
    this.#fits = list.issues.map((issue) => (isExpired(issue, list.today) ? () => false : fits(issue)));
  }

  /** The report with the first entry that fits it. */
  mark(report: Report): Report {
    const entry = this.#fits.findIndex((isFit) => isFit(report));
    const issue = this.list.issues[entry];
    const known: Known | null =
      issue === undefined
        ? null
        : { entry, note: issue.note, ...(issue.link === undefined ? {} : { link: issue.link }) };
    return { ...report, known };
  }

  /**
   * The entries that hid nothing, for whoever keeps the file.
   *
   * @param reports all that were found, marked
   */
  idle(reports: Iterable<Pick<Report, "known">>): IdleIssue[] {
    const used = new Set(Array.from(reports, ({ known }) => known?.entry));
    return this.list.issues.flatMap((issue, entry): IdleIssue[] => {
      if (isExpired(issue, this.list.today)) return [{ issue, why: "expired" }];
      return used.has(entry) ? [] : [{ issue, why: "stale" }];
    });
  }
}

function isExpired({ expires }: KnownIssue, today: string): boolean {
  return expires !== undefined && expires < today;
}

/** Whether a report has all that is named. */
export function fits(issue: Pick<KnownIssue, "id" | "kind" | "title" | "class" | "kernel">): Fits {
  const conditions: Fits[] = [];
  const { id, title, class: named, kind, kernel } = issue;
  if (id !== undefined) conditions.push((report) => report.id === id);
  if (kind !== undefined) conditions.push((report) => report.kind === kind);
  if (title !== undefined) {
    const isTitle = wildcard(title);
    conditions.push((report) => isTitle(report.title));
  }
  if (named !== undefined) {
    const isClass = wildcard(named.includes("*") ? named : comparableClass(named));
    conditions.push((report) =>
      classesAbout(report).some((name) => isClass(comparableClass(name)) || isClass(name)),
    );
  }
  if (kernel !== undefined) {
    const range = kernelRange(kernel);
    // of a report without a release nothing is known
    conditions.push(({ kernel: ran }) => ran !== null && range?.(ran.release) === true);
  }
  return (report) => conditions.every((holds) => holds(report));
}
