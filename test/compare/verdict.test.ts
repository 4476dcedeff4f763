import { describe, expect, test } from "vitest";
import { type Target, TargetError, targetOf, targetOfLog } from "../../src/compare/target.ts";
import { type Verdict, verdictOn } from "../../src/compare/verdict.ts";
import { verdictText } from "../../src/render/bisect/verdict-prose.ts";
import { triage } from "../../src/triage/triage.ts";
import { logLines, triageLines } from "../support/fixtures.ts";

const CLEAN = logLines("clean/kernfs");
const ABBA = logLines("circular/abba");
const FS_RECLAIM = logLines("circular/fsreclaim");
const SLEEPING = logLines("sleeping/sleepatomic");
const RCU = logLines("rcu/rcu");

const ABBA_ID = await idIn(ABBA);

async function idIn(lines: readonly string[]): Promise<string> {
  return (await triageLines(lines)).reports[0]?.id ?? "";
}

/** One boot a log. */
async function verdict(
  logs: readonly (readonly string[])[],
  target: Target,
  enough?: number,
): Promise<Verdict> {
  const inputs = logs.map((lines, i) => ({
    name: `${i}.log`,
    chunks: [Buffer.from(lines.map((line) => `${line}\n`).join(""), "latin1")],
  }));
  return verdictOn(await triage(inputs), target, enough === undefined ? {} : { enough });
}

async function why(lines: readonly string[], target = targetOf(ABBA_ID)): Promise<string | undefined> {
  const { result, decisive } = await verdict([lines], target);
  return result === "unusable" ? decisive?.unobserved?.reason : result;
}

describe("one log", () => {
  test("with the target is bad, and names the report", async () => {
    const { result, decisive } = await verdict([ABBA], targetOf(ABBA_ID));
    expect([result, decisive?.report?.title]).toEqual(["bad", "possible deadlock in take_ba"]);
  });

  test("without it, lockdep on to the end, is good", async () => {
    expect(await why(CLEAN)).toBe("good");
    // a plain WARN() of lockdep.c leaves lockdep on
    expect(await why(logLines("internal/pin"))).toBe("good");
  });

  test("in which another report turned lockdep off says nothing, and names that report", async () => {
    const { result, decisive } = await verdict([FS_RECLAIM], targetOf(ABBA_ID));
    expect([result, decisive?.unobserved?.reason]).toEqual(["unusable", "lockdep-off"]);
    expect(decisive?.unobserved?.maskedBy?.title).toBe("possible deadlock in s_fsreclaim");
  });

  test("of a kernel without lockdep, or whose beginning is lost, says nothing", async () => {
    expect(await why(CLEAN.filter((line) => !line.includes("Lock dependency")))).toBe("lockdep-not-on");
  });

  test("of a lockdep that does not prove locking says nothing", async () => {
    const without = CLEAN.filter((line) => !line.includes("memory used for stack traces"));
    expect(await why(without)).toBe("lockdep-not-on");
  });

  test("that lost messages says nothing, unless it shows the target", async () => {
    const lost = "** 12 printk messages dropped **";
    expect(await why([...CLEAN.slice(0, 120), lost, ...CLEAN.slice(120)])).toBe("dropped");
    expect(await why([...ABBA.slice(0, 120), lost, ...ABBA.slice(120)])).toBe("bad");
  });

  test("without a kernel says nothing", async () => {
    expect(await why(["error: no such target", ""])).toBe("no-kernel");
    expect(await why([])).toBe("no-kernel");
  });

  test("that does not get to userspace says nothing", async () => {
    const init = CLEAN.findIndex((line) => line.includes("as init process"));
    expect(await why(CLEAN.slice(0, init))).toBe("no-userspace");
    expect(await why(CLEAN.slice(0, Math.floor(CLEAN.length / 2)))).toBe("no-userspace");
  });

  test("that is cut in the middle of a line says nothing", async () => {
    const text = CLEAN.join("\n");
    const chunks = [Buffer.from(text.slice(0, text.indexOf("as init process") + 4))];
    const { decisive } = verdictOn(await triage([{ name: "cut", chunks }]), targetOf(ABBA_ID));
    expect(decisive?.unobserved?.reason).toBe("cut");
  });

  test("of a kernel that panicked says nothing", async () => {
    const panic = "[    5.300000][    T1] Kernel panic - not syncing: Attempted to kill init!";
    expect(await why([...CLEAN.slice(0, -2), panic])).toBe("panic");
    expect(await why([...ABBA.slice(0, -2), panic])).toBe("bad");
  });

  test("with an oops, which turns lockdep off in silence, says nothing", async () => {
    const oops = "[    5.100000][   T40] Oops: 0002 [#1] PREEMPT SMP";
    expect(await why([...CLEAN.slice(0, -2), oops, ...CLEAN.slice(-2)])).toBe("lockdep-off");
  });

  test("with the target cut off within its chain is never good", async () => {
    const first = ABBA.findIndex((line) => line.includes("possible circular locking"));
    const last = ABBA.findIndex((line) => line.includes("stack backtrace:"));
    for (let end = first + 1; end < last; end++)
      expect(["bad", "lockdep-off"]).toContain(await why(ABBA.slice(0, end)));
  });
});

test("a kernel that cannot report the target says nothing", async () => {
  const recursion = await triageLines(logLines("circular/mmunotifier-6-1"));
  const { decisive } = await verdict([CLEAN], targetOfLog("6.1", recursion));
  expect(decisive?.unobserved).toMatchObject({ reason: "blind-spot", blindSpot: { since: "v6.4" } });
  // where it does report it all the same, it is there
  expect(await why(logLines("circular/mmunotifier-6-1"), targetOfLog("6.1", recursion))).toBe("bad");
});

describe("what needs no lockdep is looked for with lockdep off, too", () => {
  test("sleeping in atomic context", async () => {
    const document = await triageLines(SLEEPING);
    const [report] = document.reports;
    if (report?.kind !== "sleeping") throw new Error("the fixture begins with another report");
    const target: Target = {
      ...targetOfLog("s", { ...document, reports: [report] }),
      time: null,
      endsOrderly: false,
    };
    expect(await why(ABBA, target)).toBe("good");
    expect(await why(SLEEPING, target)).toBe("bad");
  });
});

describe("several logs", () => {
  test("are bad if one is, whatever the others are", async () => {
    expect((await verdict([CLEAN, ["x"], ABBA], targetOf(ABBA_ID))).result).toBe("bad");
  });

  test("are good only if all are, or enough", async () => {
    expect((await verdict([CLEAN, CLEAN], targetOf(ABBA_ID))).result).toBe("good");
    const masked = [CLEAN, FS_RECLAIM, CLEAN];
    expect((await verdict(masked, targetOf(ABBA_ID))).result).toBe("unusable");
    expect((await verdict(masked, targetOf(ABBA_ID), 2)).result).toBe("good");
    expect((await verdict(masked, targetOf(ABBA_ID), 3)).result).toBe("unusable");
  });

  test("none at all say nothing", async () => {
    expect((await verdict([], targetOf(ABBA_ID))).result).toBe("unusable");
  });

  test("in one file are boots, too", async () => {
    expect((await verdict([[...CLEAN, ...ABBA]], targetOf(ABBA_ID))).result).toBe("bad");
    expect((await verdict([[...CLEAN, ...FS_RECLAIM]], targetOf(ABBA_ID))).result).toBe("unusable");
  });
});

describe("a target in words", () => {
  const TITLE = "possible deadlock in take_ba";

  test.each([
    ["its id", ABBA_ID],
    ["its id, said to be one", `id:${ABBA_ID}`],
    ["its title", TITLE],
    ["its title, said to be one", `title:${TITLE}`],
    ["a class of its cycle", "lock_b"],
    ["a class, said to be one", "class:lock_a"],
    ["its headline", "possible circular locking dependency detected"],
    ["a part of its headline", "circular locking dependency"],
    ["a pattern of its headline", "*circular*detected"],
    ["the beginning of its headline, within a word", "possible circular lock*"],
    ["the end of its headline, within a word", "*endency detected"],
    ["a headline, said to be one", "headline:dependency"],
  ])("%s", async (_name, text) => {
    expect(await why(ABBA, targetOf(text))).toBe("bad");
    expect(await why(CLEAN, targetOf(text))).toBe("good");
  });

  test.each([
    ["another id", "id:000000000000"],
    ["a part of its title", "possible deadlock in take_b"],
    ["another title", "title:possible deadlock in take_ab"],
    ["a class that is only held beside", "&of->mutex"],
    ["a part of a class", "lock_"],
    ["a headline that ends within a word", "possible circular lock"],
    ["another headline", "possible recursive*"],
    ["a class that is a word of headlines", "dependency"],
    ["pieces in another order", "*detected*circular*"],
    ["nothing but stars", "headline:***"],
  ])("is not taken for %s", async (_name, text) => {
    expect(await why(ABBA, targetOf(text))).toBe("lockdep-off");
  });

  test("names a class by any of its names", async () => {
    const old = ABBA.map((line) => line.replace(/\block_b\b/g, "&mm->mmap_sem"));
    expect(await why(old, targetOf("&mm->mmap_lock"))).toBe("bad");
  });

  test.each([
    ["", "empty"],
    ["  ", "empty"],
    ["id:12", "not an id"],
    ["site:zz", "not a site id"],
    ["class:", "empty"],
  ])("%j is refused", (text, reason) => {
    expect(() => targetOf(text)).toThrow(TargetError);
    expect(() => targetOf(text)).toThrow(reason);
  });
});

describe("a target in a log", () => {
  test("is its report, and asks of others to go as far", async () => {
    const target = targetOfLog("abba.log", await triageLines(ABBA));
    expect(await why(ABBA, target)).toBe("bad");
    expect(await why(CLEAN, target)).toBe("good");
    // after init, at the end of a line: nothing but the missing shutdown tells
    const init = CLEAN.findIndex((line) => line.includes("as init process"));
    expect(await why(CLEAN.slice(0, init + 1), target)).toBe("ends-early");
    expect(await why(CLEAN.slice(0, init + 1))).toBe("good");
  });

  test("may be a damaged report of its kind, which then proves nothing", async () => {
    const target = targetOfLog("rcu.log", await triageLines(RCU));
    const first = RCU.findIndex((line) => line.includes("WARNING: suspicious RCU usage"));
    // its place and its stack are lost, and lockdep stays on behind it
    const cut = [...RCU.slice(0, first + 2), ...RCU.slice(first + 25)];
    expect(await why(RCU, target)).toBe("bad");
    expect(await why(cut, target)).toBe("damaged-report");
    expect(await why(cut, targetOf("id:0123456789ab"))).toBe("damaged-report");
    // of another kind it cannot be
    expect(await why(cut, targetOfLog("abba.log", await triageLines(ABBA)))).toBe("good");
  });

  test("asks at least for its time where its own log has no shutdown", async () => {
    const target = targetOfLog("abba.log", await triageLines(ABBA.slice(0, -3)));
    expect(target.endsOrderly).toBe(false);
    const init = CLEAN.findIndex((line) => line.includes("as init process"));
    // clean/kernfs got there at 4.5 s, the report came at 8.2 s
    expect(target.time).toBeCloseTo(8.2, 1);
    expect(await why(CLEAN.slice(0, init + 1), target)).toBe("ends-early");
    expect(await why(CLEAN, target)).toBe("good");
  });

  test("must be there, and be one", async () => {
    const clean = await triageLines(CLEAN);
    expect(() => targetOfLog("a.log", clean)).toThrow("a.log: no report in it");
    const two = await triageLines([...ABBA, ...FS_RECLAIM]);
    expect(() => targetOfLog("a.log", two)).toThrow(/more than one report.*take_ba.*s_fsreclaim/);
    const headline = ABBA.findIndex((line) => line.includes("possible circular locking"));
    const cut = await triageLines(ABBA.slice(0, headline + 6));
    expect(() => targetOfLog("a.log", cut)).toThrow("damaged");
    // the same twice is one
    expect(targetOfLog("a.log", await triageLines([...ABBA, ...ABBA])).name).toContain(ABBA_ID);
  });
});

describe("in words", () => {
  test("each verdict says why", async () => {
    const text = async (logs: readonly (readonly string[])[], enough?: number): Promise<string> =>
      verdictText(await verdict(logs, targetOf(ABBA_ID), enough), "T");
    const headline = ABBA.findIndex((line) => line.includes("======")) + 1;
    expect(await text([ABBA])).toBe(`bad: 0.log:${headline}: possible deadlock in take_ba (${ABBA_ID})`);
    expect(await text([CLEAN])).toBe("good: 0.log: lockdep was on to the end and did not report it: T");
    expect(await text([CLEAN, CLEAN])).toBe("good: in none of 2 boots: T");
    expect(await text([CLEAN, ["x"]], 1)).toBe("good: in none of 1 boot: T; 1 more boot could not show it");
    expect(await text([FS_RECLAIM])).toMatch(
      /^cannot tell: 0\.log: lockdep was off since line \d+, after possible deadlock in s_fsreclaim \(\w{12}\)$/,
    );
    expect(await text([CLEAN, ["x"]])).toBe(
      "cannot tell: 1.log: nothing in the log is from a kernel (1 of 2 boots prove nothing)",
    );
    expect(await text([])).toBe("cannot tell: no log was read");
  });

  test("nothing of a log reaches a terminal raw", async () => {
    const evil = ABBA.map((line) => line.replaceAll("take_ba", "take\u001b]0;x\u0007"));
    const said = verdictText(await verdict([evil], targetOf("lock_a")), "\u001b[31m");
    expect(said.split("").filter((character) => character < " ")).toEqual([]);
  });
});
