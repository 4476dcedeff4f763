import type { Edge, Frame, Lock, Report } from "../../src/report/schema.ts";

/** Reports for tests of the rules: only what a test says, the rest empty. */

export function frame(symbol: string, module: string | null = null): Frame {
  return {
    symbol,
    offset: 1,
    size: 2,
    module,
    file: null,
    line: null,
    inline: false,
    uncertain: false,
    address: null,
    context: null,
  };
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
  return {
    id: "000000000000",
    kind: "circular",
    headline: "possible circular locking dependency detected",
    tag: "WARNING",
    title: "possible deadlock in test",
    source: 0,
    lines: { first: 1, last: 1, unparsed: 0 },
    time: null,
    caller: null,
    kernel: { release: "6.12.0", build: null, taint: null },
    task: null,
    lock: null,
    holding: null,
    cycle: [],
    edges: [],
    held: [],
    scenario: [],
    backtrace: [],
    dumps: [],
    complete: true,
    damage: [],
    annotations: [],
    findings: [],
    suspects: [],
    lookAt: null,
    ...more,
  };
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
