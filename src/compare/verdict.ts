import type { Boot, Report } from "../report/schema.ts";

/** Why a boot says nothing about a target. The words for each are in src/render/verdict-prose.ts. */
export const UNUSABLE_REASONS = [
  "no-kernel",
  "lockdep-never-on",
  "lockdep-off",
  "no-userspace",
  "panic",
  "cut",
  "ends-early",
] as const;

export type UnusableReason = (typeof UNUSABLE_REASONS)[number];

/** What one boot says about a target. */
export type BootVerdict =
  | { readonly result: "bad"; readonly report: Report }
  | { readonly result: "good" }
  | {
      readonly result: "unusable";
      readonly reason: UnusableReason;
      /** Turned lockdep off before the target could be reported. */
      readonly maskedBy: Report | null;
      readonly boot: Boot | null;
    };
