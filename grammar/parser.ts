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
import { REPORTS, type ReportForm, type SectionName } from "./reports.ts";
import type { LineToken } from "./tokenize.ts";
import type { ClassNode, ReportTree, Section, Stack } from "./tree.ts";

/** One token a line: a quarter of the tokens that words would need, and a grammar that is LL(1). */
const T = new Map<LineName, TokenType>(
  [...HEADLINES, ...BODY, ...BY_HAND].map(({ name }) => [name, createToken({ name, pattern: Lexer.NA })]),
);

function tokenType(name: LineName): TokenType {
  const type = T.get(name);
  if (type === undefined) throw new Error(`no token for the line ${name}`);
  return type;
}

interface ParserToken extends IToken {
  readonly line: LineToken;
}

const FORMS: readonly [ReportKind, ReportForm][] = Object.entries(REPORTS).map(([kind, form]) => [
  kind as ReportKind,
  form,
]);

/** What only makes sense under a line that was lost. */
const STRAY: readonly LineName[] = [
  "Frame",
  "Lock",
  "Class",
  "ClassPair",
  "UsageAt",
  "ClassEnd",
  "Key",
  "AcquiredAt",
  "BadPath",
  "TraceClose",
  "Became",
  "Ellipsis",
  "AndUnsafe",
];

const DUMP: readonly LineName[] = [
  "StackBacktrace",
  "Cpu",
  "Taints",
  "Hardware",
  "Workqueue",
  "DumpNote",
  "CallTrace",
  "TraceOpen",
  "TraceGlued",
  "StackWords",
  "Registers",
  "Code",
  "PanicOnWarn",
];

const SCENARIO: readonly LineName[] = [
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
];

/**
 * The grammar of reports, over tokens that are whole lines. Its rules are the parts that lockdep prints, each
 * named in its comment; reports.ts says which kind prints which.
 */
class ReportParser extends EmbeddedActionsParser {
  /** A rule a kind, each with the rule's headline, its parts, and what may be left of lost ones. */
  readonly reports = new Map<ReportKind, ParserMethod<[], ReportTree>>();
  private readonly sections: Readonly<Record<SectionName, ParserMethod<[], Section>>>;

  constructor(validate: boolean) {
    super([...T.values()], { maxLookahead: 1, recoveryEnabled: false, skipValidations: !validate });

    /** Frames of a stack: stack_trace_print(). */
    const frames = this.RULE("frames", (): LineToken[] => {
      const found: LineToken[] = [];
      this.MANY(() => found.push(this.take(1, "Frame")));
      return found;
    });

    /** `x/1 is trying to acquire lock:` and print_lock(), or print_ip_sym() in unlock reports. */
    const acting = this.RULE("acting", (): Section => {
      const lead = this.takeOneOf(1, ["Acts", "Releases", "Frees"]);
      let lock: LineToken | null = null;
      this.OPTION(() => (lock = this.takeOneOf(2, ["Lock", "Frame"])));
      return { type: "acting", lead, lock };
    });

    /** `but task is already holding lock:` and print_lock(). */
    const holding = this.RULE("holding", (): Section => {
      const lead = this.take(1, "AlreadyHolding");
      let lock: LineToken | null = null;
      this.OPTION(() => (lock = this.take(1, "Lock")));
      return { type: "holding", lead, lock };
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
      this.AT_LEAST_ONE(() => lines.push(this.takeOneOf(1, SCENARIO)));
      return { type: "scenario", lines };
    });

    /** lockdep_print_held_locks() of one task. */
    const held = this.RULE("held", (): Section => {
      let lead: LineToken | null = null;
      const locks: LineToken[] = [];
      this.OR([
        { ALT: () => (lead = this.take(1, "NoneHeld")) },
        { ALT: () => (lead = this.take(1, "HeldCount")) },
        { ALT: () => locks.push(this.take(1, "HeldLock")) },
      ]);
      this.MANY(() => locks.push(this.take(2, "HeldLock")));
      return { type: "held", lead, locks };
    });

    /** How a lock became what it is: print_bad_irq_dependency(), print_usage_bug(), print_irq_inversion_bug(). */
    const becoming = this.RULE("becoming", (): Section => {
      let lock: LineToken | null = null;
      let became: LineToken | null = null;
      const lead = this.takeOneOf(1, ["ConnectsSafe", "ToUnsafe", "Registered", "TookUnsafe", "TakenBySafe"]);
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
            lead = this.takeOneOf(1, ["DependenciesOfSafe", "DependenciesOfWanted", "ShortestDependencies"]);
            this.OPTION(() => this.take(1, "AndUnsafe"));
          },
        },
        { ALT: () => classes.push(this.SUBRULE1(classDump)) },
      ]);
      this.MANY(() => classes.push(this.SUBRULE2(classDump)));
      return { type: "dependencies", lead, classes };
    });

    /** print_irqtrace_events(). */
    const irqs = this.RULE("irqs", (): Section => {
      const lines: LineToken[] = [];
      this.AT_LEAST_ONE(() => lines.push(this.takeOneOf(1, ["IrqStamp", "IrqEvent"])));
      return { type: "irqs", lines };
    });

    /** print_preempt_disable_ip(), and `Preemption disabled at:` in __schedule_bug(). */
    const preemption = this.RULE("preemption", (): Section => {
      const lead = this.take(1, "PreemptionOff");
      return { type: "preemption", lead, frames: this.SUBRULE(frames) };
    });

    /** print_chain_keys_held_locks(), print_chain_keys_chain(). */
    const collision = this.RULE("collision", (): Section => {
      const lead = this.takeOneOf(1, ["CollisionHeld", "CollisionCached"]);
      const locks: LineToken[] = [];
      let depth: LineToken | null = null;
      this.MANY(() => {
        this.OR([
          { ALT: () => locks.push(this.take(1, "CollisionLock")) },
          { ALT: () => locks.push(this.takeOneOf(2, ["Lock", "Class"])) },
          { ALT: () => (depth = this.take(1, "CollisionDepth")) },
        ]);
      });
      return { type: "collision", lead, depth, locks };
    });

    /** printk_lock() of the rtmutex deadlock detector. */
    const rtmutex = this.RULE("rtmutex", (): Section => {
      const lead = this.take(1, "RtmutexWants");
      const lines: LineToken[] = [];
      this.MANY(() => lines.push(this.takeOneOf(1, ["RtmutexLock", "RtmutexOwner"])));
      return { type: "rtmutex", lead, lines };
    });

    /** dump_stack(): dump_stack_print_info(), show_trace_log_lvl(), show_regs() and what else it holds. */
    const dump = this.RULE("dump", (): Section => {
      const lines: LineToken[] = [this.takeOneOf(1, DUMP)];
      this.MANY(() => lines.push(this.takeOneOf(2, [...DUMP, "Frame", "TraceClose"])));
      return { type: "dump", lines };
    });

    this.sections = {
      acting,
      holding,
      chain,
      scenario,
      held,
      becoming,
      pair,
      dependencies,
      irqs,
      preemption,
      collision,
      rtmutex,
      dump,
    };
    for (const [kind, form] of FORMS) this.reports.set(kind, this.reportRule(kind, form));
    this.performSelfAnalysis();
  }

  /** A report of one kind: what stands before its headline, the headline, and its parts. */
  private reportRule(kind: ReportKind, form: ReportForm): ParserMethod<[], ReportTree> {
    const headlines = HEADLINES.filter((row) => row.kind === kind).map((row) => row.name);
    const claimed = new Set<LineName>(form.lines);
    if (form.sections.includes("pair")) claimed.add("ClassPair");
    const stray = STRAY.filter((name) => !claimed.has(name));
    const lines = [...form.lines, "SingleRule", "Dropped"] as const;

    return this.RULE(kind, (): ReportTree => {
      const sections: Section[] = [];
      this.MANY1(() =>
        sections.push({ type: "line", line: this.takeOneOf(1, ["DoubleRule", "CutHere", "Text"]) }),
      );
      const headline = this.takeOneOf(2, headlines);
      this.MANY2(() => {
        this.or(3, [
          { ALT: () => sections.push({ type: "line", line: this.takeOneOf(4, lines) }) },
          ...form.sections.map((name, i) => ({
            ALT: () => sections.push(this.subrule(i, this.sections[name])),
          })),
          { ALT: () => sections.push({ type: "stray", line: this.takeOneOf(5, stray) }) },
        ]);
      });
      return { headline, sections };
    });
  }

  private take(index: number, name: LineName): LineToken {
    const token = this.consume(index, tokenType(name));
    // while chevrotain records the grammar its tokens are stand-ins; nothing looks inside them
    return (token as ParserToken).line;
  }

  private takeOneOf(index: number, names: readonly LineName[]): LineToken {
    return this.or(
      100 + index,
      names.map((name) => ({ ALT: () => this.take(100 + index, name) })),
    ) as LineToken;
  }
}

/** Reads reports. Building it costs tens of milliseconds, so a clean log never does. */
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
   * @throws Error where a line is not of this kind's vocabulary, which the caller must see to
   */
  parse(kind: ReportKind, lines: readonly LineToken[]): ReportTree {
    const rule = this.#parser.reports.get(kind);
    if (rule === undefined) throw new Error(`no rule for ${kind}`);
    this.#parser.input = lines.map(parserToken);
    const tree = rule.call(this.#parser);
    const [error] = this.#parser.errors;
    if (error !== undefined) throw new Error(`${kind}: ${error.message}`);
    return tree;
  }

  /** The lines that a report of this kind may hold. */
  vocabulary(kind: ReportKind): ReadonlySet<LineName> {
    let names = this.#vocabularies.get(kind);
    if (names === undefined) {
      const found = new Set<string>();
      const rule = this.#parser.getGAstProductions()[kind];
      if (rule !== undefined) collectTerminals(rule.definition, found);
      names = found as ReadonlySet<string> as ReadonlySet<LineName>;
      this.#vocabularies.set(kind, names);
    }
    return names;
  }
}

function collectTerminals(productions: readonly IProduction[], found: Set<string>): void {
  for (const production of productions) {
    if (production instanceof Terminal) found.add(production.terminalType.name);
    else if (production instanceof NonTerminal) collectTerminals(production.referencedRule.definition, found);
    else if ("definition" in production) collectTerminals(production.definition as IProduction[], found);
  }
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
