import { createReadStream } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { FORMATS, formatsOf, partsOf } from "../../../src/render/formats.ts";
import { renderTable } from "../../../src/render/reports/table.ts";
import type {
  Damage,
  Document,
  Edge,
  Frame,
  Kind,
  Lock,
  Lockdep,
  Report,
  Source,
} from "../../../src/report/schema.ts";
import { KINDS } from "../../../src/report/names.ts";
import { triage } from "../../../src/triage/triage.ts";
import { frameOf, reportOf } from "../../support/reports.ts";
import { written } from "../../support/written.ts";

function lockOf(name: string, site: string): Lock {
  return {
    class: name,
    version: 1,
    subclass: 0,
    usage: "+.+.",
    wait: null,
    address: null,
    at: frameOf(site),
  };
}

function edgeOf(from: string, to: string, stack: Frame[], closes = false): Edge {
  return { from, to, closes, acquired: null, stack };
}

const circular = reportOf({
  kind: "circular",
  title: "possible deadlock in take_ba",
  lock: lockOf("lock_a", "take_ba"),
  holding: lockOf("lock_b", "take_ba"),
  cycle: ["lock_a", "lock_b"],
  edges: [
    edgeOf("lock_a", "lock_b", [frameOf("__mutex_lock"), frameOf("take_ab"), frameOf("caller")]),
    edgeOf(
      "lock_b",
      "lock_a",
      [frameOf("lock_acquire"), frameOf("x", { uncertain: true }), frameOf("take_ba")],
      true,
    ),
  ],
  held: [
    {
      task: { comm: "some task", pid: 7, irq: null },
      count: 1,
      locks: [lockOf("lock_b", "take_ba")],
    },
  ],
});

const on: Lockdep = { state: "on", offAt: null };
const unknown: Lockdep = { state: "unknown", offAt: null };

function offAt(line: number, report: number | null): Lockdep {
  return { state: "off", offAt: { line, reason: report === null ? "message" : "report", report } };
}

/** Of a source without a report; where there is one, only lockdep's state is told. */
const OUTCOMES = {
  on: { result: "clean", because: null },
  off: { result: "unknown", because: "lockdep-off" },
  unknown: { result: "unknown", because: "lockdep-not-on" },
} as const;

function sourceOf(lockdep: Lockdep, name = "a.log", lines = 100): Source {
  const kernels = [{ release: "6.12.1", build: "#1", taint: null }];
  return {
    name,
    bytes: 1000,
    lines,
    transport: "dmesg",
    kernels,
    boots: [],
    lockdep,
    ...OUTCOMES[lockdep.state],
    unread: [],
    moreUnread: 0,
  };
}

function documentOf(sources: Source[], reports: Report[]): Document {
  const byKind: Partial<Record<Kind, number>> = {};
  for (const { kind } of reports) byKind[kind] = (byKind[kind] ?? 0) + 1;
  const summary = {
    reports: reports.length,
    unique: new Set(reports.map(({ id }) => id)).size,
    damaged: reports.filter(({ complete }) => !complete).length,
    byKind,
  };
  const found = new Set(reports.map(({ source }) => source));
  const told = sources.map((source, index): Source =>
    found.has(index) ? { ...source, result: "reported", because: null } : source,
  );
  return { schema: "splat-triage/1", summary, sources: told, reports };
}

function plainTable(document: Document, width = 80): string {
  return renderTable(document, { width, color: false });
}

describe("one report", () => {
  const document = documentOf([sourceOf(offAt(10, 0))], [circular]);

  test("is told in full", () => {
    expect(plainTable(document)).toBe(
      [
        "1 report: circular",
        "",
        "possible deadlock in take_ba                              circular  0123456789ab",
        "  cycle     lock_a → lock_b → lock_a",
        "  edges     lock_a → lock_b  in take_ab ← caller",
        "            lock_b → lock_a  in take_ba, closes the cycle",
        "  task      some task/7 on 6.12.1 #1",
        "  holds     lock_b in take_ba",
        "  log       lines 10-20, at 1.500 s",
        "",
        "a.log: 100 lines, dmesg, 6.12.1 #1",
        "  lockdep off since line 10 (report above): no later deadlock would be reported",
        "",
      ].join("\n"),
    );
  });

  test("fits a narrow terminal", () => {
    expect(plainTable(document, 40)).toBe(
      [
        "1 report: circular",
        "",
        "possible deadlock in take_ba",
        "  circular 0123456789ab",
        "  cycle     lock_a → lock_b → lock_a",
        "  edges     lock_a → lock_b",
        "              in take_ab ← caller",
        "            lock_b → lock_a",
        "              in take_ba, closes the",
        "                cycle",
        "  task      some task/7 on 6.12.1 #1",
        "  holds     lock_b in take_ba",
        "  log       lines 10-20, at 1.500 s",
        "",
        "a.log: 100 lines, dmesg, 6.12.1 #1",
        "  lockdep off since line 10 (report",
        "    above): no later deadlock would be",
        "    reported",
        "",
      ].join("\n"),
    );
  });

  test("has its locks in colour, and says the same without", () => {
    const coloured = renderTable(document, { width: 80, color: true });
    expect(coloured).toContain("\x1b[36mlock_a\x1b[39m \x1b[2m→ \x1b[22m\x1b[36mlock_b\x1b[39m");
    expect(stripVTControlCharacters(coloured)).toBe(plainTable(document));
  });

  test("that is damaged says what is missing", () => {
    const damage: Damage[] = [
      { code: "foreign-lines", line: 12, what: "2 lines" },
      { code: "foreign-lines", line: 15, what: "1 line" },
      { code: "truncated", line: 20 },
      { code: "missing", line: 20, what: "backtrace" },
    ];
    const text = plainTable(documentOf([sourceOf(on)], [reportOf({ complete: false, damage })]), 120);
    expect(text).toContain("1 report: rcu, 1 damaged\n");
    expect(text).toContain(
      "  damaged   cut off at line 20; without the stack trace; 3 lines from elsewhere in between, from line 12\n",
    );
  });

  test("with foreign lines alone is not damaged", () => {
    const damage: Damage[] = [{ code: "foreign-lines", line: 12, what: "1 line" }];
    const text = plainTable(documentOf([sourceOf(on)], [reportOf({ damage })]));
    expect(text).toContain("  note      1 line from elsewhere in between, from line 12\n");
    expect(text).not.toContain("damaged");
  });

  test("an interrupt that closes the cycle is named", () => {
    const edges = [
      edgeOf("raw_a", "raw_b", [frameOf("f")]),
      { ...edgeOf("raw_b", "raw_a", [], true), by: "interrupt" as const },
    ];
    const irq = reportOf({ kind: "irq-order", cycle: ["raw_a", "raw_b"], edges });
    expect(plainTable(documentOf([sourceOf(on)], [irq]))).toContain(
      "raw_b → raw_a  by an interrupt, closes the cycle\n",
    );
  });

  test("of many like locks counts them", () => {
    const held = [
      {
        task: { comm: "other", pid: 8, irq: null },
        count: 4,
        locks: [lockOf("&k[i]", "f"), lockOf("&k[i]", "f"), null, lockOf("b", "g")],
      },
    ];
    expect(plainTable(documentOf([sourceOf(on)], [reportOf({ held })]))).toContain(
      "  held by   other/8  &k[i] ×2 in f, one just released, b in g\n",
    );
  });

  test.each(KINDS)("kind %s needs nothing but what every report has", (kind) => {
    const text = plainTable(
      documentOf([sourceOf(on)], [reportOf({ kind, task: null, kernel: null, time: null })]),
    );
    expect(text).toContain(`1 report: ${kind}\n`);
    expect(text).toContain("  log       lines 10-20\n");
    expect(text).not.toMatch(/undefined|null/);
  });
});

describe("text of the log", () => {
  test("does not reach the terminal as it is", () => {
    const hostile = reportOf({
      title: "possible deadlock in \x1b]0;x\x07",
      task: { comm: "a\rb\u202e", pid: 1, irq: null },
      cycle: ["\x1b[2Ja", "b\u009b"],
      kernel: { release: "6\x1bc", build: null, taint: "G\n" },
    });
    const source = sourceOf(on, "x\x1b[31m.log");
    for (const color of [false, true]) {
      const text = stripVTControlCharacters(
        renderTable(documentOf([source], [hostile]), { width: 100, color }),
      );
      expect(text).not.toMatch(/[^\n -~→←]/);
      expect(text).toContain("\\x1b]0;x\\x07");
      expect(text).toContain("a\\x0db\\u{202e}/1");
      expect(text).toContain("\\x1b[2Ja → b\\u{9b}");
      expect(text).toContain("x\\x1b[31m.log");
    }
  });

  test("a wide character takes two columns", () => {
    const text = plainTable(documentOf([sourceOf(on)], [reportOf({ title: "鎖鎖" })]), 40);
    const line = text.split("\n").find((one) => one.startsWith("鎖"));
    expect(line).toBe(`鎖鎖${" ".repeat(40 - 4 - 17)}rcu  0123456789ab`);
  });
});

describe("the same bug again", () => {
  test("is one entry with a count", () => {
    const again = {
      ...circular,
      title: "possible deadlock in take_ab",
      lines: { first: 30, last: 40, unparsed: 0 },
    };
    const text = plainTable(documentOf([sourceOf(on)], [{ ...circular, complete: false }, again]));
    expect(text).toContain("2 reports, 1 different: circular, 1 damaged\n");
    expect(text).toContain("2 times  circular  0123456789ab\n");
    // the one that is whole is shown
    expect(text).toContain("\npossible deadlock in take_ab ");
    expect(text).toContain("  also as   possible deadlock in take_ba\n");
    expect(text).toContain("  log       lines 10-20, 30-40\n");
    expect(text).toContain("  damaged   1 of 2 reports\n");
  });

  test("names its first places only, and says so", () => {
    const reports = Array.from({ length: 9 }, (_, i) => reportOf({ source: i % 2 }));
    const text = plainTable(documentOf([sourceOf(on, "a"), sourceOf(on, "b")], reports));
    expect(text).toContain("9 reports, 1 different in 2 logs: rcu\n");
    expect(text).toContain("  log       a:10-20, b:10-20, a:10-20, b:10-20 and 5 more\n");
  });
});

describe("many bugs", () => {
  const reports = Array.from({ length: 20 }, (_, i) => ({
    ...circular,
    id: `${String(i % 10)}23456789abc`,
    lines: { first: 100 + i, last: 110 + i, unparsed: 0 },
  }));

  test("are listed, a line each, the most frequent first; -v tells each in full", () => {
    const all = documentOf([sourceOf(on)], [reportOf({}), ...reports]);
    const text = plainTable(all, 120);
    expect(text).toContain("21 reports, 11 different: 20 circular, 1 rcu\n");
    const lines = text.split("\n").filter((line) => /^ {2}\d× /.test(line));
    expect(lines).toHaveLength(11);
    expect(lines[0]).toBe("  2× 023456789abc  possible deadlock in take_ba, circular");
    expect(lines[10]).toBe("  1× 0123456789ab  WARNING: suspicious RCU usage in f, rcu");
    expect(text).not.toContain("lock_a → lock_b → lock_a");
    const verbose = renderTable(all, { width: 120, color: false, verbose: true });
    expect(verbose.match(/lock_a → lock_b → lock_a/g)).toHaveLength(10);
  });
});

describe("a log without a report", () => {
  test.each([
    [on, "no report, and lockdep stayed on to the end of the log: clean", null],
    [
      unknown,
      "no report, but no sign that lockdep was on, either: that proves nothing",
      "Please build with CONFIG_PROVE_LOCKING=y, and send the log from the kernel's first line on.",
    ],
    [
      offAt(5, null),
      "no report, but lockdep off by line 5 (as the log says): no later deadlock would be reported",
      "Please fix or work around what turned lockdep off first, and boot again: it reports nothing once it is off.",
    ],
  ])("says what that means, and what to ask for: %j", (lockdep, means, ask) => {
    const asks = ask === null ? "" : `  ask: ${ask}\n`;
    expect(plainTable(documentOf([sourceOf(lockdep)], []), 140)).toBe(
      `a.log: 100 lines, dmesg, 6.12.1 #1\n  ${means}\n${asks}`,
    );
  });

  test("that is empty", () => {
    const empty = { ...sourceOf(unknown, "-", 0), kernels: [] };
    expect(plainTable(documentOf([{ ...empty, because: "no-kernel" }], []), 140)).toBe(
      [
        "standard input: 0 lines, dmesg, kernel not named",
        "  empty: nothing to read",
        "  ask: Please send the whole log as a file, from the kernel's first line to the end.\n",
      ].join("\n"),
    );
  });

  test("nothing was read at all", () => {
    expect(plainTable(documentOf([], []))).toBe("No log was read.\n");
  });
});

describe("many sources", () => {
  test("are named up to five of which the same is true; -v names all", () => {
    const many = documentOf(
      Array.from({ length: 500 }, (_, i) => sourceOf(on, `boot${i}`)),
      [],
    );
    const text = plainTable(many, 120);
    expect(text.match(/boot\d+/g)).toHaveLength(5);
    expect(text).toContain("clean (500 logs)\n");
    expect(text).toContain("  and 495 more logs\n");
    const verbose = renderTable(many, { width: 120, color: false, verbose: true });
    expect(verbose.match(/boot\d+/g)).toHaveLength(500);
  });

  test("are sorted by what they prove, the doubtful first", () => {
    const sources = [
      sourceOf(on, "clean1"),
      sourceOf(offAt(10, 0), "found"),
      sourceOf(unknown, "unknown"),
      sourceOf(on, "clean2"),
    ];
    const text = plainTable(documentOf(sources, [{ ...circular, source: 1 }]), 120);
    expect(text.slice(text.indexOf("no report, but"))).toBe(
      [
        "no report, but no sign that lockdep was on, either: that proves nothing (1 log)",
        "  unknown  100 lines, dmesg, 6.12.1 #1",
        "",
        "lockdep off: no later deadlock would be reported (1 log)",
        "  found  off since line 10; 100 lines, dmesg, 6.12.1 #1",
        "",
        "no report, and lockdep stayed on to the end of the log: clean (2 logs)",
        "  clean1  100 lines, dmesg, 6.12.1 #1",
        "  clean2  100 lines, dmesg, 6.12.1 #1",
        "",
      ].join("\n"),
    );
  });
});

describe("width", () => {
  const long = reportOf({
    kind: "circular",
    title: "possible deadlock in a_function_with_a_name_that_is_rather_long_for_any_terminal",
    cycle: [
      "(work_completion)(&(&peer->transmit_handshake_work)->work)",
      "&q->q_usage_counter(io)",
      "鎖鎖鎖",
    ],
    held: circular.held,
    task: { comm: "a task with blanks", pid: 123456, irq: null },
  });

  test.each([24, 40, 60, 80, 120, 200])("%i columns hold all but single long words", (width) => {
    const document = documentOf(
      [sourceOf(offAt(10, 0), "some/where/a.log")],
      [long, { ...circular, id: "b" }],
    );
    const tooLong = plainTable(document, width)
      .split("\n")
      .filter((line) => line.length + (line.match(/鎖/g)?.length ?? 0) > width)
      // a name alone, perhaps behind its label or its arrow
      .filter((line) => !/^ *(?:cycle {5}|log {7}|→ )?\S+$/.test(line));
    expect(tooLong).toEqual([]);
  });

  test.each([0, Number.NaN, -5])("%f is no width", (width) => {
    expect(() => plainTable(documentOf([sourceOf(on)], [long]), width)).not.toThrow();
  });

  test("no name is cut", () => {
    const text = plainTable(documentOf([sourceOf(on)], [long]), 24);
    expect(text).toContain("(work_completion)(&(&peer->transmit_handshake_work)->work)");
    expect(text).toContain("a_function_with_a_name_that_is_rather_long_for_any_terminal");
  });
});

describe("a real log", () => {
  const name = new URL("../../../fixtures/transports/dmesg.txt", import.meta.url);

  test.each(formatsOf("reports"))("as %s", async (format) => {
    const chunks = createReadStream(name) as AsyncIterable<Buffer>;
    const document = await triage([{ name: "dmesg.txt", chunks }]);
    const loaded = await FORMATS.reports[format]();
    const text =
      typeof loaded === "function"
        ? [...partsOf(await loaded(document, { width: 80, color: false }))].join("")
        : await written(loaded, document);
    expect(text).toContain("raw_a");
    expect(text.endsWith("\n")).toBe(true);
  });
});
