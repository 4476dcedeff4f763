import type { Damage } from "../../report/schema.ts";
import type { Dump, DumpFile } from "./dump.ts";
import { Lines } from "./lines.ts";
import { ChainSection, ClassSection, isClassLine, type Section, StatsSection } from "./sections.ts";

/** How each file begins; `(buggered) ` comes before it where the kernel ran out of room for chains. */
const HEADS: readonly (readonly [RegExp, DumpFile])[] = [
  [/^all lock classes:$/, "lockdep"],
  [/^(?:\(buggered\) )?all lock chains:$/, "lockdep_chains"],
  [/^ lock-classes: +\d+ \[max: \d+\]$/, "lockdep_stats"],
];

/** Lines of the beginning that are looked at: a boot log of this length says what it is. */
const HEAD_LINES = 8;

/**
 * Tells a copy of a file of /proc from a log.
 *
 * @param lines the first lines of it
 */
export function dumpFileOf(lines: readonly string[]): DumpFile | null {
  for (const line of lines.slice(0, HEAD_LINES)) {
    const file = headOf(line);
    if (file !== null) return file;
    if (isClassLine(line)) return "lockdep";
    if (/^irq_context: \S+$/.test(line)) return "lockdep_chains";
  }
  return null;
}

function headOf(line: string): DumpFile | null {
  return HEADS.find(([pattern]) => pattern.test(line))?.[1] ?? null;
}

/** Lines that a dump cannot hold are counted, and the first ones are named. */
const MOST_NAMED = 8;

/**
 * Reads what /proc/lockdep, /proc/lockdep_chains and /proc/lockdep_stats of one boot printed: each in a file of its
 * own, or one after another in one.
 */
export class DumpReader {
  #classes: ClassSection | null = null;
  #chains: ChainSection | null = null;
  #stats: StatsSection | null = null;
  readonly #damage: Damage[] = [];
  #unparsed = 0;

  /** Whether such a file was read already: a boot has one. */
  has(file: DumpFile): boolean {
    return (
      { lockdep: this.#classes, lockdep_chains: this.#chains, lockdep_stats: this.#stats }[file] !== null
    );
  }

  /**
   * @param file what it is, by its beginning
   * @throws whatever reading the chunks throws; what was read until then stays
   */
  async read(file: DumpFile, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const lines = new Lines();
    let section: Section = this.#open(file);
    let number = 0;
    this.#unparsed = 0;
    const feed = (line: string): void => {
      number++;
      const next = headOf(line);
      if (next !== null) {
        if (next !== file) this.#close(section, file, number);
        section = this.#open(next);
        file = next;
        // the first line of the statistics is one of them
        if (next !== "lockdep_stats") return;
      }
      if (!section.feed(line)) this.#unparsedLine(file, number);
    };
    try {
      for await (const chunk of chunks) for (const line of lines.push(chunk)) feed(line);
    } finally {
      const last = lines.end();
      // no line of these files lacks its end
      if (last !== null)
        this.#damage.push({ code: "truncated", line: number + 1, what: `the end of ${file}` });
      else this.#close(section, file, number);
      if (this.#unparsed > MOST_NAMED)
        this.#damage.push({
          code: "unparsed",
          line: number,
          what: `${this.#unparsed - MOST_NAMED} more lines of ${file}`,
        });
    }
  }

  end(): Dump {
    return {
      classes: this.#classes?.classes ?? null,
      chains: this.#chains?.chains ?? null,
      chainClasses: this.#chains?.classes ?? [],
      stats: this.#stats?.stats ?? null,
      damage: [...this.#damage, ...this.#fewer()],
    };
  }

  #open(file: DumpFile): Section {
    if (file === "lockdep") return (this.#classes ??= new ClassSection());
    if (file === "lockdep_chains") return (this.#chains ??= new ChainSection());
    return (this.#stats ??= new StatsSection());
  }

  #close(section: Section, file: DumpFile, line: number): void {
    const missing = section.end();
    if (missing !== null) this.#damage.push({ code: "truncated", line, what: `${missing} of ${file}` });
  }

  #unparsedLine(file: DumpFile, line: number): void {
    this.#unparsed++;
    if (this.#unparsed <= MOST_NAMED)
      this.#damage.push({ code: "unparsed", line, what: `a line of ${file}` });
  }

  /** Both files only grow while a machine runs, so one that was copied later has no less than was counted. */
  #fewer(): Damage[] {
    const stats = this.#stats?.stats;
    if (stats === undefined) return [];
    const counts: readonly (readonly [DumpFile, string, number | undefined, string])[] = [
      ["lockdep", "classes", this.#classes?.classes.length, "lock-classes"],
      ["lockdep_chains", "chains", this.#chains?.chains.length, "dependency chains"],
    ];
    return counts.flatMap(([file, what, found, name]): Damage[] => {
      const counted = stats.get(name) ?? 0;
      if (found === undefined || found >= counted) return [];
      return [{ code: "missing", line: 0, what: `${counted - found} of ${counted} ${what} in ${file}` }];
    });
  }
}
