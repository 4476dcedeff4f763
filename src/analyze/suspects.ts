import {
  type Annotation,
  annotationOf,
  annotations,
  commitsBySha,
  commitsBySubject,
  type CommitRole,
  type Effect,
  entriesOfCommit,
  type FoundCommit,
  isHash,
  matchesOf,
  ReportLookup,
  wordsOf,
} from "../catalogue/index.ts";
import type { Patch } from "../patch/patch.ts";
import type { Suspect } from "../report/analysis-schema.ts";
import type { Report } from "../report/schema.ts";
import { answerPatch, PATCH_CODES } from "./patch-suspect.ts";
import { type EdgeRoles, rolesOfEdges } from "../symbols/roles.ts";
import { reclaimScopeOf } from "./scopes.ts";
import { absent, type Answer as AnyAnswer, strongest, SuspectScene } from "./suspect-scene.ts";

/**
 * Does this annotation, lock class or commit take part in the report? A commit takes part through what it added to the
 * graph of locks (a class, or an edge that is one of this cycle's), and by changing when such an edge is recorded.
 */

/** An annotation, a class, a function, a commit's hash or subject; or a patch that was read. */
export type Question = string | { readonly asked: string; readonly patch: Patch };

/** Why the answer is what it is; the sentences are in src/render/reports/suspects-prose.ts. */
export const SUSPECT_CODES = [
  "class-in-cycle",
  "class-held",
  "class-in-stack",
  "class-absent",
  "function-in-stack",
  "commit-edge-in-cycle",
  "commit-edge-absent",
  "commit-records-edge",
  "commit-records-other",
  "commit-class-in-cycle",
  "commit-class-held",
  "commit-class-in-stack",
  "commit-class-absent",
  "commit-extends-class",
  "commit-adds-nothing",
  "commit-fixes-class",
  "unknown-commit",
  "unknown",
  ...PATCH_CODES,
] as const;

export type SuspectCode = (typeof SUSPECT_CODES)[number];

type Answer = AnyAnswer<SuspectCode>;

export function suspectsOf(
  report: Report,
  asked: readonly Question[],
  lookup = new ReportLookup(report),
  edges: readonly EdgeRoles[] = rolesOfEdges(report),
): Suspect[] {
  if (asked.length === 0) return [];
  const scene = new SuspectScene(report, lookup, edges);
  return asked.map((question) =>
    typeof question === "string"
      ? { asked: question, ...answer(scene, question.trim()) }
      : { asked: question.asked, ...answerPatch(scene, question.patch) },
  );
}

function answer(scene: SuspectScene, text: string): Answer {
  const name = bareClass(text);
  // a class of this report goes first, but for a name that the catalogue gives to an entry: it knows its aliases
  const annotation = annotationOf(text);
  if (annotation !== null) return answerAnnotation(scene, annotation);
  if (scene.classes.has(name)) return answerClasses(scene, null, new Set([name]));
  const byHash = answerCommits(scene, commitsBySha(text));
  if (byHash !== null) return byHash;
  if (isHash(text)) return absent("unknown-commit", { sha: text }, "cannot-tell");
  const known = matchesOf(name).find(({ by }) => by === "name" || by === "pattern");
  if (known !== undefined) return answerName(scene, known.annotation, name);
  const isNext = scene.report.kernel?.release?.includes("next") ?? false;
  const bySubject = wordsOf(text).length > 1 ? commitsBySubject(text) : [];
  // a version that mainline never had has the same subject
  const there = bySubject.filter(({ commit }) => isNext || commit.release !== "linux-next");
  const found = answerCommits(scene, there.length > 0 ? there : bySubject);
  if (found !== null) return found;
  const edges = scene.edgesWithFunction((symbol) => symbol === text);
  if (edges.length > 0 || scene.hasFunction((symbol) => symbol === text))
    return { ...absent("function-in-stack", { function: text }), takesPart: "stack", edges };
  return absent("unknown", {});
}

/** A class that the report does not name so: by another release's name, or not at all. */
function answerName(scene: SuspectScene, annotation: Annotation, asked: string): Answer {
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

/** Functions that take locks of more than one entry tell of none. */
function ownFunctions({ id, acquiredBy }: Annotation): Set<string> {
  const own = new Set(acquiredBy);
  for (const other of annotations())
    if (other.id !== id) for (const name of other.acquiredBy) own.delete(name);
  return own;
}

type ClassCode = "class-in-cycle" | "class-held" | "class-in-stack" | "class-absent";

function answerAnnotation(scene: SuspectScene, annotation: Annotation): AnyAnswer<ClassCode> {
  return answerClasses(scene, annotation, scene.classesOf(annotation.id));
}

function answerClasses(
  scene: SuspectScene,
  annotation: Annotation | null,
  names: ReadonlySet<string>,
): AnyAnswer<ClassCode> {
  const inCycle = scene.cycle.find((name) => names.has(name)) ?? null;
  const isHeld = scene.held.find((name) => names.has(name)) ?? null;
  const name = inCycle ?? isHeld;
  const id = annotation?.id ?? (name === null ? null : scene.entryOf(name));
  const args = { class: name ?? annotation?.names?.[0] ?? id ?? "" };
  const found = (
    code: ClassCode,
    takesPart: Suspect["takesPart"],
    edges: number[] = [],
  ): AnyAnswer<ClassCode> => ({
    annotation: id,
    class: name,
    takesPart,
    edges,
    because: { code, args },
    revert: null,
  });
  if (inCycle !== null) return found("class-in-cycle", "cycle", scene.edgesWith(names));
  if (isHeld !== null) return found("class-held", "held");
  if (annotation !== null) {
    const own = ownFunctions(annotation);
    const fits = (symbol: string): boolean => own.has(symbol);
    if (scene.hasFunction(fits)) return found("class-in-stack", "stack", scene.edgesWithFunction(fits));
  }
  return found("class-absent", "no");
}

/** null: there are none. */
function answerCommits(scene: SuspectScene, commits: readonly FoundCommit[]): Answer | null {
  const [first, ...rest] = commits.map((commit) => answerCommit(scene, commit));
  return first === undefined ? null : strongest(first, ...rest);
}

function answerCommit(scene: SuspectScene, { sha, commit }: FoundCommit): Answer {
  const { subject, release } = commit;
  return { ...answerEffect(scene, sha, commit), commit: { sha, subject, release } };
}

function answerEffect(scene: SuspectScene, sha: string, { adds }: FoundCommit["commit"]): Answer {
  const entries = entriesOfCommit(sha);
  const effect = adds ?? assumedEffect(entries);
  if (effect === null) {
    // it changed what the class sees, but nobody wrote down which edges: the class has to do
    const [first = absent("class-absent", {}), ...rest] = entries.map(({ annotation }) =>
      answerAnnotation(scene, annotation),
    );
    const best = strongest<ClassCode>(first, ...rest);
    const { args } = best.because;
    return { ...best, because: { code: "commit-extends-class", args }, revert: "cannot-tell" };
  }
  const answers = [
    ...(effect.records ?? []).map((record) => answerRecord(scene, record)),
    ...(effect.edges ?? []).map((edge) => answerEdge(scene, edge)),
    ...(effect.annotations ?? []).flatMap((added) => {
      const annotation = annotationOf(added);
      if (annotation === null) return [];
      const found = answerAnnotation(scene, annotation);
      const { code, revert } = OF_COMMIT[found.because.code];
      return [{ ...found, because: { code, args: found.because.args }, revert }];
    }),
  ];
  const [first, ...rest] = answers;
  if (first !== undefined) return strongest<SuspectCode>(first, ...rest);
  const inCycle = entries.flatMap(({ annotation }) => [...scene.classesOf(annotation.id)]);
  const fixes = entries.length > 0 && entries.every(({ role }) => role === "fixes");
  return {
    // a fix changes code, and may bring another order
    ...absent(
      fixes ? "commit-fixes-class" : "commit-adds-nothing",
      { classes: inCycle },
      fixes ? "cannot-tell" : "unlikely",
    ),
    annotation: entries[0]?.annotation.id ?? null,
  };
}

const OF_COMMIT = {
  "class-in-cycle": { code: "commit-class-in-cycle", revert: "helps" },
  "class-held": { code: "commit-class-held", revert: "unlikely" },
  "class-in-stack": { code: "commit-class-in-stack", revert: "cannot-tell" },
  "class-absent": { code: "commit-class-absent", revert: "unlikely" },
} as const satisfies Record<
  ClassCode,
  { readonly code: SuspectCode; readonly revert: NonNullable<Suspect["revert"]> }
>;

/** What a commit did that is only known by its roles; null: more than its roles tell. */
function assumedEffect(
  entries: readonly { annotation: Annotation; role: CommitRole | "fixes" }[],
): Effect | null {
  const added = entries.filter(({ role }) => role === "introduces").map(({ annotation }) => annotation.id);
  if (added.length > 0) return { annotations: added };
  return entries.some(({ role }) => role === "extends" || role === "primes") ? null : {};
}

type AddedEdge = NonNullable<Effect["edges"]>[number];

/** A commit that added one edge: is it one of these? */
function answerEdge(scene: SuspectScene, added: AddedEdge): Answer {
  const { from, to, frames, without } = added;
  const found = scene.edges.filter(({ edge, functions }) => {
    if (!scene.lookup.ids(edge.to).has(to)) return false;
    if (from !== undefined && !scene.lookup.ids(edge.from).has(from)) return false;
    // without a stack nothing speaks against it
    if (functions.length === 0) return true;
    if (without !== undefined && functions.some((name) => without.test(name))) return false;
    return frames === undefined || functions.some((name) => frames.test(name));
  });
  const isFound = found.length > 0;
  const name = classInCycle(scene, to);
  return {
    annotation: to,
    class: name,
    takesPart: isFound ? "cycle" : "no",
    edges: found.map(({ index }) => index),
    because: {
      code: isFound ? "commit-edge-in-cycle" : "commit-edge-absent",
      args: {
        from: from ?? null,
        to,
        cycle: scene.edges.map(({ edge }) => `${edge.from} → ${edge.to}`),
        classInCycle: name !== null,
      },
    },
    revert: isFound ? "helps" : "unlikely",
  };
}

type Recorded = NonNullable<Effect["records"]>[number];

/** A commit that made lockdep record edges to an old class where it had not: is one of these within such a scope? */
function answerRecord(scene: SuspectScene, { to, in: changed, within, mendedIn }: Recorded): Answer {
  const recorded = scene.edges.filter(
    ({ edge, functions }) =>
      scene.lookup.ids(edge.to).has(to) &&
      (functions.length === 0 || functions.some((name) => changed.includes(name))),
  );
  const base = { annotation: to, class: classInCycle(scene, to) };
  const fixed = mendedIn ?? null;
  for (const edge of recorded) {
    const found = reclaimScopeOf(edge, scene.lookup);
    const sets = found?.scope.sets ?? null;
    if (found === null || sets === null || !within.includes(sets)) continue;
    const { scope, by } = found;
    const recorder = edge.functions.find((name) => changed.includes(name)) ?? null;
    return {
      ...base,
      takesPart: "cycle",
      edges: [edge.index],
      because: {
        code: "commit-records-edge",
        args: {
          from: edge.edge.from,
          to: edge.edge.to,
          recorder,
          scope: scope.sets,
          what: scope.what,
          frame: by,
          mendedIn: fixed,
        },
      },
      revert: "helps",
    };
  }
  const edges = recorded.map(({ index }) => index);
  return {
    ...base,
    takesPart: recorded.length > 0 ? "stack" : "no",
    edges,
    because: {
      code: "commit-records-other",
      args: { to, within: [...within], recorded: recorded.length > 0, mendedIn: fixed },
    },
    // a scope that a caller opened shows in no stack
    revert: recorded.length > 0 ? "cannot-tell" : "unlikely",
  };
}

function classInCycle(scene: SuspectScene, id: string): string | null {
  const classes = scene.classesOf(id);
  return scene.cycle.find((one) => classes.has(one)) ?? null;
}
