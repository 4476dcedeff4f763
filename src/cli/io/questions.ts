import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Question } from "../../analyze/index.ts";
import type { Patch } from "../../patch/patch.ts";
import type { BisectedCommit } from "../../render/words/paper.ts";
import { InputError, openInputs } from "../../read/inputs/index.ts";
import { createRecoder } from "../../read/recode/index.ts";

/** Larger files are no patch that a person wrote. */
const LARGEST_PATCH = 64 << 20;

/**
 * What `--suspect` asks for: a file is read as a patch, a hash that the catalogue does not know is looked up in the
 * kernel tree; all else is left as it is.
 *
 * @param linux a kernel tree, or null
 * @throws InputError if a patch cannot be read, or there is none in the file
 */
export async function questionsOf(asked: readonly string[], linux: string | null): Promise<Question[]> {
  const questions: Question[] = [];
  for (const text of asked) {
    const patch = (await isPatchFile(text)) ? await patchOf(text) : await commitOf(text, linux);
    questions.push(patch === null ? text : { asked: text, patch });
  }
  return questions;
}

/** A name of the catalogue is that, whatever lies about. */
async function isPatchFile(text: string): Promise<boolean> {
  const { annotationOf } = await import("../../catalogue/index.ts");
  if (annotationOf(text) !== null) return false;
  if (/\.(?:patch|diff|eml|mbox)(?:\.\w{2,4})?$/.test(text)) return true;
  try {
    return !(await stat(text)).isDirectory();
  } catch {
    return false;
  }
}

async function patchOf(path: string): Promise<Patch> {
  const { readPatch } = await import("../../patch/patch.ts");
  const patch = readPatch(await textOf(path));
  if (patch === null) throw new InputError(path, "not a patch: it contains no diff hunk");
  return patch;
}

/** The text of a file, unpacked, and of a mail decoded. */
async function textOf(path: string): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const input of openInputs([path], Readable.from([]))) {
    if (input instanceof InputError) throw input;
    for await (const chunk of input.chunks) {
      size += chunk.length;
      if (size > LARGEST_PATCH) throw new InputError(path, "not a patch: it is larger than 64 MiB");
      pieces.push(Buffer.from(chunk));
    }
  }
  const bytes = Buffer.concat(pieces);
  const recoder = await createRecoder(bytes);
  if (recoder === null) return bytes.toString("utf8");
  const recoded = [...(await recoder.push(bytes)), ...(await recoder.end())];
  return Buffer.concat(recoded.filter((part) => part instanceof Uint8Array)).toString("utf8");
}

async function commitOf(text: string, linux: string | null): Promise<Patch | null> {
  const { commitsBySha, isHash } = await import("../../catalogue/index.ts");
  if (linux === null || !isHash(text) || commitsBySha(text).length > 0) return null;
  const { GitRepository } = await import("../bisect/git.ts");
  const { readPatch } = await import("../../patch/patch.ts");
  const repository = await GitRepository.open(linux).catch(noRepository);
  const shown = (await repository?.show(text)) ?? null;
  return shown === null ? null : readPatch(shown);
}

/**
 * A commit as it is named in a mail: in full, with its subject, as the kernel tree or else the catalogue knows it.
 *
 * @param linux a kernel tree, or null
 */
export async function bisectedCommit(asked: string, linux: string | null): Promise<BisectedCommit> {
  if (linux !== null) {
    const { GitRepository } = await import("../bisect/git.ts");
    const repository = await GitRepository.open(linux).catch(noRepository);
    const sha = (await repository?.commit(asked)) ?? null;
    if (repository !== null && sha !== null) return { asked, sha, subject: await repository.subject(sha) };
  }
  const { commitsBySha } = await import("../../catalogue/index.ts");
  const [known] = commitsBySha(asked);
  const isShorter = known !== undefined && known.sha.length < asked.length;
  return { asked, sha: isShorter ? asked : (known?.sha ?? asked), subject: known?.commit.subject ?? null };
}

/** A tree out of an archive knows no commits; the answer says that this one is unknown. */
function noRepository(error: unknown): null {
  if (error instanceof InputError) return null;
  throw error;
}
