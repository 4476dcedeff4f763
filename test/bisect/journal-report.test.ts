import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { journalReport } from "../../src/bisect/journal-report.ts";
import { FIXTURES, triageLines } from "../support/fixtures.ts";

test("keeps of a symbolised report who takes its locks, and their files: not those of the way there", async () => {
  const lines = readFileSync(join(FIXTURES, "circular/abba/dmesg.txt"), "latin1").split("\n").slice(0, -1);
  const files: Record<string, string> = {
    take_ab: "drivers/splat/order.c:40",
    take_ba: "drivers/splat/order.c:60",
    job_thread: "drivers/splat/job.c:12",
    ret_from_fork: "arch/x86/kernel/process.c:147",
    __lock_acquire: "kernel/locking/lockdep.c:5000",
  };
  // as a symboliser does it
  const symbolised = lines.map((line) =>
    line.replace(/\b(\w+)\+0x[0-9a-f]+\/0x[0-9a-f]+/g, (text, name: string) =>
      files[name] === undefined ? text : `${text} ${files[name]}`,
    ),
  );
  const { reports } = await triageLines(symbolised);
  const [report] = reports;
  if (report === undefined) throw new Error("no report");
  expect(journalReport(report)).toMatchObject({
    cycle: ["lock_a", "lock_b"],
    functions: ["take_ab", "take_ba"],
    files: ["drivers/splat/order.c", "drivers/splat/job.c"],
    annotations: [],
  });
});
