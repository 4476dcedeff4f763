import type { LineName, ReportKind } from "./lines.ts";

/** The parts of reports that have a rule of their own in rules.ts. */
export type SectionName =
  | "acting"
  | "holding"
  | "chain"
  | "scenario"
  | "held"
  | "becoming"
  | "pair"
  | "dependencies"
  | "irqs"
  | "preemption"
  | "collision"
  | "rtmutex"
  | "dump";

export interface ReportForm {
  /** Lines that say all they have to say alone, or that only make sense under one that was lost. */
  readonly lines: readonly LineName[];
  /** Parts, in the order printed. */
  readonly sections: readonly SectionName[];
  /**
   * What may follow the end of the first stack trace. Where there is nothing, the report ends with its trace.
   */
  readonly afterTrace?: readonly LineName[];
  /** What is printed immediately before dump_stack(), where something is. */
  readonly dumpLead?: LineName;
  /** How often it calls dump_stack(), where not once. */
  readonly traces?: number;
  /** Now a warning, it once had a box: the upper rule before its headline is its own. */
  readonly wasBoxed?: true;
}

const WARNING_TAIL: readonly LineName[] = ["IrqStamp", "IrqEvent", "EndTrace", "PossibleReason"];

const WARNING_LINES: readonly LineName[] = [
  "CutHere",
  "LocksWarnOn",
  "LockdepWarning",
  "OtherWarning",
  "Text",
  "EndTrace",
  "PossibleReason",
];

const SECOND_DUMP: readonly LineName[] = [
  "OtherInfo",
  "HeldCount",
  "HeldOnCpu",
  "HeldLock",
  "NoneHeld",
  "LockdepIsOff",
  "StackBacktrace",
  "Cpu",
  "Taints",
  "Hardware",
  "Workqueue",
  "DumpNote",
  "CallTrace",
  "TraceOpen",
  "TraceClose",
  "TraceGlued",
  "StackWords",
  "Frame",
  "Registers",
  "Code",
];

/**
 * What each kind of report prints. A report is its headline and these parts; the grammar takes them in any
 * order and any number, since lines get lost, doubled and swapped on their way, and src/kinds says what must
 * be there for a report to be complete. So no input is a syntax error, and nothing needs to be recovered.
 */
export const REPORTS: Readonly<Record<ReportKind, ReportForm>> = {
  circular: {
    lines: ["Kernel", "DependsOnNew", "OtherInfo", "LockdepIsOff"],
    sections: ["acting", "holding", "chain", "scenario", "held", "dump"],
    dumpLead: "StackBacktrace",
  },
  recursive: {
    lines: ["Kernel", "Comparison", "OtherInfo", "LockdepIsOff"],
    sections: ["acting", "holding", "scenario", "held", "dump"],
    dumpLead: "StackBacktrace",
  },
  "irq-order": {
    lines: ["Kernel", "OtherInfo", "LockdepIsOff"],
    sections: ["acting", "holding", "pair", "becoming", "scenario", "held", "dependencies", "dump"],
    dumpLead: "StackBacktrace",
  },
  "irq-inversion": {
    lines: ["Kernel", "CouldInvert", "OtherInfo", "LockdepIsOff"],
    sections: ["acting", "becoming", "scenario", "held", "dependencies", "dump"],
    dumpLead: "StackBacktrace",
  },
  inconsistent: {
    lines: ["Kernel", "Usage", "OtherInfo", "LockdepIsOff"],
    sections: ["acting", "becoming", "irqs", "scenario", "held", "dump"],
    dumpLead: "StackBacktrace",
  },
  "wait-context": {
    lines: ["Kernel", "OtherInfo", "Context", "LockdepIsOff"],
    sections: ["acting", "held", "dump"],
    dumpLead: "StackBacktrace",
  },
  "nested-lock": {
    lines: ["Kernel", "NotHolding", "Text", "OtherInfo", "LockdepIsOff"],
    sections: ["acting", "dump", "held"],
    traces: 2,
  },
  "unlock-balance": {
    lines: ["Kernel", "NoMoreLocks", "OtherInfo", "LockdepIsOff"],
    sections: ["acting", "held", "dump"],
    dumpLead: "StackBacktrace",
  },
  contention: {
    lines: ["Kernel", "NoMoreLocks", "OtherInfo", "LockdepIsOff"],
    sections: ["acting", "held", "dump"],
    dumpLead: "StackBacktrace",
  },
  "held-freed": {
    lines: ["Kernel", "OtherInfo", "LockdepIsOff"],
    sections: ["acting", "held", "dump"],
    dumpLead: "StackBacktrace",
  },
  "held-exit": {
    lines: ["Kernel", "Leaves", "LockdepIsOff"],
    sections: ["acting", "held", "dump"],
    dumpLead: "StackBacktrace",
  },
  "held-user": {
    lines: ["Kernel", "Leaves", "LockdepIsOff"],
    sections: ["held", "dump"],
  },
  rcu: {
    lines: ["Kernel", "RcuMessage", "OtherInfo", "RcuState", "RcuNote", "LockdepIsOff"],
    sections: ["held", "dump"],
    dumpLead: "StackBacktrace",
  },
  "non-static-key": {
    lines: ["KeyAdvice", "TurningOff", "LockdepIsOff"],
    sections: ["held", "dump"],
  },
  "unregistered-key": {
    // the warning is lockdep's own
    lines: WARNING_LINES.filter((name) => name !== "OtherWarning"),
    sections: ["irqs", "dump"],
    afterTrace: WARNING_TAIL,
  },
  subclass: {
    lines: ["TurningOff", "LockdepIsOff"],
    sections: ["dump"],
  },
  limit: {
    lines: ["TurningOff", "AttachLockStat", "DepthAndMax", "LockdepIsOff"],
    sections: ["held", "dump"],
  },
  "chain-collision": {
    lines: ["Kernel", "CollisionTask", "CollisionText", "CollisionDepth", "CollisionLock"],
    sections: ["collision", "dump"],
    dumpLead: "StackBacktrace",
  },
  internal: {
    lines: WARNING_LINES,
    sections: ["irqs", "held", "dump"],
    afterTrace: WARNING_TAIL,
  },
  sleeping: {
    lines: ["InAtomic", "PreemptCount", "RcuDepth", "StackOverrun", "LockdepIsOff"],
    sections: ["held", "irqs", "preemption", "dump"],
  },
  "atomic-scheduling": {
    lines: ["LockdepIsOff"],
    sections: ["held", "irqs", "preemption", "dump"],
  },
  leaked: {
    lines: ["LeakedCounts", "LeakedBy", "LockdepIsOff"],
    sections: ["held", "dump"],
  },
  "spinlock-debug": {
    lines: ["SpinlockState"],
    sections: ["held", "dump"],
  },
  preemptible: {
    lines: ["CallerIs", "LockdepIsOff"],
    sections: ["held", "dump"],
  },
  "rtmutex-deadlock": {
    lines: [
      ...WARNING_LINES,
      "Taint",
      "RtmutexBlocks",
      "RtmutexLock",
      "RtmutexOwner",
      "RtmutexTask",
      "Stackdump",
      "TurningOffRtmutex",
      "LockdepIsOff",
    ],
    sections: ["rtmutex", "held", "irqs", "dump"],
    afterTrace: [...WARNING_TAIL, ...SECOND_DUMP, "Stackdump", "TurningOffRtmutex"],
    wasBoxed: true,
  },
  "held-dump": {
    lines: ["DoubleRule"],
    sections: ["held"],
  },
};

/** Every line that is alone in some kind of report. */
export const LONE_LINES: readonly LineName[] = [
  ...new Set<LineName>([...Object.values(REPORTS).flatMap(({ lines }) => lines), "SingleRule"]),
];
