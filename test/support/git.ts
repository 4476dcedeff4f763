import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A git repository in a directory of its own, which no configuration of the machine reaches. */
export class TestRepository {
  readonly directory: string;

  constructor(directory = mkdtempSync(join(tmpdir(), "splat-triage-git-"))) {
    this.directory = directory;
    mkdirSync(directory, { recursive: true });
    this.git("init", "--quiet", "--initial-branch=main");
  }

  git(...args: readonly string[]): string {
    return this.#run(args, "").trimEnd();
  }

  /** @param commands of `git fast-import` */
  import(commands: string): void {
    this.#run(["fast-import", "--quiet", "--force"], commands);
  }

  /**
   * Writes files and commits them.
   *
   * @returns the commit
   */
  commit(subject: string, files: Readonly<Record<string, string>> = {}): string {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.directory, name), text);
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", `--message=${subject}`);
    return this.git("rev-parse", "HEAD");
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  #run(args: readonly string[], input: string): string {
    return execFileSync("git", args, { cwd: this.directory, encoding: "utf8", input, env: GIT_ENV });
  }
}

/** The same names and dates each time, and nothing of the machine's settings. */
export const GIT_ENV = {
  PATH: process.env["PATH"],
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_AUTHOR_DATE: "1700000000 +0000",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
  GIT_COMMITTER_DATE: "1700000000 +0000",
};

/** A commit for {@link commandsOf}: what it changes, and on which commits it stands, by number. */
export interface TestCommit {
  readonly subject: string;
  readonly parents: readonly number[];
  readonly files?: Readonly<Record<string, string>>;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** Commands of `git fast-import` for commits in the branch `main`, the last of which is its tip; marks count from 1. */
export function commandsOf(commits: readonly TestCommit[]): string {
  return commits
    .map(({ subject, parents, files = {} }, i) => {
      const [first, ...others] = parents.map((parent) => `:${parent + 1}`);
      return [
        `commit refs/heads/work-${i}\nmark :${i + 1}\n`,
        `committer Ada <ada@example.org> ${1_700_000_000 + i * 60} +0000\n`,
        data(subject),
        first === undefined ? "" : `from ${first}\n`,
        ...others.map((parent) => `merge ${parent}\n`),
        ...Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`),
        "\n",
      ].join("");
    })
    .concat(`reset refs/heads/main\nfrom :${commits.length}\n\n`)
    .join("");
}
