import type { Question } from "../../analyze/index.ts";
import type { Report } from "../../report/schema.ts";
import type { GitRepository } from "../bisect/git.ts";
import { tellFailure, UsageError } from "./errors.ts";
import type { LinuxTree } from "./linux-tree.ts";
import type { Terminal } from "./terminal.ts";

/** What `--linux` and `--blame` say. */
export interface TreeOptions {
  /** A kernel tree. */
  readonly linux?: string;
  /** Whether its history is asked, too. */
  readonly blame?: boolean;
}

/** The kernel tree, where one was named: code and people of reports. */
export class Tree {
  readonly #terminal: Terminal;
  readonly #tree: LinuxTree | null;
  readonly #history: GitRepository | null;

  private constructor(terminal: Terminal, tree: LinuxTree | null, history: GitRepository | null) {
    this.#terminal = terminal;
    this.#tree = tree;
    this.#history = history;
  }

  /**
   * Opens it. Where it had the commits that were asked for it may be no whole kernel tree, which is told.
   *
   * @throws InputError where it is none, or has no history to ask
   */
  static async open(
    { linux, blame }: TreeOptions,
    suspect: readonly Question[],
    terminal: Terminal,
  ): Promise<Tree> {
    if (linux === undefined) {
      if (blame === true) throw new UsageError("--blame asks the history of a kernel tree: give --linux");
      return new Tree(terminal, null, null);
    }
    const { LinuxTree } = await import("./linux-tree.ts");
    const { GitRepository } = await import("../bisect/git.ts");
    try {
      const tree = await LinuxTree.open(linux);
      return new Tree(terminal, tree, blame === true ? await GitRepository.open(linux) : null);
    } catch (error) {
      if (blame === true || !suspect.some((question) => typeof question !== "string")) throw error;
      await tellFailure(error, terminal);
      return new Tree(terminal, null, null);
    }
  }

  get isGiven(): boolean {
    return this.#tree !== null;
  }

  /** @returns whether all that can be known of the tree is known */
  async addTo(reports: readonly Report[]): Promise<boolean> {
    const tree = this.#tree;
    if (tree === null || reports.length === 0) return true;
    const { addCode } = await import("./linux-code.ts");
    const failures = [await tree.addMaintainers(reports), await addCode(tree, this.#history, reports)];
    const failure = failures.find((one) => one !== null) ?? null;
    if (failure !== null) await tellFailure(failure, this.#terminal);
    return failure === null;
  }
}
