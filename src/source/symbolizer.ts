import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import * as z from "zod";

/** One function at an address: its name, and the line that it is at. */
export interface LineAt {
  readonly symbol: string;
  readonly file: string | null;
  readonly line: number | null;
}

/** All functions at an address: what is inlined there, innermost first, and last the one that it is inlined into. */
export type Chain = readonly LineAt[];

export const TOOLS = ["llvm-symbolizer", "addr2line", "eu-addr2line"] as const;
export type Tool = (typeof TOOLS)[number];

/** Beyond what any debug information says. */
const MOST_INLINED = 64;
/** It reads a file of a gigabyte first. */
const PATIENCE_MILLISECONDS = 300_000;
const COMPLAINT_BYTES = 500;

/** No network, no language but English. */
const ENVIRONMENT = { LC_ALL: "C", DEBUGINFOD_URLS: "" };

/** A tool does not start, dies, or answers nothing that can be read. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

/** What a symboliser is asked about: a file, and of a relocatable one the section whose start addresses count from. */
export interface Asked {
  readonly file: string;
  readonly section: string | null;
  /** What comes before the name of addr2line where it has to be that of another machine: `aarch64-linux-gnu-`. */
  readonly binutils?: string;
}

/** A symboliser of one file, which is kept running. */
export class Symbolizer {
  readonly tool: Tool;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;
  #complaint = "";

  private constructor(tool: Tool, child: ChildProcessByStdio<Writable, Readable, Readable>) {
    this.tool = tool;
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout, crlfDelay: Infinity });
    this.#answers = this.#lines[Symbol.asyncIterator]();
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint = (this.#complaint + text).slice(0, COMPLAINT_BYTES);
    });
    // it died: reading its answers tells that
    child.stdin.on("error", () => undefined);
  }

  /** @returns null if the tool is not installed */
  static async start(tool: Tool, asked: Asked): Promise<Symbolizer | null> {
    const command = tool === "addr2line" ? `${asked.binutils ?? ""}${tool}` : tool;
    const child = spawn(command, argumentsOf(tool, asked), {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...ENVIRONMENT },
    });
    try {
      await once(child, "spawn");
    } catch {
      return null;
    }
    return new Symbolizer(tool, child);
  }

  /**
   * @returns a chain for each address, empty if there is nothing known
   * @throws ToolError
   */
  async chains(addresses: readonly bigint[]): Promise<Chain[]> {
    // after the last answer of addr2line only the beginning of another tells that it was the last
    const all = [...addresses, LAST];
    this.#child.stdin.write(all.map((address) => `0x${address.toString(16)}\n`).join(""));
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), PATIENCE_MILLISECONDS);
    try {
      const count = addresses.length;
      return await (this.tool === "llvm-symbolizer" ? this.#readJson(count) : this.#readText(count));
    } finally {
      clearTimeout(timer);
    }
  }

  end(): void {
    this.#lines.close();
    this.#child.kill("SIGKILL");
  }

  async #next(): Promise<string> {
    const next: IteratorResult<string, unknown> = await this.#answers.next();
    if (next.done !== true) return next.value;
    const [why = ""] = this.#complaint.split("\n");
    throw new ToolError(why === "" ? "ended without an answer" : why.slice(0, 200));
  }

  async #readJson(count: number): Promise<Chain[]> {
    const chains: Chain[] = [];
    for (let i = 0; i <= count; i++) chains.push(chainOfJson(await this.#next()));
    return chains.slice(0, count);
  }

  async #readText(count: number): Promise<Chain[]> {
    const chains: LineAt[][] = [];
    for (;;) {
      const line = await this.#next();
      if (/^0x[0-9a-f]+$/.test(line)) {
        chains.push([]);
        continue;
      }
      const chain = chains.at(-1);
      if (chain === undefined) throw new ToolError("answers in an unknown format");
      const place = placeOf(await this.#next());
      if (chains.length > count) return chains.slice(0, count);
      // eu-addr2line: `take_inner inlined at file.c:12:9 in take_ba`
      const [symbol = ""] = line.split(" ", 1);
      if (symbol !== "??" && chain.length < MOST_INLINED) chain.push({ symbol, ...place });
    }
  }
}

const LAST = (1n << 64n) - 1n;

function argumentsOf(tool: Tool, { file, section }: Asked): string[] {
  if (tool === "llvm-symbolizer")
    return [`--obj=${file}`, "--output-style=JSON", "--inlines", "--no-demangle"];
  return ["-a", "-f", "-i", ...(section === null ? [] : ["-j", section]), "-e", file];
}

/** llvm-symbolizer --output-style=JSON: one object a line. */
const Answer = z.object({
  Symbol: z.array(z.object({ FunctionName: z.string(), FileName: z.string(), Line: z.number() })).optional(),
});

function chainOfJson(text: string): Chain {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ToolError("does not answer in JSON: version 13 or newer is needed");
  }
  const answer = Answer.safeParse(json);
  if (!answer.success) throw new ToolError("answers in an unknown format");
  return (answer.data.Symbol ?? [])
    .slice(0, MOST_INLINED)
    .filter(({ FunctionName }) => FunctionName !== "")
    .map(({ FunctionName, FileName, Line }) => {
      return { symbol: FunctionName, file: FileName === "" ? null : FileName, line: Line > 0 ? Line : null };
    });
}

/** `dir/file.c:12`, `dir/file.c:12:3`, `dir/file.c:12 (discriminator 2)`, `dir/file.c:?`, `??:0` or `??:?`. */
function placeOf(text: string): Pick<LineAt, "file" | "line"> {
  const [, file = "", line = ""] =
    /^(.*?):(\d{1,9}|\?)(?::\d{1,9})?(?: \(discriminator \d{1,9}\))?$/.exec(text) ?? [];
  return { file: file === "" || file === "??" ? null : file, line: Number(line) > 0 ? Number(line) : null };
}
