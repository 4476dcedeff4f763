// Has Chevrotain look at the rules of the grammar, and writes what it found into grammar/lookahead.ts: by which lines each
// of their choices is made. A test does the same and compares.
//
//   npm run lookahead
import { writeFileSync } from "node:fs";
import {
  Alternation,
  createToken,
  EmbeddedActionsParser,
  type IProduction,
  type IToken,
  Lexer,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  Terminal as TerminalOfChevrotain,
  type TokenType,
} from "chevrotain";
import { format, resolveConfig } from "prettier";
import { BODY, BY_HAND, HEADLINES } from "../grammar/lines.ts";
import { CATEGORIES, reportRules, type Rule, type Rules, type Terminal } from "../grammar/rules.ts";
import type { LineToken } from "../grammar/tokenize.ts";
import type { ReportTree } from "../grammar/tree.ts";

const TYPES = new Map<string, TokenType>(
  Object.keys(CATEGORIES).map((name) => [name, createToken({ name, pattern: Lexer.NA })]),
);
for (const { name } of [...HEADLINES, ...BODY, ...BY_HAND]) {
  const categories = Object.entries(CATEGORIES).flatMap(([category, members]) =>
    (members as readonly string[]).includes(name) ? [typeOf(category)] : [],
  );
  TYPES.set(name, createToken({ name, pattern: Lexer.NA, categories }));
}

function typeOf(name: string): TokenType {
  const type = TYPES.get(name);
  if (type === undefined) throw new Error(`no token for the line ${name}`);
  return type;
}

/** The grammar as Chevrotain has it, which refuses it where one line does not decide, or a rule calls itself first. */
export class ChevrotainGrammar extends EmbeddedActionsParser {
  readonly #report: Rule<ReportTree>;

  constructor() {
    super([...TYPES.values()], { maxLookahead: 1, recoveryEnabled: false });
    const rules: Rules = {
      rule: (name, body) => this.RULE(name, body),
      subrule: (index, rule) => this.subrule(index, rule),
      many: (index, body) => {
        this.many(index, body);
      },
      atLeastOne: (index, body) => {
        this.atLeastOne(index, body);
      },
      option: (index, body) => {
        this.option(index, body);
      },
      or: (index, alternatives) => {
        this.or(
          index,
          alternatives.map((ALT) => ({ ALT })),
        );
      },
      // while the grammar is recorded its tokens are stand-ins; nothing looks inside them
      take: (index, name) =>
        (this.consume(index, typeOf(name)) as IToken & { readonly line: LineToken }).line,
    };
    this.#report = reportRules(rules);
    this.performSelfAnalysis();
  }

  /** What ReportGrammar.parse() of grammar/parser.ts does. */
  parse(lines: readonly LineToken[]): ReportTree {
    this.input = lines.map((line, index) => {
      const tokenType = typeOf(line.name);
      const place = { image: line.text, startOffset: index, startLine: line.number };
      return { ...place, tokenTypeIdx: tokenType.tokenTypeIdx ?? 0, tokenType, line };
    });
    const tree = this.#report();
    const [error] = this.errors;
    if (error !== undefined) throw new Error(error.message);
    return tree;
  }
}

interface RuleTable {
  /** By what they are and their index, the lines that each alternative may begin with. */
  readonly choices: Record<string, Terminal[][]>;
  /** All that the rule can hold. */
  readonly terminals: Terminal[];
}

/** The rules, and by which lines their choices are made. */
export function lookaheadOf(grammar: ChevrotainGrammar): Record<string, RuleTable> {
  return Object.fromEntries(
    Object.entries(grammar.getGAstProductions()).map(([name, { definition }]) => {
      const table: RuleTable = { choices: {}, terminals: [] };
      addChoices(definition, table.choices);
      addTerminals(definition, table.terminals);
      return [name, table];
    }),
  );
}

/** What a part of a rule is made of; none of a terminal, and of a rule that is called. */
function partsOf(production: IProduction): readonly IProduction[] {
  return "definition" in production ? (production.definition as IProduction[]) : [];
}

function addChoices(sequence: readonly IProduction[], choices: RuleTable["choices"]): void {
  for (const production of sequence) {
    if (production instanceof NonTerminal) continue;
    const parts = partsOf(production);
    if (production instanceof Alternation)
      choices[`or${production.idx}`] = parts.map((one) => firstOf([one]));
    else if (production instanceof Repetition) choices[`many${production.idx}`] = [firstOf(parts)];
    else if (production instanceof RepetitionMandatory)
      choices[`atLeastOne${production.idx}`] = [firstOf(parts)];
    else if (production instanceof Option) choices[`option${production.idx}`] = [firstOf(parts)];
    addChoices(parts, choices);
  }
}

/** What a sequence may begin with. */
function firstOf(sequence: readonly IProduction[]): Terminal[] {
  const first: Terminal[] = [];
  for (const production of sequence) {
    if (production instanceof TerminalOfChevrotain) first.push(production.terminalType.name as Terminal);
    else if (production instanceof NonTerminal) first.push(...firstOf(production.referencedRule.definition));
    else if (production instanceof Alternation)
      first.push(...partsOf(production).flatMap((one) => firstOf([one])));
    else first.push(...firstOf(partsOf(production)));
    if (!mayBeEmpty(production)) break;
  }
  return first;
}

function mayBeEmpty(production: IProduction): boolean {
  if (production instanceof TerminalOfChevrotain) return false;
  if (production instanceof Option || production instanceof Repetition) return true;
  if (production instanceof NonTerminal) return production.referencedRule.definition.every(mayBeEmpty);
  const parts = partsOf(production);
  return production instanceof Alternation ? parts.some(mayBeEmpty) : parts.every(mayBeEmpty);
}

function addTerminals(sequence: readonly IProduction[], found: Terminal[]): void {
  for (const production of sequence) {
    if (production instanceof TerminalOfChevrotain) {
      const name = production.terminalType.name as Terminal;
      if (!found.includes(name)) found.push(name);
    } else if (production instanceof NonTerminal) addTerminals(production.referencedRule.definition, found);
    else addTerminals(partsOf(production), found);
  }
}

if (process.argv.includes("--write")) {
  const path = "grammar/lookahead.ts";
  const text = [
    "/** By which lines the choices of rules.ts are made: `npm run lookahead` writes it. */",
    `export const LOOKAHEAD = ${JSON.stringify(lookaheadOf(new ChevrotainGrammar()))} as const;`,
  ];
  writeFileSync(path, await format(text.join("\n"), { ...(await resolveConfig(path)), filepath: path }));
}
