import { type ClassRef, type Dump, layoutOf, type Usage, usageOf } from "./proc/index.ts";

/**
 * What one boot's dump shows: which class was held while which other was taken.
 *
 * A chain ends with a lock that was waited for, with checks on: validate_chain() stores nothing for a trylock, nor
 * where `check` is 0 (RCU, novalidate). So the last class of a chain was waited for while all others were held, and
 * a class of which no chain ends where it is was taken by trylock there, or unchecked.
 *
 * check_prevs_add() stores dependencies on the nearest held lock that was not taken by trylock, and on those nearer
 * than it. Since v5.10 a recursive reader is such a lock, although no path of the graph leads on through it.
 */

/** One boot saw `to` taken while `from` was held. */
export interface Sighting {
  readonly from: number;
  readonly to: number;
  /** /proc/lockdep has it. */
  dependency: boolean;
  /** `to` was waited for. */
  waits: boolean;
  /** Lockdep itself stored the dependency, and looked for cycles through it. */
  compared: boolean;
  /** Chains that show it. */
  chains: number;
  /** Bits: 1 << context. */
  contexts: number;
  /** Classes held between the two, of the chain with the fewest. */
  over: readonly number[];
  /** Exclusive locks that were held before `from` in every chain; null: not known yet. */
  gates: readonly number[] | null;
}

export interface BootSightings {
  /** All classes of the dump; indices of sightings point here. */
  readonly classes: readonly ClassRef[];
  readonly usages: readonly (Usage | null)[];
  readonly printedUsages: readonly (string | null)[];
  readonly ops: readonly (number | null)[];
  /** Whether some chain ends with it, or some dependency; null without chains. */
  readonly waited: readonly (boolean | null)[];
  readonly sightings: readonly Sighting[];
}

/** @param skipsReaders before v5.10 lockdep looked through recursive readers for the nearest held lock */
export function sightingsOf(dump: Dump, skipsReaders: boolean): BootSightings {
  const classes = new ClassList(dump);
  const edges = new EdgeList();
  for (const { from, to } of classes.dependencies) {
    const edge = edges.at(from, to);
    edge.dependency = true;
    edge.waits = true;
    edge.compared = true;
  }
  if (dump.chains !== null) new ChainWalk(classes, edges, skipsReaders).walk(dump.chains);
  const waited = classes.all.map((_, i) => (dump.chains === null ? null : classes.isWaited(i)));
  const { all, usages, printedUsages, ops } = classes;
  return { classes: all, usages, printedUsages, ops, waited, sightings: edges.all };
}

/** Classes of both files, each once. */
class ClassList {
  readonly all: ClassRef[] = [];
  readonly usages: (Usage | null)[] = [];
  readonly printedUsages: (string | null)[] = [];
  readonly ops: (number | null)[] = [];
  readonly dependencies: { from: number; to: number }[] = [];
  /** Indices of {@link Dump.chainClasses}. */
  readonly ofChains: readonly number[];
  readonly waited = new Set<number>();
  readonly #byKey = new Map<string, number>();
  readonly #byName = new Map<string, number>();

  constructor({ classes, chainClasses }: Dump) {
    const layout = layoutOf((classes ?? []).flatMap(({ usage }) => usage ?? []));
    for (const { key, name, usage, ops } of classes ?? []) {
      const index = this.#index({ key, name });
      this.usages[index] = usage === null ? null : usageOf(usage, layout);
      this.printedUsages[index] = usage;
      this.ops[index] = ops;
    }
    for (const [i, { after }] of (classes ?? []).entries())
      for (const to of after) {
        const from = classes?.[i];
        if (from === undefined) continue;
        const edge = { from: this.#index(from), to: this.#target(to) };
        this.waited.add(edge.to);
        this.dependencies.push(edge);
      }
    this.ofChains = chainClasses.map((ref) => this.#index(ref));
  }

  isWaited(index: number): boolean {
    return this.waited.has(index);
  }

  /** Up to 2.6.32 the address after an arrow is the class's, not its key's: then the name decides. */
  #target(ref: ClassRef): number {
    const byKey = ref.key === null ? undefined : this.#byKey.get(ref.key + ref.name);
    return byKey ?? this.#byName.get(ref.name) ?? this.#index(ref);
  }

  #index(ref: ClassRef): number {
    const { key, name } = ref;
    const known = key === null ? this.#byName.get(name) : this.#byKey.get(key + name);
    if (known !== undefined) return known;
    const index = this.all.length;
    this.all.push({ key, name });
    this.usages.push(null);
    this.printedUsages.push(null);
    this.ops.push(null);
    if (key !== null) this.#byKey.set(key + name, index);
    if (!this.#byName.has(name)) this.#byName.set(name, index);
    return index;
  }
}

/** Numbers of classes and of places in the tree of chains stay below it, so that one number holds a pair. */
const RADIX = 2 ** 21;

class EdgeList {
  readonly all: Sighting[] = [];
  readonly #index = new Map<number, Sighting>();

  at(from: number, to: number): Sighting {
    const known = this.#index.get(from * RADIX + to);
    if (known !== undefined) return known;
    const edge: Sighting = {
      from,
      to,
      dependency: false,
      waits: false,
      compared: false,
      chains: 0,
      contexts: 0,
      over: [],
      gates: null,
    };
    this.all.push(edge);
    this.#index.set(from * RADIX + to, edge);
    return edge;
  }
}

/** Reads pairs out of chains. */
class ChainWalk {
  readonly #classes: ClassList;
  readonly #edges: EdgeList;
  readonly #skipsReaders: boolean;
  /** The tree of all chains: place * RADIX + class → place. Places 0 to 3 are the contexts. */
  readonly #next = new Map<number, number>();
  #places = 4;
  /** Places at which a chain ends. */
  readonly #ends = new Set<number>();

  constructor(classes: ClassList, edges: EdgeList, skipsReaders: boolean) {
    this.#classes = classes;
    this.#edges = edges;
    this.#skipsReaders = skipsReaders;
  }

  walk(chains: NonNullable<Dump["chains"]>): void {
    for (const { context, classes } of chains) {
      const path = this.#path(context, classes);
      this.#ends.add(path.at(-1) ?? 0);
      const last = this.#classes.ofChains[classes.at(-1) ?? -1];
      if (last !== undefined) this.#classes.waited.add(last);
    }
    const met = new Set<number>();
    for (const { context, classes } of chains) {
      const path = this.#path(context, classes);
      const held = classes.map((i) => this.#classes.ofChains[i] ?? 0);
      this.#pairs(held, path, held.length - 1, context);
      // what was taken without waiting has no chain of its own
      for (let i = 1; i < held.length - 1; i++) {
        const place = path[i] ?? 0;
        if (this.#ends.has(place) || met.has(place)) continue;
        met.add(place);
        this.#pairs(held, path, i, context);
      }
    }
  }

  #path(context: number, classes: readonly number[]): number[] {
    let place = context;
    return classes.map((i) => {
      const step = place * RADIX + (this.#classes.ofChains[i] ?? 0);
      const known = this.#next.get(step);
      place = known ?? this.#places++;
      if (known === undefined) this.#next.set(step, place);
      return place;
    });
  }

  /** Pairs of one lock that was taken with those that were held, the nearest first, up to one that hides the rest. */
  #pairs(held: readonly number[], path: readonly number[], taken: number, context: number): void {
    const to = held[taken] ?? 0;
    const waits = this.#ends.has(path[taken] ?? 0);
    let isCompared = waits;
    for (let i = taken - 1; i >= 0; i--) {
      const from = held[i] ?? 0;
      const usage = this.#classes.usages[from] ?? null;
      const wasWaited = this.#ends.has(path[i] ?? 0);
      const isChecked = this.#classes.waited.has(from);
      if (from !== to) {
        const edge = this.#edges.at(from, to);
        edge.waits ||= waits;
        edge.compared ||= isCompared && isChecked;
        edge.contexts |= 1 << context;
        const over = taken - 1 - i;
        if ((edge.chains === 0 && !edge.dependency) || over < edge.over.length)
          edge.over = held.slice(i + 1, taken);
        edge.gates = this.#gates(edge.gates, held, i);
        edge.chains++;
      }
      if (isChecked && wasWaited && !(this.#skipsReaders && usage?.reads !== false)) isCompared = false;
      // whoever waits for this one in turn waits behind all that was held before it
      if (wasWaited && this.#isExclusive(from)) return;
    }
  }

  /** Exclusive locks held before: as long as all orders come after one, no two of them can meet. */
  #gates(known: Sighting["gates"], held: readonly number[], before: number): readonly number[] {
    if (known === null) return held.slice(0, before).filter((i) => this.#isExclusive(i));
    const isHeld = (gate: number): boolean => {
      const place = held.indexOf(gate);
      return place >= 0 && place < before;
    };
    return known.every(isHeld) ? known : known.filter(isHeld);
  }

  #isExclusive(index: number): boolean {
    const usage = this.#classes.usages[index] ?? null;
    return usage !== null && usage.writes && !usage.reads;
  }
}
