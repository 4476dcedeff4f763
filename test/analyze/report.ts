import type { Edge, Frame, Lock, Report } from "../../src/report/schema.ts";
import { frameOf, reportOf } from "../support/reports.ts";

/** Reports for tests of the rules: only what a test says, the rest empty. */

export function frame(symbol: string, module: string | null = null): Frame {
  return frameOf(symbol, { module });
}

export function frames(text: string): Frame[] {
  return text
    .split(" ")
    .filter(Boolean)
    .map((symbol) => frame(symbol));
}

export function lock(name: string, more: Partial<Lock> = {}): Lock {
  return {
    class: name,
    version: 1,
    subclass: 0,
    usage: null,
    wait: null,
    address: null,
    at: null,
    ...more,
  };
}

/** `["from → to", "functions, innermost first"]`; the last edge closes the cycle. */
export type EdgeText = readonly [string, string];

function edges(texts: readonly EdgeText[]): Edge[] {
  return texts.map(([text, stack], i) => {
    const [from = "", to = ""] = text.split(" → ");
    return { from, to, closes: i === texts.length - 1, acquired: null, stack: frames(stack) };
  });
}

export function makeReport(more: Partial<Report> = {}): Report {
  return reportOf({
    kind: "circular",
    headline: "possible circular locking dependency detected",
    title: "possible deadlock in test",
    kernel: { release: "6.12.0", build: null, taint: null },
    task: null,
    time: null,
    ...more,
  });
}

/** A circular report of these edges. */
export function circular(texts: readonly EdgeText[], more: Partial<Report> = {}): Report {
  const made = edges(texts);
  return makeReport({ edges: made, cycle: made.map(({ from }) => from), ...more });
}

/** A recursive report: the class twice, with the addresses of both instances. */
export function recursive(name: string, addresses: readonly [string, string], stack: string): Report {
  const [first, second] = addresses;
  return makeReport({
    kind: "recursive",
    cycle: [name],
    edges: edges([[`${name} → ${name}`, stack]]),
    lock: lock(name, { address: second, at: frame("second_place") }),
    holding: lock(name, { address: first, at: frame("first_place") }),
    backtrace: frames(stack),
  });
}

/** Held by the one task of the report. */
export function held(...locks: readonly Lock[]): Report["held"] {
  return [{ task: { comm: "test", pid: 1, irq: null }, count: locks.length, locks: [...locks] }];
}
