import { whyInconclusive } from "../../boots/result.ts";
import type { Diff } from "../../compare/diff-schema.ts";
import type { Document, Source } from "../../report/schema.ts";
import { dumpsOf } from "./dumps.ts";
import { tell } from "./errors.ts";
import type { Terminal } from "./terminal.ts";

/** What --exit-code says, as `git bisect run` understands it. */
export const CONCLUSION = { found: 1, clean: 0, unknown: 125 } as const;

export type Conclusion = (typeof CONCLUSION)[keyof typeof CONCLUSION];

/**
 * Whether there was a report that is not known; if not, whether every boot could have shown one. Why not is told on
 * standard error.
 *
 * @param found all that was found, whatever of it is printed
 */
export async function conclusionOf(
  { reports, known = 0 }: Pick<Document["summary"], "reports" | "known">,
  sources: readonly Source[],
  terminal: Terminal,
): Promise<Conclusion> {
  if (reports > known) return CONCLUSION.found;
  return (await areConclusive(sources, terminal)) ? CONCLUSION.clean : CONCLUSION.unknown;
}

/**
 * Whether something was reported that is new and not known; if not, whether that can be told: the old side could have
 * shown it, and the new one anything.
 *
 * @param fresh the sources of the new side
 */
export async function diffConclusionOf(
  { changes }: Diff,
  fresh: readonly Source[],
  terminal: Terminal,
): Promise<Conclusion> {
  const unknown = changes.filter((change) => change.new.hits > 0 && (change.known ?? null) === null);
  if (unknown.some(({ status }) => status === "new")) return CONCLUSION.found;
  const masked = unknown.find(({ status }) => status === "masked");
  if (masked !== undefined) {
    await tell(
      `cannot tell: no boot of the old side could have shown ${masked.title} (${masked.id})`,
      terminal,
    );
    return CONCLUSION.unknown;
  }
  return (await areConclusive(fresh, terminal)) ? CONCLUSION.clean : CONCLUSION.unknown;
}

async function areConclusive(sources: readonly Source[], terminal: Terminal): Promise<boolean> {
  const dumps = await dumpsOf(sources, terminal);
  const logs = sources.filter(({ name }) => !dumps.has(name));
  const doubtful = logs.flatMap((source) => {
    const why = whyInconclusive(source);
    return why === null ? [] : [{ source, why }];
  });
  const [first, ...more] = doubtful;
  if (first === undefined && logs.length > 0) return true;
  const { UNOBSERVED_PROSE } = await import("../../render/bisect/verdict-prose.ts");
  const what =
    first === undefined
      ? "no log was read"
      : `${nameOf(first.source)}: ${UNOBSERVED_PROSE[first.why]}${more.length > 0 ? ` (and ${more.length} more)` : ""}`;
  await tell(`cannot tell: ${what}`, terminal);
  return false;
}

/** Tells what only reports have, or may hold one, and was not read: one message a log. */
export async function tellUnread(source: Source, terminal: Terminal): Promise<void> {
  const [first] = source.unread;
  if (first === undefined) return;
  const more = source.unread.length - 1 + source.moreUnread;
  const others = more > 0 ? `, and ${more} more` : "";
  await tell(
    `${nameOf(source)}:${first.line}: may be a report's, and was not read${others}: ${first.text}`,
    terminal,
  );
}

function nameOf({ name }: Source): string {
  return name === "-" ? "standard input" : name;
}
