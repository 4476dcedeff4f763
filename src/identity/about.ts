import { definitionOf } from "../kinds/index.ts";
import type { Report } from "../report/schema.ts";

/** The lock classes that a report is about, as it names them: in any other kind, what is merely held beside is not. */
export function classesAbout({ kind, cycle, lock, holding, held }: Report): string[] {
  const named = [...cycle, ...[lock, holding].flatMap((one) => one?.class ?? [])].filter(
    (name) => name !== "?",
  );
  return definitionOf(kind).aboutHeld === true ? [...named, ...heldClasses({ held })] : named;
}

export function heldClasses({ held }: Pick<Report, "held">): string[] {
  return held.flatMap(({ locks }) => locks.flatMap((lock) => lock?.class ?? []));
}
