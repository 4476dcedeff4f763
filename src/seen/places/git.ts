import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { InputError, toInputError } from "../../read/inputs/input-error.ts";

/** No configuration of a repository that somebody else made runs a program, or opens a pager. */
const SAFE = [
  "--no-pager",
  "--no-optional-locks",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "log.showSignature=false",
  "-c",
  "core.commitGraph=true",
] as const;

/** git's own variables would lead to another repository. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  return { ...Object.fromEntries(own), LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" };
}

/**
 * Runs git in a repository, and gives what it says as it comes.
 *
 * @param feed writes what git reads, and ends it
 * @throws InputError if it cannot be run, or fails
 */
export async function* gitOutput(
  directory: string,
  args: readonly string[],
  feed: (stdin: Writable) => Promise<void> = async (stdin) => {
    stdin.end();
  },
): AsyncGenerator<Buffer, void, undefined> {
  const child = spawn("git", [...SAFE, "-C", directory, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: environment(),
  });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(0, 4096);
  });
  const closed = once(child, "close");
  // told by what git says of it
  child.stdin.on("error", () => undefined);
  const fed = once(child, "spawn").then(async () => feed(child.stdin));
  fed.catch(() => undefined);
  try {
    await once(child, "spawn");
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) yield chunk;
    await fed;
    await closed;
    if (child.exitCode !== 0) {
      const line = complaint.split("\n").find((text) => text.trim() !== "");
      throw new InputError(directory, `git ${args[0] ?? ""} fails: ${line ?? String(child.exitCode)}`);
    }
  } catch (error) {
    throw toInputError(directory, error);
  } finally {
    child.kill("SIGKILL");
    child.stdout.destroy();
  }
}

/** All that git says, or null if it fails. */
export async function gitText(directory: string, args: readonly string[]): Promise<string | null> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of gitOutput(directory, args)) chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8").trimEnd();
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}
