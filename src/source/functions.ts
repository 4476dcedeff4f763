import type { ElfSymbol, Section } from "./elf.ts";

/** A place as `%pS` prints it: symbol+offset/size. */
export interface PrintedPlace {
  readonly symbol: string;
  readonly offset: number;
  readonly size: number;
}

/** Where a function begins. */
export interface FunctionStart {
  readonly section: number;
  readonly value: bigint;
}

/** Several have the name and the size; none has the name; or none of the name has the size. */
export type NotFound = "twice" | "no-function" | "other-size";

/**
 * The functions of an ELF file with the sizes that kallsyms gives them: get_symbol_pos() of kernel/kallsyms.c and
 * find_kallsyms_symbol() of kernel/module/kallsyms.c know no sizes, and take a function to go on to the next symbol.
 */
export class Functions {
  readonly #byName = new Map<
    string,
    { readonly start: FunctionStart; readonly fits: (size: number) => boolean }[]
  >();

  constructor(symbols: readonly ElfSymbol[], sections: readonly Section[]) {
    const sorted = symbols.toSorted(
      (a, b) => a.section - b.section || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0),
    );
    let next = sorted.length;
    for (let i = sorted.length - 1; i >= 0; i--) {
      const symbol = sorted[i];
      if (symbol === undefined) continue;
      const { name, section, value, size } = symbol;
      const after = sorted[i + 1];
      if (after === undefined || after.section !== section || after.value !== value) next = i + 1;
      const following = sorted[next];
      const hasNext = following?.section === section;
      // what the module loader puts after a section is not known here
      const reach = hasNext
        ? Number(following.value - value)
        : Number(endOf(sections[section], value)) + LARGEST_GAP;
      const fits = (printed: number): boolean =>
        printed === reach || (printed >= size && size > 0 && printed <= reach);
      const known = this.#byName.get(name) ?? [];
      known.push({ start: { section, value }, fits });
      this.#byName.set(name, known);
    }
  }

  /** The one function that the place can be in, or why there is none. */
  find({ symbol, offset, size }: PrintedPlace): FunctionStart | NotFound {
    const named = this.#byName.get(symbol);
    if (named === undefined) return "no-function";
    const found = offset > size ? [] : named.filter(({ fits }) => fits(size));
    const [first] = found;
    if (first === undefined) return "other-size";
    const isOne = found.every(
      ({ start }) => start.section === first.start.section && start.value === first.start.value,
    );
    return isOne ? first.start : "twice";
  }

  /** Where the only function of a name begins. */
  start(symbol: string): FunctionStart | null {
    const found = this.#byName.get(symbol) ?? [];
    return found.length === 1 ? (found[0]?.start ?? null) : null;
  }
}

/** Sections of code lie one behind another, each aligned to a page at most. */
const LARGEST_GAP = 4096;

/** Bytes from there to the end of the section. */
function endOf(section: Section | undefined, value: bigint): bigint {
  if (section === undefined) return 0n;
  // in a relocatable file sections have no address
  return section.address + BigInt(section.size) - value;
}
