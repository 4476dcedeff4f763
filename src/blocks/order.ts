import type { LineName } from "../../grammar/lines.ts";

/**
 * Lines that only make sense under another one: which those are. Frames stand under what has a stack; between a line
 * and its parent are at most frames and rules.
 */
const UNDER: Partial<Record<LineName, readonly LineName[]>> = {
  Lock: [
    "Acts",
    // of a task whose own line was lost
    "Usage",
    "AlreadyHolding",
    "Frees",
    "Lock",
    "CollisionHeld",
    "CollisionCached",
    "CollisionDepth",
    "CollisionLock",
  ],
  Class: [
    "NewDependency",
    "ConnectsSafe",
    "ToUnsafe",
    "TookUnsafe",
    "TakenBySafe",
    "CollisionCached",
    "CollisionDepth",
    "CollisionLock",
    "Class",
    "Lock",
  ],
  Became: ["ConnectsSafe", "ToUnsafe", "Class", "Ellipsis"],
  Ellipsis: ["ConnectsSafe", "ToUnsafe", "Class", "Became"],
  UsageAt: ["ClassHead", "UsageAt"],
  ClassEnd: ["ClassHead", "UsageAt"],
  Key: ["ClassHead", "UsageAt", "ClassEnd"],
  AcquiredAt: ["Key", "ClassEnd", "ClassHead", "UsageAt"],
  Frame: [
    "ChainLink",
    "Registered",
    "Class",
    "Became",
    "Ellipsis",
    "ConnectsSafe",
    "ToUnsafe",
    "UsageAt",
    "AcquiredAt",
    "PreemptionOff",
    "Releases",
    "Stackdump",
  ],
};

/** Says nothing of its own: what stands above it goes on below it. */
const PASSING: ReadonlySet<LineName> = new Set<LineName>(["Frame", "SingleRule", "PanicOnWarn"]);

/** Of a stack dump: nothing that stands elsewhere in a report, and what another processor's dump begins with. */
export const DUMP_LINES: ReadonlySet<LineName> = new Set<LineName>([
  "Cpu",
  "Taints",
  "Hardware",
  "Workqueue",
  "CallTrace",
  "TraceOpen",
  "TraceClose",
  "TraceGlued",
  "StackWords",
  "Registers",
  "Code",
]);

/** Says what a task does. */
export const DEED_LINES: ReadonlySet<LineName> = new Set<LineName>([
  "Acts",
  "Releases",
  "Frees",
  "Leaves",
  "InAtomic",
]);

/** Names the task that the report is about. */
export const TASK_LINES: ReadonlySet<LineName> = new Set<LineName>([
  ...DEED_LINES,
  "HeldCount",
  "HeldOnCpu",
  "NoneHeld",
  "CollisionTask",
]);

/** The same in every report: which of two it belongs to makes no difference. */
export const ALIKE: ReadonlySet<LineName> = new Set<LineName>([
  "Kernel",
  "OtherInfo",
  "StackBacktrace",
  "DoubleRule",
  "SingleRule",
  "CutHere",
  "Scenario",
  "ScenarioCpus",
  "ScenarioRule",
  "Deadlock",
  "LockdepIsOff",
  "Hardware",
]);

/** Whether the line needs one of those above it, and which it is under. */
export function isUnder(name: LineName, parent: LineName | undefined): boolean {
  const parents = UNDER[name];
  return parents === undefined || (parent !== undefined && parents.includes(parent));
}

export function isPassing(name: LineName): boolean {
  return PASSING.has(name);
}

/** The order in which reports print their parts. */
const STAGES: readonly (readonly LineName[])[] = [
  ["DoubleRule", "CutHere", "Text"],
  ["Kernel", "SingleRule", "Taint"],
  [
    "Acts",
    "Releases",
    "Frees",
    "Leaves",
    "RcuMessage",
    "Usage",
    "InAtomic",
    "CallerIs",
    "KeyAdvice",
    "SpinlockState",
  ],
  [
    "Lock",
    "AlreadyHolding",
    "NotHolding",
    "NoMoreLocks",
    "PreemptCount",
    "RcuDepth",
    "TurningOff",
    "LeakedBy",
  ],
  ["DependsOnNew", "NewDependency", "ClassPair", "Comparison", "TookUnsafe", "TakenBySafe", "CouldInvert"],
  ["ConnectsSafe", "ToUnsafe", "Class", "Became", "Ellipsis", "ChainHeader", "ChainLink", "Registered"],
  ["OtherInfo"],
  ["ChainExists", "ChainOfThree", "RcuState", "RcuNote", "Context"],
  ["Scenario", "ScenarioCpus", "ScenarioRule"],
  ["ScenarioLock", "ScenarioIrqsOff", "ScenarioInterrupt"],
  ["Deadlock", "MissingNesting"],
  ["HeldCount", "HeldOnCpu", "NoneHeld", "HeldLock", "LockdepIsOff"],
  [
    "DependenciesOfSafe",
    "DependenciesOfWanted",
    "AndUnsafe",
    "ShortestDependencies",
    "ClassHead",
    "UsageAt",
    "ClassEnd",
    "Key",
    "AcquiredAt",
    "BadPath",
  ],
  ["StackBacktrace"],
  ["Cpu", "Taints", "Hardware", "Workqueue", "DumpNote", "PanicOnWarn"],
  [
    "CallTrace",
    "TraceOpen",
    "TraceClose",
    "TraceGlued",
    "StackWords",
    "Frame",
    "Registers",
    "Code",
    "EndTrace",
  ],
];

const STAGE_OF = new Map(STAGES.flatMap((names, stage) => names.map((name) => [name, stage] as const)));

/** Whether the second line may follow the first, where the parts come in their order. */
export function isInOrder(first: LineName | undefined, second: LineName): boolean {
  const start = (first === undefined ? undefined : STAGE_OF.get(first)) ?? 0;
  return (STAGE_OF.get(second) ?? start) >= start;
}
