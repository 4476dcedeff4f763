import type { Kind } from "../report/schema.ts";
import { COMMITS } from "./commits.ts";
import { matchesOf } from "./lookup.ts";
import type { Annotation } from "./schema.ts";

/**
 * What kernels of some releases cannot report, however often the code runs: a report that is gone in a newer
 * build may be gone because of that. Nothing here needs a graph or a dump.
 */

export interface BlindSpotCommit {
  readonly sha: string;
  readonly subject: string;
  /** First release with it, as `v6.4`. */
  readonly release: string;
}

export type BlindSpotId =
  | "reader-between"
  | "readers-unordered"
  | "grace-period-unordered"
  | "not-yet-a-class"
  | "no-class-any-more"
  | "edge-not-yet-recorded"
  | "not-validated"
  | "no-wait-types";

export interface BlindSpot {
  readonly id: BlindSpotId;
  /** One sentence, for a person. */
  readonly meaning: string;
  /** First release that is blind; null: all up to `until`. */
  readonly since: string | null;
  /** First release that sees again; null: none so far. */
  readonly until: string | null;
  readonly commits: readonly BlindSpotCommit[];
  /** Classes of the cycle because of which it applies; empty where the kind alone is the reason. */
  readonly classes: readonly string[];
  /** `certain`: no such kernel can report this cycle. `likely`: only in a way that hardly ever runs. */
  readonly certainty: "certain" | "likely" | "possible";
}

export interface BlindQuestion {
  readonly kind: Kind;
  /** Classes in dependency order, as {@link Report.cycle} has them; the last one leads to the first. */
  readonly cycle: readonly string[];
  /** As `6.12.117-amd64`; null if it is not known. */
  readonly release: string | null;
}

/** How recursive readers are treated since they are part of the graph at all. */
export const RECURSIVE_READERS: BlindSpotCommit = {
  sha: "9de0c9bbcedf",
  subject: "lockdep: Support deadlock detection for recursive read locks in check_noncircular()",
  release: "v5.10",
};

/** Since then an SRCU section is a recursive reader like any other; before, lockdep looked through it. */
export const SRCU_ORDERED: BlindSpotCommit = {
  sha: "f0f44752f5f6",
  subject: "rcu: Annotate SRCU's update-side lockdep dependencies",
  release: "v6.4",
};

const WAIT_TYPES: BlindSpotCommit = {
  sha: "de8f5e4f2dc5",
  subject: "lockdep: Introduce wait-type checks",
  release: "v5.7",
};

/** Always held around an SRCU section, within which everything else is taken. */
const AROUND_SRCU = new Set(["mmu_notifier_invalidate_range_start"]);

/** Kinds that compare the order of locks. */
const ORDERS: ReadonlySet<Kind> = new Set<Kind>(["circular", "irq-order", "irq-inversion"]);

/**
 * Why kernels of a release are silent about a cycle.
 *
 * @returns what applies, the most certain first; empty where such a kernel could have reported it, or if the
 *   release is not known
 */
export function blindSpotsOf(question: BlindQuestion): BlindSpot[] {
  const release = question.release === null ? null : releaseOf(question.release);
  if (release === null) return [];
  const isBlind = ({ since, until }: BlindSpot): boolean =>
    (since === null || !isBefore(release, releaseOf(since))) &&
    (until === null || isBefore(release, releaseOf(until)));
  const order = { certain: 0, likely: 1, possible: 2 };
  return spotsOf(question)
    .filter(isBlind)
    .toSorted((a, b) => order[a.certainty] - order[b.certainty]);
}

/** All that apply in some release. */
function spotsOf({ kind, cycle }: BlindQuestion): BlindSpot[] {
  const spots: BlindSpot[] = [];
  if (kind === "wait-context")
    spots.push({
      id: "no-wait-types",
      meaning: "Up to v5.6 lockdep did not compare what kinds of lock nest.",
      since: null,
      until: WAIT_TYPES.release,
      commits: [WAIT_TYPES],
      classes: [],
      certainty: "certain",
    });
  if (!ORDERS.has(kind)) return spots;
  for (const [i, name] of cycle.entries()) {
    const next = cycle[(i + 1) % cycle.length] ?? name;
    for (const { annotation, certainty } of matchesOf(name)) {
      if (certainty === "possible") continue;
      spots.push(...classSpots(annotation, name), ...edgeSpots(annotation, name, next));
    }
  }
  return spots;
}

function knownCommits({ commits = [] }: Annotation, wanted: "introduces" | "removes"): BlindSpotCommit[] {
  return commits.flatMap(({ sha, role }) => {
    const commit = COMMITS[sha];
    return commit === undefined || role !== wanted
      ? []
      : [{ sha, subject: commit.subject, release: commit.release }];
  });
}

function classSpots(annotation: Annotation, name: string): BlindSpot[] {
  const { id, kind, contexts } = annotation;
  const spots: BlindSpot[] = [];
  const [introduced] = knownCommits(annotation, "introduces");
  const [removed] = knownCommits(annotation, "removes");
  const drawn = kind === "pseudo-lock" || kind === "wait-event";
  if (drawn && introduced !== undefined)
    spots.push({
      id: "not-yet-a-class",
      meaning: `Before ${introduced.release} nothing in the kernel stood for ${id}, so no cycle could lead through it.`,
      since: null,
      until: introduced.release,
      commits: [introduced],
      classes: [name],
      certainty: "certain",
    });
  if (drawn && removed !== undefined)
    spots.push({
      id: "no-class-any-more",
      meaning: `Since ${removed.release} nothing in the kernel stands for ${id} any more.`,
      since: removed.release,
      until: null,
      commits: [removed],
      classes: [name],
      certainty: "certain",
    });
  if (contexts.includes("not-checked") && kind !== "override" && !/#\d+/.test(name))
    spots.push({
      id: "not-validated",
      meaning: `The order of ${id} is switched off: whoever takes it, before or after what, lockdep compares nothing.`,
      since: introduced?.release ?? null,
      until: null,
      commits: introduced === undefined ? [] : [introduced],
      classes: [name],
      certainty: "likely",
    });
  if (id === "srcu")
    spots.push({
      id: "grace-period-unordered",
      meaning: "Before v6.4 waiting for SRCU readers was not recorded, and readers were not ordered.",
      since: null,
      until: SRCU_ORDERED.release,
      commits: [SRCU_ORDERED],
      classes: [name],
      certainty: "certain",
    });
  if (id === "seqcount")
    spots.push({
      id: "readers-unordered",
      meaning: "Before v5.10 recursive readers left no dependencies.",
      since: null,
      until: RECURSIVE_READERS.release,
      commits: [RECURSIVE_READERS],
      classes: [name],
      certainty: "possible",
    });
  return spots;
}

function edgeSpots({ id }: Annotation, name: string, next: string): BlindSpot[] {
  const spots: BlindSpot[] = [];
  const nextIds = matchesOf(next).map(({ annotation }) => annotation.id);
  if (AROUND_SRCU.has(id) && next !== name && !nextIds.includes("srcu"))
    spots.push({
      id: "reader-between",
      meaning: `Since v6.4 the SRCU section around the callbacks counts as a recursive reader. It stands between ${id} and every lock that a callback takes, and lockdep records an edge from the nearest held lock only.`,
      since: SRCU_ORDERED.release,
      until: null,
      commits: [SRCU_ORDERED, RECURSIVE_READERS],
      classes: [name, next],
      certainty: "certain",
    });
  if (id === "fs_reclaim" && nextIds.includes("mmu_notifier_invalidate_range_start")) {
    const sha = "f920e413ff9c";
    const commit = COMMITS[sha];
    if (commit !== undefined)
      spots.push({
        id: "edge-not-yet-recorded",
        meaning: `Before ${commit.release} an allocation was ordered before MMU notifiers only if reclaim really unmapped a page within it.`,
        since: null,
        until: commit.release,
        commits: [{ sha, subject: commit.subject, release: commit.release }],
        classes: [name, next],
        certainty: "likely",
      });
  }
  return spots;
}

/** `6.12.117-amd64`, `v6.4`, `2.6.34` → numbers; a release candidate counts as the release. */
function releaseOf(text: string): readonly number[] | null {
  const found = /^v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,4}))?/.exec(text);
  return found === null ? null : found.slice(1).map((part) => Number(part ?? 0));
}

/** Whether a kernel of release `a` is older than `b`. */
function isBefore(a: readonly number[], b: readonly number[] | null): boolean {
  if (b === null) return false;
  for (const [i, part] of a.entries()) {
    const other = b[i] ?? 0;
    if (part !== other) return part < other;
  }
  return false;
}

/** Whether a kernel of this release has a commit that is in `since`; null if the release tells nothing. */
export function hasRelease(release: string | null, since: string): boolean | null {
  const own = release === null ? null : releaseOf(release);
  return own === null ? null : !isBefore(own, releaseOf(since));
}
