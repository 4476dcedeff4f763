import { keepBriefly } from "../../bisect/brief-report.ts";
import type { JournalHead, JournalRun } from "../../bisect/journal.ts";
import { rateFor } from "../../bisect/learned-rate.ts";
import { type RunSummary, summaryOf } from "../../bisect/run-summary.ts";
import { type Limits, nextStep, type StopReason } from "../../bisect/sequence.ts";
import type { Rate } from "../../compare/rates.ts";
import type { Target } from "../../compare/target.ts";
import { counted } from "../../render/words/parts.ts";
import { planText, runText } from "../../render/bisect/run-prose.ts";
import { printable, type Safe, safe } from "../../render/words/safe.ts";
import { AbortBisection } from "./abort.ts";
import { type BootCommand, runBoot } from "./boot-run.ts";
import { judgeRun, saysSkip } from "./judge-run.ts";
import { newLogFile } from "./kept-logs.ts";
import { testedCommit } from "./tested-commit.ts";

/** Where runs are written down: a file, or for one command alone. */
export interface RunLedger {
  /** Of all commits. */
  readonly read: () => Promise<readonly JournalRun[]>;
  readonly append: (run: JournalRun) => Promise<void>;
}

/** A commit under test. */
export interface CommitTest {
  readonly head: JournalHead;
  readonly target: Target;
  /** What git calls it; {@link NO_COMMIT} where nothing does. */
  readonly commit: string;
  /** The commit is what is checked out, and must stay so. */
  readonly isCheckedOut: boolean;
  readonly boot: BootCommand;
  readonly limits: Limits;
  /** By the user. */
  readonly rate: Rate | null;
  readonly ledger: RunLedger;
  /** A directory for copies of all logs. */
  readonly keep: string | null;
}

/** As git writes a commit that is none. */
export const NO_COMMIT = "0".repeat(40);

/** How much of a commit's name a person needs. */
const SHORT = 12;

/**
 * Runs the command until it is known whether the commit has the bug.
 *
 * @param say a line for standard error
 * @throws AbortBisection where the runs cannot go on, as after an interruption
 */
export async function testCommit(
  test: CommitTest,
  say: (text: Safe) => Promise<void>,
  interrupted: AbortSignal,
): Promise<RunSummary> {
  const { commit, ledger, limits } = test;
  const progress = async (fresh: number) => {
    const all = await ledger.read();
    const runs = all.filter((run) => run.commit === commit);
    const known = rateFor(test.rate, all, commit);
    return { runs, known, step: nextStep(runs, fresh, known.rate, limits) };
  };
  let now = await progress(0);
  const before = now.runs.length;
  const at = commit === NO_COMMIT ? "" : safe` at ${printable(commit.slice(0, SHORT))}`;
  await say(safe`looking for ${printable(test.target.name)}${at}`);
  if (before > 0) await say(safe`${counted(before, "run")} of it from before, ${now.step.usable} usable`);
  if (now.step.next === "run") await say(planText(now.known, now.step.needed, limits.confidence));
  let stop: StopReason | null = null;
  while (stop === null) {
    if (now.step.next === "stop") {
      stop = now.step.reason;
      break;
    }
    if (interrupted.aborted) throw new AbortBisection("interrupted");
    const { run, isUntestable } = await runOnce(test, now.runs.length + 1, interrupted);
    await ledger.append(run);
    now = await progress(now.runs.length + 1 - before);
    await say(runText(run, now.step));
    if (isUntestable) stop = "untestable";
  }
  const tested = {
    target: test.head.target,
    identity: test.head.identity,
    commit: commit === NO_COMMIT ? null : commit,
    confidence: limits.confidence,
  };
  return summaryOf(tested, stop, now.step, now.known, now.runs);
}

/** @returns the run, and whether the command says that the commit cannot be tested */
async function runOnce(
  { target, commit, isCheckedOut, boot, keep }: CommitTest,
  number: number,
  interrupted: AbortSignal,
): Promise<{ readonly run: JournalRun; readonly isUntestable: boolean }> {
  const copy = keep === null ? null : await newLogFile(keep, `${commit.slice(0, SHORT)}-${number}`);
  try {
    const ran = await runBoot(boot, keepBriefly(target.matches), copy, interrupted);
    if (isCheckedOut) await mustBeCheckedOut(commit);
    const judged = judgeRun(ran, target);
    const isUntestable = saysSkip(ran.ended) && judged.result !== "bad";
    const seconds = Math.round(ran.seconds * 1000) / 1000;
    return { run: { commit, run: number, seconds, ...judged }, isUntestable };
  } finally {
    await copy?.close();
  }
}

async function mustBeCheckedOut(commit: string): Promise<void> {
  const now = await testedCommit();
  if ("commit" in now && now.commit === commit) return;
  const found = "commit" in now ? now.commit.slice(0, SHORT) : now.why;
  throw new AbortBisection(
    `while ${commit.slice(0, SHORT)} was tested the working tree came to be at another commit (${found}): this run does not count`,
  );
}
