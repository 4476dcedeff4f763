import { InputError } from "../read/inputs/input-error.ts";
import type { Frame, Kernel, Report } from "../report/schema.ts";
import { demangle } from "../symbols/demangle.ts";
import { Binary } from "./binary.ts";
import type { Answer } from "./line-cache.ts";
import { Modules, type NamedModule } from "./modules.ts";
import { type Place, placesOf, putLines, unshare } from "./places.ts";
import type { Chain } from "./symbolizer.ts";

/** A report, and the kernel that printed it as its boot names it. */
export interface PrintedReport {
  readonly report: Report;
  readonly kernel: Kernel | null;
}

export interface SourceFiles {
  readonly vmlinux: string | null;
  /** A directory. */
  readonly modules: string | null;
  /** The directory of caches. */
  readonly caches: string;
}

/** So many names a line tells. */
const MOST_NAMES = 5;

/** A build id, as dump_stack_print_info() prints it behind the build: `Build ID: 0123…`. */
const BUILD_ID = /\b[0-9a-f]{40}\b/;

/**
 * The lines of a kernel's source that frames are at, by its vmlinux and modules. Where a file cannot be the one that the
 * log is of, there are none: another build's lines are worse than no lines.
 */
export class SourceLines {
  readonly #vmlinux: Binary | null;
  readonly #modules: Modules | null;
  /** What is to report, each once. */
  readonly #remarks = new Set<string>();

  private constructor(vmlinux: Binary | null, modules: Modules | null) {
    this.#vmlinux = vmlinux;
    this.#modules = modules;
  }

  /** @throws InputError if vmlinux is not an ELF file, or cannot be read */
  static async open({ vmlinux, modules, caches }: SourceFiles): Promise<SourceLines> {
    return new SourceLines(
      vmlinux === null ? null : await Binary.open(vmlinux, caches),
      modules === null ? null : new Modules(modules, caches),
    );
  }

  /**
   * Puts lines into reports. Their ids stay: which bug it is does not depend on what was known of it.
   *
   * @returns what is to report about places that got none, and which program told the lines
   */
  async add(printed: readonly PrintedReport[]): Promise<string[]> {
    this.#remarks.clear();
    const wanted = new Map<Binary, Map<Frame, Place>>();
    for (const { report } of printed) unshare(report);
    for (const { report, kernel } of printed) {
      const asked = placesOf(report);
      const buildIds = buildIdsOf(asked);
      for (const place of asked) {
        const { module, buildId = module === null ? undefined : buildIds.get(module) } = place.frame;
        const binary =
          module === null
            ? await this.#fittingVmlinux(report, kernel)
            : await this.#moduleOf({ name: module, buildId: buildId ?? null }, kernel ?? report.kernel);
        if (binary === null) continue;
        const places = wanted.get(binary) ?? new Map<Frame, Place>();
        places.set(place.frame, place);
        wanted.set(binary, places);
      }
    }
    const lines = new Map<Frame, readonly Frame[]>();
    const base = (await this.#baseOf(wanted)) ?? "";
    for (const [binary, places] of wanted)
      for (const [frame, chain] of await this.#chains(binary, [...places.values()]))
        lines.set(frame, framesOf(frame, chain, base));
    for (const { report } of printed) putLines(report, (frame) => lines.get(frame) ?? null);
    return [...this.#remarks];
  }

  async close(): Promise<void> {
    await this.#vmlinux?.close();
    await this.#modules?.close();
  }

  /** Paths of modules of the tree begin as those of vmlinux do. */
  async #baseOf(wanted: ReadonlyMap<Binary, unknown>): Promise<string | null> {
    const vmlinux = this.#vmlinux;
    if (vmlinux === null || wanted.size === 0 || !vmlinux.hasLines) return null;
    try {
      return await vmlinux.base();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return null;
    }
  }

  /** The file of a module; null if none can be told, which a remark says. */
  async #moduleOf(module: NamedModule, kernel: Kernel | null): Promise<Binary | null> {
    if (this.#modules === null) return null;
    const found =
      kernel === null && module.buildId === null
        ? "the log does not name its kernel"
        : await this.#modules.find(module, kernel?.release ?? "");
    if (typeof found !== "string") return found;
    this.#remarks.add(`module ${module.name}: ${found}; no lines of it`);
    return null;
  }

  async #fittingVmlinux(report: Report, kernel: Kernel | null): Promise<Binary | null> {
    const vmlinux = this.#vmlinux;
    if (vmlinux === null) return null;
    const misfit = vmlinux.hasLines
      ? await misfitOf(vmlinux, report, kernel)
      : "has no debug information (CONFIG_DEBUG_INFO)";
    if (misfit === null) return vmlinux;
    this.#remarks.add(`${vmlinux.path}: ${misfit}; no lines`);
    return null;
  }

  async #chains(binary: Binary, places: readonly Place[]): Promise<Map<Frame, Chain>> {
    const asked = places.flatMap(({ frame: { symbol, offset, size }, isExact }) =>
      offset === null || size === null ? [] : [{ symbol, offset, size, isExact }],
    );
    let answers: readonly Answer[];
    try {
      answers = await binary.answers(asked);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#remarks.add(`${error.message}; no lines`);
      return new Map();
    }
    const chains = new Map<Frame, Chain>();
    const without = new Map<string, Set<string>>();
    for (const [i, { frame }] of places.entries()) {
      const answer = answers[i] ?? "no-line";
      if (typeof answer !== "string") chains.set(frame, answer);
      else without.set(answer, (without.get(answer) ?? new Set()).add(frame.symbol));
    }
    // a build of another configuration has most functions in common, and lines of others are off by a few
    const others = without.get("other-size");
    if (others !== undefined) {
      this.#remarks.add(
        `${binary.path}: is of another build, for functions have other sizes there: ${some(others)}; no lines`,
      );
      return new Map();
    }
    for (const [why, symbols] of without)
      this.#remarks.add(`${binary.path}: no line for ${some(symbols)}: ${WHY[why as keyof typeof WHY]}`);
    this.#remarks.add(
      `${binary.path}: lines of ${chains.size} of ${places.length} places, by ${binary.cache.tool ?? "nothing"}`,
    );
    await binary.cache.save();
    return chains;
  }
}

/**
 * Build ids by module. A backtrace prints them (%pSb, %pBb), but lists of held locks and saved stacks do not (%pS); the
 * module is the same.
 */
function buildIdsOf(places: readonly Place[]): Map<string, string> {
  return new Map(
    places.flatMap(({ frame: { module, buildId } }) =>
      module === null || buildId === undefined ? [] : [[module, buildId]],
    ),
  );
}

const WHY = {
  twice: "several functions have this name and size",
  "no-function": "no function of this name",
  "no-line": "the debug information has none",
} satisfies Record<Exclude<Extract<Answer, string>, "other-size">, string>;

function some(symbols: ReadonlySet<string>): string {
  const shown = [...symbols].toSorted().slice(0, MOST_NAMES);
  const more = symbols.size - shown.length;
  return shown.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Why a vmlinux cannot be the one of the kernel that printed a report; null if nothing speaks against it. */
async function misfitOf(vmlinux: Binary, report: Report, boot: Kernel | null): Promise<string | null> {
  const logged = report.dumps.flatMap((dump) => BUILD_ID.exec(dump.package ?? "")?.[0] ?? []);
  const [id] = logged;
  if (id !== undefined && vmlinux.buildId !== null)
    return id === vmlinux.buildId ? null : `has another build id than the log's kernel, ${id}`;
  const banner = await vmlinux.banner();
  if (banner === null) return "holds no release, so that nothing tells whether it is of the log's kernel";
  const release = /^Linux version (\S+)/.exec(banner)?.[1] ?? "";
  const build = / (#\d\S*)(?:\s|$)/.exec(banner)?.[1] ?? null;
  const kernels = [report.kernel, boot].filter((kernel) => kernel !== null);
  if (kernels.length === 0) return `is of ${release}, and the log does not name its kernel`;
  const other = kernels.find(
    (kernel) =>
      kernel.release !== release || (kernel.build !== null && build !== null && kernel.build !== build),
  );
  return other === undefined
    ? null
    : `is of ${release} ${build ?? ""}, and the log of ${other.release} ${other.build ?? ""}`.trimEnd();
}

/** As a symbolised log has them: inlined functions without offset, innermost first, and the frame itself last. */
function framesOf(frame: Frame, chain: Chain, base: string): Frame[] {
  const last = chain.at(-1);
  if (last === undefined) return [frame];
  const { uncertain, context } = frame;
  const inlined = chain.slice(0, -1).flatMap(({ symbol, file, line }) => {
    if (file === null) return [];
    const demangled = demangle(symbol);
    return [
      {
        symbol,
        ...(demangled === undefined ? {} : { demangled }),
        offset: null,
        size: null,
        module: null,
        file: pathOf(file, base),
        line,
        inline: true,
        uncertain,
        address: null,
        context,
      },
    ];
  });
  return [
    ...inlined,
    { ...frame, file: last.file === null ? null : pathOf(last.file, base), line: last.line },
  ];
}

/** As scripts/decode_stacktrace.sh shortens it. */
function pathOf(file: string, base: string): string {
  const path = base !== "" && file.startsWith(base) ? file.slice(base.length) : file;
  return path.startsWith("./") ? path.slice(2) : path;
}
