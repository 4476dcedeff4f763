import { jsonText } from "../words/json.ts";
import { own, safe, sliced } from "../words/safe.ts";
import type { ReportFormat } from "./report-format.ts";

/** Two lists around a report indent it as the document does. */
const OPENED = "[\n  [\n    ";
const CLOSED = "\n  ]\n]";

/** No text holds a quotation mark unescaped, so that the first is the report's own. */
const SOURCE = '"source": ';

/** The document itself, indented by two. */
export const jsonFormat: ReportFormat = {
  report: (report) => sliced(jsonText([[report]], 2), OPENED.length, -CLOSED.length),
  begin: (head) => sliced(jsonText({ ...head, reports: [] }, 2), 0, -"]\n}".length),
  lead: (isFirst) => (isFirst ? own("\n    ") : own(",\n    ")),
  end: (count) => (count === 0 ? own("]\n}\n") : own("\n  ]\n}\n")),
  source: { mark: `${SOURCE}0`, text: (_source, index) => safe`${SOURCE}${index}` },
};
