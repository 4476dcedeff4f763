import type { Part } from "./parts.ts";
import { codeSpan } from "./safe.ts";

/**
 * Parts as Markdown: text out of the log becomes code, neighbours one code span.
 *
 * @param own makes our own text printable, with or without code marked in it
 */
export function inMarkdown(
  parts: readonly Part[],
  own: (text: string) => string,
  code: (text: string) => string = codeSpan,
): string {
  let written = "";
  let run = "";
  for (const { role, text } of parts) {
    if (role === "lock" || role === "function" || role === "log") {
      run += text;
      continue;
    }
    written += code(run) + own(text);
    run = "";
  }
  return written + code(run);
}
