import type { ReadLog } from "./boot-files.ts";
import type { GraphDocument } from "./schema.ts";
import { documentOf } from "../triage/document.ts";
import { type LogInput, openLogs } from "../triage/log-input.ts";
import { readSource } from "../triage/read-source.ts";

/** Reads a log as far as that goes. */
export const readLog: ReadLog = async (input) => {
  const read = await readSource(input, 0, [], (report) => report);
  return { document: documentOf([read]), failure: read.failure };
};

/**
 * Makes one lock graph from dumps and logs of any number of boots: the document that `splat-triage graph -f json` writes.
 *
 * @param inputs logs, and copies of /proc/lockdep (l_show() in lockdep_proc.c), /proc/lockdep_chains (lc_show()) and
 *   /proc/lockdep_stats (lockdep_stats_show()); the names of one boot's inputs are in one directory
 * @throws TypeError if an argument is not a log, naming the argument; else whatever reading an input throws
 */
export async function lockGraph(inputs: Iterable<LogInput>): Promise<GraphDocument> {
  const { GraphReader } = await import("./graph-reader.ts");
  const reader = new GraphReader(readLog);
  for (const input of openLogs(inputs)) await reader.add(input);
  return reader.document();
}
