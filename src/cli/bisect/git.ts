import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { RangeCommit } from "../../bisect/commit-graph.ts";
import type { Blame } from "../../report/code-schema.ts";
import { InputError } from "../../read/inputs/index.ts";
import { printable } from "../../render/words/safe.ts";

/** A history of a million commits; more is a mistake. */
const MOST_OUTPUT = 1 << 28;

/** Reads commits from standard input. No configuration and no attribute runs a program. */
const CHANGES = [
  "diff-tree",
  "--stdin",
  "--always",
  "--root",
  "--cc",
  "-p",
  "-U0",
  "-M",
  "--src-prefix=a/",
  "--dst-prefix=b/",
  "--no-color",
  "--no-ext-diff",
  "--no-textconv",
  "--ignore-submodules",
] as const;

/** No configuration and no attribute runs a program here, either. */
const SHOWN = [
  "--format=medium",
  "--encoding=UTF-8",
  "--cc",
  "-p",
  "-W",
  "-M",
  "--src-prefix=a/",
  "--dst-prefix=b/",
  "--no-color",
  "--no-ext-diff",
  "--no-textconv",
  "--no-show-signature",
  "--ignore-submodules",
] as const;

interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Why not all of what git had to say was read; null if all was. */
export type Cut = "time" | "size" | "failed" | null;

/** The two ends of a range, in full. */
export interface Ends {
  readonly good: string;
  readonly bad: string;
}

/** A git repository, which is only read. What a user names is never taken for an option. */
export class GitRepository {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** @throws InputError if the directory is in no git repository, or git cannot be run */
  static async open(directory: string): Promise<GitRepository> {
    const repository = new GitRepository(directory);
    const { status, stderr } = await repository.#run(["rev-parse", "--git-dir"]);
    if (status !== 0)
      throw new InputError(
        directory,
        /not a git repository/.test(stderr) ? "not a git repository" : reasonOf(stderr),
      );
    return repository;
  }

  /**
   * The ends of `GOOD..BAD`.
   *
   * @throws InputError if the text is no such range, or names what is not a commit
   */
  async ends(range: string): Promise<Ends> {
    const [good = "", bad = "", ...more] = range.split("..");
    if (more.length > 0 || !range.includes("..") || range.includes("..."))
      throw new InputError(range, "not a range: give GOOD..BAD");
    return { good: await this.#commit(range, good), bad: await this.#commit(range, bad) };
  }

  /**
   * The commit that a revision names, in full.
   *
   * @returns null: none
   */
  async commit(revision: string): Promise<string | null> {
    const { status, stdout } = await this.#run([
      "rev-parse",
      "--verify",
      "--quiet",
      "--end-of-options",
      `${revision}^{commit}`,
    ]);
    const sha = stdout.trim();
    return status === 0 && /^[0-9a-f]{40,64}$/.test(sha) ? sha : null;
  }

  async #commit(range: string, revision: string): Promise<string> {
    const name = revision === "" ? "HEAD" : revision;
    if (name.startsWith("-")) throw new InputError(range, `${printable(name)} is not a revision`);
    const sha = await this.commit(name);
    if (sha !== null) return sha;
    const shallow = (await this.#shallow()).size > 0 ? "; the clone is shallow: git fetch --unshallow" : "";
    throw new InputError(range, `no commit ${printable(name)} in this repository${shallow}`);
  }

  /**
   * A commit with what it changes, each hunk with the whole of its functions, as `git show` prints it.
   *
   * @returns null: the repository has no such commit
   */
  async show(revision: string): Promise<string | null> {
    const sha = await this.commit(revision);
    if (sha === null) return null;
    const { status, stdout, stderr } = await this.#run(["show", ...SHOWN, "--end-of-options", sha]);
    if (status !== 0) throw new InputError(revision, reasonOf(stderr));
    return stdout;
  }

  /**
   * Who last changed a line of the working tree, and the first release that has the change.
   *
   * @returns null: the line is not committed, or git cannot tell
   */
  async blame(file: string, line: number): Promise<Blame | null> {
    const range = `${line},${line}`;
    const { status, stdout } = await this.#run([
      "blame",
      "--porcelain",
      "--no-textconv",
      "-L",
      range,
      "--",
      file,
    ]);
    const sha = /^([0-9a-f]{40,64}) /.exec(stdout)?.[1];
    if (status !== 0 || sha === undefined || /^0+$/.test(sha)) return null;
    const field = (name: string): string => new RegExp(`^${name} (.*)$`, "m").exec(stdout)?.[1] ?? "";
    return {
      sha,
      subject: field("summary"),
      date: dateOf(Number(field("author-time"))),
      release: await this.#releaseOf(sha),
    };
  }

  /** `v6.5` for `v6.5-rc1~12^2~3`: a candidate is of the release that it became. */
  async #releaseOf(sha: string): Promise<string | null> {
    const { status, stdout } = await this.#run(["describe", "--contains", "--match", "v[0-9]*", sha]);
    return status === 0 ? (/^v\d+(?:\.\d+){1,3}/.exec(stdout)?.[0] ?? null) : null;
  }

  /** The first line of a commit's message. */
  async subject(sha: string): Promise<string> {
    const { status, stdout, stderr } = await this.#run([
      "log",
      "-1",
      "--no-show-signature",
      "--encoding=UTF-8",
      "--format=%s",
      "--end-of-options",
      sha,
    ]);
    if (status !== 0) throw new InputError(sha, reasonOf(stderr));
    return stdout.trimEnd();
  }

  /** The commits whose parents a shallow clone lacks. */
  async #shallow(): Promise<ReadonlySet<string>> {
    const { status, stdout } = await this.#run(["rev-parse", "--git-path", "shallow"]);
    if (status !== 0) return new Set();
    const path = resolve(this.#directory, stdout.replace(/\n$/, ""));
    return new Set((await readFile(path, "utf8").catch(() => "")).split("\n").filter(Boolean));
  }

  /**
   * The commits that one end has and the other has not, parents before children.
   *
   * @throws InputError if there are none, or the clone lacks some
   */
  async commits(range: string, { good, bad }: Ends): Promise<RangeCommit[]> {
    const { status, stdout, stderr } = await this.#run([
      "rev-list",
      "--topo-order",
      "--reverse",
      "--encoding=UTF-8",
      "--format=%P%x09%s",
      "--end-of-options",
      bad,
      `^${good}`,
      "--",
    ]);
    if (status !== 0) throw new InputError(range, reasonOf(stderr));
    const lines = stdout.split("\n");
    const commits: RangeCommit[] = [];
    for (let i = 0; i + 1 < lines.length; i += 2) {
      const [parents = "", ...subject] = (lines[i + 1] ?? "").split("\t");
      commits.push({
        sha: (lines[i] ?? "").replace("commit ", ""),
        parents: parents.split(" ").filter(Boolean),
        subject: subject.join("\t"),
      });
    }
    if (commits.length === 0) throw new InputError(range, "no commit in this range: is BAD older than GOOD?");
    const shallow = await this.#shallow();
    const cut = shallow.size > 0 ? commits.find(({ sha }) => shallow.has(sha)) : undefined;
    if (cut !== undefined)
      throw new InputError(
        range,
        "the clone is shallow and lacks commits of this range: git fetch --unshallow",
      );
    return commits;
  }

  /** Hashes in full; null for what is not a commit here, or the beginning of several. */
  async resolve(digits: readonly string[]): Promise<(string | null)[]> {
    if (digits.length === 0) return [];
    const input = digits.map((text) => `${text}^{commit}\n`).join("");
    const { stdout } = await this.#run(["cat-file", "--batch-check=%(objectname)"], input);
    const lines = stdout.split("\n").slice(0, -1);
    return digits.map((_, i) => {
      const line = lines[i] ?? "";
      return /^[0-9a-f]{40,64}$/.test(line) ? line : null;
    });
  }

  async isAncestor(ancestor: string, of: string): Promise<boolean> {
    const { status } = await this.#run(["merge-base", "--is-ancestor", ancestor, of]);
    return status === 0;
  }

  /**
   * Reads what commits change, line by line, as `git diff-tree -p -U0` prints it: of a merge only what neither parent has.
   *
   * @returns why it was ended before all was read
   */
  async changes(
    commits: readonly string[],
    { milliseconds, bytes }: { readonly milliseconds: number; readonly bytes: number },
    line: (text: string) => void,
  ): Promise<Cut> {
    const git = this.#spawn(CHANGES);
    let cut: Cut = null;
    const stop = (why: Cut): void => {
      cut ??= why;
      git.kill("SIGKILL");
    };
    const timer = setTimeout(() => {
      stop("time");
    }, milliseconds);
    let rest = "";
    let size = 0;
    git.stdout.setEncoding("utf8");
    git.stdout.on("data", (chunk: string) => {
      if (cut !== null) return;
      size += chunk.length;
      const lines = (rest + chunk).split("\n");
      rest = (lines.pop() ?? "").slice(0, LONGEST_REST);
      for (const text of lines) line(text);
      if (size > bytes) stop("size");
    });
    git.stderr.resume();
    git.stdin.on("error", () => undefined);
    git.stdin.end(commits.map((sha) => `${sha}\n`).join(""));
    return new Promise((done) => {
      git.on("error", () => {
        clearTimeout(timer);
        done("failed");
      });
      git.on("close", (status) => {
        clearTimeout(timer);
        done(cut ?? (status === 0 ? null : "failed"));
      });
    });
  }

  #spawn(args: readonly string[]): ReturnType<typeof spawnPiped> {
    return spawnPiped(["-c", "core.quotePath=false", ...args], this.#directory);
  }

  async #run(args: readonly string[], input = ""): Promise<Finished> {
    const directory = this.#directory;
    const git = this.#spawn(args);
    return new Promise((done, fail) => {
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      let size = 0;
      git.stdout.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_OUTPUT) git.kill("SIGKILL");
        else out.push(chunk);
      });
      git.stderr.on("data", (chunk: Buffer) => {
        err.push(chunk);
      });
      git.on("error", (error: NodeJS.ErrnoException) => {
        fail(new InputError(directory, startReason(error)));
      });
      git.on("close", (status) => {
        if (size > MOST_OUTPUT) fail(new InputError(directory, "the history of the range is too long"));
        else if (status === null) fail(new InputError(directory, "git was killed"));
        else done({ status, stdout: textOf(out), stderr: textOf(err) });
      });
      git.stdin.on("error", () => undefined);
      git.stdin.end(input);
    });
  }
}

function dateOf(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? "" : time.toISOString().slice(0, 10);
}

/** Of a line that has not ended: no name of interest stands beyond that. */
const LONGEST_REST = 1 << 16;

function spawnPiped(args: readonly string[], cwd: string) {
  // what git says is read here, and so must be in one language
  return spawn("git", args, { cwd, env: { ...process.env, LC_ALL: "C" }, stdio: ["pipe", "pipe", "pipe"] });
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString("utf8");
}

/** A directory that is missing fails in the same way as a program that is. */
function startReason({ code, path }: NodeJS.ErrnoException): string {
  if (code === "ENOENT")
    return path === "git" ? "no such directory, or git is not installed" : "no such directory";
  return `git cannot be run: ${code ?? "unknown"}`;
}

/** What git says first, without its prefix. */
function reasonOf(stderr: string): string {
  return printable((stderr.split("\n")[0] ?? "").replace(/^(?:fatal|error): /, "")) || "git failed";
}
