import { isCode, type PatchedFunction, type PatchLine } from "./patch.ts";

/** What a patch does to locks in one function: the calls, masks and scopes that came, went or moved. */

export interface Call {
  /** Of `guard(mutex)(&x)` the guard. */
  readonly name: string;
  /** The first argument, as written. */
  readonly argument: string;
}

export interface LockEffects {
  /** Calls that the new version has more often. */
  readonly added: readonly Call[];
  /** Calls that the new version has less often. */
  readonly dropped: readonly Call[];
  /** Calls that both versions have, on changed lines. */
  readonly moved: readonly Call[];
  /** Of allocations: `GFP_NOFS`, `memalloc_nofs_save`, … */
  readonly masksAdded: readonly string[];
  readonly masksDropped: readonly string[];
}

const GUARD = /\b(?:scoped_guard\(\w{1,40},|guard\(\w{1,40}\)\()\s{0,8}([^,()]{1,200})/g;
const NO_CALL = /^(?:guard|scoped_guard|if|while|for|switch|return|sizeof|typeof|unlikely|likely|defined)$/;
const MASK =
  /\b(?:(?:__)?GFP|KM)_[A-Z0-9_]{1,40}\b|\bmemalloc_(?:nofs|noio|noreclaim)_(?:save|restore)\b|\bPF_MEMALLOC\w{0,20}\b/g;

export function lockEffects({ lines }: PatchedFunction): LockEffects {
  const changed = lines.filter(({ sign, text }) => sign !== " " && isCode(text));
  const calls = difference(changed, callsOf, ({ name, argument }) => `${name}(${argument}`);
  const masks = difference(
    changed,
    (text) => [...text.matchAll(MASK)].map(([mask]) => mask),
    (mask) => mask,
  );
  return { ...calls, masksAdded: masks.added, masksDropped: masks.dropped };
}

/** Calls of a line of code, those within a condition, too. */
export function callsOf(text: string): Call[] {
  const calls: Call[] = [...text.matchAll(GUARD)].map(([, argument = ""]) => ({ name: "guard", argument }));
  // what is called within an argument is a call as well
  for (const [, name = ""] of text.matchAll(/\b([A-Za-z_]\w{0,127})(?=\s?\()/g)) {
    if (NO_CALL.test(name)) continue;
    const rest = text.slice(text.indexOf(name) + name.length);
    const argument = /^\s?\(([^,()]{0,200}(?:\([^()]{0,100}\))?[^,()]{0,100})/.exec(rest)?.[1] ?? "";
    calls.push({ name, argument: argument.trim() });
  }
  return calls;
}

function difference<Thing>(
  lines: readonly PatchLine[],
  thingsOf: (text: string) => readonly Thing[],
  keyOf: (thing: Thing) => string,
): { added: Thing[]; dropped: Thing[]; moved: Thing[] } {
  const counts = new Map<string, { thing: Thing; added: number; dropped: number }>();
  for (const { sign, text } of lines)
    for (const thing of thingsOf(text)) {
      const key = keyOf(thing);
      const count = counts.get(key) ?? { thing, added: 0, dropped: 0 };
      if (sign === "+") count.added++;
      else count.dropped++;
      counts.set(key, count);
    }
  const all = [...counts.values()];
  const of = (fits: (added: number, dropped: number) => boolean): Thing[] =>
    all.filter(({ added, dropped }) => fits(added, dropped)).map(({ thing }) => thing);
  return {
    added: of((added, dropped) => added > dropped),
    dropped: of((added, dropped) => added < dropped),
    moved: of((added, dropped) => added === dropped),
  };
}
