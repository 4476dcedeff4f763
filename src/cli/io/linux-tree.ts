import { existsSync } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, join, posix } from "node:path";
import { Maintainers } from "../../analyze/maintainers.ts";
import { InputError } from "../../read/inputs/index.ts";
import { toInputError } from "../../read/inputs/input-error.ts";
import type { LookAt } from "../../report/analysis-schema.ts";
import { plainSymbol } from "../../symbols/functions.ts";
import type { Report } from "../../report/schema.ts";

/** What every kernel tree has. */
const LANDMARKS = ["MAINTAINERS", "Makefile", "kernel", "include"];

/** Directories of the tree that hold no code of the kernel. */
const NO_KERNEL_CODE = new Set(["Documentation", "tools", "scripts", "usr", "LICENSES"]);

/** A tree that is not in memory is read from the disk once. */
const SEARCH_MILLISECONDS = 60_000;
/** What definitions of a few hundred functions can be; more is not an answer. */
const MOST_OUTPUT = 1 << 24;

const LONGEST_PATH = 512;

const CODE_FILE = /^[\w.][\w./+-]{0,500}\.(?:c|h|S|rs)$/;
const LARGEST_SOURCE = 1 << 24;

interface Options {
  readonly searchMilliseconds?: number;
}

/** A kernel tree: where functions are defined, and whose files those are. */
export class LinuxTree {
  readonly #directory: string;
  readonly #maintainers: Maintainers;
  readonly #searchMilliseconds: number;
  /** Files that define a function, of all functions that were looked for. */
  readonly #definitions = new Map<string, readonly string[]>();

  private constructor(directory: string, maintainers: Maintainers, { searchMilliseconds }: Options) {
    this.#directory = directory;
    this.#maintainers = maintainers;
    this.#searchMilliseconds = searchMilliseconds ?? SEARCH_MILLISECONDS;
  }

  /** @throws InputError if the directory is not a kernel tree */
  static async open(directory: string, options: Options = {}): Promise<LinuxTree> {
    try {
      if (!(await stat(directory)).isDirectory()) throw new InputError(directory, "is not a directory");
      for (const name of LANDMARKS)
        if (!existsSync(join(directory, name)))
          throw new InputError(directory, `not a Linux kernel tree: it has no ${name}`);
      const maintainers = new Maintainers(await readFile(join(directory, "MAINTAINERS"), "utf8"));
      if (maintainers.size === 0)
        throw new InputError(directory, "not a Linux kernel tree: its MAINTAINERS lists nobody");
      return new LinuxTree(directory, maintainers, options);
    } catch (error) {
      throw toInputError(directory, error);
    }
  }

  /**
   * Fills in the files of the edges to look at, and the people of these files.
   *
   * @returns why some functions could not be looked for; what is known without is filled in
   */
  async addMaintainers(reports: readonly Report[]): Promise<InputError | null> {
    const failure = await this.search(
      reports.flatMap(({ lookAt }) => (lookAt === null || lookAt.files.length > 0 ? [] : lookAt.functions)),
    );
    for (const report of reports) {
      const { lookAt } = report;
      if (lookAt === null) continue;
      const found =
        lookAt.files.length > 0
          ? await Promise.all(lookAt.files.map((file) => this.#inTree(file)))
          : this.#filesOf(report, lookAt);
      const files = [...new Set(found)];
      report.lookAt = { ...lookAt, files, maintainers: this.#peopleOf(files) };
    }
    return failure;
  }

  #filesOf(report: Report, { edge, functions }: LookAt): string[] {
    const stack = report.edges[edge]?.stack ?? [];
    return functions.flatMap((name) => {
      const frame = stack.find(({ symbol }) => plainSymbol(symbol) === name);
      return this.fileOf(name, frame?.module ?? null, report) ?? [];
    });
  }

  /** The one file that defines a function that was looked for; null if that cannot be told: of many of the same name. */
  fileOf(name: string, module: string | null, report: Report): string | null {
    const arch = archOf(report);
    const files = (this.#definitions.get(name) ?? []).filter(
      (file) => arch === null || !file.startsWith("arch/") || file.startsWith(`arch/${arch}/`),
    );
    const ranked = files.map((file) => ({ file, rank: rankOf(file, module) }));
    const best = Math.max(...ranked.map(({ rank }) => rank));
    const [only, ...others] = ranked.filter(({ rank }) => rank === best);
    return only === undefined || others.length > 0 ? null : only.file;
  }

  /** `6.12.117` or `6.13.0-rc2`, as its Makefile has it; null if it does not tell. */
  async release(): Promise<string | null> {
    const makefile = await readFile(join(this.#directory, "Makefile"), "utf8").catch(() => "");
    const [version, patchlevel, sublevel] = ["VERSION", "PATCHLEVEL", "SUBLEVEL"].map(
      (key) => new RegExp(`^${key} *= *(\\d{1,5})$`, "m").exec(makefile)?.[1],
    );
    const candidate = /^EXTRAVERSION *= *(-rc\d{1,3})$/m.exec(makefile)?.[1] ?? "";
    return version === undefined || patchlevel === undefined
      ? null
      : `${[version, patchlevel, sublevel ?? "0"].join(".")}${candidate}`;
  }

  /**
   * A source file's text. A log may name any path: nothing outside of the tree is read, and no file that is not code.
   *
   * @param file as a symboliser printed it, or in the tree
   */
  async code(file: string): Promise<{ readonly file: string; readonly text: string } | null> {
    const inTree = await this.#inTree(file);
    if (!CODE_FILE.test(inTree) || inTree.split("/").includes("..")) return null;
    try {
      const [root, path] = await Promise.all([
        realpath(this.#directory),
        realpath(join(this.#directory, inTree)),
      ]);
      const { size } = await stat(path);
      if (!path.startsWith(`${root}/`) || size > LARGEST_SOURCE) return null;
      return { file: inTree, text: await readFile(path, "utf8") };
    } catch {
      return null;
    }
  }

  #peopleOf(files: readonly string[]): LookAt["maintainers"] {
    const sections = this.#maintainers.of(files);
    return sections.map(({ section, status, people, lists }) => ({
      section,
      status,
      people: [...people],
      lists: [...lists],
    }));
  }

  /** A compiler may have printed the path of its own tree: `/build/linux/mm/slub.c`. */
  async #inTree(file: string): Promise<string> {
    if (!posix.isAbsolute(file) || file.length > LONGEST_PATH) return file;
    const parts = file.split("/").slice(1);
    for (let i = 0; i < parts.length - 1; i++) {
      const rest = parts.slice(i).join("/");
      if (existsSync(join(this.#directory, rest))) return rest;
    }
    return file;
  }

  /**
   * Looks for definitions of functions, all at once.
   *
   * @returns why some could not be looked for
   */
  async search(functions: readonly string[]): Promise<InputError | null> {
    const wanted = [...new Set(functions)].filter(
      (name) => /^[A-Za-z_]\w{0,200}$/.test(name) && !this.#definitions.has(name),
    );
    if (wanted.length === 0) return null;
    try {
      const found = await this.#grep(wanted);
      for (const name of wanted) this.#definitions.set(name, [...(found.get(name) ?? [])]);
      return null;
    } catch (error) {
      return toInputError(this.#directory, error);
    }
  }

  /** One pass over the sources. */
  async #grep(names: readonly string[]): Promise<Map<string, Set<string>>> {
    const entries = await readdir(this.#directory, { withFileTypes: true });
    const directories = entries
      .filter((entry) => entry.isDirectory() && /^\w/.test(entry.name) && !NO_KERNEL_CODE.has(entry.name))
      .map(({ name }) => name);
    const any = names.join("|");
    // a definition begins at the left edge, a call never does; Rust's may be in an `impl`
    const patterns = [
      `^([A-Za-z_][A-Za-z0-9_[:blank:]*(),]*[[:blank:]*])?(${any})[[:blank:]]*\\(`,
      `^[[:blank:]]*[a-z (]*[") ]*[a-z"C ]*fn (${any})[[:blank:]]*[(<]`,
    ];
    const types = ["*.c", "*.h", "*.rs"].map((type) => `--include=${type}`);
    const output = await this.#run(
      ["-rE", "--null", ...types, "-f", "-", "--", ...directories],
      `${patterns.join("\n")}\n`,
    );
    const found = new Map<string, Set<string>>();
    const known = new Set(names);
    for (const line of output.split("\n")) {
      const [file, text] = line.split("\0", 2);
      if (file === undefined || text === undefined || /^typedef|;\s*$/.test(text)) continue;
      for (const [name] of text.matchAll(/\w+(?=\s?[(<])/g)) {
        if (!known.has(name)) continue;
        const files = found.get(name);
        if (files === undefined) found.set(name, new Set([file]));
        else files.add(file);
      }
    }
    return found;
  }

  async #run(args: readonly string[], input: string): Promise<string> {
    const directory = this.#directory;
    const { spawn } = await import("node:child_process");
    return new Promise((resolve, reject) => {
      const grep = spawn("grep", args, {
        cwd: directory,
        env: { PATH: process.env["PATH"], LC_ALL: "C" },
        stdio: ["pipe", "pipe", "ignore"],
      });
      let failure: InputError | null = null;
      const stop = (reason: string): void => {
        failure = new InputError(directory, reason);
        grep.kill("SIGKILL");
      };
      const seconds = this.#searchMilliseconds / 1000;
      const timer = setTimeout(() => {
        stop(`looking for functions took more than ${seconds} s`);
      }, this.#searchMilliseconds);
      const chunks: Buffer[] = [];
      let size = 0;
      grep.stdout.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MOST_OUTPUT) stop("too many definitions of the functions");
      });
      grep.on("error", () => {
        clearTimeout(timer);
        reject(new InputError(directory, "cannot look for functions: grep cannot be run"));
      });
      grep.on("close", (code) => {
        clearTimeout(timer);
        // 1: nothing found; 2: also where a file could not be read, and then what was found is told
        if (failure !== null) reject(failure);
        else if (code === null)
          reject(new InputError(directory, "cannot look for functions: grep was killed"));
        else resolve(Buffer.concat(chunks).toString("utf8"));
      });
      grep.stdin.on("error", () => undefined);
      grep.stdin.end(input);
    });
  }
}

/** A definition in a header is often but what stands for the function where it is not built in. */
function rankOf(file: string, module: string | null): number {
  const inModule = module !== null && pathHasModule(file, module) ? 8 : 0;
  const source = file.endsWith(".h") ? 0 : 4;
  const isOfArch = file.startsWith("arch/") ? 2 : 0;
  const isPlain = basename(file).startsWith("nommu") || file.startsWith("samples/") ? 0 : 1;
  return inModule + source + isOfArch + isPlain;
}

function pathHasModule(file: string, module: string): boolean {
  return file.split("/").some((part) => plainModule(part) === plainModule(module));
}

function plainModule(text: string): string {
  return text.replaceAll("-", "_").replace(/\.\w+$/, "");
}

/** What only one architecture calls its entries. */
const ARCHES = [
  ["x86", /^(?:__x64_|__ia32_|entry_SYSCALL_64|asm_sysvec_|asm_exc_|do_syscall_64$)/],
  ["arm64", /^(?:__arm64_|el0t?_|el1h?_|invoke_syscall$)/],
] as const;

function archOf({ edges, backtrace }: Report): string | null {
  for (const { symbol } of [...edges.flatMap(({ stack }) => stack), ...backtrace])
    for (const [arch, entries] of ARCHES) if (entries.test(symbol)) return arch;
  return null;
}
