import { annotationOf } from "../catalogue/index.ts";
import { classPart } from "../render/words/locks.ts";
import { fn, type Part } from "../render/words/parts.ts";
import { say } from "../render/words/sentences.ts";
import type { Edge, Report, Untitled } from "../report/schema.ts";
import { rolesOfStack } from "../symbols/roles.ts";
import { ONCE_INFO } from "./bug/banner.ts";
import { atSite, CORRUPTED, nameOf, sites, tellingFunction } from "./bug/culprit.ts";
import { cycleLacks } from "./bug/lacks.ts";
import { cycleOf } from "./bug/marks.ts";
import { rotate } from "./assemble/cycle.ts";
import { chainOf, classOnly, type Parts } from "./assemble/parts.ts";
import { type Common, type KindDefinition, LAST_WORD, TAKES_LOCK } from "./kind.ts";
import { acquiringLines, backtraceLines, boxLines, otherInfo } from "./print/boxes.ts";
import { chainLines } from "./print/dependencies.ts";
import { given } from "./print/lines.ts";
import { heldLines, lockLines, scenarioLines } from "./print/locks.ts";
import { cycleBlocks } from "./tell/cycle.ts";
import { waitedFor } from "./tell/waits.ts";
import { aboutLock, heldSentence } from "./tell/story.ts";

/**
 * print_circular_bug(). The stack under `-> #k` (k ≥ 1) is where class k was taken while class k-1 was held;
 * the stack under `-> #0` is the acquisition under way, while class N is held.
 */
export const circular: KindDefinition = {
  requires: ["kernel", "task", "lock", "site", "holding", "edges", "scenario", "held", "backtrace"],
  throughout: [
    /^\.?(?:print_circular_bug|check_(?:noncircular|prev_add)|validate_chain|__lock_acquire)/,
    TAKES_LOCK,
  ],
  build(parts, common) {
    const edges = edgesOf(parts, common.lock?.class ?? null, common.holding?.class ?? null);
    return rotate(edges.length > 0 ? edges : edgesOfPicture(common));
  },

  banner: ONCE_INFO,
  title(asked) {
    const { report, tag, headline } = asked;
    if (tag !== "WARNING") return atSite(asked, "possible deadlock");
    if (report.task === null && report.lock === null) return headline;
    return `possible deadlock in ${taker(report)}`;
  },
  bug: ({ edges }, site) => (edges.length > 0 ? ["circular", ...cycleOf(edges)] : ["circular", site]),
  lacks: cycleLacks,

  lockdep: LAST_WORD,

  /** print_circular_bug_header(), print_circular_bug(). */
  print: (report) => [
    ...boxLines(report, 54),
    ...acquiringLines(report, "is trying to acquire lock:"),
    ...given(report.holding, (lock) => [
      "",
      "but task is already holding lock:",
      ...lockLines(lock),
      "",
      "which lock already depends on the new lock.",
      "",
    ]),
    ...(report.edges.length === 0 ? [] : ["", "the existing dependency chain (in reverse order) is:"]),
    ...chainLines(report.edges),
    ...otherInfo(report, ""),
    ...scenarioLines(report),
    ...heldLines(report),
    ...backtraceLines(report),
  ],
  // the edges of a cycle say it better
  label: ({ edges }) => (edges.length > 0 ? null : "wants"),
  story(report) {
    const { lock, holding, edges, cycle } = report;
    const held = heldSentence(report);
    if (lock === null) return [held];
    const steps = edges.length > 2 ? ` in ${edges.length - 1} steps` : "";
    return [
      held,
      wanted(report),
      holding === null || cycle.length === 0
        ? null
        : say`Lockdep had already recorded that ${classPart(lock)} comes before ${classPart(holding)}${steps}: taking them in this order closes the cycle.`,
    ];
  },
  deadlock: cycleBlocks,
};

/** Stands for a class whose line was lost. */
const LOST = "?";

function edgesOf(parts: Parts, wantedClass: string | null, held: string | null): Edge[] {
  const links = chainOf(parts);
  if (links.size === 0) return [];
  let last = Math.max(...links.keys());
  const name = (index: number): string =>
    links.get(index)?.lock.class ?? (index === 0 ? wantedClass : index === last ? held : null) ?? LOST;
  // the held lock is class N: where the chain starts with another one, link N was lost
  if (held !== null && links.get(last)?.lock.class !== held) last++;
  const edges: Edge[] = [];
  for (let index = 1; index <= last; index++) {
    const link = links.get(index);
    edges.push({
      from: name(index - 1),
      to: name(index),
      closes: false,
      acquired: link?.lock ?? null,
      stack: link?.stack ?? [],
    });
  }
  const first = links.get(0);
  edges.push({
    from: name(last),
    to: name(0),
    closes: true,
    acquired: first?.lock ?? null,
    stack: first?.stack ?? [],
  });
  return edges;
}

/**
 * The cycle of a report without its chain. print_circular_lock_scenario() draws four steps of two locks where the one
 * wanted comes directly before the one held, and only then: else it says `Chain exists of:`, and draws a third.
 */
function edgesOfPicture({ lock, holding, scenario }: Common): Edge[] {
  if (lock === null || holding === null) return [];
  const drawn = [holding, lock, holding, lock].map((one) => `${one.class}/${one.subclass}`);
  const steps = scenario.map((step) => `${step.class ?? ""}/${step.subclass ?? 0}`);
  if (lock.class === holding.class || steps.join("\n") !== drawn.join("\n")) return [];
  return [
    { from: lock.class, to: holding.class, closes: false, acquired: classOnly(holding), stack: [] },
    { from: holding.class, to: lock.class, closes: true, acquired: classOnly(lock), stack: [] },
  ];
}

/** Work queues take the locks of their work items, so that their functions say nothing about the deadlock. */
const WORKQUEUES = ["process_one_work", "flush_workqueue", "drain_workqueue", "destroy_workqueue"];

/** The lock being acquired, the lock held, then the stacks of the chain as they are printed. */
function taker(report: Untitled): string {
  const taken = sites(report)
    .filter((at) => nameOf(at) !== null)
    .slice(0, 2);
  const stacks = inPrintedOrder(report.edges).flatMap((edge) => edge.stack);
  return tellingFunction([...taken, ...stacks], WORKQUEUES) ?? CORRUPTED;
}

/** `-> #N` first and the acquisition under way, `-> #0`, last; each block takes what the next one holds. */
function inPrintedOrder(edges: readonly Edge[]): Edge[] {
  const left = [...edges];
  const closing = left.find((edge) => edge.closes);
  if (closing === undefined) return left.toReversed();
  left.splice(left.indexOf(closing), 1);
  const printed: Edge[] = [];
  let taken = closing.from;
  while (left.length > 0) {
    const index = left.findLastIndex((edge) => edge.to === taken);
    const edge = left.splice(index, 1)[0];
    if (edge === undefined) break;
    printed.push(edge);
    taken = edge.from;
  }
  return [...printed, closing];
}

/** What the task wanted last; an allocation wants no lock by itself. */
function wanted(report: Report): Part[] {
  const { lock, annotations } = report;
  if (lock === null) return [];
  const known = annotations.find(
    ({ class: of, where, certainty }) => of === lock.class && where === "cycle" && certainty === "certain",
  );
  const context = known !== undefined && annotationOf(known.id)?.kind === "pseudo-lock";
  const allocation = rolesOfStack(report.backtrace).roles.find(({ role }) => role === "allocation");
  if (context && allocation !== undefined)
    return say`Then it allocated memory (${fn(allocation.by)}), and thereby entered ${classPart(lock)}, which is not a lock but a context.`;
  const waited = waitedFor(report);
  if (waited !== null) return say`Then it ${waited}.`;
  return context
    ? say`Then it entered ${aboutLock(report)}: not a lock, but a context.`
    : say`Then it wanted ${aboutLock(report)}.`;
}
