import { HEADLINES, type LineName, type ReportKind } from "./lines.ts";
import { LOOKAHEAD } from "./lookahead.ts";
import { REPORTS, type SectionName } from "./reports.ts";
import { CATEGORIES, reportRules, type Rule, type Rules, type Terminal } from "./rules.ts";
import type { LineToken } from "./tokenize.ts";
import type { ReportTree } from "./tree.ts";

/** The lines that a terminal stands for. */
function linesOf(terminal: Terminal): readonly LineName[] {
  return terminal in CATEGORIES ? CATEGORIES[terminal as keyof typeof CATEGORIES] : [terminal as LineName];
}

/** Which of its alternatives a choice goes on with, by the next line; of what may be left out or repeated, there is one. */
type Choice = ReadonlyMap<LineName, number>;

const WAYS = ["many", "atLeastOne", "option", "or"] as const;

type Way = (typeof WAYS)[number];

/** The choices of one rule, by what they are and their index. */
type Choices = Readonly<Record<Way, readonly (Choice | undefined)[]>>;

function choicesOf(rule: string): Choices {
  const table: Readonly<Record<string, Alternatives>> | undefined =
    LOOKAHEAD[rule as keyof typeof LOOKAHEAD]?.choices;
  if (table === undefined) throw new Error(`no lookahead for ${rule}: npm run lookahead`);
  const choices: Record<Way, Choice[]> = { many: [], atLeastOne: [], option: [], or: [] };
  for (const way of WAYS)
    for (const [name, alternatives] of Object.entries(table))
      if (name.startsWith(way)) choices[way][Number(name.slice(way.length))] = choiceOf(alternatives);
  return choices;
}

/** What each alternative may begin with. */
type Alternatives = readonly (readonly Terminal[])[];

function choiceOf(alternatives: Alternatives): Choice {
  const choice = new Map<LineName, number>();
  for (const [i, terminals] of alternatives.entries())
    for (const line of terminals.flatMap(linesOf)) choice.set(line, choice.get(line) ?? i);
  return choice;
}

const NO_CHOICES: Choices = { many: [], atLeastOne: [], option: [], or: [] };

/** Reads the lines of one report by the rules, deciding by the next line alone. */
class Reading implements Rules {
  #lines: readonly LineToken[] = [];
  #at = 0;
  /** Of the rule that reads. */
  #choices = NO_CHOICES;
  readonly #members = new Map<Terminal, ReadonlySet<LineName>>();

  /** @throws Error if the rule does not fit, or something is left */
  all<Result>(lines: readonly LineToken[], rule: Rule<Result>): Result {
    this.#lines = lines;
    this.#at = 0;
    const result = rule();
    const left = lines[this.#at];
    if (left !== undefined) throw misfit(left);
    this.#lines = [];
    return result;
  }

  rule<Result>(name: string, body: Rule<Result>): Rule<Result> {
    const choices = choicesOf(name);
    return () => {
      const outer = this.#choices;
      this.#choices = choices;
      const result = body();
      this.#choices = outer;
      return result;
    };
  }

  subrule<Result>(_index: number, rule: Rule<Result>): Result {
    return rule();
  }

  many(index: number, body: () => void): void {
    const choice = this.#choice("many", index);
    while (this.#chosen(choice) !== undefined) body();
  }

  atLeastOne(index: number, body: () => void): void {
    const choice = this.#choice("atLeastOne", index);
    do body();
    while (this.#chosen(choice) !== undefined);
  }

  option(index: number, body: () => void): void {
    if (this.#chosen(this.#choice("option", index)) !== undefined) body();
  }

  or(index: number, alternatives: readonly (() => void)[]): void {
    const alternative = alternatives[this.#chosen(this.#choice("or", index)) ?? -1];
    if (alternative === undefined) throw misfit(this.#lines[this.#at]);
    alternative();
  }

  take(_index: number, terminal: Terminal): LineToken {
    const line = this.#lines[this.#at];
    let members = this.#members.get(terminal);
    if (members === undefined) this.#members.set(terminal, (members = new Set(linesOf(terminal))));
    if (line === undefined || !members.has(line.name)) throw misfit(line);
    this.#at++;
    return line;
  }

  #choice(way: Way, index: number): Choice {
    const choice = this.#choices[way][index];
    if (choice === undefined) throw new Error(`no lookahead for ${way}(${index}): npm run lookahead`);
    return choice;
  }

  #chosen(choice: Choice): number | undefined {
    const line = this.#lines[this.#at];
    return line === undefined ? undefined : choice.get(line.name);
  }
}

function misfit(line: LineToken | undefined): Error {
  return new Error(`the grammar does not fit: ${line === undefined ? "no more lines" : line.name}`);
}

/** Reads reports. */
export class ReportGrammar {
  readonly #reading = new Reading();
  readonly #report = reportRules(this.#reading);
  readonly #vocabularies = new Map<ReportKind, ReadonlySet<LineName>>();

  /**
   * Parses the lines of one report.
   *
   * @param lines from the box or cut line before the headline to the last line, without blank ones
   * @returns the tree; every line given is in it
   * @throws Error if there is no headline, or a line that no report holds
   */
  parse(lines: readonly LineToken[]): ReportTree {
    return this.#reading.all(lines, this.#report);
  }

  /** The lines that a report of this kind may hold, what is left of parts whose beginning was lost included. */
  vocabulary(kind: ReportKind): ReadonlySet<LineName> {
    let names = this.#vocabularies.get(kind);
    if (names === undefined) {
      const { lines, sections } = REPORTS[kind];
      const headlines = HEADLINES.filter((row) => row.kind === kind).map(({ name }) => name);
      const inSections = sections.flatMap((section: SectionName) =>
        LOOKAHEAD[section].terminals.flatMap(linesOf),
      );
      names = new Set<LineName>([...lines, ...CATEGORIES.Stray, "SingleRule", ...headlines, ...inSections]);
      this.#vocabularies.set(kind, names);
    }
    return names;
  }
}
