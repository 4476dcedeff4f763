import { basename, join } from "node:path";
import { access } from "node:fs/promises";
import { InputError } from "../read/inputs/input-error.ts";
import { walk } from "../read/inputs/directory.ts";
import { Binary } from "./binary.ts";

/** `md-mod.ko`, `md_mod.ko.debug`, `md-mod.ko.xz`. */
const MODULE_FILE = /^([\w-]+)\.ko(?:\.debug)?(?:\.(?:xz|zst|gz))?$/;

/** A module as a frame names it. */
export interface NamedModule {
  readonly name: string;
  /** null if the kernel does not print it. */
  readonly buildId: string | null;
}

/** Directories of modules, as /lib/modules and /usr/lib/debug have them. */
export class Modules {
  readonly #directory: string;
  readonly #caches: string;
  readonly #opened = new Map<string, Promise<Binary | string>>();
  #paths: Map<string, string[]> | null = null;

  constructor(directory: string, caches: string) {
    this.#directory = directory;
    this.#caches = caches;
  }

  /**
   * The file of a module.
   *
   * @param release of the kernel that loaded it
   * @returns the file, or why there is none, in words that follow the module's name
   */
  async find(module: NamedModule, release: string): Promise<Binary | string> {
    const key = `${module.name} ${module.buildId ?? ""} ${release}`;
    const known = this.#opened.get(key) ?? this.#find(module, release);
    this.#opened.set(key, known);
    return known;
  }

  async close(): Promise<void> {
    for (const opened of this.#opened.values()) {
      const binary = await opened;
      if (typeof binary !== "string") await binary.close();
    }
  }

  async #find({ name, buildId }: NamedModule, release: string): Promise<Binary | string> {
    const named = (await this.#named()).get(name.replaceAll("-", "_")) ?? [];
    const byId = buildId === null ? null : await this.#byBuildId(buildId);
    const paths = byId === null ? named : [byId, ...named];
    if (paths.length === 0) return `no such module in ${this.#directory}`;
    const binaries: Binary[] = [];
    try {
      for (const path of paths) binaries.push(await Binary.open(path, this.#caches));
      const chosen = await choose(binaries, buildId, release);
      for (const binary of binaries) if (binary !== chosen) await binary.close();
      return chosen;
    } catch (error) {
      for (const binary of binaries) await binary.close();
      if (!(error instanceof InputError)) throw error;
      return `${error.input}: ${error.reason}`;
    }
  }

  /** /usr/lib/debug/.build-id/ab/cdef….debug */
  async #byBuildId(buildId: string): Promise<string | null> {
    const path = join(this.#directory, ".build-id", buildId.slice(0, 2), `${buildId.slice(2)}.debug`);
    try {
      await access(path);
      return path;
    } catch {
      return null;
    }
  }

  async #named(): Promise<Map<string, string[]>> {
    if (this.#paths !== null) return this.#paths;
    const paths = new Map<string, string[]>();
    for (const found of walk(this.#directory)) {
      if (found instanceof InputError) {
        if (found.input === this.#directory) throw found;
        continue;
      }
      const { path } = found;
      const name = MODULE_FILE.exec(basename(path))?.[1]?.replaceAll("-", "_");
      if (name !== undefined) paths.set(name, [...(paths.get(name) ?? []), path]);
    }
    return (this.#paths = paths);
  }
}

/** Of files of one name the one that was loaded: by its build id where that is printed, else by its release. */
async function choose(
  binaries: readonly Binary[],
  buildId: string | null,
  release: string,
): Promise<Binary | string> {
  const fitting: Binary[] = [];
  const releases = new Map<string | null, string>();
  for (const binary of binaries) {
    const magic = await binary.vermagic();
    if (magic !== null) releases.set(binary.buildId, magic);
  }
  for (const binary of binaries) {
    // debug information alone has no release, and the module beside it has
    const isOf = releases.get(binary.buildId) === release;
    if (buildId === null ? isOf : binary.buildId === buildId) fitting.push(binary);
  }
  if (fitting.length === 0)
    return buildId === null
      ? `not of ${release} (${[...new Set(releases.values())].join(", ") || "no vermagic"})`
      : `its build id is not ${buildId}`;
  const withLines = fitting.filter(({ hasLines }) => hasLines);
  const [first] = withLines;
  if (first === undefined) return "has no debug information (CONFIG_DEBUG_INFO)";
  const ids = new Set(withLines.map((binary) => binary.buildId));
  return ids.size === 1 && (first.buildId !== null || withLines.length === 1)
    ? first
    : "several files of that name, and nothing tells which was loaded";
}
