import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { exchange } from "./exchange.ts";
import type { WholeFile } from "./file.ts";
import { InputError, systemCode, toInputError } from "./input-error.ts";

/** @param whole the file whose bytes they are, where it is known, which a program can be given in place of them */
export type Unpack = (
  input: string,
  packed: AsyncIterable<Uint8Array>,
  whole: WholeFile | null,
) => AsyncGenerator<Uint8Array, void, undefined>;

type Child = ChildProcessByStdio<Writable | null, Readable, Readable>;

/**
 * Messages in English, and at most 512 MiB of memory for xz, whose archives say how much they need (xz -9 makes
 * 65 MiB). By environment, because busybox's xz knows no such options.
 */
const ENVIRONMENT = { LC_ALL: "C", XZ_DEFAULTS: "--memlimit-decompress=512MiB --threads=1", XZ_OPT: "" };

/** Enough for the line that says what is wrong. */
const COMPLAINT_BYTES = 4096;

/**
 * Makes an unpacker of a program that takes `-dc`, and reads a file by itself if there is one. There is no library in its place: for xz and bzip2 none is
 * streaming, maintained and free of install scripts at once, while these programs are on every system that
 * writes such logs.
 */
export function unpackBy(program: string): Unpack {
  return async function* unpack(input, packed, whole) {
    const child = await start(input, program, whole?.descriptor ?? "pipe");
    const closed = once(child, "close");
    const complaint = firstBytes(child.stderr);
    try {
      if (child.stdin === null) yield* child.stdout as AsyncIterable<Uint8Array>;
      else yield* exchange(packed, child.stdin, child.stdout);
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
async function start(input: string, program: string, stdin: number | "pipe"): Promise<Child> {
  // loaded only here: most logs are not archives, and it costs milliseconds
  const { spawn } = await import("node:child_process");
  const child = spawn(program, ["-dc"], {
    stdio: [stdin, "pipe", "pipe"],
    env: { ...process.env, ...ENVIRONMENT },
  }) as Child;
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
