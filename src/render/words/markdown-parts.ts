import type { Part } from "./parts.ts";
import { blanks, codeSpan, type Safe, safe } from "./safe.ts";

/**
 * Parts as Markdown: text from the log becomes code, neighbours one code span.
 *
 * @param own makes our own text printable, with or without code marked in it
 */
export function inMarkdown(
  parts: readonly Part[],
  own: (text: string) => Safe,
  code: (text: string) => Safe = codeSpan,
): Safe {
  let written = blanks(0);
  let run = "";
  for (const { role, text } of parts) {
    if (role === "lock" || role === "function" || role === "log") {
      run += text;
      continue;
    }
    written = safe`${written}${code(run)}${own(text)}`;
    run = "";
  }
  return safe`${written}${code(run)}`;
}
