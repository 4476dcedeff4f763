import type { Frame, Report } from "../../src/report/schema.ts";

/** A frame in no module, of which no symboliser told the source. */
export const NOWHERE = {
  module: null,
  file: null,
  line: null,
  inline: false,
  uncertain: false,
  address: null,
  context: null,
} as const;

/** A frame at +0x24/0x3e of a function. */
export function frameOf(symbol: string, more: Partial<Frame> = {}): Frame {
  return {
    symbol,
    offset: 36,
    size: 62,
    ...NOWHERE,
    ...more,
  };
}

/** A whole report that says nothing but what is given. */
export function reportOf(partial: Partial<Report>): Report {
  return {
    id: "0123456789ab",
    siteId: "ba9876543210",
    kind: "rcu",
    headline: "suspicious RCU usage",
    tag: "WARNING",
    title: "WARNING: suspicious RCU usage in f",
    source: 0,
    lines: { first: 10, last: 20, unparsed: 0 },
    time: 1.5,
    caller: null,
    kernel: { release: "6.12.1", build: "#1", taint: null },
    task: { comm: "some task", pid: 7, irq: null },
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
    ...partial,
  };
}
