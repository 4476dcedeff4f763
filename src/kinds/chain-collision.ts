import { parseClass, parseLock } from "../../grammar/lock.ts";
import type { LineToken } from "../../grammar/tokenize.ts";
import { classPart, lockItems, lockList } from "../render/words/locks.ts";
import { commaed, plain, quiet } from "../render/words/parts.ts";
import { listed, say } from "../render/words/sentences.ts";
import { WARNING } from "./bug/banner.ts";
import { asPrinted } from "./bug/culprit.ts";
import { functionLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { classOf, lockOf, numberOf, taskOf, textOf } from "./assemble/parts.ts";
import { type KindDefinition, LAST_WORD } from "./kind.ts";
import { backtraceLines, boxLines } from "./print/boxes.ts";
import { given } from "./print/lines.ts";
import { classText, lockText, taskText } from "./print/locks.ts";
import { oneFact } from "./tell/facts.ts";
import { heldSentence } from "./tell/story.ts";

/**
 * print_collision(): two lock chains have one hash. Each lock comes after its chain key, on the same line
 * or, where the log was cut up, on the next.
 */
export const chainCollision: KindDefinition = {
  requires: ["kernel", "task", "collision", "backtrace"],
  build(parts) {
    const task = parts.line("CollisionTask");
    const sections = parts.all("collision");
    const entries = (lead: "CollisionHeld" | "CollisionCached"): Entry[] =>
      sections.filter((section) => section.lead.name === lead).flatMap(({ locks }) => entriesOf(locks));
    const held = entries("CollisionHeld");
    const cached = entries("CollisionCached");
    return {
      task: task === null ? null : taskOf(task),
      ...(sections.length === 0
        ? {}
        : {
            collision: {
              irqContext:
                sections.flatMap(({ lead, depth }) => contextOf(lead) ?? contextOf(depth) ?? [])[0] ?? null,
              held: held.map(({ text, ...entry }) => ({ ...entry, lock: mapped(parseLock(text), lockOf) })),
              cached: cached.map(({ text, ...entry }) => ({
                ...entry,
                lock: mapped(parseClass(text), classOf),
              })),
            },
          }),
    };
  },

  banner: WARNING,
  title: asPrinted,
  bug: lockAndSite,
  lacks: functionLacks,

  lockdep: LAST_WORD,

  print: (report) => [
    ...boxLines(report, 28),
    ...given(report.task, (task) => [`${taskText(task)}: `]),
    "Hash chain already cached but the contents don't match!",
    ...given(report.collision, ({ held, irqContext, cached }) => [
      "Held locks:",
      `depth: ${held.length}${irqContext === null ? "" : ` (irq_context ${irqContext})`}`,
      ...held.map(({ id, chainKey, lock }) => printedEntry(id, chainKey, lockText(lock))),
      "Locks in cached chain:",
      `depth: ${cached.length}`,
      ...cached.map(({ id, chainKey, lock }) =>
        printedEntry(id, chainKey, lock === null ? "" : ` ${classText(lock)}`),
      ),
    ]),
    ...backtraceLines(report),
  ],
  facts({ collision }) {
    if (collision === undefined) return [];
    const cached = collision.cached.map(({ lock }) => [lock === null ? quiet("unknown") : classPart(lock)]);
    return [
      ...oneFact("chain", ...lockItems(collision.held.map(({ lock }) => lock))),
      ...oneFact("cached", ...commaed(cached)),
    ];
  },
  story(report) {
    const { collision } = report;
    const cached = (collision?.cached ?? []).map(({ lock }) => [
      lock === null ? plain("an unknown lock") : classPart(lock),
    ]);
    return [
      collision === undefined
        ? heldSentence(report)
        : say`It held ${lockList(collision.held.map(({ lock }) => lock))}.`,
      cached.length === 0
        ? null
        : say`Lockdep remembers chains of locks by a hash, and under this one it had ${listed(cached)}.`,
    ];
  },
  consequence: () =>
    "A chain with the hash of a known one counts as checked. That may hide a deadlock; more often lockdep's record of the held locks is corrupt.",
};

function contextOf(line: LineToken | null): number | null {
  return line === null ? null : numberOf(line, "context");
}

interface Entry {
  readonly id: number;
  readonly chainKey: string;
  readonly text: string;
}

function entriesOf(lines: readonly LineToken[]): Entry[] {
  const entries: Entry[] = [];
  for (const line of lines) {
    const last = entries[entries.length - 1];
    if (line.name === "CollisionLock")
      entries.push({
        id: numberOf(line, "id") ?? 0,
        chainKey: textOf(line, "key") ?? "",
        text: textOf(line, "lock") ?? "",
      });
    else if (last?.text === "") entries[entries.length - 1] = { ...last, text: line.text };
  }
  return entries;
}

function mapped<From, To>(value: From | null, map: (value: From) => To): To | null {
  return value === null ? null : map(value);
}

/** print_chain_key_iteration() ends no line: the lock follows. */
function printedEntry(id: number, chainKey: string, lock: string): string {
  return ` hlock_id:${id} -> chain_key:${chainKey}${lock}`;
}
