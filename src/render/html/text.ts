import type { Part, Role, Row } from "../words/parts.ts";
import { join, own, type Safe, safe } from "../words/safe.ts";
import type { Block, Drawing, Section } from "../words/sentences.ts";
import { xmlText } from "../words/xml.ts";

/** What is code on the page; the other roles are tones of our own text. */
const CODE: ReadonlySet<Role> = new Set(["lock", "function", "log"]);

/** Parts as HTML: names from the log are code, and no text of it is markup. */
export function inHtml(parts: readonly Part[]): Safe {
  const texts = parts.map(({ role, text }) => {
    const escaped = xmlText(text);
    if (role === "text") return escaped;
    return CODE.has(role)
      ? safe`<code class="${role}">${escaped}</code>`
      : safe`<span class="${role}">${escaped}</span>`;
  });
  return join(texts, "");
}

/** A head, if there is one, and what is said of it. */
export function rowHtml({ head, body }: Row): Safe {
  if (head.length === 0) return inHtml(body);
  return body.length === 0 ? inHtml(head) : safe`${inHtml(head)}: ${inHtml(body)}`;
}

/** Facts as rows of a table, their labels first. */
export function factRow(label: string, rows: readonly Safe[]): Safe {
  return safe`<tr><th scope="row">${xmlText(label)}</th><td>${join(rows, "<br>")}</td></tr>`;
}

/** Sections of a story, each under a heading. */
export function sectionsHtml(sections: readonly Section[]): Safe {
  const all = sections.map(({ title, blocks }) => safe`<h3>${xmlText(title)}</h3>\n${blocksHtml(blocks)}`);
  return join(all, "\n");
}

function blocksHtml(blocks: readonly Block[]): Safe {
  const html: Safe[] = [];
  let inList = false;
  for (const block of blocks) {
    const isItem = block.type === "item" || block.type === "entry";
    if (isItem !== inList) html.push(isItem ? own("<ul>") : own("</ul>"));
    inList = isItem;
    html.push(blockHtml(block));
  }
  if (inList) html.push(own("</ul>"));
  return join(html, "\n");
}

function blockHtml(block: Block): Safe {
  switch (block.type) {
    case "text":
      return safe`<p>${inHtml(block.parts)}</p>`;
    case "item":
      return safe`<li>${inHtml(block.parts)}</li>`;
    case "entry":
      return safe`<li><b>${inHtml(block.head)}</b>: ${inHtml(block.body)}</li>`;
    case "drawing":
      return drawingHtml(block.drawing);
    case "code":
      return safe`<pre>${join(block.lines.map(xmlText), "\n")}</pre>`;
    default:
      return block satisfies never;
  }
}

/** A column for each CPU or task, time running down: a row for each event. */
function drawingHtml({ columns, events }: Drawing): Safe {
  const heads = columns.map((title) => safe`<th scope="col">${inHtml(title)}</th>`);
  const rows = events.map(({ column, lines }) => {
    const cells = columns.map((_, index) =>
      index === column ? safe`<td>${join(lines.map(inHtml), "<br>")}</td>` : own("<td></td>"),
    );
    return safe`<tr>${join(cells, "")}</tr>`;
  });
  return safe`<table class="drawing"><thead><tr>${join(heads, "")}</tr></thead><tbody>\n${join(rows, "\n")}\n</tbody></table>`;
}
