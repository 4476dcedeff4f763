import type { Writable } from "node:stream";
import { OutputFile } from "./output-file.ts";
import type { Terminal } from "./terminal.ts";

/** When text has colours. */
export const COLORS = ["auto", "always", "never"] as const;

/** What each command that prints a document can be asked. */
export interface Redirection {
  readonly color?: (typeof COLORS)[number];
  /** A file in place of standard output; `-` is that itself. */
  readonly output?: string;
}

/** The process's terminal, of which options may change where text goes and how it looks. */
export class RedirectedTerminal implements Terminal {
  readonly #process: Terminal;
  #file: OutputFile | null = null;
  stdout: Writable & { isTTY?: boolean; columns?: number };
  env: NodeJS.ProcessEnv;

  constructor(terminal: Terminal) {
    this.#process = terminal;
    this.stdout = terminal.stdout;
    this.env = terminal.env;
  }

  /** Opened when somebody asks: most commands never read it. */
  get stdin(): Terminal["stdin"] {
    return this.#process.stdin;
  }

  get stderr(): Terminal["stderr"] {
    return this.#process.stderr;
  }

  /** @throws InputError if the file cannot be written */
  async redirect({ color = "auto", output = "-" }: Redirection): Promise<void> {
    if (color !== "auto") this.env = { ...this.env, FORCE_COLOR: color === "always" ? "1" : "0" };
    if (output === "-") return;
    this.#file = await OutputFile.create(output);
    this.stdout = this.#file.stream;
  }

  /**
   * Ends what was begun.
   *
   * @param isWhole false: the file stays, or stays away, as it was
   */
  async finish(isWhole: boolean): Promise<void> {
    await (isWhole ? this.#file?.keep() : this.#file?.drop());
  }
}
