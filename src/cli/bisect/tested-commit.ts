import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { systemCode } from "../../read/inputs/input-error.ts";

const run = promisify(execFile);

/**
 * The commit under test in the working directory: HEAD, or BISECT_HEAD, which `git bisect start --no-checkout` moves
 * in its place.
 *
 * @returns its whole name; or in words why there is none
 */
export async function testedCommit(): Promise<{ readonly commit: string } | { readonly why: string }> {
  const moved = await resolved("BISECT_HEAD");
  return "commit" in moved ? moved : resolved("HEAD");
}

/**
 * A commit that is named: by what git makes of it, else by its own digits, for the kernel's tree may be elsewhere.
 *
 * @returns null: neither
 */
export async function namedCommit(name: string): Promise<string | null> {
  const found = await resolved(name);
  if ("commit" in found) return found.commit;
  return /^[0-9a-f]{7,64}$/i.test(name) ? name.toLowerCase() : null;
}

async function resolved(revision: string): Promise<{ readonly commit: string } | { readonly why: string }> {
  try {
    const args = ["rev-parse", "--quiet", "--verify", "--end-of-options", `${revision}^{commit}`];
    const { stdout } = await run("git", args);
    return { commit: stdout.trim() };
  } catch (error) {
    return {
      why: systemCode(error) === "ENOENT" ? "git is not installed" : "no git commit is checked out here",
    };
  }
}
