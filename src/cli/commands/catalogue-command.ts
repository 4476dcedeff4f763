import { jsonText } from "../../render/words/json.ts";
import { formatFor, paperFor, write } from "../io/output.ts";
import type { Terminal } from "../io/terminal.ts";

/** `splat-triage catalogue [QUERY]` */
export async function catalogueCommand(
  query: string,
  format: "auto" | "table" | "json",
  terminal: Terminal,
): Promise<void> {
  const { catalogueDocument, searchCatalogue } = await import("../../catalogue/index.ts");
  const { renderCatalogue } = await import("../../render/catalogue.ts");
  const hits = searchCatalogue(query);
  const asTable = formatFor(format, terminal) === "table";
  const text = asTable
    ? renderCatalogue(hits, paperFor(terminal))
    : `${jsonText(catalogueDocument(query, hits), 2)}\n`;
  await write(terminal.stdout, text);
}
