import type { Line, Transport } from "../line.ts";
import { withoutTerminalSequences } from "./escapes.ts";
import { strip } from "./strip.ts";

/** A record as a transport delivers it, before it is split into lines. */
interface LogRecord {
  readonly text: string;
  readonly number: number;
  readonly time: number | null;
  readonly caller: string | null;
  readonly transport: Transport;
  readonly host?: string;
}

/**
 * Reads a text that stood in a record of another program, as a line of a container in JSON: a log of its own, in whatever
 * form that program received it.
 */
export type DecodeLog = (text: string, number: number, transport: Transport) => readonly Line[];

/** Ends a line in a page. */
export const LINE_BREAK = /<br ?\/?>\n?/i;

/** Removes white space at the end, and the NULs that serial lines and pstore leave there. */
export function trimmedEnd(text: string): string {
  let end = text.length;
  while (end > 0) {
    const code = text.charCodeAt(end - 1);
    if (code > 0x20 && code !== 0xa0) break;
    end--;
  }
  return end === text.length ? text : text.slice(0, end);
}

/** The lines of one record. A record may have been stamped on the way in (a console that a journal swallowed). */
export function linesOf(record: LogRecord): Line[] {
  const text = withoutTerminalSequences(record.text);
  if (!text.includes("\n")) return [lineOf(record, text)];
  return text.split("\n").map((part) => lineOf(record, part));
}

function lineOf({ number, time, caller, transport, host }: LogRecord, text: string): Line {
  const first = text.charAt(0);
  if (first === "[" || first === "<") {
    const inner = strip(text);
    if (inner.stamped) {
      text = text.slice(inner.start);
      time = inner.time ?? time;
      caller = inner.caller ?? caller;
    }
  }
  const line = { number, text: trimmedEnd(text), time, caller, transport };
  return host === undefined ? line : { ...line, host };
}

/** Removes the rest of a line end: carriage returns, and NULs. Blanks may stand before the rest of a joined line. */
export function withoutLineEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 0x0d || text.charCodeAt(end - 1) === 0)) end--;
  return text.slice(0, end);
}

/** What journald says, as a program like others, of kernel messages that it could not read in time. */
const MISSED = /^Missed \d{1,15} kernel messages?$/;

/** Whether a record of another program is of the kernel's log all the same. */
export function isOfKernel(text: string): boolean {
  return isStamped(text) || MISSED.test(text);
}

/** True for text that the kernel stamped, whoever passed it on. */
export function isStamped(text: string): boolean {
  return /^ *(?:<\d{1,3}> *)?\[ *\d{1,10}\.\d/.test(text) || /^<\d{1,3}>/.test(text);
}
