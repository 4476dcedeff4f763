import type { Dump } from "./proc/index.ts";
import type { Kernel, Report } from "../report/schema.ts";

/** One boot as the graph takes it: its dump, its reports, or both. */
export interface Boot {
  readonly name: string;
  readonly files: readonly string[];
  readonly kernel: Kernel | null;
  /** null: only a log. */
  readonly dump: Dump | null;
  readonly reports: readonly Report[];
  /** As the log tells it; the dump knows better. */
  readonly lockdep: "on" | "off" | "unknown";
}
