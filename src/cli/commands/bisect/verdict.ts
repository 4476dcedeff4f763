import { Option } from "commander";
import type { Target } from "../../../compare/target.ts";
import type { Search } from "../../../bisect/journal.ts";
import { own, safe } from "../../../render/words/safe.ts";
import { ABORT_STATUS } from "../../bisect/abort.ts";
import { dumpsOf } from "../../io/dumps.ts";
import { tellFailure } from "../../io/errors.ts";
import { isClosedPipe, write } from "../../io/output.ts";
import { readAll } from "../../io/read-all.ts";
import type { Terminal } from "../../io/terminal.ts";
import type { AddCommand } from "../command.ts";
import { wholeFrom } from "./numbers.ts";
import { searchOption, statusOf, targetOption } from "./options.ts";
import { helpText } from "../help-text.ts";

export const EXAMPLES = helpText(
  [
    [
      "git bisect run sh -c './boot.sh > log; \\\n  splat-triage bisect verdict --target bad.log log'",
      "which commit introduced the report?",
    ],
    ["splat-triage bisect verdict --target 'possible deadlock in take_ba' boot-*.log"],
    [
      "git bisect start --term-old=broken --term-new=fixed\n" +
        "git bisect run sh -c './boot.sh > log; \\\n  splat-triage bisect verdict --find fix --target bad.log log'",
      "which commit fixed it?",
    ],
  ],
  "A target is an id, a title, a lock class, (part of) a headline with * for any text, or a log that holds the report. " +
    "Put id:, title:, class:, headline: or log: in front of it where that is ambiguous. Before you start, try the " +
    "command on the log that shows the bug: it must say bad.",
);

interface VerdictOptions {
  readonly target: string;
  readonly find: Search;
  /** So many good boots are enough. */
  readonly enough?: number;
  /** Whether a log must end with a shutdown where the target's does; commander's --no-end-check. */
  readonly endCheck: boolean;
}

/**
 * `splat-triage bisect verdict --target T LOG...`: 0 good, 1 bad, 125 cannot tell, as where a log cannot be read; 128, at
 * which git stops, where something fails that nobody foresaw.
 */
export const addVerdict: AddCommand = (parent, { terminal, finish }) => {
  parent
    .command("verdict")
    .description("judge the logs of a kernel's boots: exit 0 good, 1 bad, 125 cannot tell")
    .argument("[log...]", "logs or directories of logs of one kernel (default: standard input)")
    .addOption(targetOption())
    .addOption(searchOption())
    .addOption(
      new Option(
        "--enough <boots>",
        "call it good after this many good boots (default: all must be good)",
      ).argParser(wholeFrom(1)),
    )
    .option("--no-end-check", "accept logs that end earlier than the target's")
    .addHelpText("after", EXAMPLES)
    .action(async (logs: string[], options: VerdictOptions) => {
      finish(await verdict(logs, options, terminal));
    });
};

async function verdict(
  logs: readonly string[],
  options: VerdictOptions,
  terminal: Terminal,
): Promise<number> {
  const { readTarget } = await import("../../target.ts");
  const target = await readTarget(options.target, terminal);
  try {
    return await judgeLogs(logs, target, options, terminal);
  } catch (error) {
    if (isClosedPipe(error)) throw error;
    // whatever it is, git must not take it for a verdict
    await tellFailure(error, terminal);
    return ABORT_STATUS;
  }
}

async function judgeLogs(
  logs: readonly string[],
  target: Target,
  options: VerdictOptions,
  terminal: Terminal,
): Promise<number> {
  const { document, failed } = await readAll(logs, {}, terminal);
  const wanted = options.endCheck ? target : { ...target, endsOrderly: false, time: null };
  const dumps = await dumpsOf(document.sources, terminal);
  const { verdictOn } = await import("../../../compare/verdict.ts");
  const { verdictText } = await import("../../../render/bisect/verdict-prose.ts");
  const judged = verdictOn(document, wanted, { ...(options.enough && { enough: options.enough }), dumps });
  // what could not be read was reported already
  const unread = failed && judged.result !== "bad";
  const text = unread
    ? own("cannot tell: not all logs could be read")
    : verdictText(judged, target.name, options.find);
  await write(terminal.stderr, safe`splat-triage: ${text}\n`);
  return statusOf(unread ? "unusable" : judged.result, options.find);
}
