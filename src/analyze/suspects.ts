import {
  type Annotation,
  annotationOf,
  annotations,
  commitsBySha,
  commitsBySubject,
  classesOf,
  type CommitRole,
  type Effect,
  entriesOfCommit,
  type FoundCommit,
  matchesOf,
  ReportLookup,
  wordsOf,
} from "../catalogue/index.ts";
import type { FindingArgs, Suspect } from "../report/analysis-schema.ts";
import { plainSymbol } from "../identity/identity.ts";
import type { Frame, Report } from "../report/schema.ts";

/**
 * Does this annotation, lock class or patch take part in the report? A patch takes part only through what it
 * added to the graph of locks: a class, or an edge that is one of this cycle's.
 */

type Part = Suspect["takesPart"];

/** Why the answer is as it is; the sentences stand in src/render/findings-prose.ts. */
export const SUSPECT_CODES = [
  "class-in-cycle",
  "class-held",
  "class-in-stack",
  "class-absent",
  "function-in-stack",
  "commit-edge-in-cycle",
  "commit-edge-absent",
  "commit-class-in-cycle",
  "commit-class-held",
  "commit-class-in-stack",
  "commit-class-absent",
  "commit-extends-class",
  "commit-adds-nothing",
  "commit-fixes-class",
  "unknown-commit",
  "unknown",
] as const;

export type SuspectCode = (typeof SUSPECT_CODES)[number];

/** What is known of one thing that was asked, without the question itself. */
interface Answer extends Omit<Suspect, "asked" | "code"> {
  readonly code: SuspectCode;
}

const STRENGTH: readonly Part[] = ["no", "stack", "held", "cycle"];

export function suspectsOf(
  report: Report,
  asked: readonly string[],
  lookup = new ReportLookup(report),
): Suspect[] {
  if (asked.length === 0) return [];
  const scene = new Scene(report, lookup);
  return asked.map((text) => ({ asked: text, ...answer(scene, text.trim()) }));
}

function answer(scene: Scene, text: string): Answer {
  const name = bareClass(text);
  // a class of this report goes first, but for a name that the catalogue gives to an entry: it knows its aliases
  const annotation = annotationOf(text);
  if (annotation !== null) return answerAnnotation(scene, annotation);
  if (scene.classes.has(name)) return answerClasses(scene, null, new Set([name]));
  const commits = commitsBySha(text);
  if (commits.length > 0) return strongest(commits.map((commit) => answerCommit(scene, commit)));
  if (/^[0-9a-f]{7,40}$/i.test(text)) return absent("unknown-commit", { sha: text });
  const known = matchesOf(name).find(({ by }) => by === "name" || by === "pattern");
  if (known !== undefined) return answerName(scene, known.annotation, name);
  const bySubject = wordsOf(text).length > 1 ? commitsBySubject(text) : [];
  if (bySubject.length > 0) return strongest(bySubject.map((commit) => answerCommit(scene, commit)));
  const edges = scene.edgesWithFunction((symbol) => symbol === text);
  if (edges.length > 0 || scene.hasFunction((symbol) => symbol === text))
    return { ...absent("function-in-stack", { function: text }), takesPart: "stack", edges };
  return absent("unknown", {});
}

/** A class that the report does not name so: by another release's name, or not at all. */
function answerName(scene: Scene, annotation: Annotation, asked: string): Answer {
  const { id, names = [], aliases = [] } = annotation;
  const renamed = names.filter((name) => aliases.some((alias) => alias.name.includes(name)));
  if (!renamed.includes(asked)) return { ...absent("class-absent", { class: asked }), annotation: id };
  return answerClasses(scene, annotation, new Set(renamed.filter((name) => scene.classes.has(name))));
}

/** `((x).lock#2){+.+.}-{3:3}` as one may copy it: the name alone. */
function bareClass(text: string): string {
  const printed = /^\((.+)\)\{[^{}]*\}.*$/.exec(text)?.[1] ?? text;
  return printed.replace(/(?:#\d+)?(?:\/\d+)?$/, "");
}

function absent(code: SuspectCode, args: FindingArgs): Answer {
  return { annotation: null, class: null, takesPart: "no", edges: [], code, args };
}

/** Of several answers the one that says most; the first of equals. */
function strongest(answers: readonly Answer[]): Answer {
  const [first = absent("unknown", {}), ...rest] = answers;
  const strength = ({ takesPart }: Answer): number => STRENGTH.indexOf(takesPart);
  return rest.reduce((best, next) => (strength(next) > strength(best) ? next : best), first);
}

/** What suspects are looked for in. */
class Scene {
  readonly report: Report;
  readonly lookup: ReportLookup;
  readonly cycle: readonly string[];
  readonly held: readonly string[];
  readonly classes: ReadonlySet<string>;
  readonly functions: readonly ReadonlySet<string>[];
  readonly #others: ReadonlySet<string>;

  constructor(report: Report, lookup: ReportLookup) {
    this.report = report;
    this.lookup = lookup;
    const { cycle, held } = classesOf(report);
    this.cycle = cycle;
    this.held = held;
    this.classes = new Set([...cycle, ...held]);
    this.functions = report.edges.map(({ stack }) => symbols(stack));
    this.#others = symbols([
      ...report.backtrace,
      ...(report.registered?.stack ?? []),
      ...(report.safe?.stack ?? []),
      ...(report.unsafe?.stack ?? []),
    ]);
  }

  edgesWith(names: ReadonlySet<string>): number[] {
    return this.report.edges.flatMap(({ from, to }, i) => (names.has(from) || names.has(to) ? [i] : []));
  }

  edgesWithFunction(fits: (symbol: string) => boolean): number[] {
    return this.functions.flatMap((names, i) => ([...names].some(fits) ? [i] : []));
  }

  hasFunction(fits: (symbol: string) => boolean): boolean {
    return [...this.#others].some(fits) || this.edgesWithFunction(fits).length > 0;
  }

  /** Classes of the report that stand for an entry. */
  classesOf(id: string): Set<string> {
    return new Set([...this.classes].filter((name) => this.lookup.ids(name).has(id)));
  }
}

/** The functions of a stack, without guesses. */
function symbols(stack: readonly Frame[]): Set<string> {
  return new Set(stack.flatMap(({ symbol, uncertain }) => (uncertain ? [] : [plainSymbol(symbol)])));
}

/** Functions that take locks of more than one entry tell of none. */
function ownFunctions({ id, acquiredBy }: Annotation): Set<string> {
  const own = new Set(acquiredBy);
  for (const other of annotations())
    if (other.id !== id) for (const name of other.acquiredBy) own.delete(name);
  return own;
}

function answerAnnotation(scene: Scene, annotation: Annotation): Answer {
  return answerClasses(scene, annotation, scene.classesOf(annotation.id));
}

function answerClasses(scene: Scene, annotation: Annotation | null, names: ReadonlySet<string>): Answer {
  const inCycle = scene.cycle.find((name) => names.has(name)) ?? null;
  const isHeld = scene.held.find((name) => names.has(name)) ?? null;
  const name = inCycle ?? isHeld;
  const id = annotation?.id ?? (name === null ? null : ([...scene.lookup.ids(name)][0] ?? null));
  const base = { annotation: id, class: name, args: { class: name ?? annotation?.names?.[0] ?? id ?? "" } };
  if (inCycle !== null)
    return { ...base, takesPart: "cycle", edges: scene.edgesWith(names), code: "class-in-cycle" };
  if (isHeld !== null) return { ...base, takesPart: "held", edges: [], code: "class-held" };
  if (annotation !== null) {
    const own = ownFunctions(annotation);
    const fits = (symbol: string): boolean => own.has(symbol);
    if (scene.hasFunction(fits))
      return { ...base, takesPart: "stack", edges: scene.edgesWithFunction(fits), code: "class-in-stack" };
  }
  return { ...base, takesPart: "no", edges: [], code: "class-absent" };
}

function answerCommit(scene: Scene, found: FoundCommit): Answer {
  const { sha, twin, commit } = found;
  const entries = entriesOfCommit(sha);
  const named = {
    commit: { sha, subject: commit.subject, release: commit.release, twin },
  };
  const effect = commit.adds ?? assumedEffect(entries);
  const [first] = entries;
  const id = first?.annotation.id ?? null;
  const inCycle = entries.flatMap(({ annotation }) => [...scene.classesOf(annotation.id)]);
  if (effect === null) {
    // it changed what the class sees, but nobody wrote down which edges: the class has to do
    const answers = entries.map(({ annotation }) => answerAnnotation(scene, annotation));
    return { ...strongest(answers), ...named, code: "commit-extends-class" };
  }
  if ((effect.annotations ?? []).length === 0 && (effect.edges ?? []).length === 0) {
    const fixes = entries.every(({ role }) => role === "fixes");
    const code = fixes ? "commit-fixes-class" : "commit-adds-nothing";
    return { ...absent(code, { classes: inCycle }), annotation: id, ...named };
  }
  return strongest([
    ...(effect.edges ?? []).map((edge) => ({ ...answerEdge(scene, edge), ...named })),
    ...(effect.annotations ?? []).flatMap((added) => {
      const annotation = annotationOf(added);
      if (annotation === null) return [];
      const { code, ...rest } = answerAnnotation(scene, annotation);
      return [{ ...rest, ...named, code: OF_COMMIT[code] ?? code }];
    }),
  ]);
}

const OF_COMMIT: Partial<Record<SuspectCode, SuspectCode>> = {
  "class-in-cycle": "commit-class-in-cycle",
  "class-held": "commit-class-held",
  "class-in-stack": "commit-class-in-stack",
  "class-absent": "commit-class-absent",
};

/** What a commit did that is only known by its roles; null: more than its roles tell. */
function assumedEffect(
  entries: readonly { annotation: Annotation; role: CommitRole | "fixes" }[],
): Effect | null {
  const added = entries.filter(({ role }) => role === "introduces").map(({ annotation }) => annotation.id);
  if (added.length > 0) return { annotations: added };
  return entries.some(({ role }) => role === "extends" || role === "primes") ? null : {};
}

type AddedEdge = NonNullable<Effect["edges"]>[number];

/** A patch that added one edge: is it one of these? */
function answerEdge(scene: Scene, added: AddedEdge): Answer {
  const { from, to, frames, without } = added;
  const edges = scene.report.edges.flatMap((edge, i) => {
    if (!scene.lookup.ids(edge.to).has(to)) return [];
    if (from !== undefined && !scene.lookup.ids(edge.from).has(from)) return [];
    const names = [...(scene.functions[i] ?? [])];
    // without a stack nothing speaks against it
    if (names.length === 0) return [i];
    if (without !== undefined && names.some((name) => without.test(name))) return [];
    return frames === undefined || names.some((name) => frames.test(name)) ? [i] : [];
  });
  const classes = scene.classesOf(to);
  const name = scene.cycle.find((one) => classes.has(one)) ?? null;
  const args: FindingArgs = {
    from: from ?? null,
    to,
    cycle: scene.report.edges.map((edge) => `${edge.from} → ${edge.to}`),
    classInCycle: name !== null,
  };
  const found = edges.length > 0;
  return {
    annotation: to,
    class: name,
    takesPart: found ? "cycle" : "no",
    edges,
    code: found ? "commit-edge-in-cycle" : "commit-edge-absent",
    args,
  };
}
