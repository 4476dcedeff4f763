/** Strictly without blanks between them, but who quotes flowed text by hand puts some. */
const QUOTES = /^(?:> ?(?=>))*>?/;
const SIGNATURE = "-- ";
/** A paragraph longer than this goes on in a new line. */
const LONGEST_PARAGRAPH = 65_536;

/**
 * Undoes format=flowed (RFC 3676): a line that ends with a blank goes on in the next one, if that is quoted as deeply;
 * a blank at the edge is stuffing. Thunderbird and Apple's Mail write so.
 *
 * @param deletesBlank `delsp=yes`: the blank at the end was added, too
 */
export function unflowed(text: string, deletesBlank: boolean): string {
  const lines: string[] = [];
  let paragraph: string[] = [];
  let length = 0;
  let depth = 0;
  const end = (): void => {
    if (paragraph.length > 0) lines.push((depth > 0 ? ">".repeat(depth) + " " : "") + paragraph.join(""));
    paragraph = [];
    length = 0;
  };
  for (const line of text.split("\n")) {
    const marks = QUOTES.exec(line)?.[0] ?? "";
    const quotes = marks.replaceAll(" ", "").length;
    const body = line.slice(marks.length + (line.charAt(marks.length) === " " ? 1 : 0));
    if (quotes !== depth || body === SIGNATURE || length > LONGEST_PARAGRAPH) end();
    depth = quotes;
    const isSoft = body.endsWith(" ") && body !== SIGNATURE;
    paragraph.push(isSoft && deletesBlank ? body.slice(0, -1) : body);
    length += body.length;
    if (!isSoft) end();
  }
  end();
  return lines.join("\n");
}
