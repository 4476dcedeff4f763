/** The contexts that usage states name (hardirq, softirq, reclaim), in words: for sentences and for drawings. */

/** Where a lock with this state is taken: inside of the context, or where the context may come. */
export function contextWords(states: string): { readonly inside: string; readonly outside: string } {
  if (/RECLAIM/i.test(states))
    return { inside: "inside memory reclaim", outside: "across an allocation that may reclaim" };
  const which = /SOFTIRQ/i.test(states) && !/HARDIRQ/i.test(states) ? "softirq" : "hard interrupt";
  return { inside: `in a ${which}`, outside: `with ${which}s enabled` };
}

/** `IN-HARDIRQ-W`: taken in a hard interrupt. */
export function usageWords(state: string): string {
  const read = /-R$/i.test(state) ? " for reading" : "";
  const { inside, outside } = contextWords(state);
  return /^\{?in-/i.test(state) ? `taken${read} ${inside}` : `held${read} ${outside}`;
}

/** What interrupts the holder of a lock, and what allows it to: titles and words of a drawing. */
export function contextOf(states: string): { word: string; on: string; column: string; needed: string } {
  if (/RECLAIM/i.test(states))
    return {
      word: "reclaim",
      on: " and allocates memory",
      column: "the same task, in reclaim",
      needed: "reclaim",
    };
  if (/SOFTIRQ/i.test(states) && !/HARDIRQ/i.test(states))
    return { word: "softirq", on: ", softirqs enabled", column: "CPU 0, softirq", needed: "a softirq" };
  return {
    word: "interrupt",
    on: ", interrupts enabled",
    column: "CPU 0, interrupt",
    needed: "an interrupt",
  };
}
