import type { Document, Report } from "./schema.ts";

/** Counts reports without keeping them. */
export class Summary {
  readonly #ids = new Set<string>();
  readonly #byKind: Document["summary"]["byKind"] = {};
  #reports = 0;
  #damaged = 0;
  #known = 0;
  readonly #asksKnown: boolean;

  /** @param asksKnown whether known reports are counted */
  constructor(asksKnown: boolean) {
    this.#asksKnown = asksKnown;
  }

  add({ id, kind, complete, known }: Pick<Report, "id" | "kind" | "complete" | "known">): void {
    this.#reports++;
    this.#ids.add(id);
    if (!complete) this.#damaged++;
    if (known) this.#known++;
    this.#byKind[kind] = (this.#byKind[kind] ?? 0) + 1;
  }

  get value(): Document["summary"] {
    return {
      reports: this.#reports,
      unique: this.#ids.size,
      damaged: this.#damaged,
      byKind: this.#byKind,
      ...(this.#asksKnown ? { known: this.#known } : {}),
    };
  }
}
