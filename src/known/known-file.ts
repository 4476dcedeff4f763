import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  stringify,
  visit,
} from "yaml";
import type * as z from "zod";
import { kernelRange } from "./kernel-range.ts";
import type { ListedIssue } from "./known-issues.ts";
import { KnownIssue } from "./schema.ts";

/** A file of known issues that cannot be used; the message says where and why. */
class KnownFileError extends Error {
  override readonly name = "KnownFileError";
}

interface Parsed {
  readonly document: Document;
  readonly lineOf: (node: unknown) => number;
}

/**
 * Reads a file of known issues: YAML, and so JSON.
 *
 * @param file its name, for errors
 * @throws KnownFileError
 */
export function parseKnown(file: string, text: string): ListedIssue[] {
  const { document, lineOf } = parsed(file, text);
  const { contents } = document;
  if (contents === null) return [];
  if (!isSeq(contents)) throw new KnownFileError(`${file}:${lineOf(contents)}: expected a list of entries`);
  return contents.items.map((item) => {
    const line = lineOf(item);
    if (!isMap(item)) throw new KnownFileError(`${file}:${line}: an entry names a note and what it fits`);
    const { data, error } = KnownIssue.safeParse(valueOf(item, document, `${file}:${line}`));
    if (data === undefined) throw new KnownFileError(`${file}:${line}: ${reasonOf(error)}`);
    if (data.kernel !== undefined && kernelRange(data.kernel) === null)
      throw new KnownFileError(
        `${file}:${line}: kernel: '${data.kernel}' is not a range such as <6.13 or >=6.1 <6.2`,
      );
    return { ...data, line };
  });
}

/** What an entry says, with what its aliases stand for. */
function valueOf(entry: Node, document: Document, where: string): unknown {
  try {
    return entry.toJS(document);
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new KnownFileError(`${where}: ${error.message}; a string that begins with * must be quoted`);
  }
}

/** Every scalar is text: an id such as 123456789012 or 1234567890e1 is not a number, and 6.10 is not 6.1. */
function parsed(file: string, text: string): Parsed {
  const lineCounter = new LineCounter();
  // a CR alone ends a line in YAML, and not in the library
  const document = parseDocument(text.replace(/\r(?!\n)/g, "\n"), {
    schema: "failsafe",
    lineCounter,
    prettyErrors: false,
  });
  const lineOf = (node: unknown): number => lineCounter.linePos((node as Node | null)?.range?.[0] ?? 0).line;
  const [error] = document.errors;
  if (error !== undefined)
    throw new KnownFileError(`${file}:${lineCounter.linePos(error.pos[0]).line}: ${error.message}`);
  // JSON's way to leave something out
  visit(document, {
    Pair(_key, { value }) {
      if (isScalar(value) && value.type === "PLAIN" && ["null", "~", ""].includes(String(value.value)))
        return visit.REMOVE;
      return undefined;
    },
  });
  return { document, lineOf };
}

function reasonOf(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return "no entry";
  if (issue.code === "unrecognized_keys") return `unknown key: ${issue.keys.join(", ")}`;
  const where = issue.path.join(".");
  return where === "" ? issue.message : `${where}: ${issue.message}`;
}

/**
 * The file with entries added at its end: what is there stays as it is, byte by byte, where it is a YAML list.
 *
 * @param text of the file; empty if there is none yet
 * @throws KnownFileError where the file cannot be read
 */
export function withIssues(file: string, text: string, added: readonly KnownIssue[]): string {
  const before = parseKnown(file, text);
  if (added.length === 0) return text;
  const json = jsonList(text);
  if (json !== null) return `${JSON.stringify([...json, ...added], null, 2)}\n`;
  const { document } = parsed(file, text);
  const first = isSeq(document.contents) ? document.contents : undefined;
  if (first?.flow === true) {
    for (const issue of added) first.add(document.createNode(issue));
    return document.toString({ lineWidth: 0 });
  }
  // ids of digits stay text for every reader, too
  const list = stringify(added, { lineWidth: 0, defaultKeyType: "PLAIN", defaultStringType: "QUOTE_DOUBLE" });
  const indent = " ".repeat(columnOf(text, first?.items[0]));
  const lines = list
    .trimEnd()
    .split("\n")
    .map((line) => indent + line);
  const start = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  const whole = `${start}${lines.join("\n")}\n`;
  if (parseKnown(file, whole).length !== before.length + added.length)
    throw new KnownFileError(`${file}: entries cannot be added at its end`);
  return whole;
}

function jsonList(text: string): unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** How far the dash of a list's items stands from the left. */
function columnOf(text: string, item: unknown): number {
  const start = (item as Node | undefined)?.range?.[0];
  if (start === undefined) return 0;
  const line = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  return Math.max(0, line.indexOf("-"));
}
