import { printable, type Safe, trusted } from "./safe.ts";

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
