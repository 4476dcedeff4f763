import { join, linesOf, printable, type Safe, trusted } from "./safe.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text of a log within XML or HTML, in an attribute or between tags: printable, and no markup. */
export function xmlText(text: string): Safe {
  return trusted(printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? ""));
}

/** The same for lines that were made printable. */
export function xmlLines(text: Safe): Safe {
  return join(linesOf(text).map(xmlText), "\n");
}

/**
 * A style or script of our own, nothing of which came from a log, to be in its element.
 *
 * @throws RangeError if it would end the element
 */
export function ownCode(text: string): Safe {
  if (/<\/|<!--/.test(text)) throw new RangeError("a style or script cannot hold the end of its element");
  return trusted(text);
}
