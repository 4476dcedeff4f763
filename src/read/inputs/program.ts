import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { exchange } from "./exchange.ts";
import { InputError, systemCode, toInputError } from "./input-error.ts";

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Messages in English, and at most 512 MiB of memory for xz, whose archives say how much they need (xz -9 makes
 * 65 MiB). By environment, because busybox's xz knows no such options.
 */
const ENVIRONMENT = { LC_ALL: "C", XZ_DEFAULTS: "--memlimit-decompress=512MiB --threads=1", XZ_OPT: "" };

/** Enough for the line that says what is wrong. */
const COMPLAINT_BYTES = 4096;

/**
 * Makes an unpacker of a program that takes `-dc`. There is no library in its place: for xz and bzip2 none is
 * streaming, maintained and free of install scripts at once, while these programs are on every system that
 * writes such logs.
 */
export function unpackBy(program: string) {
  return async function* unpack(
    input: string,
    packed: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const child = await start(input, program);
    const closed = once(child, "close");
    const complaint = firstBytes(child.stderr);
    try {
      yield* exchange(packed, child.stdin, child.stdout);
      await closed;
      const reason = failure(child, complaint());
      if (reason !== null) throw new InputError(input, `${program} cannot unpack it: ${reason}`);
    } finally {
      // Without effect if it has ended. Unread output would keep it from being closed.
      child.kill("SIGKILL");
      child.stdout.destroy();
      await closed;
    }
  };
}

/** @throws InputError: the program is missing, or cannot be started */
async function start(input: string, program: string): Promise<Child> {
  // loaded only here: most logs are no archives, and it costs milliseconds
  const { spawn } = await import("node:child_process");
  const child = spawn(program, ["-dc"], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...ENVIRONMENT },
  });
  try {
    await once(child, "spawn");
    return child;
  } catch (error) {
    if (systemCode(error) === "ENOENT") {
      throw new InputError(
        input,
        `is compressed; the program ${program}, which unpacks it, is not installed`,
        {
          cause: error,
        },
      );
    }
    const { reason } = toInputError(input, error);
    throw new InputError(input, `is compressed; ${program}, which unpacks it, cannot be run: ${reason}`, {
      cause: error,
    });
  }
}

/** Reads on to the end all the same: a program that cannot complain might wait for it. */
function firstBytes(stream: Readable): () => string {
  let text = "";
  stream.setEncoding("latin1").on("data", (part: string) => {
    text = (text + part).slice(0, COMPLAINT_BYTES);
  });
  return () => text;
}

/** Why the program did not end well; null: it did */
function failure({ exitCode, signalCode }: Child, complaint: string): string | null {
  if (exitCode === 0) return null;
  const line = complaint.split("\n").find((text) => text.trim() !== "");
  // "xz: (stdin): …", "zstd: /*stdin*\ : …", "bzip2: …"
  const said = line?.replace(/^\w+: (?:\(stdin\)|\/\*stdin\*\\) ?: |^\w+: /, "").replace(/[\s.;]+$/, "");
  return said ?? (signalCode === null ? `it exits with ${exitCode}` : `it was ended by ${signalCode}`);
}
