import type { Ink } from "./layout.ts";

/** What a text is written for. */
export interface Paper {
  /** Columns of the terminal. */
  readonly width: number;
  /** Whether text has colours, and links if the kernel's sources are known and the terminal supports them. */
  readonly color: Ink;
  /** Whether a table is complete instead of short. */
  readonly verbose?: boolean;
  /** Names for a submission to KCIDB (`kcidb`). */
  readonly submission?: SubmissionNames;
  /** What a bug report says that is not in the log (`mail`). */
  readonly letter?: Letter;
}

export interface Letter {
  /** Who hit the bug, `NAME <MAIL>`; null for the sender of the mail with the report. */
  readonly reporter: string | null;
  /** The commit that a bisection led to. */
  readonly bisected: BisectedCommit | null;
}

export interface BisectedCommit {
  /** As it was given; each report has it among its suspects. */
  readonly asked: string;
  /** The full hash if known, else as given. */
  readonly sha: string;
  readonly subject: string | null;
}

/** Names of KCIDB, each `origin:name` but for the first. */
export interface SubmissionNames {
  /** The CI system that submits, `[a-z0-9_]+`. */
  readonly origin: string;
  /** A build that KCIDB already has; if null, the submission has one for each kernel in the logs. */
  readonly build: string | null;
  /** The test run; with several boots, the second gets the suffix `.2`, and so on. */
  readonly test: string | null;
}

/** If no names are given. */
export const ANONYMOUS: SubmissionNames = { origin: "splat_triage", build: null, test: null };
