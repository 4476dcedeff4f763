import { definitionOf } from "../kinds/index.ts";
import type { Document, Kind, Report } from "../report/schema.ts";
import { type BootWithReports, bootsOf, type DocumentBoot } from "./boots.ts";
import { type Unobserved, unobserved, type Wanted, wantedAfter } from "./observed.ts";

/** All reports of one id, in the order of the document. */
export interface Bug {
  readonly id: string;
  /** The one to show: the first that is complete, else the first. */
  readonly shown: Report;
  readonly reports: readonly Report[];
}

/** What one boot says of one bug, or of one kind of report. */
export type Cell =
  | { readonly state: "reported"; readonly reports: readonly Report[] }
  /** It could have been reported and was not. */
  | { readonly state: "absent" }
  /** It was not, and that says nothing. */
  | { readonly state: "unknown"; readonly why: Unobserved };

const ABSENT: Cell = { state: "absent" };

/** Which boot showed which bug, and where the silence of a boot says nothing. */
export class Matrix {
  readonly bugs: readonly Bug[];
  readonly boots: readonly DocumentBoot[];
  readonly #reports: readonly Report[];
  readonly #wanted = new Map<string, Wanted>();

  constructor(document: Document) {
    this.boots = bootsOf(document);
    this.bugs = bugsOf(document.reports);
    this.#reports = document.reports;
    for (const { id, reports } of this.bugs) {
      const own = new Set(reports);
      const shown = this.boots
        .map((boot) => ({ ...boot, reports: boot.reports.filter((report) => own.has(report)) }))
        .filter(({ reports: found }) => found.length > 0);
      this.#wanted.set(id, wantedAfter(shown));
    }
  }

  ofBug(boot: BootWithReports, { id }: Bug): Cell {
    const wanted = this.#wanted.get(id);
    const own = boot.reports.filter((report) => report.id === id);
    return wanted === undefined ? ABSENT : this.#cell(boot, own, wanted);
  }

  ofKind(boot: BootWithReports, kind: Kind): Cell {
    const own = boot.reports.filter((report) => report.kind === kind);
    const wanted: Wanted = {
      needsLockdep: definitionOf(kind).lockdep.needsLockdep,
      time: null,
      claim: null,
      endsOrderly: false,
    };
    return this.#cell(boot, own, wanted);
  }

  #cell(boot: BootWithReports, own: readonly Report[], wanted: Wanted): Cell {
    if (own.length > 0) return { state: "reported", reports: own };
    const why = unobserved(boot, wanted, this.#reports);
    return why === null ? ABSENT : { state: "unknown", why };
  }
}

/** Reports of one bug stand where the first of them was found. */
export function bugsOf(reports: readonly Report[]): Bug[] {
  const groups = new Map<string, Report[]>();
  for (const report of reports) {
    const group = groups.get(report.id);
    if (group === undefined) groups.set(report.id, [report]);
    else group.push(report);
  }
  return [...groups].flatMap(([id, found]) => {
    const shown = found.find(({ complete }) => complete) ?? found[0];
    return shown === undefined ? [] : [{ id, reports: found, shown }];
  });
}
