import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { isStore } from "../../history/store/reader.ts";
import { InputError, openInputs } from "../../read/inputs/index.ts";
import { toInputError } from "../../read/inputs/input-error.ts";
import { looksLikeMail } from "../../read/recode/mail-header.ts";
import { commitsPlace } from "./commits.ts";
import { filesPlace } from "./files.ts";
import { gitText } from "./git.ts";
import type { Place } from "./place.ts";
import { publicInboxPlace } from "./public-inbox.ts";

/** A store needs no index: it is one. */
export interface StorePlace {
  readonly path: string;
  readonly type: "store";
}

/**
 * Finds out what a place is.
 *
 * @param onDamage is called for a file in it that cannot be read
 * @returns several for a public-inbox archive of several repositories
 * @throws InputError if there is nothing, or nothing that can be read
 */
export async function openPlaces(
  path: string,
  onDamage: (error: InputError) => void,
): Promise<readonly (Place | StorePlace)[]> {
  try {
    if (!(await stat(path)).isDirectory())
      return [filesPlace(path, await typeOfFile(path), [path], onDamage)];
    if (await isStore(path)) return [{ path, type: "store" }];
    const names = new Set(await readdir(path));
    if (names.has("cur") && names.has("new"))
      return [filesPlace(path, "maildir", [join(path, "cur"), join(path, "new")], onDamage)];
    if (names.has("git") && (await isDirectory(join(path, "git", "0.git"))))
      return await epochs(join(path, "git"));
    const isRepository =
      names.has(".git") || (names.has("HEAD") && names.has("objects") && names.has("refs"));
    if (isRepository) return [await repository(path)];
    return [filesPlace(path, "logs", [path], onDamage)];
  } catch (error) {
    throw toInputError(path, error);
  }
}

async function epochs(directory: string): Promise<Place[]> {
  const names = (await readdir(directory)).filter((name) => /^\d{1,4}\.git$/.test(name));
  return names
    .toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map((name) => publicInboxPlace(join(directory, name)));
}

async function repository(path: string): Promise<Place> {
  if ((await gitText(path, ["rev-parse", "--verify", "HEAD^{commit}"])) === null)
    throw new InputError(path, "not a git repository that git can read, or one without a commit");
  // the last commit of an archive may have taken a mail back
  const files = await gitText(path, ["ls-tree", "--name-only", "HEAD"]);
  return files === "m" || files === "d" ? publicInboxPlace(path) : commitsPlace(path);
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function typeOfFile(path: string): Promise<"mbox" | "logs"> {
  for await (const input of openInputs([path], Readable.from([]))) {
    if (input instanceof InputError) throw input;
    for await (const chunk of input.chunks) return looksLikeMail(chunk) ? "mbox" : "logs";
  }
  return "logs";
}
