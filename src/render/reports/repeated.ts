import { type Original, type Position, repeatOf } from "../../report/repeat.ts";
import { indicesOf, partsOf, samplesOf, type Shape } from "../../report/sample.ts";
import type { Report } from "../../report/schema.ts";
import { join, own, printable, type Safe, sliced } from "../words/safe.ts";

type Print = (report: Report) => Safe;

/** The text of all that are made of one original: what they have in common, and the indices of their values. */
type Text = readonly (Safe | number)[];

/** By whether there is a time, and a caller. */
const texts = new WeakMap<Original, Map<Print, Map<string, Text | null>>>();

/** The caller as printk names it: a task or a processor. */
const CALLER = /^T\d+$/;

/**
 * Prints a report whose source is 0. One that is like another before it is not printed again: its values are put into the
 * other's text, where that is nothing but the values and what is the same with any.
 */
export function printed(report: Report, print: Print): Safe {
  const repeat = repeatOf(report);
  if (repeat === undefined || report.source !== 0 || (report.caller !== null && !CALLER.test(report.caller)))
    return print(report);
  const { original, values } = repeat;
  let ofOriginal = texts.get(original);
  if (ofOriginal === undefined)
    texts.set(original, (ofOriginal = new Map<Print, Map<string, Text | null>>()));
  let ofPrint = ofOriginal.get(print);
  if (ofPrint === undefined) ofOriginal.set(print, (ofPrint = new Map<string, Text | null>()));
  const key = `${report.time === null} ${report.caller === null}`;
  let text = ofPrint.get(key);
  if (text === undefined) ofPrint.set(key, (text = textOf(report, original, values, print)));
  return text === null ? print(report) : filled(text, [...values, ...positionValues(report)]);
}

function positionValues({ lines: { first, last }, time, caller }: Position): string[] {
  return [String(first), String(last), String(time), String(caller)];
}

/** Where a report stood that is printed as a sample, with a time and a caller where the other has them. */
function samplePosition(count: number, { lines, time, caller }: Report): Position {
  const shapes = Array.from({ length: count + 4 }, (): Shape => ({ isNumber: true, length: 9 }));
  const [first, last, seconds, pid] = samplesOf(shapes).slice(count);
  return {
    lines: { ...lines, first: Number(first), last: Number(last) },
    time: time === null ? null : Number(`${seconds}.5`),
    caller: caller === null ? null : `T${pid}`,
  };
}

function textOf(report: Report, original: Original, values: readonly string[], print: Print): Text | null {
  const { samples } = original;
  const position = samplePosition(samples.length, report);
  const sample = print(original.report(samples, position));
  const parts = partsOf(sample, indicesOf([...samples, ...positionValues(position)]));
  const text = parts.map((part) => (typeof part === "number" ? part : sliced(sample, ...part)));
  return filled(text, [...values, ...positionValues(report)]) === print(report) ? text : null;
}

function filled(text: Text, values: readonly string[]): Safe {
  const shown = values.map(printable);
  return join(
    text.map((part) => (typeof part === "number" ? (shown[part] ?? own("")) : part)),
    "",
  );
}
