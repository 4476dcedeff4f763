import { describe, expect, test } from "vitest";
import { join } from "../../src/blocks/join.ts";
import { cut, of, outline, RECURSIVE, textsOf } from "./blocks.ts";

describe("words that a mailer put on the next line", () => {
  test.each([
    // mailers wrap at blanks; `at:` stands near column 75
    [["ffff8880004bb3f0 (&d->lock){+.+.}-{4:4}, at:"], "take_two+0x30/0x60", "Lock", 1],
    [[" #0: ffff8880004bb3f0 (&d->lock){+.+.}-{4:4}, at:"], "take_two+0x30/0x60", "HeldLock", 1],
    [["#0: ffff8880004bb3f0"], "(&d->lock){+.+.}-{4:4}, at: take_two+0x30/0x60", "HeldLock", 1],
    [["the existing dependency chain (in reverse"], "order) is:", "ChainHeader", 1],
    [["kworker/u16:3/77 is trying to"], "acquire lock:", "Acts", 1],
    [["but this new dependency connects a"], "HARDIRQ-irq-safe lock:", "ConnectsSafe", 1],
    [["hardirqs last  enabled at (91):", "[<ffffffff814e01f0>]"], "fn+0x1/0x2", "IrqEvent", 2],
    [["CPU: 1 UID: 0 PID: 42 Comm: splat ba:1 Not"], "tainted 6.12.117 #1", "Cpu", 1],
    // what stands before is not the line's
    [["usb 1-1: new device", "ffff8880004bb3f0 (a){+.+.}, at:"], "f+0x1/0x2", "Lock", 1],
  ])("%j and %s", (pieces, text, name, taken) => {
    expect(join(pieces, text, 9)).toMatchObject({ taken, token: { name, number: 9 } });
  });
});

describe("lines that make none", () => {
  test.each([
    [[], "take_two+0x30/0x60"],
    [["usb 1-1: new device"], "found"],
    // anything with a colon would do as a message of RCU's
    [["fs/x.c:12 something"], "happens!"],
    [["#0:"], "not a lock"],
    // behind `at:` stands a place and nothing else
    [["ffff8880004bb3f0 (a){+.+.}-{4:4}, at:"], "usb 1-1: new device"],
    [["WARNING: possible circular locking"], "dependency detected"],
  ])("%j and %s", (pieces, text) => expect(join(pieces, text, 1)).toBeNull());
});

const LOCKS = RECURSIVE.flatMap((text, i) => (text.includes("at: ") ? [i] : []));

/** The report with each lock's line cut at this place. */
function wrapped(at: string): string[] {
  return RECURSIVE.flatMap((text, i) => {
    if (!LOCKS.includes(i)) return [text];
    const cutAt = text.indexOf(at) + at.length;
    return [text.slice(0, cutAt), text.slice(cutAt)];
  });
}

describe("within a report", () => {
  test.each(["at:", "){+.+.}-{4:4},", "04"])("lines wrapped behind '%s' come whole", (at) => {
    for (const caller of ["T12", null]) {
      const [block] = cut(of(caller, wrapped(at)));
      expect(block === undefined ? null : outline(block)).toEqual({
        kind: "recursive",
        first: 1,
        last: RECURSIVE.length + LOCKS.length,
        unparsed: 0,
        damage: [],
      });
      expect(block?.tokens.filter(({ lock }) => lock?.at?.symbol === "take_two").length).toBe(3);
    }
  });

  test("a wrapped line's rest may have lost its prefix", () => {
    const log = wrapped("at:").map((text) => [text.startsWith(" take_two") ? null : "T12", text] as const);
    // the last lines of the trace begin like that, too
    const [block] = cut(log.map(([, text], i) => [i > 30 ? "T12" : (log[i]?.[0] ?? null), text]));
    expect(block).toMatchObject({ unparsed: 0, damage: [], lastLine: RECURSIVE.length + LOCKS.length });
  });

  test("a kernel around 4.9 printed every piece as a line", () => {
    const shredded = RECURSIVE.flatMap((text) => {
      const lock = /^( #0: )?(?:ffff\w+) \((.*)\)\{(.*)\}-\{4:4\}, at: (.*)$/.exec(text);
      if (lock === null) return [text];
      const [, index, name = "", , site = ""] = lock;
      return [
        ...(index === undefined ? [] : [index]),
        " (",
        name,
        "){+.+.+.}",
        ", at: ",
        `[<ffffffff81055862>] ${site}`,
      ];
    });
    for (const caller of ["T12", null]) {
      const [block] = cut(of(caller, shredded));
      expect(block).toMatchObject({ kind: "recursive", unparsed: 0, damage: [], lastLine: shredded.length });
      expect(block?.tokens.flatMap(({ lock }) => lock ?? [])).toEqual(
        Array.from(
          { length: 3 },
          () => expect.objectContaining({ class: "&d->lock", usage: "+.+.+.", address: null }) as unknown,
        ),
      );
      expect(block === undefined ? [] : textsOf(block)).toContain(
        "#0: (&d->lock){+.+.+.}, at: [<ffffffff81055862>] take_two+0x20/0x60",
      );
    }
  });
});
