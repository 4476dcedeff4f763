import type { BootWithReports } from "../../compare/boots.ts";
import type { Matrix } from "../../compare/matrix.ts";
import type { Kind, Report } from "../../report/schema.ts";
import { unobservedText } from "../bisect/verdict-prose.ts";
import { printable, type Safe, safe } from "../words/safe.ts";

/** What some boots say of one kind of report, where a receiver knows passed, failed and skipped. */
export type KindResult =
  | { readonly what: "passed" }
  /** The reports that are not known. */
  | { readonly what: "failed"; readonly reports: readonly Report[] }
  /** All of them are known, or a boot could not have shown one. */
  | { readonly what: "skipped"; readonly why: Safe };

export function kindResult(matrix: Matrix, boots: readonly BootWithReports[], kind: Kind): KindResult {
  const cells = boots.map((boot) => ({ boot, cell: matrix.ofKind(boot, kind) }));
  const reports = cells.flatMap(({ cell }) => (cell.state === "reported" ? cell.reports : []));
  const fresh = reports.filter(({ known }) => (known ?? null) === null);
  if (fresh.length > 0) return { what: "failed", reports: fresh };
  const [known] = reports;
  if (known !== undefined)
    return { what: "skipped", why: safe`known: ${printable(known.known?.note ?? "")}` };
  for (const { boot, cell } of cells)
    if (cell.state === "unknown")
      return { what: "skipped", why: unobservedText(cell.why, boot.boot?.lockdep.offAt?.line ?? null) };
  return { what: "passed" };
}
