/** What is known of how a class was taken. */
export interface Usage {
  /** Taken for writing, or exclusively. */
  readonly writes: boolean;
  /** Taken for reading. */
  readonly reads: boolean;
  /** Taken in an interrupt. */
  readonly inInterrupt: boolean;
}

/**
 * In which order get_usage_chars() writes. `pairs`, since 2.6.30: a state's writers, then its readers, state after
 * state, `+` for "with interrupts on". `halves`, before: hardirq and softirq writers, then both readers, `-` for
 * "with interrupts on".
 */
export type UsageLayout = "pairs" | "halves";

/** A mutex, the commonest class there is, reads `+.+.` in one layout and `--..` in the other. */
export function layoutOf(usages: readonly string[]): UsageLayout {
  let pairs = 0;
  let halves = 0;
  for (const usage of usages) {
    if (usage.length !== 4) pairs++;
    if (usage === "+.+.") pairs++;
    if (usage === "--..") halves++;
  }
  return halves > pairs ? "halves" : "pairs";
}

/**
 * Reads usage characters: `.` never, `+` with interrupts on, `-` in an interrupt, `?` both; in the older layout
 * `-` and `+` change places.
 *
 * All of them `.` tells nothing: the class may have been taken with interrupts off alone.
 */
export function usageOf(text: string, layout: UsageLayout): Usage {
  let writes = false;
  let reads = false;
  let inInterrupt = false;
  for (let i = 0; i < text.length; i++) {
    const mark = text[i];
    if (mark === ".") continue;
    const isRead = layout === "pairs" ? i % 2 === 1 : i >= text.length / 2;
    if (isRead) reads = true;
    else writes = true;
    // the fifth and sixth were RECLAIM_FS, a state of other locks
    if (i < 4 && (mark === "?" || mark === (layout === "pairs" ? "-" : "+"))) inInterrupt = true;
  }
  return { writes, reads, inInterrupt };
}
