import { REPORTS, type ReportForm } from "../../grammar/reports.ts";
import type { ReportTree } from "../../grammar/tree.ts";
import { identityOf } from "../identity/identity.ts";
import type { Damage, Kernel, Kind, Report } from "../report/schema.ts";
import { isCorrupted, titleOf } from "../identity/title.ts";
import { atomicScheduling, preemptible, sleeping } from "./scheduler.ts";
import { chainCollision } from "./chain-collision.ts";
import { circular } from "./circular.ts";
import { isComplete, missingParts } from "./completeness.ts";
import { dumpsOf } from "./dump.ts";
import { heldDump } from "./held-dump.ts";
import { heldExit } from "./held-exit.ts";
import { heldFreed } from "./held-freed.ts";
import { heldUser } from "./held-user.ts";
import { inconsistent } from "./inconsistent.ts";
import { internal } from "./internal.ts";
import { irqInversion } from "./irq-inversion.ts";
import { irqOrder } from "./irq-order.ts";
import { nonStaticKey, subclass, unregisteredKey } from "./keys.ts";
import type { Common, KindBuilder } from "./kind.ts";
import { leaked } from "./leaked.ts";
import { limit } from "./limit.ts";
import { nestedLock } from "./nested-lock.ts";
import { chainExistsOf, heldOf, kernelOf, Parts, scenarioOf, textOf } from "./parts.ts";
import { rcu } from "./rcu.ts";
import { recursive } from "./recursive.ts";
import { rtmutexDeadlock } from "./rtmutex-deadlock.ts";
import { spinlockDebug } from "./spinlock-debug.ts";
import { unlockBalance } from "./unlock-balance.ts";
import { waitContext } from "./wait-context.ts";

/** The builder of every kind; a kind without one is a type error. */
const BUILDERS = {
  circular,
  recursive,
  "irq-order": irqOrder,
  "irq-inversion": irqInversion,
  inconsistent,
  "wait-context": waitContext,
  "nested-lock": nestedLock,
  "unlock-balance": unlockBalance,
  contention: unlockBalance,
  "held-freed": heldFreed,
  "held-exit": heldExit,
  "held-user": heldUser,
  rcu,
  "non-static-key": nonStaticKey,
  "unregistered-key": unregisteredKey,
  subclass,
  limit,
  "chain-collision": chainCollision,
  internal,
  sleeping,
  "atomic-scheduling": atomicScheduling,
  leaked,
  "spinlock-debug": spinlockDebug,
  preemptible,
  "rtmutex-deadlock": rtmutexDeadlock,
  "held-dump": heldDump,
} as const satisfies Record<Kind, KindBuilder>;

/** Where a report stood in its log. */
export interface Place {
  readonly source: number;
  readonly lines: { readonly first: number; readonly last: number; readonly unparsed: number };
  readonly time: number | null;
  readonly caller: string | null;
  /** The kernel of the boot, for reports that do not name it. */
  readonly kernel: Kernel | null;
  readonly damage: readonly Damage[];
}

/** Makes the typed report of a syntax tree. */
export function buildReport(kind: Kind, tree: ReportTree, place: Place): Report {
  const builder: KindBuilder = BUILDERS[kind];
  const { dumps, others } = dumpsOf(tree.sections);
  const parts = new Parts({ headline: tree.headline, sections: others });
  const common = commonOf(
    parts,
    dumps.map(({ dump }) => dump),
    place.kernel,
  );
  const details = builder.build(parts, common);
  const chainExists = chainExistsOf(parts);
  const { headline = textOf(parts.headline, "headline") ?? parts.headline.text, ...more } = details;
  const lockdepOff = parts.line("LockdepIsOff") === null ? {} : { lockdepOff: true as const };
  const built = {
    ...lockdepOff,
    ...common,
    ...more,
    ...(chainExists.length === 0 ? {} : { chainExists }),
  };
  const openContext = dumps.find((dump) => dump.openContext !== null)?.openContext ?? null;
  const found = [
    ...place.damage,
    ...straysOf(parts),
    ...missingParts(built, builder, tracesOf(kind), place.lines.last, openContext),
  ];
  const { kernel, task, lock, holding, cycle, edges, held, scenario, backtrace, ...particulars } = built;
  const untitled = {
    kind,
    headline,
    tag: tagOf(parts.headline.text),
    source: place.source,
    lines: { ...place.lines },
    time: place.time,
    caller: place.caller,
    kernel,
    task,
    lock,
    holding,
    cycle,
    edges,
    held,
    scenario,
    backtrace,
    ...particulars,
    complete: isComplete(found),
    damage: found,
    annotations: [],
    findings: [],
    suspects: [],
    lookAt: null,
  };
  const title = titleOf(untitled, untitled.tag ?? undefined);
  // no function can be named: the stacks are not there, or not whole
  if (isCorrupted(title) && untitled.complete) found.push({ code: "truncated", line: place.lines.last });
  found.sort((x, y) => x.line - y.line);
  untitled.complete = isComplete(found);
  return { ...identityOf(untitled, title), title, ...untitled };
}

/** Lines of the report that stand where they say nothing: what they belong to was lost. */
function straysOf(parts: Parts): Damage[] {
  return parts.all("stray").map(({ line }) => ({ code: "unparsed", line: line.number, what: "1 line" }));
}

function tracesOf(kind: Kind): number {
  const form: ReportForm = REPORTS[kind];
  return form.traces ?? 1;
}

/** `WARNING: x`, `[ INFO: x ]`, …; none where the message stands alone. */
function tagOf(text: string): Report["tag"] {
  const tag = /^(?:\[ )?(WARNING|BUG|INFO): /.exec(text)?.[1];
  return tag === "WARNING" || tag === "BUG" || tag === "INFO" ? tag : null;
}

function commonOf(parts: Parts, dumps: Report["dumps"], bootKernel: Kernel | null): Common {
  const kernelLine = parts.line("Kernel");
  const held = heldOf(parts.all("held"));
  const { task, lock } = parts.acting;
  return {
    kernel:
      (kernelLine === null ? null : kernelOf(kernelLine)) ??
      dumps.find((dump) => dump.kernel !== null)?.kernel ??
      bootKernel,
    task: task ?? dumps.find((dump) => dump.task !== null)?.task ?? held[0]?.task ?? null,
    lock,
    holding: parts.holding,
    cycle: [],
    edges: [],
    held,
    scenario: scenarioOf(parts),
    backtrace: dumps[0]?.frames ?? [],
    dumps,
  };
}
