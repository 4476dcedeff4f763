import type { Kind, Report } from "../report/schema.ts";

/** Kinds that are about locks which are still held. */
const ABOUT_HELD: ReadonlySet<Kind> = new Set<Kind>(["held-exit", "held-user", "held-dump"]);

/** The lock classes that a report is about, as it names them: in any other kind, what is merely held beside is not. */
export function classesAbout({ kind, cycle, lock, holding, held }: Report): string[] {
  const named = [...cycle, ...[lock, holding].flatMap((one) => one?.class ?? [])].filter(
    (name) => name !== "?",
  );
  return ABOUT_HELD.has(kind) ? [...named, ...heldClasses({ held })] : named;
}

export function heldClasses({ held }: Pick<Report, "held">): string[] {
  return held.flatMap(({ locks }) => locks.flatMap((lock) => lock?.class ?? []));
}
