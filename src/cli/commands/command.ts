import type { Command } from "commander";
import type { Terminal } from "../io/terminal.ts";

/** What every command works with. */
export interface Session {
  readonly terminal: Terminal;
  /** Takes the exit status, where it is not 0. */
  readonly finish: (status: number) => void;
}

/**
 * Adds a command to its parent: what it takes, and what it does with it. What costs time to load is loaded when the
 * command runs.
 */
export type AddCommand = (parent: Command, session: Session) => void;
