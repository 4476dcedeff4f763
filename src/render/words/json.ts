import type { ReportFormat } from "../reports/report-format.ts";

/** What JSON.stringify() leaves as it is, although a terminal would obey it or hide it. */
const HARMFUL = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** JSON of nothing but ASCII, in which JSON.stringify() has escaped all control characters but DEL. */
function isPlain(text: string): boolean {
  return Buffer.byteLength(text) === text.length && !text.includes("\x7f");
}

/**
 * JSON that is safe to look at: control, bidirectional and invisible characters stand as `\u202e`. Who reads it
 * as JSON gets exactly the text of the log; a byte that was no UTF-8 is `\udc80` to `\udcff`.
 */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  // nearly every log is ASCII, and the large classes of HARMFUL take long to build
  if (isPlain(text)) return text;
  return text.replace(HARMFUL, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/** Two lists around a report indent it as the document does. */
const OPENED = "[\n  [\n    ";
const CLOSED = "\n  ]\n]";

/** No text holds a quotation mark unescaped, so that the first is the report's own. */
const SOURCE = '"source": ';

/** The document itself, indented by two. */
export const jsonFormat: ReportFormat = {
  report: (report) => jsonText([[report]], 2).slice(OPENED.length, -CLOSED.length),
  begin: (head) => jsonText({ ...head, reports: [] }, 2).slice(0, -"]\n}".length),
  lead: (isFirst) => (isFirst ? "\n    " : ",\n    "),
  end: (count) => (count === 0 ? "]\n}\n" : "\n  ]\n}\n"),
  source: { mark: `${SOURCE}0`, text: (_source, index) => `${SOURCE}${index}` },
};
