import { type ClassName, printedName } from "../../../grammar/class-name.ts";
import type { Lock, Task } from "../../report/schema.ts";
import { at } from "./frames.ts";
import { commaed, lock, type Part, plain, quiet } from "./parts.ts";
import { inFrame, listed } from "./sentences.ts";

/** The class with what tells it from others of its name. */
export function classPart(named: ClassName): Part {
  return lock(printedName(named));
}

export function taskName({ comm, pid }: Task): string {
  return `${comm}/${pid}`;
}

const MOST_LOCKS = 6;

/** `lock_a in take_ba` */
export function lockAt(of: Lock): Part[] {
  return [classPart(of), ...at(of.at)];
}

/** Fifty locks of an array, taken in one loop, are one thing to know. */
export function lockItems(locks: readonly (Lock | null)[]): Part[] {
  const groups = new Map<string, { first: Lock | null; count: number }>();
  for (const held of locks) {
    const key = held === null ? "" : `${held.class} ${held.at?.symbol ?? ""}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: held, count: 1 });
    else group.count++;
  }
  const all = [...groups.values()];
  const items = all.slice(0, MOST_LOCKS).map(({ first, count }): Part[] => {
    if (first === null) return [quiet("one just released")];
    return count === 1 ? lockAt(first) : [lock(first.class), plain(` ×${count}`), ...at(first.at)];
  });
  const left = all.slice(MOST_LOCKS).reduce((sum, { count }) => sum + count, 0);
  if (left > 0) items.push([quiet(`${left} more`)]);
  return commaed(items);
}

/** Locks with the functions that took them; many of one class are one. */
export function lockList(locks: readonly (Lock | null)[]): Part[] {
  const groups = new Map<string, { parts: Part[]; site: Part[]; count: number }>();
  for (const held of locks) {
    const key = held === null ? "" : `${held.class} ${held.at?.symbol ?? ""}`;
    const group = groups.get(key);
    if (group !== undefined) group.count++;
    else
      groups.set(key, {
        parts: held === null ? [quiet("one just released")] : [classPart(held)],
        site: inFrame(held?.at, " (taken in "),
        count: 1,
      });
  }
  const all = [...groups.values()];
  const items = all.slice(0, MOST_LOCKS).map(({ parts, site, count }): Part[] => {
    const times = count > 1 ? [plain(` ${count} times`)] : [];
    return [...parts, ...times, ...(site.length === 0 ? [] : [...site, plain(")")])];
  });
  const left = all.slice(MOST_LOCKS).reduce((sum, { count }) => sum + count, 0);
  if (left > 0) items.push([plain(`${left} more`)]);
  return listed(items);
}
