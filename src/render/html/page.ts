import { createHash } from "node:crypto";
import { ended, join, own, printable, type Safe, safe } from "../words/safe.ts";
import { ownCode, xmlText } from "../words/xml.ts";
import { browser } from "./browser.ts";
import { STYLE } from "./style.ts";

/** One part of a page, after a tab of its own where there are several. */
export interface Panel {
  /** Of the element; holds nothing of a log. */
  readonly id: "bugs" | "boots" | "changes" | "cycles";
  readonly title: Safe;
  readonly lines: readonly Safe[];
}

const KEYS: readonly (readonly [Safe, Safe])[] = [
  [own("j"), own("next bug")],
  [own("k"), own("previous bug")],
  [own("Enter"), own("open or fold all of the bug")],
  [own("/"), own("search")],
  [own("?"), own("this help")],
];

/**
 * A page that stands alone: nothing is loaded, its policy forbids all but its own style and script, and it can be read
 * without the script.
 *
 * @param lead is below the title
 * @returns line by line: the page may be as large as all that it tells of
 */
export function* htmlPage(title: string, lead: Safe, panels: readonly Panel[]): Generator<Safe> {
  const style = ownCode(STYLE);
  const script = ownCode(`(${String(browser)})()`);
  const policy = safe`default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`;
  const tabs = panels.map(
    ({ id, title: name }) => safe`<a id="tab-${id}" href="#${id}">${xmlText(name)}</a>`,
  );
  const isTabbed = panels.length > 1;
  yield ended([
    own("<!DOCTYPE html>"),
    own('<html lang="en">'),
    own("<head>"),
    own('<meta charset="utf-8">'),
    safe`<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    own('<meta name="viewport" content="width=device-width,initial-scale=1">'),
    own('<meta name="referrer" content="no-referrer">'),
    safe`<title>${xmlText(title)}</title>`,
    safe`<style>${style}</style>`,
    own("</head>"),
    own("<body>"),
    safe`<header><h1>${xmlText(title)}</h1>${lead}`,
    own('<button type="button" class="script-only" data-help hidden>Keys <kbd>?</kbd></button></header>'),
    ...(isTabbed ? [safe`<nav aria-label="Parts of this page">${join(tabs, "")}</nav>`] : []),
    own("<main>"),
  ]);
  for (const { id, title: name, lines } of panels) {
    const label = isTabbed ? own("") : safe` aria-label="${xmlText(name)}"`;
    yield safe`<section id="${id}"${label}>\n`;
    for (const line of lines) yield safe`${line}\n`;
    yield own("</section>\n");
  }
  yield ended([
    own("</main>"),
    own('<dialog id="help" aria-label="Keys"><form method="dialog"><table>'),
    ...KEYS.map(([key, does]) => safe`<tr><th scope="row"><kbd>${key}</kbd></th><td>${does}</td></tr>`),
    own("</table><button>Close</button></form></dialog>"),
    safe`<script>${script}</script>`,
    own("</body>"),
    own("</html>"),
  ]);
}

function hashOf(text: Safe): Safe {
  return safe`sha256-${printable(createHash("sha256").update(text).digest("base64"))}`;
}
