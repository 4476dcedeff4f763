import type { Report } from "../report/schema.ts";
import type { Parts } from "./parts.ts";

/** What all kinds have in common, read from the parts that they share. */
export type Common = Pick<
  Report,
  "kernel" | "task" | "lock" | "holding" | "cycle" | "edges" | "held" | "scenario" | "backtrace" | "dumps"
>;

/** What the builder of a kind knows better, or adds. */
export type Details = Partial<
  Omit<
    Report,
    | "id"
    | "title"
    | "kind"
    | "tag"
    | "source"
    | "lines"
    | "time"
    | "caller"
    | "complete"
    | "damage"
    | "annotations"
    | "findings"
    | "suspects"
    | "lookAt"
  >
>;

/** A part whose absence makes a report incomplete; "site" is where the lock was taken. */
export type Requirement = keyof Details | "site";

export interface KindBuilder {
  /** What the kernel always prints for this kind. */
  readonly requires: readonly Requirement[];
  /** Whether it counts the locks of tasks that run elsewhere, which the kernel does not list. */
  readonly countsOnly?: boolean;
  build(parts: Parts, common: Common): Details;
}
