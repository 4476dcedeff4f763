import { constants } from "node:os";
import { resolve } from "node:path";
import type { JournalHead, JournalRun, Search } from "../../bisect/journal.ts";
import { type Rate, runsNeeded } from "../../compare/rates.ts";
import type { FormatOf } from "../../render/formats.ts";
import { summaryText } from "../../render/bisect/run-prose.ts";
import { printable, type Safe, safe } from "../../render/words/safe.ts";
import { IDENTITY_VERSION } from "../../identity/identity.ts";
import { messageOf, UsageError } from "../io/errors.ts";
import { write, writeDocument } from "../io/output.ts";
import { readTarget } from "../target.ts";
import type { Terminal } from "../io/terminal.ts";
import { ABORT_STATUS, AbortBisection } from "./abort.ts";
import { type CommitTest, NO_COMMIT, type RunLedger, testCommit } from "./commit-test.ts";
import { JournalFile } from "./journal-file.ts";
import { statusOf } from "../commands/bisect/options.ts";
import { givenRate, type RateOptions } from "../commands/bisect/rate-option.ts";
import { namedCommit, testedCommit } from "./tested-commit.ts";

export interface RunOptions extends RateOptions {
  readonly target: string;
  readonly find: Search;
  readonly confidence: number;
  readonly journal?: string;
  readonly log?: string;
  readonly timeout?: number;
  readonly maxRuns?: number;
  readonly maxUnusable: number;
  readonly maxMasked: number;
  readonly commit?: string;
  readonly keep?: string;
  readonly format?: FormatOf<"run">;
}

const USAGE_STATUS = 2;

/** Ctrl-C, what a system sends that shuts down, and what is left of a terminal that was closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * `splat-triage bisect run --target T -- COMMAND…`
 *
 * @returns the exit status: 0 good, 1 bad, 125 cannot tell; 2 wrong usage; above 127 where git bisect must stop: 128 + n
 *   after signal n, else 128
 */
export async function runCommit(
  command: readonly string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<number> {
  // a reader that goes away costs what it would have read, and no verdict
  terminal.stderr.on("error", () => undefined);
  const say = async (text: Safe): Promise<void> => {
    await write(terminal.stderr, safe`${text}\n`).catch(() => undefined);
  };
  const interrupted = new AbortController();
  let caught: (typeof SIGNALS)[number] | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    caught ??= SIGNALS.find((known) => known === signal);
    interrupted.abort();
  };
  // Node's own status would be 1, which is bad
  const onCrash = (error: unknown): void => {
    interrupted.abort();
    terminal.stderr.write(`splat-triage: ${messageOf(error)}\n`);
    process.exit(ABORT_STATUS);
  };
  process.on("uncaughtException", onCrash);
  let journal: JournalFile | null = null;
  try {
    const rate = rateOf(options);
    const boot = bootOf(command, options);
    const target = await readTarget(options.target, terminal);
    for (const signal of SIGNALS) process.on(signal, onSignal);
    const head: JournalHead = {
      schema: "splat-triage-journal/1",
      target: target.name,
      identity: IDENTITY_VERSION,
      ...(options.find === "fix" ? { find: options.find } : {}),
    };
    const tested = await commitOf(options);
    journal = options.journal === undefined ? null : await JournalFile.open(options.journal, head);
    const test: CommitTest = {
      head,
      target,
      ...tested,
      boot,
      limits: {
        confidence: options.confidence,
        maxRuns: options.maxRuns ?? null,
        maxUnusable: options.maxUnusable,
        maxMasked: options.maxMasked,
      },
      rate,
      ledger: await ledgerOf(journal, options.journal ?? "", say),
      keep: options.keep ?? null,
    };
    const summary = await testCommit(test, say, interrupted.signal);
    if (options.format !== undefined) {
      await writeDocument(terminal, "run", options.format, summary).catch(() => undefined);
    }
    await say(safe`splat-triage: ${summaryText(summary, options.find)}`);
    return statusOf(summary.result, options.find);
  } catch (error) {
    if (caught !== undefined) {
      await say(safe`splat-triage: ended by ${caught}`);
      return ABORT_STATUS + constants.signals[caught];
    }
    await say(
      safe`splat-triage: ${error instanceof AbortBisection ? printable(error.message) : messageOf(error)}`,
    );
    return error instanceof UsageError ? USAGE_STATUS : ABORT_STATUS;
  } finally {
    await journal?.close();
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off("uncaughtException", onCrash);
  }
}

function bootOf(
  [program, ...args]: readonly string[],
  { log, timeout, journal, target }: RunOptions,
): CommitTest["boot"] {
  if (program === undefined || program === "")
    throw new UsageError("name the command that boots the kernel, after --");
  if (log === "-") throw new UsageError("--log -: without it, standard output is the log");
  const isTaken = [journal, target].some(
    (path) => path !== undefined && log !== undefined && resolve(path) === resolve(log),
  );
  if (isTaken)
    throw new UsageError(
      `--log ${String(log)}: it is removed before each run, but is needed for something else`,
    );
  return { command: [program, ...args], log: log ?? null, timeoutSeconds: timeout ?? null };
}

/** @returns null: the user says nothing about it */
function rateOf(options: RunOptions): Rate | null {
  const rate = givenRate(options);
  try {
    if (rate !== null) runsNeeded(rate, options.confidence);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
  return rate;
}

/** What is tested, as the user or else git says. */
async function commitOf({
  commit,
  journal,
}: RunOptions): Promise<Pick<CommitTest, "commit" | "isCheckedOut">> {
  if (commit !== undefined) {
    const named = await namedCommit(commit);
    if (named === null)
      throw new UsageError(
        `--commit ${printable(commit)}: git knows no such commit, and it does not name one`,
      );
    return { commit: named, isCheckedOut: false };
  }
  const tested = await testedCommit();
  if ("commit" in tested) return { commit: tested.commit, isCheckedOut: true };
  if (journal !== undefined)
    throw new UsageError(`--journal needs to know the commit, and ${tested.why}: give --commit`);
  return { commit: NO_COMMIT, isCheckedOut: false };
}

async function ledgerOf(
  journal: JournalFile | null,
  path: string,
  say: (text: Safe) => Promise<void>,
): Promise<RunLedger> {
  if (journal === null) {
    const runs: JournalRun[] = [];
    return {
      read: async () => Promise.resolve(runs),
      append: async (run) => {
        runs.push(run);
        return Promise.resolve();
      },
    };
  }
  const { damaged } = await journal.read();
  for (const line of damaged) await say(safe`${printable(path)}:${line}: cannot be read, and is ignored`);
  return { read: async () => (await journal.read()).runs, append: async (run) => journal.append(run) };
}
