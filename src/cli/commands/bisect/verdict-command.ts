import { isDump } from "../../../lock-graph/boot-files.ts";
import { verdictOn } from "../../../compare/verdict.ts";
import type { Document } from "../../../report/schema.ts";
import { verdictText } from "../../../render/bisect/verdict-prose.ts";
import type { Target } from "../../../compare/target.ts";
import { tellFailure } from "../../io/errors.ts";
import { isClosedPipe, write } from "../../io/output.ts";
import { readAll } from "../../io/read-all.ts";
import { readEach } from "../../io/read-each.ts";
import { readTarget } from "../../target.ts";
import type { Terminal } from "../../io/terminal.ts";
import { ABORT_STATUS } from "../../bisect/abort.ts";

export interface VerdictOptions {
  readonly target: string;
  /** So many good boots are enough. */
  readonly enough?: number;
  /** Whether a log must end with a shutdown where the target's does; commander's --no-end-check. */
  readonly endCheck: boolean;
}

/** What `git bisect run` is told. */
const STATUS = { good: 0, bad: 1, unusable: 125 } as const;

/**
 * `splat-triage bisect verdict --target T LOG...`
 *
 * @returns the exit status: 0 good, 1 bad, 125 cannot tell, as where a log cannot be read; 128, at which git stops,
 *   where something fails that nobody foresaw
 */
export async function verdictCommand(
  logs: readonly string[],
  options: VerdictOptions,
  terminal: Terminal,
): Promise<number> {
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
  const dumps = await dumpsOf(document, terminal);
  const verdict = verdictOn(document, wanted, { ...(options.enough && { enough: options.enough }), dumps });
  // what could not be read was told already
  const unread = failed && verdict.result !== "bad";
  const text = unread ? "cannot tell: not all logs could be read" : verdictText(verdict, target.name);
  await write(terminal.stderr, `splat-triage: ${text}\n`);
  return unread ? STATUS.unusable : STATUS[verdict.result];
}

/** The inputs that are no logs: a directory of logs may have copies of /proc/lockdep beside them. */
async function dumpsOf({ sources }: Document, terminal: Terminal): Promise<Set<string>> {
  const names = sources
    .filter(({ name, boots }) => boots.length === 0 && name !== "-")
    .map(({ name }) => name);
  const dumps = new Set<string>();
  if (names.length === 0) return dumps;
  await readEach(names, terminal, async (input) => {
    if (await isDump(input)) dumps.add(input.name);
  });
  return dumps;
}
