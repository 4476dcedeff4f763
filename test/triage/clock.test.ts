import { describe, expect, test } from "vitest";
import { logLines, triageLines, withoutPlace } from "../support/fixtures.ts";

const STAMP = /^\[ *(\d+\.\d+)\]/;

function setBack(line: string, seconds: number): string {
  return line.replace(STAMP, (_stamp, time: string) => {
    return `[${Math.max(0, Number(time) - seconds)
      .toFixed(6)
      .padStart(12)}]`;
  });
}

describe.each(["circular/abba", "irq-order/hardsafe3", "rcu/rcu"])("%s", (name) => {
  const lines = logLines(name);
  const first = lines.findIndex((line) => line.includes("====="));

  test.each([3, 3600])("a clock that is set back by %i s cuts no report", async (seconds) => {
    const whole = withoutPlace((await triageLines(lines)).reports);
    for (const at of [first + 4, first + 12, first + 30]) {
      const { reports, sources } = await triageLines(
        lines.map((line, i) => (i < at ? line : setBack(line, seconds))),
      );
      expect(withoutPlace(reports)).toEqual(whole);
      expect(sources[0]?.boots).toHaveLength(1);
    }
  });

  test("a boot of which the first lines are lost ends the report of the one before", async () => {
    const next = lines.slice(lines.findIndex((line) => line.includes("Run /init")) - 40);
    const { reports, sources } = await triageLines([
      ...lines.slice(0, first + 12).map((line) => setBack(line, -500)),
      ...next,
    ]);
    expect(sources[0]?.boots).toHaveLength(2);
    expect(reports.map(({ complete }) => complete)).toEqual([false, true]);
  });
});
