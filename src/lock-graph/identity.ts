import { areClear, type ClassRef } from "./proc/index.ts";
import { parseClassName, printedName } from "../../grammar/class-name.ts";

/**
 * Which classes of several boots are one. Keys tell, where they are addresses and the boots are of one build: static
 * keys are at the same place, but for the offset that KASLR adds to all of them. Else names tell, and the number
 * after a name does not: lockdep counts classes of one name in the order in which a boot registers them.
 */

/** What a class of one boot turned out to be. */
export interface Identified {
  /** Unique among all classes of the graph. */
  readonly name: string;
  /** Address of a static key in the first boot of the build; null if there is none to compare. */
  readonly place: bigint | null;
}

export interface BootIdentity {
  /** Boots with the same number are of one build. */
  readonly build: number;
  readonly hasClearKeys: boolean;
  /** By the class's place in the list that was given. */
  readonly classes: readonly Identified[];
}

/** Most static keys of two boots of one build differ by the same offset; those of two builds by any. */
const AGREEMENT = 0.8;
/** With fewer names in common nothing is proved. */
const LEAST_COMMON = 4;

interface Build {
  readonly kernel: string | null;
  /** Places of static keys by name, of the first boot with clear keys. */
  readonly places: Map<string, bigint>;
  /** Names of the graph by place. */
  readonly names: Map<bigint, string>;
}

export class Identities {
  readonly #builds: Build[] = [];
  /** Base names that some boot has more than one class of. */
  readonly #versioned = new Set<string>();
  /** The place at which a build has a name, for names that two places of one build bear. */
  readonly #taken = new Map<string, Map<number, bigint>>();

  /**
   * Takes in one boot.
   *
   * @param kernel release and build, where a log tells them
   * @param classes each once
   */
  add(kernel: string | null, classes: readonly ClassRef[]): BootIdentity {
    for (const { name } of classes) this.noteName(name);
    const hasClearKeys = areClear(classes.map(({ key }) => key));
    const places = hasClearKeys ? placesOf(classes) : null;
    const { build, offset } = this.#buildOf(kernel, classes, places);
    const known = this.#builds[build];
    if (known === undefined || places === null || offset === null)
      return { build, hasClearKeys, classes: classes.map(({ name }) => ({ name, place: null })) };
    const isFirst = known.places.size === 0;
    const identified = classes.map(({ name }, i): Identified => {
      const address = places[i];
      if (address === undefined || address === null) return { name, place: null };
      const place = address - offset;
      if (isFirst) known.places.set(name, place);
      return this.#place(known, build, name, place);
    });
    return { build, hasClearKeys, classes: identified };
  }

  /** Notes a name of a report, which no key goes with. */
  noteName(name: string): void {
    const { class: base, version } = parseClassName(name);
    if (version > 1) this.#versioned.add(base);
  }

  /** Whether a name alone does not tell which class it is. */
  isAmbiguous(name: string): boolean {
    return this.#versioned.has(parseClassName(name).class);
  }

  #place(known: Build, build: number, printed: string, place: bigint): Identified {
    const name = known.names.get(place) ?? this.#free(build, printed, place);
    known.names.set(place, name);
    return { name, place };
  }

  /** Two static locks of one build that have the same name are numbered as lockdep does in one boot. */
  #free(build: number, printed: string, place: bigint): string {
    const parsed = parseClassName(printed);
    for (let { version } = parsed; ; version++) {
      const name = printedName({ ...parsed, version });
      const taken = this.#taken.get(name) ?? new Map<number, bigint>();
      const other = taken.get(build);
      if (other !== undefined && other !== place) continue;
      taken.set(build, place);
      this.#taken.set(name, taken);
      if (version > parsed.version) this.#versioned.add(parsed.class);
      return name;
    }
  }

  /** @returns the build, and by how much this boot's keys stand after those of the build's first one */
  #buildOf(
    kernel: string | null,
    classes: readonly ClassRef[],
    places: readonly (bigint | null)[] | null,
  ): { build: number; offset: bigint | null } {
    for (const [build, known] of this.#builds.entries()) {
      if (kernel !== null && known.kernel !== null && kernel !== known.kernel) continue;
      if (places === null || known.places.size === 0) {
        if (kernel === null || known.kernel === null) continue;
        return { build, offset: places === null ? null : 0n };
      }
      const offset = this.#offsetOf(classes, places, known.places);
      if (offset !== null) return { build, offset };
    }
    this.#builds.push({ kernel, places: new Map(), names: new Map() });
    return { build: this.#builds.length - 1, offset: places === null ? null : 0n };
  }

  /** @returns the offset that most common classes agree upon; null if they are not of one build */
  #offsetOf(
    classes: readonly ClassRef[],
    places: readonly (bigint | null)[],
    known: ReadonlyMap<string, bigint>,
  ): bigint | null {
    const counts = new Map<bigint, number>();
    let common = 0;
    for (const [i, { name }] of classes.entries()) {
      const own = places[i] ?? null;
      const other = known.get(name);
      // numbers of names may have changed places
      if (own === null || other === undefined || this.isAmbiguous(name)) continue;
      common++;
      counts.set(own - other, (counts.get(own - other) ?? 0) + 1);
    }
    if (common < LEAST_COMMON) return null;
    const [best] = [...counts].toSorted((a, b) => b[1] - a[1]);
    return best !== undefined && best[1] >= AGREEMENT * common ? best[0] : null;
  }
}

/** The keys of a kernel's image lie close together; those of modules, and allocated ones, elsewhere. */
const WINDOW_BITS = 28n;

/** @returns the addresses of static keys; null for others */
function placesOf(classes: readonly ClassRef[]): (bigint | null)[] {
  const addresses = classes.map(({ key }) => (key === null ? null : BigInt(`0x${key}`)));
  const windows = new Map<bigint, number>();
  for (const address of addresses)
    if (address !== null) windows.set(address >> WINDOW_BITS, (windows.get(address >> WINDOW_BITS) ?? 0) + 1);
  const [fullest] = [...windows].toSorted((a, b) => b[1] - a[1]);
  if (fullest === undefined) return addresses;
  const isNear = (address: bigint): boolean => {
    const distance = (address >> WINDOW_BITS) - fullest[0];
    return distance >= -1n && distance <= 1n;
  };
  return addresses.map((address) => (address !== null && isNear(address) ? address : null));
}
