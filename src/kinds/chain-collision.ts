import type { LineToken } from "../../grammar/tokenize.ts";
import type { KindBuilder } from "./kind.ts";
import { parseClass, parseLock } from "../../grammar/lock.ts";
import { classOf, lockOf, numberOf, taskOf, textOf } from "./parts.ts";

/**
 * print_collision(): two lock chains have one hash. Each lock stands behind its chain key, on the same line
 * or, where the log was cut up, on the next.
 */
export const chainCollision: KindBuilder = {
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
