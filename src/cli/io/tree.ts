import type { Question } from "../../analyze/index.ts";
import type { Report } from "../../report/schema.ts";
import type { GitRepository } from "../bisect/git.ts";
import { tell, tellFailure, UsageError } from "./errors.ts";
import type { LinuxTree } from "./linux-tree.ts";
import type { Terminal } from "./terminal.ts";

/** What `--linux` and `--blame` say. */
export interface TreeOptions {
  /** A kernel tree. */
  readonly linux?: string;
  /** Whether its history is asked, too. */
  readonly blame?: boolean;
  /** GOOD..BAD: commits of which is asked what they have to do with a report. */
  readonly range?: string;
}

/** The kernel tree, where one was named: code and people of reports. */
export class Tree {
  readonly #terminal: Terminal;
  readonly #tree: LinuxTree | null;
  readonly #history: GitRepository | null;
  readonly #asked: TreeOptions;

  private constructor(
    terminal: Terminal,
    tree: LinuxTree | null,
    history: GitRepository | null,
    asked: TreeOptions,
  ) {
    this.#terminal = terminal;
    this.#tree = tree;
    this.#history = history;
    this.#asked = asked;
  }

  /**
   * Opens it. Where it had the commits that were asked for it may be no whole kernel tree, which is told.
   *
   * @throws InputError if it is none, or has no history to ask
   */
  static async open(asked: TreeOptions, suspect: readonly Question[], terminal: Terminal): Promise<Tree> {
    const { linux, blame, range } = asked;
    const needsHistory = blame === true || range !== undefined;
    if (linux === undefined) {
      if (needsHistory)
        throw new UsageError(
          `${blame === true ? "--blame" : "--range"} needs the history of a kernel tree: give --linux`,
        );
      return new Tree(terminal, null, null, asked);
    }
    const { LinuxTree } = await import("./linux-tree.ts");
    const { GitRepository } = await import("../bisect/git.ts");
    try {
      const tree = await LinuxTree.open(linux);
      return new Tree(terminal, tree, needsHistory ? await GitRepository.open(linux) : null, asked);
    } catch (error) {
      if (needsHistory || !suspect.some((question) => typeof question !== "string")) throw error;
      await tellFailure(error, terminal);
      return new Tree(terminal, null, null, asked);
    }
  }

  get isGiven(): boolean {
    return this.#tree !== null;
  }

  /** @returns whether all that can be known of the tree is known */
  async addTo(reports: readonly Report[]): Promise<boolean> {
    const tree = this.#tree;
    const { blame, range } = this.#asked;
    if (tree === null || reports.length === 0) return true;
    const { addCode } = await import("./linux-code.ts");
    const failures = [
      await tree.addMaintainers(reports),
      await addCode(tree, blame === true ? this.#history : null, reports),
    ];
    if (range !== undefined && this.#history !== null) await this.#addTouching(this.#history, range, reports);
    const failure = failures.find((one) => one !== null) ?? null;
    if (failure !== null) await tellFailure(failure, this.#terminal);
    return failure === null;
  }

  async #addTouching(history: GitRepository, range: string, reports: readonly Report[]): Promise<void> {
    const { addTouching } = await import("../bisect/touching.ts");
    const cut = await addTouching(history, range, reports);
    if (cut !== null) await tell(`--range ${range}: not all changes were read (${WHY[cut]})`, this.#terminal);
  }
}

const WHY = {
  "likeliest-only": "the range is long: the newest were",
  time: "it took too long",
  size: "they are too large",
  failed: "git failed",
} as const;
