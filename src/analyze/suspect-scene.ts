import { classesOf, type ReportLookup } from "../catalogue/index.ts";
import { plainSymbol } from "../symbols/functions.ts";
import type { FindingArgs, Suspect } from "../report/analysis-schema.ts";
import type { Frame, Report } from "../report/schema.ts";
import type { EdgeRoles } from "../symbols/roles.ts";

/** What is known of one thing that was asked, without the question itself. */
export type Answer<Code extends string = string> = Omit<Suspect, "asked" | "because"> & {
  readonly because: { readonly code: Code; readonly args: FindingArgs };
};

type Revert = Suspect["revert"];

export function absent<Code extends string>(
  code: Code,
  args: FindingArgs,
  revert: Revert = null,
): Answer<Code> {
  return { annotation: null, class: null, takesPart: "no", edges: [], because: { code, args }, revert };
}

const PARTS: readonly Suspect["takesPart"][] = ["no", "stack", "held", "cycle"];
/** Of two answers that say as much, the one that promises less is the truer. */
const REVERTS: readonly Revert[] = [null, "unlikely", "cannot-tell", "helps"];

/** Of several answers the one that says most; the first of equals. */
export function strongest<Code extends string>(
  first: Answer<Code>,
  ...rest: readonly Answer<Code>[]
): Answer<Code> {
  const strength = ({ takesPart, revert }: Answer<Code>): number =>
    PARTS.indexOf(takesPart) * REVERTS.length + REVERTS.indexOf(revert);
  return rest.reduce((best, next) => (strength(next) > strength(best) ? next : best), first);
}

/** What suspects are looked for in. */
export class SuspectScene {
  readonly report: Report;
  readonly lookup: ReportLookup;
  readonly edges: readonly EdgeRoles[];
  readonly cycle: readonly string[];
  readonly held: readonly string[];
  readonly classes: ReadonlySet<string>;
  readonly #functions: readonly ReadonlySet<string>[];
  readonly #others: ReadonlySet<string>;

  constructor(report: Report, lookup: ReportLookup, edges: readonly EdgeRoles[]) {
    this.report = report;
    this.lookup = lookup;
    this.edges = edges;
    const { cycle, held } = classesOf(report);
    this.cycle = cycle;
    this.held = held;
    this.classes = new Set([...cycle, ...held]);
    this.#functions = edges.map(({ functions }) => new Set(functions));
    this.#others = symbols([
      ...report.backtrace,
      ...(report.registered?.stack ?? []),
      ...(report.safe?.stack ?? []),
      ...(report.unsafe?.stack ?? []),
      ...[report.lock, report.holding, ...report.held.flatMap(({ locks }) => locks)].flatMap(
        (lock) => lock?.at ?? [],
      ),
    ]);
  }

  edgesWith(names: ReadonlySet<string>): number[] {
    return this.edges.flatMap(({ edge, index }) =>
      names.has(edge.from) || names.has(edge.to) ? [index] : [],
    );
  }

  edgesWithFunction(fits: (symbol: string) => boolean): number[] {
    return this.#functions.flatMap((names, i) => ([...names].some(fits) ? [i] : []));
  }

  hasFunction(fits: (symbol: string) => boolean): boolean {
    return [...this.#others].some(fits) || this.edgesWithFunction(fits).length > 0;
  }

  /** Classes of the report that stand for an entry. */
  classesOf(id: string): Set<string> {
    return new Set([...this.classes].filter((name) => this.lookup.ids(name).has(id)));
  }

  /** The first entry that a class stands for. */
  entryOf(name: string): string | null {
    return [...this.lookup.ids(name)][0] ?? null;
  }
}

/** The functions of a stack, without guesses. */
function symbols(stack: readonly Frame[]): Set<string> {
  return new Set(stack.flatMap(({ symbol, uncertain }) => (uncertain ? [] : [plainSymbol(symbol)])));
}
