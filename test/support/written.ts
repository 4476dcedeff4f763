import { Writable } from "node:stream";
import { Spool } from "../../src/cli/io/spool.ts";
import { textsOf, writeReports } from "../../src/cli/io/write-reports.ts";
import type { ReportFormat } from "../../src/render/reports/report-format.ts";
import type { Document } from "../../src/report/schema.ts";

/** What the command writes of a document in a format that is written report by report. */
export async function written(format: ReportFormat, { sources, reports }: Document): Promise<string> {
  const spool = new Spool();
  const bySource = sources.map((source, index) => ({
    source,
    kept: reports.filter((report) => report.source === index),
    failure: null,
  }));
  const reads = await textsOf(bySource, format, spool, () => true);
  let text = "";
  const stdout = new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  await writeReports(stdout, format, reads, spool, { asksKnown: false });
  return text;
}
