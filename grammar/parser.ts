import {
  createToken,
  EmbeddedActionsParser,
  type IProduction,
  type IToken,
  Lexer,
  NonTerminal,
  type ParserMethod,
  Terminal,
  type TokenType,
} from "chevrotain";
import { BODY, BY_HAND, HEADLINES, type LineName, type ReportKind } from "./lines.ts";
import { LONE_LINES, REPORTS, type SectionName } from "./reports.ts";
import type { LineToken } from "./tokenize.ts";
import type { ClassNode, ReportTree, Section, Stack } from "./tree.ts";

/**
 * Lines that the grammar takes for one another. One category is one alternative where a list of lines would be
 * dozens, which is what building the parser costs.
 */
const CATEGORIES = {
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

type Category = keyof typeof CATEGORIES;

const TYPES = new Map<LineName | Category, TokenType>(
  Object.keys(CATEGORIES).map((name) => [name as Category, createToken({ name, pattern: Lexer.NA })]),
);

/** One token a line: a quarter of the tokens that words would need, and a grammar that is LL(1). */
for (const { name } of [...HEADLINES, ...BODY, ...BY_HAND]) {
  const categories = Object.entries(CATEGORIES).flatMap(([category, members]) =>
    (members as readonly LineName[]).includes(name) ? [tokenType(category as Category)] : [],
  );
  TYPES.set(name, createToken({ name, pattern: Lexer.NA, categories }));
}

function tokenType(name: LineName | Category): TokenType {
  const type = TYPES.get(name);
  if (type === undefined) throw new Error(`no token for the line ${name}`);
  return type;
}

interface ParserToken extends IToken {
  readonly line: LineToken;
}

/**
 * The grammar of reports, over tokens that are whole lines. Its rules are the parts that lockdep prints, each
 * named in its comment; reports.ts says which kind prints which.
 */
class ReportParser extends EmbeddedActionsParser {
  readonly report: ParserMethod<[], ReportTree>;

  constructor(validate: boolean) {
    super([...TYPES.values()], { maxLookahead: 1, recoveryEnabled: false, skipValidations: !validate });

    /** Frames of a stack: stack_trace_print(). */
    const frames = this.RULE("frames", (): LineToken[] => {
      const found: LineToken[] = [];
      this.MANY(() => found.push(this.take(1, "Frame")));
      return found;
    });

    /** `x/1 is trying to acquire lock:` and print_lock(), or print_ip_sym() in unlock reports. */
    const acting = this.RULE("acting", (): Section => {
      let lead: LineToken | null = null;
      const locks: LineToken[] = [];
      this.OR1([
        { ALT: () => (lead = this.take(1, "ActingLead")) },
        { ALT: () => locks.push(this.take(1, "Lock")) },
      ]);
      this.MANY(() =>
        this.OR2([
          { ALT: () => locks.push(this.take(2, "Lock")) },
          { ALT: () => locks.push(this.take(1, "Frame")) },
        ]),
      );
      return { type: "acting", lead, locks };
    });

    /** `but task is already holding lock:` and print_lock(). */
    const holding = this.RULE("holding", (): Section => {
      const lead = this.take(1, "AlreadyHolding");
      const locks: LineToken[] = [];
      this.MANY(() => locks.push(this.take(1, "Lock")));
      return { type: "holding", lead, locks };
    });

    /** print_circular_bug_entry(), N to 0. */
    const chain = this.RULE("chain", (): Section => {
      const links: Stack[] = [];
      this.OR([
        { ALT: () => this.take(1, "ChainHeader") },
        { ALT: () => links.push({ head: this.take(1, "ChainLink"), frames: this.SUBRULE1(frames) }) },
      ]);
      this.MANY(() => links.push({ head: this.take(2, "ChainLink"), frames: this.SUBRULE2(frames) }));
      return { type: "chain", links };
    });

    /** print_circular_lock_scenario(), print_deadlock_scenario(), print_irq_lock_scenario() and their kin. */
    const scenario = this.RULE("scenario", (): Section => {
      const lines: LineToken[] = [];
      this.AT_LEAST_ONE(() => lines.push(this.take(1, "ScenarioLine")));
      return { type: "scenario", lines };
    });

    /** lockdep_print_held_locks() of one task. */
    const held = this.RULE("held", (): Section => {
      let lead: LineToken | null = null;
      const locks: LineToken[] = [];
      this.OR([
        { ALT: () => (lead = this.take(1, "HeldLead")) },
        { ALT: () => locks.push(this.take(1, "HeldLock")) },
      ]);
      this.MANY(() => locks.push(this.take(2, "HeldLock")));
      return { type: "held", lead, locks };
    });

    /** How a lock became what it is: print_bad_irq_dependency(), print_usage_bug(), print_irq_inversion_bug(). */
    const becoming = this.RULE("becoming", (): Section => {
      let lock: LineToken | null = null;
      let became: LineToken | null = null;
      const lead = this.take(1, "BecomingLead");
      this.OPTION1(() => (lock = this.take(1, "Class")));
      this.OPTION2(() => (became = this.take(1, "Became")));
      this.OPTION3(() => this.take(1, "Ellipsis"));
      return { type: "becoming", lead, lock, became, frames: this.SUBRULE(frames) };
    });

    /** `which would create a new lock dependency:` of print_bad_irq_dependency(). */
    const pair = this.RULE("pair", (): Section => {
      let classes: LineToken | null = null;
      this.OR([
        {
          ALT: () => {
            this.take(1, "NewDependency");
            this.OPTION(() => (classes = this.take(1, "ClassPair")));
          },
        },
        { ALT: () => (classes = this.take(2, "ClassPair")) },
      ]);
      return { type: "pair", pair: classes };
    });

    /** print_lock_class_header() and, from print_shortest_lock_dependencies(), `... acquired at:`. */
    const classDump = this.RULE("classDump", (): ClassNode => {
      const head = this.take(1, "ClassHead");
      const usages: Stack[] = [];
      let key: LineToken | null = null;
      let acquiredAt: Stack | null = null;
      this.MANY(() => {
        this.OR([
          { ALT: () => usages.push({ head: this.take(1, "UsageAt"), frames: this.SUBRULE1(frames) }) },
          { ALT: () => this.take(1, "ClassEnd") },
          { ALT: () => (key = this.take(1, "Key")) },
          { ALT: () => (acquiredAt = { head: this.take(1, "AcquiredAt"), frames: this.SUBRULE2(frames) }) },
          { ALT: () => this.take(1, "BadPath") },
        ]);
      });
      return { head, usages, key, acquiredAt };
    });

    /** print_shortest_lock_dependencies() and its backward twin, with their titles. */
    const dependencies = this.RULE("dependencies", (): Section => {
      let lead: LineToken | null = null;
      const classes: ClassNode[] = [];
      this.OR([
        {
          ALT: () => {
            lead = this.take(1, "DependenciesLead");
            this.OPTION(() => this.take(1, "AndUnsafe"));
          },
        },
        { ALT: () => (lead = this.take(2, "AndUnsafe")) },
        { ALT: () => classes.push(this.SUBRULE1(classDump)) },
      ]);
      this.MANY(() => classes.push(this.SUBRULE2(classDump)));
      return { type: "dependencies", lead, classes };
    });

    /** print_irqtrace_events(). */
    const irqs = this.RULE("irqs", (): Section => {
      const lines: LineToken[] = [];
      this.AT_LEAST_ONE(() => lines.push(this.take(1, "IrqLine")));
      return { type: "irqs", lines };
    });

    /** print_preempt_disable_ip(), and `Preemption disabled at:` in __schedule_bug(). */
    const preemption = this.RULE("preemption", (): Section => {
      const lead = this.take(1, "PreemptionOff");
      return { type: "preemption", lead, frames: this.SUBRULE(frames) };
    });

    /** print_chain_keys_held_locks(), print_chain_keys_chain(). */
    const collision = this.RULE("collision", (): Section => {
      const lead = this.take(1, "CollisionLead");
      const locks: LineToken[] = [];
      let depth: LineToken | null = null;
      this.MANY(() => {
        this.OR([
          { ALT: () => locks.push(this.take(1, "CollisionLock")) },
          { ALT: () => locks.push(this.take(1, "Lock")) },
          { ALT: () => locks.push(this.take(1, "Class")) },
          { ALT: () => (depth = this.take(1, "CollisionDepth")) },
        ]);
      });
      return { type: "collision", lead, depth, locks };
    });

    /** printk_lock() of the rtmutex deadlock detector. */
    const rtmutex = this.RULE("rtmutex", (): Section => {
      const lead = this.take(1, "RtmutexWants");
      const lines: LineToken[] = [];
      this.MANY(() => lines.push(this.take(1, "RtmutexLine")));
      return { type: "rtmutex", lead, lines };
    });

    /**
     * dump_stack(): dump_stack_print_info(), show_trace_log_lvl(), show_regs() and what else it holds. mips ends
     * a list of words with `...`.
     */
    const dump = this.RULE("dump", (): Section => {
      const lines: LineToken[] = [];
      // 32-bit ARM begins with the first frame
      this.AT_LEAST_ONE(() => {
        this.OR([
          { ALT: () => lines.push(this.take(1, "DumpLine")) },
          { ALT: () => lines.push(this.take(1, "Frame")) },
          { ALT: () => lines.push(this.take(1, "TraceClose")) },
        ]);
        this.OPTION(() => lines.push(this.take(1, "Ellipsis")));
      });
      return { type: "dump", lines };
    });

    /**
     * A report of any kind: what stands before its headline, the headline, and its parts in any order. Which
     * kind has which stands in reports.ts.
     */
    this.report = this.RULE("report", (): ReportTree => {
      const sections: Section[] = [];
      const push = (section: Section): void => {
        sections.push(section);
      };
      this.MANY1(() => push({ type: "line", line: this.take(1, "Preamble") }));
      const headline = this.take(1, "Headline");
      this.MANY2(() => {
        this.OR([
          { ALT: () => push({ type: "line", line: this.take(1, "Lone") }) },
          { ALT: () => push(this.SUBRULE(acting)) },
          { ALT: () => push(this.SUBRULE(holding)) },
          { ALT: () => push(this.SUBRULE(chain)) },
          { ALT: () => push(this.SUBRULE(scenario)) },
          { ALT: () => push(this.SUBRULE(held)) },
          { ALT: () => push(this.SUBRULE(becoming)) },
          { ALT: () => push(this.SUBRULE(pair)) },
          { ALT: () => push(this.SUBRULE(dependencies)) },
          { ALT: () => push(this.SUBRULE(irqs)) },
          { ALT: () => push(this.SUBRULE(preemption)) },
          { ALT: () => push(this.SUBRULE(collision)) },
          { ALT: () => push(this.SUBRULE(rtmutex)) },
          { ALT: () => push(this.SUBRULE(dump)) },
          { ALT: () => push({ type: "stray", line: this.take(1, "Stray") }) },
        ]);
      });
      return { headline, sections };
    });
    this.performSelfAnalysis();
  }

  private take(index: number, name: LineName | Category): LineToken {
    const token = this.consume(index, tokenType(name));
    // while chevrotain records the grammar its tokens are stand-ins; nothing looks inside them
    return (token as ParserToken).line;
  }
}

/** Reads reports. Building it costs milliseconds, so a clean log never does. */
export class ReportGrammar {
  readonly #parser: ReportParser;
  readonly #vocabularies = new Map<ReportKind, ReadonlySet<LineName>>();

  /** @param validate check the grammar itself, as its test does */
  constructor(validate = false) {
    this.#parser = new ReportParser(validate);
  }

  /**
   * Parses the lines of one report.
   *
   * @param lines from the box or cut line before the headline to the last line, without blank ones
   * @returns the tree; every line given is in it
   * @throws Error where there is no headline, or a line that no report holds
   */
  parse(lines: readonly LineToken[]): ReportTree {
    this.#parser.input = lines.map(parserToken);
    const tree = this.#parser.report();
    const [error] = this.#parser.errors;
    if (error !== undefined) throw new Error(`the grammar does not fit: ${error.message}`);
    return tree;
  }

  /** The lines that a report of this kind may hold, what is left of parts whose beginning was lost included. */
  vocabulary(kind: ReportKind): ReadonlySet<LineName> {
    let names = this.#vocabularies.get(kind);
    if (names === undefined) {
      const { lines, sections } = REPORTS[kind];
      const found = new Set<string>([...lines, ...CATEGORIES.Stray, "SingleRule"]);
      for (const { name } of HEADLINES.filter((row) => row.kind === kind)) found.add(name);
      for (const section of sections) this.#addTerminals(section, found);
      names = found as ReadonlySet<string> as ReadonlySet<LineName>;
      this.#vocabularies.set(kind, names);
    }
    return names;
  }

  #addTerminals(rule: SectionName, found: Set<string>): void {
    const production = this.#parser.getGAstProductions()[rule];
    if (production === undefined) throw new Error(`no rule for ${rule}`);
    addTerminals(production.definition, found);
  }
}

function addTerminals(productions: readonly IProduction[], found: Set<string>): void {
  for (const production of productions) {
    if (production instanceof Terminal) addLines(production.terminalType.name, found);
    else if (production instanceof NonTerminal) addTerminals(production.referencedRule.definition, found);
    else if ("definition" in production) addTerminals(production.definition as IProduction[], found);
  }
}

function addLines(name: string, found: Set<string>): void {
  const members: readonly string[] = name in CATEGORIES ? CATEGORIES[name as Category] : [name];
  for (const member of members) found.add(member);
}

function parserToken(line: LineToken, index: number): ParserToken {
  const type = tokenType(line.name);
  return {
    image: line.text,
    startOffset: index,
    startLine: line.number,
    tokenTypeIdx: type.tokenTypeIdx ?? 0,
    tokenType: type,
    line,
  };
}
