import type { GraphDocument } from "../../graph/schema.ts";
import type { PictureOptions } from "./picture.ts";

/** What was asked for of a document: cycles alone, or what is next to one class. */
export function selected(document: GraphDocument, { around, cyclesOnly }: PictureOptions): GraphDocument {
  if (around === null && !cyclesOnly) return document;
  const cycles =
    around === null ? document.cycles : document.cycles.filter(({ classes }) => classes.includes(around));
  const ofCycles = new Set(cycles.flatMap(({ edges }) => edges.map(({ from, to }) => `${from}\n${to}`)));
  const edges = document.edges.filter(
    ({ from, to }) => ofCycles.has(`${from}\n${to}`) || (!cyclesOnly && (from === around || to === around)),
  );
  const names = new Set([
    ...(around === null ? [] : [around]),
    ...edges.flatMap(({ from, to }) => [from, to]),
    ...cycles.flatMap(({ edges: own }) => own.flatMap(({ over }) => over)),
  ]);
  return { ...document, cycles, edges, classes: document.classes.filter(({ name }) => names.has(name)) };
}
