import { InputError } from "../../read/inputs/index.ts";
import { GitRepository } from "./git.ts";

/**
 * The commit under test in the working directory: HEAD, or BISECT_HEAD, which `git bisect start --no-checkout` moves
 * in its place.
 *
 * @returns its whole name; or in words why there is none
 */
export async function testedCommit(): Promise<{ readonly commit: string } | { readonly why: string }> {
  const repository = await here();
  if (repository instanceof InputError) return { why: repository.reason };
  const commit = (await repository.commit("BISECT_HEAD")) ?? (await repository.commit("HEAD"));
  return commit === null ? { why: "nothing is checked out" } : { commit };
}

/**
 * A commit that is named: by what git makes of it, else by its own digits, for the kernel's tree may be elsewhere.
 *
 * @returns null: neither
 */
export async function namedCommit(name: string): Promise<string | null> {
  const repository = await here();
  const commit = repository instanceof InputError ? null : await repository.commit(name);
  if (commit !== null) return commit;
  return /^[0-9a-f]{7,64}$/i.test(name) ? name.toLowerCase() : null;
}

async function here(): Promise<GitRepository | InputError> {
  try {
    return await GitRepository.open(".");
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}
