import { jsonText } from "../render/json.ts";
import { isColored, widthOf, write } from "./output.ts";
import type { Terminal } from "./terminal.ts";

/** `splat-triage catalogue [QUERY]` */
export async function catalogueCommand(
  query: string,
  format: "auto" | "table" | "json",
  { stdout, env }: Terminal,
): Promise<void> {
  const { catalogueDocument, searchCatalogue } = await import("../catalogue/index.ts");
  const { renderCatalogue } = await import("../render/catalogue.ts");
  const hits = searchCatalogue(query);
  const asTable = format === "table" || (format === "auto" && stdout.isTTY === true);
  const text = asTable
    ? renderCatalogue(hits, { width: widthOf(stdout, env), color: isColored(stdout, env) })
    : `${jsonText(catalogueDocument(query, hits), 2)}\n`;
  await write(stdout, text);
}
