import { HEADLINES, type LineName } from "./lines.ts";
import { LONE_LINES } from "./reports.ts";
import type { LineToken } from "./tokenize.ts";
import type { ClassNode, ReportTree, Section, Stack } from "./tree.ts";

/** Lines that the grammar takes for one another: one category is one alternative where a list of lines would be dozens. */
export const CATEGORIES = {
  Headline: HEADLINES.map(({ name }) => name),
  /** Before a headline: its box's upper rule, or `[ cut here ]` and what a warning says. */
  Preamble: ["DoubleRule", "CutHere", "Text", "OtherWarning"],
  Lone: LONE_LINES,
  ScenarioLine: [
    "ChainExists",
    "ChainOfThree",
    "Scenario",
    "ScenarioCpus",
    "ScenarioRule",
    "ScenarioLock",
    "ScenarioIrqsOff",
    "ScenarioInterrupt",
    "Deadlock",
    "MissingNesting",
  ],
  DumpLine: [
    "StackBacktrace",
    "Cpu",
    "Taints",
    "Hardware",
    "Workqueue",
    "DumpNote",
    "PanicOnWarn",
    "CallTrace",
    "TraceOpen",
    "TraceGlued",
    "StackWords",
    "Registers",
    "Code",
  ],
  IrqLine: ["IrqStamp", "IrqEvent"],
  HeldLead: ["HeldCount", "HeldOnCpu", "NoneHeld"],
  ActingLead: ["Acts", "Releases", "Frees"],
  BecomingLead: ["ConnectsSafe", "ToUnsafe", "Registered", "TookUnsafe", "TakenBySafe"],
  DependenciesLead: ["DependenciesOfSafe", "DependenciesOfWanted", "ShortestDependencies"],
  CollisionLead: ["CollisionHeld", "CollisionCached"],
  RtmutexLine: ["RtmutexLock", "RtmutexOwner", "RtmutexTask"],
  /** What only makes sense under a line that was lost. */
  Stray: ["Class", "UsageAt", "ClassEnd", "Key", "AcquiredAt", "BadPath", "Became", "Ellipsis"],
} as const satisfies Record<string, readonly LineName[]>;

/** What the rules are about: a line, or any of a category. */
export type Terminal = LineName | keyof typeof CATEGORIES;

/** A rule, that reads its part of the lines and gives what it makes of them. */
export type Rule<Result> = () => Result;

/**
 * What rules are written with: the methods of Chevrotain's EmbeddedActionsParser, of which each has an index that no other
 * of its name has in the same rule. Chevrotain tells of them whether one line is always enough to decide
 * (scripts/lookahead.ts), and parser.ts reads reports with them.
 */
export interface Rules {
  rule<Result>(name: string, body: Rule<Result>): Rule<Result>;
  subrule<Result>(index: number, rule: Rule<Result>): Result;
  many(index: number, body: () => void): void;
  atLeastOne(index: number, body: () => void): void;
  option(index: number, body: () => void): void;
  or(index: number, alternatives: readonly (() => void)[]): void;
  /** The next line, which must be this one. */
  take(index: number, terminal: Terminal): LineToken;
}

/**
 * The grammar of reports, over tokens that are whole lines: a quarter of the tokens that words would need, and LL(1). Its
 * rules are the parts that lockdep prints, each named in its comment; reports.ts says which kind prints which.
 */
export function reportRules(r: Rules): Rule<ReportTree> {
  /** Frames of a stack: stack_trace_print(). */
  const frames = r.rule("frames", (): LineToken[] => {
    const found: LineToken[] = [];
    r.many(0, () => found.push(r.take(1, "Frame")));
    return found;
  });

  /** `x/1 is trying to acquire lock:` and print_lock(), or print_ip_sym() in unlock reports. */
  const acting = r.rule("acting", (): Section => {
    let lead: LineToken | null = null;
    const locks: LineToken[] = [];
    r.or(1, [() => (lead = r.take(1, "ActingLead")), () => locks.push(r.take(1, "Lock"))]);
    r.many(0, () => r.or(2, [() => locks.push(r.take(2, "Lock")), () => locks.push(r.take(1, "Frame"))]));
    return { type: "acting", lead, locks };
  });

  /** `but task is already holding lock:` and print_lock(). */
  const holding = r.rule("holding", (): Section => {
    const lead = r.take(1, "AlreadyHolding");
    const locks: LineToken[] = [];
    r.many(0, () => locks.push(r.take(1, "Lock")));
    return { type: "holding", lead, locks };
  });

  /** print_circular_bug_entry(), N to 0. */
  const chain = r.rule("chain", (): Section => {
    const links: Stack[] = [];
    r.or(0, [
      () => r.take(1, "ChainHeader"),
      () => links.push({ head: r.take(1, "ChainLink"), frames: r.subrule(1, frames) }),
    ]);
    r.many(0, () => links.push({ head: r.take(2, "ChainLink"), frames: r.subrule(2, frames) }));
    return { type: "chain", links };
  });

  /** print_circular_lock_scenario(), print_deadlock_scenario(), print_irq_lock_scenario() and their kin. */
  const scenario = r.rule("scenario", (): Section => {
    const lines: LineToken[] = [];
    r.atLeastOne(0, () => lines.push(r.take(1, "ScenarioLine")));
    return { type: "scenario", lines };
  });

  /** lockdep_print_held_locks() of one task. */
  const held = r.rule("held", (): Section => {
    let lead: LineToken | null = null;
    const locks: LineToken[] = [];
    r.or(0, [() => (lead = r.take(1, "HeldLead")), () => locks.push(r.take(1, "HeldLock"))]);
    r.many(0, () => locks.push(r.take(2, "HeldLock")));
    return { type: "held", lead, locks };
  });

  /** How a lock became what it is: print_bad_irq_dependency(), print_usage_bug(), print_irq_inversion_bug(). */
  const becoming = r.rule("becoming", (): Section => {
    let lock: LineToken | null = null;
    let became: LineToken | null = null;
    const lead = r.take(1, "BecomingLead");
    r.option(1, () => (lock = r.take(1, "Class")));
    r.option(2, () => (became = r.take(1, "Became")));
    r.option(3, () => r.take(1, "Ellipsis"));
    return { type: "becoming", lead, lock, became, frames: r.subrule(0, frames) };
  });

  /** `which would create a new lock dependency:` of print_bad_irq_dependency(). */
  const pair = r.rule("pair", (): Section => {
    let classes: LineToken | null = null;
    r.or(0, [
      () => {
        r.take(1, "NewDependency");
        r.option(0, () => (classes = r.take(1, "ClassPair")));
      },
      () => (classes = r.take(2, "ClassPair")),
    ]);
    return { type: "pair", pair: classes };
  });

  /** print_lock_class_header() and, from print_shortest_lock_dependencies(), `... acquired at:`. */
  const classDump = r.rule("classDump", (): ClassNode => {
    const head = r.take(1, "ClassHead");
    const usages: Stack[] = [];
    let key: LineToken | null = null;
    let acquiredAt: Stack | null = null;
    r.many(0, () => {
      r.or(0, [
        () => usages.push({ head: r.take(1, "UsageAt"), frames: r.subrule(1, frames) }),
        () => r.take(1, "ClassEnd"),
        () => (key = r.take(1, "Key")),
        () => (acquiredAt = { head: r.take(1, "AcquiredAt"), frames: r.subrule(2, frames) }),
        () => r.take(1, "BadPath"),
      ]);
    });
    return { head, usages, key, acquiredAt };
  });

  /** print_shortest_lock_dependencies() and its backward twin, with their titles. */
  const dependencies = r.rule("dependencies", (): Section => {
    let lead: LineToken | null = null;
    const classes: ClassNode[] = [];
    r.or(0, [
      () => {
        lead = r.take(1, "DependenciesLead");
        r.option(0, () => r.take(1, "AndUnsafe"));
      },
      () => (lead = r.take(2, "AndUnsafe")),
      () => classes.push(r.subrule(1, classDump)),
    ]);
    r.many(0, () => classes.push(r.subrule(2, classDump)));
    return { type: "dependencies", lead, classes };
  });

  /** print_irqtrace_events(). */
  const irqs = r.rule("irqs", (): Section => {
    const lines: LineToken[] = [];
    r.atLeastOne(0, () => lines.push(r.take(1, "IrqLine")));
    return { type: "irqs", lines };
  });

  /** print_preempt_disable_ip(), and `Preemption disabled at:` in __schedule_bug(). */
  const preemption = r.rule("preemption", (): Section => {
    const lead = r.take(1, "PreemptionOff");
    return { type: "preemption", lead, frames: r.subrule(0, frames) };
  });

  /** print_chain_keys_held_locks(), print_chain_keys_chain(). */
  const collision = r.rule("collision", (): Section => {
    const lead = r.take(1, "CollisionLead");
    const locks: LineToken[] = [];
    let depth: LineToken | null = null;
    r.many(0, () => {
      r.or(0, [
        () => locks.push(r.take(1, "CollisionLock")),
        () => locks.push(r.take(1, "Lock")),
        () => locks.push(r.take(1, "Class")),
        () => (depth = r.take(1, "CollisionDepth")),
      ]);
    });
    return { type: "collision", lead, depth, locks };
  });

  /** printk_lock() of the rtmutex deadlock detector. */
  const rtmutex = r.rule("rtmutex", (): Section => {
    const lead = r.take(1, "RtmutexWants");
    const lines: LineToken[] = [];
    r.many(0, () => lines.push(r.take(1, "RtmutexLine")));
    return { type: "rtmutex", lead, lines };
  });

  /**
   * dump_stack(): dump_stack_print_info(), show_trace_log_lvl(), show_regs() and what else it holds. mips ends
   * a list of words with `...`.
   */
  const dump = r.rule("dump", (): Section => {
    const lines: LineToken[] = [];
    // 32-bit ARM begins with the first frame
    r.atLeastOne(0, () => {
      r.or(0, [
        () => lines.push(r.take(1, "DumpLine")),
        () => lines.push(r.take(1, "Frame")),
        () => lines.push(r.take(1, "TraceClose")),
      ]);
      r.option(0, () => lines.push(r.take(1, "Ellipsis")));
    });
    return { type: "dump", lines };
  });

  /**
   * A report of any kind: what comes before its headline, the headline, and its parts in any order. Which
   * kind has which is in reports.ts.
   */
  return r.rule("report", (): ReportTree => {
    const sections: Section[] = [];
    const push = (section: Section): void => {
      sections.push(section);
    };
    r.many(1, () => push({ type: "line", line: r.take(1, "Preamble") }));
    const headline = r.take(1, "Headline");
    r.many(2, () => {
      r.or(0, [
        () => push({ type: "line", line: r.take(1, "Lone") }),
        () => push(r.subrule(0, acting)),
        () => push(r.subrule(0, holding)),
        () => push(r.subrule(0, chain)),
        () => push(r.subrule(0, scenario)),
        () => push(r.subrule(0, held)),
        () => push(r.subrule(0, becoming)),
        () => push(r.subrule(0, pair)),
        () => push(r.subrule(0, dependencies)),
        () => push(r.subrule(0, irqs)),
        () => push(r.subrule(0, preemption)),
        () => push(r.subrule(0, collision)),
        () => push(r.subrule(0, rtmutex)),
        () => push(r.subrule(0, dump)),
        () => push({ type: "stray", line: r.take(1, "Stray") }),
      ]);
    });
    return { headline, sections };
  });
}
