import { execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
} from "node:fs";
import { chmod, link, mkdir, mkdtemp, open, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InputError, openInputs } from "../../src/read/inputs/index.ts";
import { kmsgChunks } from "../../src/read/inputs/kmsg.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "inputs-"));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** All inputs, each `NAME=CONTENT` or the message of its error, with the temporary directory as `.`. */
async function readAll(args: readonly string[], stdin: Readable = Readable.from([])): Promise<string[]> {
  const found: string[] = [];
  for await (const input of openInputs(args, stdin)) {
    if (input instanceof InputError) found.push(input.message);
    else {
      const chunks: Uint8Array[] = [];
      for await (const chunk of input.chunks) chunks.push(chunk);
      found.push(`${input.name}=${Buffer.concat(chunks).toString()}`);
    }
  }
  return found.map((text) => text.replaceAll(directory, "."));
}

/** Files below the temporary directory; the content is the name unless given. */
async function make(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(join(directory, name, ".."), { recursive: true });
    await writeFile(join(directory, name), name);
  }
}

const at = (name: string): string => join(directory, name);

const mkfifo = (name: string): Buffer => execFileSync("sh", ["-c", 'mkfifo "$0"', at(name)]);

/** Descriptors of this process that lead below the temporary directory. */
function openDescriptors(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(directory) ? [target] : [];
    } catch {
      // The one that listed the directory is closed by now.
      return [];
    }
  });
}

describe("files", () => {
  test("are read one after another, by the names they were given", async () => {
    await make("b", "a");
    expect(await readAll([at("b"), at("a")])).toEqual(["./b=b", "./a=a"]);
  });

  test("an empty one is an input", async () => {
    await writeFile(at("empty"), "");
    expect(await readAll([at("empty")])).toEqual(["./empty="]);
  });

  test("a large one comes in chunks, each whole until the next is asked for", async () => {
    const content = Buffer.alloc(1_000_000, "0123456789\n");
    await writeFile(at("log"), content);
    const chunks: Uint8Array[] = [];
    for await (const input of openInputs([at("log")], Readable.from([])))
      if (!(input instanceof InputError))
        for await (const chunk of input.chunks) chunks.push(Buffer.from(chunk));
    expect(chunks.map(({ length }) => length)).toEqual([262144, 262144, 262144, 213568]);
    expect(Buffer.concat(chunks).equals(content)).toBe(true);
  });

  test("what cannot be opened is told in its place, and the rest is read", async () => {
    await make("a", "b");
    expect(await readAll([at("a"), at("none"), at("a/log"), at("b")])).toEqual([
      "./a=a",
      "./none: no such file",
      "./a/log: a part of its path is not a directory",
      "./b=b",
    ]);
  });

  test("an error has the name and the reason", async () => {
    for await (const input of openInputs(["/no/such"], Readable.from([])))
      expect(input).toMatchObject({ name: "InputError", input: "/no/such", reason: "no such file" });
  });

  test("a link to itself is told", async () => {
    await symlink("loop", at("loop"));
    expect(await readAll([at("loop")])).toEqual(["./loop: too many symbolic links"]);
  });

  test.skipIf(process.getuid?.() === 0)("without permission", async () => {
    await make("secret", "closed/log");
    await chmod(at("secret"), 0);
    await chmod(at("closed"), 0);
    expect(await readAll([at("secret"), at("closed")])).toEqual([
      "./secret: permission denied",
      "./closed: permission denied",
    ]);
    await chmod(at("closed"), 0o700);
  });

  test("what is appended while the end is not reached is read", async () => {
    await writeFile(at("log"), Buffer.alloc(300_000, "a"));
    let length = 0;
    for await (const input of openInputs([at("log")], Readable.from([]))) {
      if (input instanceof InputError) throw input;
      for await (const chunk of input.chunks) {
        if (length === 0) await writeFile(at("log"), Buffer.alloc(1000, "b"), { flag: "a" });
        length += chunk.length;
      }
    }
    expect(length).toBe(301_000);
  });

  test("are opened when asked for, and closed when the next one is, or the caller stops", async () => {
    await make("a", "b", "c");
    const states: string[][] = [];
    for await (const input of openInputs([at("a"), at("b"), at("c")], Readable.from([]))) {
      states.push(openDescriptors());
      if (input.name === at("b")) break;
    }
    expect(states).toEqual([[at("a")], [at("b")]]);
    expect(openDescriptors()).toEqual([]);
  });
});

describe("standard input", () => {
  test("by name, and when nothing is given", async () => {
    expect(await readAll(["-"], Readable.from([Buffer.from("a"), Buffer.from("b")]))).toEqual(["-=ab"]);
    expect(await readAll([], Readable.from([Buffer.from("a")]))).toEqual(["-=a"]);
  });

  test("between files, but once", async () => {
    await make("a");
    expect(await readAll(["-", at("a"), "-"], Readable.from(["text"]))).toEqual([
      "-=text",
      "./a=a",
      "-: standard input can be read only once",
    ]);
  });

  test("what has come is given before the next comes", async () => {
    const stdin = new Readable({ read: () => {} });
    stdin.push("[    1.0] one\n");
    for await (const input of openInputs([], stdin)) {
      if (input instanceof InputError) throw input;
      const read: string[] = [];
      for await (const chunk of input.chunks) {
        read.push(Buffer.from(chunk).toString());
        stdin.push(read.length === 1 ? "[    2.0] two\n" : null);
      }
      expect(read).toEqual(["[    1.0] one\n", "[    2.0] two\n"]);
    }
  });

  test("its error comes after what was read", async () => {
    const stdin = Readable.from(
      (function* () {
        yield Buffer.from("start");
        readFileSync(directory);
      })(),
    );
    const read: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const input of openInputs(["-"], stdin))
        if (!(input instanceof InputError))
          for await (const chunk of input.chunks) read.push(Buffer.from(chunk).toString());
    };
    await expect(reading()).rejects.toThrow(new InputError("-", "is a directory"));
    expect(read).toEqual(["start"]);
  });

  test("is let go when the caller stops", async () => {
    const stdin = new Readable({ read: () => {} });
    stdin.push("a");
    for await (const input of openInputs([], stdin)) {
      if (input instanceof InputError) throw input;
      const chunks = input.chunks[Symbol.asyncIterator]();
      await chunks.next();
      await chunks.return?.();
    }
    expect(stdin.destroyed).toBe(true);
  });
});

describe("directories", () => {
  test("are walked in the byte order of names, and names begin with the directory as given", async () => {
    await make("b.log", "a/2", "a/10", "Z", "\u{1f600}", "\uff5e");
    expect(await readAll([directory])).toEqual([
      "./Z=Z",
      "./a/10=a/10",
      "./a/2=a/2",
      "./b.log=b.log",
      "./\uff5e=\uff5e",
      "./\u{1f600}=\u{1f600}",
    ]);
    expect(await readAll([`${directory}/`])).toContain("./Z=Z");
  });

  test("hidden files, backups, programs and special files are left out", async () => {
    await make("log", "log~", ".log.swp", ".git/HEAD");
    await writeFile(at("vmlinux"), "\x7fELF possible circular locking dependency detected");
    await writeFile(at("bzImage"), "MZ");
    mkfifo("fifo");
    expect(await readAll([directory])).toEqual(["./log=log"]);
    expect(await readAll([at("bzImage"), at(".log.swp")])).toEqual(["./bzImage=MZ", "./.log.swp=.log.swp"]);
  });

  test("links: each file once, no loop, nothing that leads nowhere", async () => {
    await make("a/boot-1", "a/boot-2");
    await symlink("boot-2", at("a/latest"));
    await link(at("a/boot-1"), at("a/same"));
    await symlink("..", at("a/up"));
    await symlink("gone", at("a/dangling"));
    await symlink("itself", at("a/itself"));
    await symlink("a", at("by-link"));
    const expected = ["boot-1", "boot-2"];
    expect(await readAll([at("a")])).toEqual(expected.map((name) => `./a/${name}=a/${name}`));
    expect(await readAll([at("by-link")])).toEqual(expected.map((name) => `./by-link/${name}=a/${name}`));
    expect(await readAll([directory])).toEqual(expected.map((name) => `./a/${name}=a/${name}`));
  });

  test("a link to a log elsewhere is followed", async () => {
    await make("store/log", "boots/.keep");
    await symlink("../store/log", at("boots/1"));
    expect(await readAll([at("boots")])).toEqual(["./boots/1=store/log"]);
  });

  test("one without a log is an error, and the rest is read", async () => {
    await make("a", "empty/.hidden", "empty/deep/.hidden");
    expect(await readAll([at("empty"), at("a")])).toEqual([
      "./empty: no log file in this directory",
      "./a=a",
    ]);
  });

  test("a file that vanishes is told, and the rest is read", async () => {
    await make("logs/1", "logs/2", "logs/3");
    const names: string[] = [];
    for await (const input of openInputs([at("logs")], Readable.from([]))) {
      if (names.length === 0) await rm(at("logs/2"));
      names.push(input instanceof InputError ? input.message : input.name);
    }
    expect(names).toEqual([at("logs/1"), `${at("logs/2")}: no such file`, at("logs/3")]);
  });

  test.skipIf(process.getuid?.() === 0)("a directory in it without permission is told", async () => {
    await make("logs/1/log", "logs/2/log");
    await chmod(at("logs/1"), 0);
    expect(await readAll([at("logs")])).toEqual(["./logs/1: permission denied", "./logs/2/log=logs/2/log"]);
    await chmod(at("logs/1"), 0o700);
  });
});

describe("special files", () => {
  test("a FIFO is opened once and read to its end", async () => {
    mkfifo("fifo");
    const writer = spawn("sh", ["-c", `(echo one; sleep 0.2; echo two) > "$0"`, at("fifo")]);
    const closed = new Promise((resolve) => writer.on("close", resolve));
    expect(await readAll([at("fifo")])).toEqual(["./fifo=one\ntwo\n"]);
    await closed;
  });

  test.runIf(existsSync("/proc/version"))("a file in /proc, which says that it is empty", async () => {
    expect(await readAll(["/proc/version"])).toEqual([
      `/proc/version=${readFileSync("/proc/version", "utf8")}`,
    ]);
  });

  test.runIf(existsSync("/dev/null"))("a character device", async () => {
    expect(await readAll(["/dev/null"])).toEqual(["/dev/null="]);
  });

  test.runIf(canReadKmsg())("/dev/kmsg has an end", async () => {
    const [all] = await readAll(["/dev/kmsg"]);
    expect(all).toMatch(/^\/dev\/kmsg=\d+,\d+,\d+,.*\n/);
  });

  test("records that were overwritten do not end /dev/kmsg", async () => {
    const answers: (string | Error)[] = ["6,1,1,-;a\n", systemError("EPIPE", -32), "6,9,1,-;b\n"];
    const handle = {
      read: (buffer: Buffer, offset: number) => {
        const answer = answers.shift() ?? systemError("EAGAIN", -11);
        if (typeof answer !== "string") return Promise.reject(answer);
        return Promise.resolve({ bytesRead: buffer.write(answer, offset), buffer });
      },
    } as unknown as Parameters<typeof kmsgChunks>[0];
    const chunks: Uint8Array[] = [];
    for await (const chunk of kmsgChunks(handle)) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe("6,1,1,-;a\n6,9,1,-;b\n");
  });

  test("more records than one chunk holds", async () => {
    const log = `6,1,1,-;${"x".repeat(90)}\n`.repeat(3000);
    await writeFile(at("kmsg"), log);
    const handle = await open(at("kmsg"), constants.O_RDONLY);
    const chunks: Uint8Array[] = [];
    for await (const chunk of kmsgChunks(handle)) chunks.push(chunk);
    await handle.close();
    expect(Buffer.concat(chunks).toString()).toBe(log);
    expect(chunks.length).toBeGreaterThan(1);
  });
});

function systemError(code: string, errno: number): Error {
  return Object.assign(new Error(code), { code, errno });
}

function canReadKmsg(): boolean {
  try {
    const descriptor = openSync("/dev/kmsg", constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readSync(descriptor, Buffer.alloc(8192)) > 0;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}
