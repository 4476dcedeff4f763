import { mayBeHeadline } from "../../grammar/telling.ts";
import { tokenize } from "../../grammar/tokenize.ts";
import type { Line } from "../read/line.ts";

/** More lines than this are not put into one paragraph. */
const MOST_LINES = 256;

/** Words of a report within other text are somebody's who tells of it. */
const OPENS = /^ *(?:={24}|(?:WARNING|INFO|BUG): )/;

/** What a line of a report ends with, where another begins after it. */
const ENDS =
  /[=-]{24}(?= )|(?: lock|acquire|takes|chain \(in reverse order\) is|stack backtrace|Call [Tt]race|debug this|scenario|\}):(?= )|\/0x[0-9a-f]{1,16}(?: \[\w{1,60}\])?(?= {1,8}(?:\[<[0-9a-f]{8,16}>\]|(?:\? )?[A-Za-z_.][\w.]{0,200}\+0x))/g;

/** What a line of a report begins with, behind another. */
const BEGINNINGS =
  / (?=={24}|-{24}|(?:WARNING|INFO|BUG): (?:possible|inconsistent)|\d\.\d{1,4}\S{0,80} (?:#\d{1,9} )?(?:Not tainted|Tainted: )|\S{1,80}\/\d{1,10} is trying to |but (?:task is already|this new dependency)|and this task is already|which (?:lock already|would create)|the existing dependency chain|-> #\d|other info that might|Possible (?:interrupt )?unsafe locking|\*\*\* DEADLOCK|\d{1,4} locks? held by |#\d{1,3}: [0-9a-f]{8,16} \(|stack backtrace:|CPU: \d{1,4} (?:UID: \d{1,10} )?PID:|Hardware name:|Call [Tt]race:)/g;

/**
 * The lines that somebody's editor put into one, as it fills paragraphs: each begins where one of a report ends, or as
 * one begins.
 *
 * @param isReporting whether a report is under way: else only what may hold a headline is looked at
 * @returns null if the line is one as it stands
 */
export function unfilled(line: Line, isReporting: boolean): readonly Line[] | null {
  if (line.bare !== true || !(isReporting || mayBeHeadline(line.text)) || isLine(line)) return null;
  const { text } = line;
  if (!isReporting && !OPENS.test(text)) return null;
  const seams = new Set<number>();
  for (const { index, 0: end } of text.matchAll(ENDS)) seams.add(index + end.length);
  for (const { index } of text.matchAll(BEGINNINGS)) seams.add(index);
  if (seams.size === 0 || seams.size > MOST_LINES) return null;
  const places = [0, ...[...seams].toSorted((a, b) => a - b), text.length];
  const pieces = places.slice(1).map((end, i) => text.slice(places[i], end).trim());
  return pieces.filter((piece) => piece !== "").map((piece) => ({ ...line, text: piece }));
}

function isLine({ text, number }: Line): boolean {
  // a task may be called anything
  if (/^[=-]{24,} /.test(text)) return false;
  const token = tokenize(text, number);
  if (token === null) return false;
  if (token.lock?.at !== null) return true;
  // a name goes on to the last `){`, so that of two locks in one line it has the first one whole; a place that is none
  // goes on with another line
  return !token.lock.class.includes("){") && !text.includes("}, at: ");
}
