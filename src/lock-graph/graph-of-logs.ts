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
 * Makes one lock graph of dumps and logs of any number of boots: the document that `splat-triage graph -f json` writes.
 *
 * @param inputs copies of /proc/lockdep, /proc/lockdep_chains and /proc/lockdep_stats, and logs; those that are of one
 *   boot have names in one directory
 * @throws TypeError that names the argument, where it is no log; else whatever reading an input throws
 */
export async function lockGraph(inputs: Iterable<LogInput>): Promise<GraphDocument> {
  const { GraphReader } = await import("./graph-reader.ts");
  const reader = new GraphReader(readLog);
  for (const input of openLogs(inputs)) await reader.add(input);
  return reader.document();
}
