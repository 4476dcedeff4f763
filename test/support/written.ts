import { Writable } from "node:stream";
import { Spool } from "../../src/cli/spool.ts";
import { type KeptReport, textOf, writeReports } from "../../src/cli/write-reports.ts";
import type { ReportFormat } from "../../src/render/index.ts";
import type { Document } from "../../src/report/schema.ts";
import type { SourceRead } from "../../src/triage.ts";

/** What the command writes of a document in a format that is written report by report. */
export async function written(format: ReportFormat, { sources, reports }: Document): Promise<string> {
  const spool = new Spool();
  const reads: SourceRead<KeptReport>[] = [];
  for (const [index, source] of sources.entries()) {
    const kept: KeptReport[] = [];
    for (const report of reports.filter((each) => each.source === index))
      kept.push({ ...report, piece: await spool.keep(textOf(report, format)) });
    reads.push({ source, kept, failure: null });
  }
  let text = "";
  const stdout = new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  await writeReports(stdout, format, reads, spool);
  return text;
}
