import type { Report } from "../../report/schema.ts";

/** The word before a headline: `WARNING: x`, or `[ BUG: x ]` and `[ INFO: x ]` as old kernels print it. */
export type Tag = NonNullable<Report["tag"]>;

/** How a kernel decorates the headline of a kind. */
export interface Banner {
  /** Since v4.12: fb43d6cb91ef made most a WARNING. */
  readonly tag: Tag;
  /** Up to v4.11. */
  readonly before: Tag;
  /** Whether it is between brackets where it is not a WARNING. */
  readonly boxed: boolean;
}

export const ONCE_INFO: Banner = { tag: "WARNING", before: "INFO", boxed: true };
export const ONCE_BUG: Banner = { tag: "WARNING", before: "BUG", boxed: true };
export const WARNING: Banner = { tag: "WARNING", before: "WARNING", boxed: true };
export const BUG: Banner = { tag: "BUG", before: "BUG", boxed: false };
export const BOXED_BUG: Banner = { ...BUG, boxed: true };
export const INFO: Banner = { tag: "INFO", before: "INFO", boxed: false };

/** The headline without what decorates it. */
export function bareHeadline(headline: string): string {
  return headline.replace(/^\[?\s*(?:(?:BUG|INFO|WARNING):\s*)?/, "").replace(/\s{1,80}\]$/, "");
}
