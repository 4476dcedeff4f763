import type { Document, Report } from "./schema.ts";

/** Counts reports without keeping them. */
export class Summary {
  readonly #ids = new Set<string>();
  readonly #byKind: Document["summary"]["byKind"] = {};
  #reports = 0;
  #damaged = 0;

  add({ id, kind, complete }: Pick<Report, "id" | "kind" | "complete">): void {
    this.#reports++;
    this.#ids.add(id);
    if (!complete) this.#damaged++;
    this.#byKind[kind] = (this.#byKind[kind] ?? 0) + 1;
  }

  get value(): Document["summary"] {
    return {
      reports: this.#reports,
      unique: this.#ids.size,
      damaged: this.#damaged,
      byKind: this.#byKind,
    };
  }
}
