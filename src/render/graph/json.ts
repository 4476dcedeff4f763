import { jsonDocument } from "../words/json.ts";
import type { Safe } from "../words/safe.ts";
import { type GraphView, selected } from "./view.ts";

/** What was asked for of a graph, as data. */
export function renderGraphJson(view: GraphView): Generator<Safe> {
  return jsonDocument(selected(view));
}
