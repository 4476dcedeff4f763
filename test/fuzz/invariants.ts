import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { HEADLINES } from "../../grammar/lines.ts";
import { isCorrupted } from "../../src/identity/title.ts";
import { diff } from "../../src/compare/diff.ts";
import { Diff } from "../../src/compare/diff-schema.ts";
import { targetOf } from "../../src/compare/target.ts";
import { verdictOn } from "../../src/compare/verdict.ts";
import { verdictText } from "../../src/render/bisect/verdict-prose.ts";
import { formatsOf, render } from "../../src/render/formats.ts";
import { jsonText } from "../../src/render/words/json.ts";
import { Document, type Report, type Source } from "../../src/report/schema.ts";
import { triage } from "../../src/triage/triage.ts";
import { readAgain } from "../support/printed.ts";

/**
 * What must hold whatever a log holds: for the damaged logs of every test run as for those that a fuzzer guided by
 * coverage makes. It throws where something does not.
 */

/** What a terminal, or a browser, would obey or hide; a line break is ours, and the kernel prints tabs, too. */
const HARMFUL = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Triages bytes as one log, in chunks of a size. */
export async function readInChunks(bytes: Uint8Array, size: number): Promise<Document> {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += Math.max(1, size)) chunks.push(bytes.subarray(at, at + size));
  return triage([{ name: "dmesg.txt", chunks }]);
}

/** A text that a person or a program gets to see. */
export function assertHarmless(text: string, what: string): void {
  assert.equal(HARMFUL.exec(text), null, `${what} holds what must be escaped`);
}

/**
 * A log, everything that is written of it, and what is left of it when it is cut.
 *
 * @param document what was read of it, in chunks of whatever size
 */
export async function assertLog(bytes: Uint8Array, document: Document): Promise<void> {
  assert.deepEqual(await readInChunks(bytes, bytes.length), document, "the chunks make a difference");
  assert.deepEqual(Document.parse(JSON.parse(jsonText(document))), document, "the JSON is not the document");
  await assertTexts(document);
  await assertCompared(document);
  assertPlaces(document);
  assertNothingSilent(bytes, document);
  for (const report of document.reports) await assertPrinted(report);
  const cut = bytes.subarray(0, placeIn(bytes));
  assertNothingSilent(cut, await readInChunks(cut, cut.length));
}

/** A place in the bytes that they tell themselves, so that whoever finds something finds it again. */
function placeIn(bytes: Uint8Array): number {
  return bytes.length === 0 ? 0 : createHash("sha1").update(bytes).digest().readUInt32LE() % bytes.length;
}

/** Everything that is written of a document, in every format. */
export async function assertTexts(document: Document): Promise<void> {
  for (const format of formatsOf("reports"))
    assertHarmless(await render("reports", format, document), format);
  for (const format of formatsOf("explanation"))
    assertHarmless(await render("explanation", format, document), `explain ${format}`);
}

/** A document compared with itself, and judged. */
async function assertCompared(document: Document): Promise<void> {
  const side = { document, config: null, graph: null };
  const compared = diff(side, side);
  assert.deepEqual(Diff.parse(compared), compared);
  // nothing is new, or gone, where both sides are one
  assert.deepEqual(
    compared.changes.filter(({ status }) => status !== "both"),
    [],
  );
  const view = { diff: compared, both: document };
  for (const format of formatsOf("diff"))
    assertHarmless(await render("diff", format, view), `diff ${format}`);
  assertHarmless(verdictText(verdictOn(document, targetOf("lock_a")), "lock_a"), "verdict");
}

/** Everything stands where the log has a line. */
function assertPlaces({ sources, reports, summary }: Document): void {
  assert.equal(summary.reports, reports.length);
  for (const { lines, source } of reports) {
    const length = sources[source]?.lines ?? 0;
    assert.ok(lines.first >= 1 && lines.first <= lines.last && lines.last <= length, "a report off the log");
    assert.ok(lines.unparsed < length, "more lines unparsed than there are");
  }
}

const QUOTING = /^(?:> ?){1,9}/;
/** What a console puts before a line: between two, if they lost the line break between them. */
const STAMP = /\[ {0,4}\d{1,5}\.\d{6}\](?:\[ {0,5}[TC]\d{1,6}\])? /;

/** Two consoles print every line twice, one behind the other or some lines apart; the copies are dropped. */
const COPY_WITHIN = 64;

interface Headline {
  readonly line: number;
  /** Without its prefix. */
  readonly text: string;
}

/**
 * A line that is a headline as a console prints it is either some report's, or told as unread; and what holds one is not
 * clean. Of mails and records the lines are others than those of the bytes: there only the latter counts.
 */
export function assertNothingSilent(bytes: Uint8Array, { sources, reports }: Document): void {
  const [source] = sources;
  const isMail = source?.boots.some(({ mail }) => mail !== undefined) === true;
  const headlines = headlinesIn(isMail ? withoutHeader(bytes) : bytes);
  const [first] = headlines;
  if (first === undefined || source === undefined) return;
  assert.notEqual(source.result, "clean", `clean with a headline in line ${first.line}`);
  const hasLinesOfBytes = !isMail && (source.transport === "console" || source.transport === "raw");
  if (!hasLinesOfBytes || source.moreUnread > 0) return;
  const told = headlines.filter((headline) => isTold(headline, source, reports));
  for (const { line, text } of headlines)
    assert.ok(
      told.some((other) => other.text === text && Math.abs(other.line - line) <= COPY_WITHIN),
      `line ${line} is passed over: ${text}`,
    );
}

/** A mail behind its header, in which `WARNING: …` is a field. */
function withoutHeader(bytes: Uint8Array): Uint8Array {
  const end = /\r?\n\r?\n/.exec(Buffer.from(bytes).toString("latin1"));
  return bytes.subarray(end?.index ?? bytes.length);
}

/** A line that may go on is told where it begins, with up to so many lines behind it. */
const JOINED = 3;

function isTold({ line, text }: Headline, { unread }: Source, reports: readonly Report[]): boolean {
  return (
    unread.some(
      (told) =>
        told.line === line || (told.line < line && line <= told.line + JOINED && told.text.includes(text)),
    ) || reports.some(({ lines }) => lines.first <= line && line <= lines.last)
  );
}

function headlinesIn(bytes: Uint8Array): Headline[] {
  const lines = Buffer.from(bytes).toString("latin1").split("\n");
  return lines.flatMap((line, i) => {
    const text = line
      .replace(/\r$/, "")
      .replace(QUOTING, "")
      .split(STAMP)
      .find((part) => HEADLINES.some(({ pattern }) => pattern.test(part)));
    return text === undefined ? [] : [{ line: i + 1, text }];
  });
}

/** A character that no format writes as it is: what was escaped is read as what it then is. */
const ESCAPED = /\\u[0-9a-f]{4}/;

/** What tells one bug from another. */
function bugOf({ kind, id, title, headline, cycle, lock, holding, held, edges }: Report): unknown {
  const between = edges.map(({ from, to, closes }) => ({ from, to, closes }));
  // a report that nothing tells from others is known by where it stood
  const alone = isCorrupted(title) ? "" : id;
  return { kind, alone, title, headline, cycle, lock, holding, held, between };
}

/**
 * What the kernel would have printed of a report is read as one: of a whole report, as the same bug. No more is sure: in a log
 * that came out of order, stacks stand between one another, and in print they do so no more.
 */
async function assertPrinted(report: Report): Promise<void> {
  const again = await readAgain(report);
  assert.notEqual(again.length, 0, `nothing is read of a printed ${report.kind}`);
  if (!report.complete || ESCAPED.test(jsonText(report))) return;
  assert.deepEqual(again.map(bugOf), [bugOf(report)], "printed and read again, it is another bug");
}
