import { describe, expect, test } from "vitest";
import { begin, beginBehind, type Beginning, CONTINUED, isWhole, proceed } from "../../grammar/continued.ts";
import { tokenize } from "../../grammar/tokenize.ts";
import { isLinear } from "../support/growth.ts";

const EXAMPLES = CONTINUED.map((row) => [`${row.name} of ${row.printedBy}`, row] as const);

/** All pieces but the first, one after the other. */
function onFrom(beginning: Beginning | null, pieces: readonly string[]): Beginning | null {
  let now = beginning;
  for (const piece of pieces) now = now === null ? null : (proceed(now, piece)?.beginning ?? null);
  return now;
}

describe.each(EXAMPLES)("%s", (_, { name, behind, example }) => {
  const whole = example.join("");
  const start = (text: string): Beginning | null =>
    behind === undefined ? begin(text, (n) => n === name) : onFrom(beginBehind(behind), [text]);

  test("its example is that line", () => {
    expect(tokenize(whole, 1)?.name).toBe(name);
  });

  test("comes whole from all its pieces", () => {
    const [first = "", ...rest] = example;
    const end = onFrom(start(first), rest);
    expect(end?.text.trim()).toBe(whole.trim());
    expect(end !== null && isWhole(end, name)).toBe(true);
  });

  test.each(example.slice(1).map((_piece, i) => i + 1))("comes whole from two, cut before piece %i", (at) => {
    const end = onFrom(start(example.slice(0, at).join("")), [example.slice(at).join("")]);
    expect(end?.text.trim()).toBe(whole.trim());
    expect(end !== null && isWhole(end, name)).toBe(true);
  });

  test.each([" ", "#1", " --> a", "){+.+.}-{2:2}, at: "])(
    "takes no longer than the line for a run of '%s'",
    (run) => {
      const prepare = (size: number) => {
        const hostile = run.repeat(Math.ceil(size / run.length));
        const lines = example.map((_piece, at) => `${example.slice(0, at + 1).join("")}${hostile}!`);
        return () =>
          lines.map((line) => [begin(line, () => true), onFrom(beginBehind("ChainExists"), [line])]);
      };
      expect(isLinear(150, prepare)).toBe(true);
    },
  );

  test.each(["usb 1-1: new high-speed USB device number 2 using xhci_hcd", "random: crng init done"])(
    "never takes '%s' for anything but a name",
    (foreign) => {
      for (let at = 1; at < example.length; at++) {
        const beginning = start(example.slice(0, at).join(""));
        const next = beginning === null ? null : proceed(beginning, foreign);
        expect(next === null || next.isName).toBe(true);
      }
    },
  );
});
