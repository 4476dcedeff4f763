import { createWriteStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { unpacked } from "../read/inputs/compression.ts";
import { openFile } from "../read/inputs/file.ts";
import { InputError, toInputError } from "../read/inputs/input-error.ts";
import { ElfError, ElfFile } from "./elf.ts";
import { Functions, type FunctionStart, type PrintedPlace } from "./functions.ts";
import { type Answer, LineCache } from "./line-cache.ts";
import { type Chain, Symbolizer, type Tool, ToolError, TOOLS } from "./symbolizer.ts";

/** A place, and whether its address is of an instruction that ran, not of the one after a call. */
export interface AskedPlace extends PrintedPlace {
  readonly isExact: boolean;
}

/** vmlinux or a module with its debug information: places in it become lines. */
export class Binary {
  /** As it was given. */
  readonly path: string;
  readonly buildId: string | null;
  readonly cache: LineCache;
  readonly #elf: ElfFile;
  readonly #scratch: string | null;
  readonly #symbolizers = new Map<string, Symbolizer>();
  #functions: Functions | null = null;
  /** Tools that this file is beyond, and why. */
  readonly #complaints: string[] = [];

  private constructor(
    path: string,
    elf: ElfFile,
    { scratch, buildId, cache }: { scratch: string | null; buildId: string | null; cache: LineCache },
  ) {
    this.path = path;
    this.#elf = elf;
    this.#scratch = scratch;
    this.buildId = buildId;
    this.cache = cache;
  }

  /**
   * Opens an ELF file, unpacked where it is compressed.
   *
   * @param caches the directory that holds what such files said before
   * @throws InputError if it is not an ELF file, or cannot be read
   */
  static async open(path: string, caches: string): Promise<Binary> {
    let scratch: string | null = null;
    try {
      let readable = path;
      if (await isPacked(path)) {
        scratch = await mkdtemp(join(tmpdir(), "splat-triage-"));
        readable = join(scratch, "elf");
        const { chunks, close } = await openFile(path);
        try {
          await pipeline(Readable.from(copies(unpacked(path, chunks))), createWriteStream(readable));
        } finally {
          await close();
        }
      }
      const elf = await ElfFile.open(readable);
      const buildId = await elf.buildId();
      return new Binary(path, elf, { scratch, buildId, cache: await LineCache.open(caches, buildId) });
    } catch (error) {
      if (scratch !== null) await rm(scratch, { recursive: true, force: true });
      throw inputError(path, error);
    }
  }

  get hasLines(): boolean {
    return this.#elf.hasLines;
  }

  /** The kernel's `Linux version …`; null if the file holds none. */
  async banner(): Promise<string | null> {
    return (this.cache.banner ??= await this.#elf.banner());
  }

  async vermagic(): Promise<string | null> {
    return this.#elf.vermagic();
  }

  /**
   * The lines of places, in their order.
   *
   * @throws InputError if no tool is there, none can read it, or it has no symbols
   */
  async answers(places: readonly AskedPlace[]): Promise<Answer[]> {
    const missing = new Map(
      places
        .map((place) => [keyOf(place), place] as const)
        .filter(([key]) => this.cache.get(key) === undefined),
    );
    const found = missing.size === 0 ? new Map<string, Answer>() : await this.#look(missing);
    for (const [key, answer] of found) this.cache.set(key, answer);
    return places.map((place) => found.get(keyOf(place)) ?? this.cache.get(keyOf(place)) ?? "no-line");
  }

  /** The directory before `init/main.c`, with its slash: what paths of the kernel's own files begin with. */
  async base(): Promise<string> {
    if (this.cache.base === null) {
      const start = (await this.#functionsOf()).start("start_kernel");
      const [chain = []] = start === null ? [] : await this.#chains([{ start, address: start.value }]);
      const file = chain.at(-1)?.file ?? "";
      this.cache.base = file.endsWith("/init/main.c") ? file.slice(0, -"init/main.c".length) : "";
    }
    return this.cache.base;
  }

  async close(): Promise<void> {
    for (const symbolizer of this.#symbolizers.values()) symbolizer.end();
    await this.#elf.close();
    if (this.#scratch !== null) await rm(this.#scratch, { recursive: true, force: true });
  }

  async #functionsOf(): Promise<Functions> {
    try {
      return (this.#functions ??= new Functions(await this.#elf.symbols(), this.#elf.sections));
    } catch (error) {
      throw inputError(this.path, error);
    }
  }

  async #look(places: ReadonlyMap<string, AskedPlace>): Promise<Map<string, Answer>> {
    const functions = await this.#functionsOf();
    const answers = new Map<string, Answer>();
    const starts = new Map<string, { start: FunctionStart; address: bigint; place: AskedPlace }>();
    for (const [key, place] of places) {
      const start = functions.find(place);
      if (typeof start === "string") {
        answers.set(key, start);
        continue;
      }
      // a return address is that of the instruction behind the call, which may be of another line
      const back = place.isExact || place.offset === 0 ? 0 : 1;
      starts.set(key, { start, address: start.value + BigInt(place.offset - back), place });
    }
    const chains = await this.#chains([...starts.values()]);
    for (const [i, key] of [...starts.keys()].entries()) {
      const chain = chains[i] ?? [];
      answers.set(key, (chain.at(-1)?.line ?? null) === null ? "no-line" : [...chain]);
    }
    return answers;
  }

  /** In the order of what was asked; each section has a symboliser of its own, in a file that is not linked. */
  async #chains(
    asked: readonly {
      readonly start: FunctionStart;
      readonly address: bigint;
      readonly place?: AskedPlace;
    }[],
  ): Promise<Chain[]> {
    const chains: Chain[] = asked.map(() => []);
    const bySection = new Map<string | null, number[]>();
    for (const [i, { start }] of asked.entries()) {
      const section = this.#elf.isRelocatable ? (this.#elf.sections[start.section]?.name ?? null) : null;
      bySection.set(section, [...(bySection.get(section) ?? []), i]);
    }
    for (const [section, indices] of bySection) {
      const addresses = indices.map((i) => asked[i]?.address ?? 0n);
      const { tool, found } = await this.#ask(section, addresses);
      for (const [k, i] of indices.entries()) {
        const chain = found[k] ?? [];
        const symbol = asked[i]?.place?.symbol;
        // it is not given the section, and may have looked in another
        const isSure =
          tool !== "llvm-symbolizer" ||
          section === null ||
          plain(chain.at(-1)?.symbol ?? "") === plain(symbol ?? "");
        if (isSure) chains[i] = chain;
      }
    }
    return chains;
  }

  async #ask(
    section: string | null,
    addresses: readonly bigint[],
  ): Promise<{ readonly tool: Tool; readonly found: readonly Chain[] }> {
    const binutils = section === null ? "" : binutilsOf(this.#elf.machine);
    // only addr2line can be told a section
    const tools =
      section === null
        ? TOOLS
        : ([...(binutils === null ? [] : ["addr2line"]), "eu-addr2line", "llvm-symbolizer"] as Tool[]);
    for (const tool of tools) {
      const key = `${tool} ${section ?? ""}`;
      const symbolizer =
        this.#symbolizers.get(key) ??
        (await Symbolizer.start(tool, { file: this.#elf.path, section, binutils: binutils ?? "" }));
      if (symbolizer === null) continue;
      this.#symbolizers.set(key, symbolizer);
      try {
        const found = await symbolizer.chains(addresses);
        this.cache.tool = tool;
        return { tool, found };
      } catch (error) {
        symbolizer.end();
        this.#symbolizers.delete(key);
        if (!(error instanceof ToolError)) throw error;
        this.#complaints.push(`${tool}: ${error.message}`);
      }
    }
    throw new InputError(
      this.path,
      this.#complaints.length === 0
        ? binutils === ""
          ? "no llvm-symbolizer, addr2line or eu-addr2line is installed (Debian: llvm, binutils, elfutils)"
          : `no ${binutils ?? ""}addr2line or eu-addr2line is installed (Debian: binutils of that machine, elfutils)`
        : `no symboliser can read it (${this.#complaints.join("; ")})`,
    );
  }
}

/** By e_machine. A module has to be relocated, and binutils know how only for the machines that they are made for. */
const BINUTILS: ReadonlyMap<number, string> = new Map([
  [3, "i686-linux-gnu-"],
  [21, "powerpc64le-linux-gnu-"],
  [22, "s390x-linux-gnu-"],
  [40, "arm-linux-gnueabihf-"],
  [62, "x86_64-linux-gnu-"],
  [183, "aarch64-linux-gnu-"],
  [243, "riscv64-linux-gnu-"],
]);

/** The machines of the binutils that are installed without a prefix. */
const OWN: Partial<Record<NodeJS.Architecture, readonly number[]>> = {
  x64: [62, 3],
  ia32: [3, 62],
  arm64: [183],
  arm: [40],
  ppc64: [21],
  riscv64: [243],
  s390x: [22],
};

/** What the name of the addr2line of a machine begins with; null if no other can read its modules. */
function binutilsOf(machine: number): string | null {
  return OWN[process.arch]?.includes(machine) === true ? "" : (BINUTILS.get(machine) ?? null);
}

function keyOf({ symbol, offset, size, isExact }: AskedPlace): string {
  return `${symbol}+0x${offset.toString(16)}/0x${size.toString(16)}${isExact ? " exact" : ""}`;
}

/** Without what the compiler put after it: `.isra.0`, `.cold`. */
function plain(symbol: string): string {
  return symbol.replace(/\..*$/s, "");
}

async function isPacked(path: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return !buffer.toString("latin1", 0, bytesRead).startsWith("\x7fELF");
  } finally {
    await handle.close();
  }
}

/** Chunks share a buffer; a stream keeps some. */
async function* copies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) yield Uint8Array.from(chunk);
}

function inputError(path: string, error: unknown): InputError {
  return error instanceof ElfError ? new InputError(path, error.message) : toInputError(path, error);
}
