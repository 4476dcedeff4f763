import type { Document, Report } from "../report/schema.ts";
import type { Question } from "../analyze/index.ts";
import { documentOf } from "./document.ts";
import { type Input, readSource, type SourceRead } from "./read-source.ts";

/**
 * Triages logs: the document that `splat-triage -f json` writes.
 *
 * @param asked annotations, lock classes, commits and patches that are suspected
 * @throws whatever reading an input throws
 */
export async function triage(inputs: Iterable<Input>, asked: readonly Question[] = []): Promise<Document> {
  const reads: SourceRead<Report>[] = [];
  for (const input of inputs) {
    const read = await readSource(input, reads.length, asked, (report) => report);
    if (read.failure !== null) throw read.failure.error;
    reads.push(read);
  }
  return documentOf(reads);
}
