import { ReportGrammar } from "../../grammar/parser.ts";
import type { Question } from "../analyze/index.ts";
import { analyze } from "../analyze/index.ts";
import { type Block, Cutter } from "../blocks/cutter.ts";
import { named } from "../identity/named.ts";
import { buildReport } from "../kinds/assemble/report.ts";
import type { Line } from "../read/line.ts";
import type { Kernel, Report } from "../report/schema.ts";
import { Repeats } from "./repeats.ts";

const NOTHING: readonly Report[] = [];

/**
 * Lines in, typed reports out: cutting, parsing, building, analysing. Loading this module loads the parser, so it is
 * loaded at the first headline and never for a clean log.
 */
export class Splats {
  readonly #grammar = grammar();
  readonly #cutter: Cutter;
  readonly #repeats: Repeats;
  #kernel: Kernel | null = null;
  #ready: Report[] = [];
  readonly #reports = new WeakMap<Block, Report>();

  /**
   * @param source index of the source that the reports come from
   * @param asked annotations, lock classes, commits and patches that are suspected
   * @param onBlock is called with the lines of each report
   * @param onCopy is told of lines that came a second time
   * @param onQuote is called for a report that is in another boot once more, with the line
   */
  constructor(
    source: number,
    asked: readonly Question[],
    onBlock: (block: Block) => void,
    onCopy: (line: number) => void,
    onQuote: (report: Report, line: number) => void,
  ) {
    this.#repeats = repeatsOf(asked);
    const emit = (block: Block): void => {
      onBlock(block);
      const report = this.#repeats.report(block, this.#kernel);
      report.source = source;
      this.#reports.set(block, report);
      this.#ready.push(report);
    };
    this.#cutter = new Cutter(this.#grammar, emit, onCopy, (block, line) => {
      const report = this.#reports.get(block);
      if (report !== undefined) onQuote(report, line);
    });
  }

  /** Whether no report is under way. */
  get idle(): boolean {
    return this.#cutter.idle;
  }

  feed(line: Line): void {
    this.#cutter.feed(line);
  }

  /** Whether the line is the next one of a report under way. */
  expects(line: Line): boolean {
    return this.#cutter.expects(line);
  }

  /** A boot begins: what is open ends, and later reports are of this kernel. */
  boot(kernel: Kernel | null): void {
    this.#cutter.boot(kernel !== null);
    this.#kernel = kernel;
  }

  /** Nothing has come for a while: what may be whole ends. */
  settle(): void {
    this.#cutter.settle();
  }

  end(): void {
    this.#cutter.end();
  }

  /** The reports that were completed since the last call. */
  take(): readonly Report[] {
    if (this.#ready.length === 0) return NOTHING;
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}

function build(block: Block, kernel: Kernel | null, asked: readonly Question[]): Report {
  const built = buildReport(block.kind, grammar().parse(block.tokens), {
    source: 0,
    lines: { first: block.first.number, last: block.lastLine, unparsed: block.unparsed },
    time: block.first.time,
    caller: block.first.caller,
    kernel,
    damage: block.damage,
  });
  const report = named(built);
  return Object.assign(report, analyze(report, asked));
}

const repeats = new WeakMap<readonly Question[], Repeats>();

/** Several logs tell the same, and are asked the same. */
function repeatsOf(asked: readonly Question[]): Repeats {
  let known = repeats.get(asked);
  if (known === undefined)
    repeats.set(asked, (known = new Repeats((block, kernel) => build(block, kernel, asked))));
  return known;
}

let shared: ReportGrammar | null = null;

/** One grammar serves all sources: it keeps nothing between reports. */
function grammar(): ReportGrammar {
  shared ??= new ReportGrammar();
  return shared;
}
