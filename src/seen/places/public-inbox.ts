import { gitOutput } from "./git.ts";
import { gitPlace } from "./history-of-git.ts";
import { entriesOfMails } from "./mails.ts";
import { NOTHING, type Place } from "./place.ts";

/** A public-inbox repository, version 2: each commit has one mail, its file `m`. */
export function publicInboxPlace(path: string): Place {
  return gitPlace(path, "public-inbox", async function* (range, count) {
    for await (const { sha, bytes } of mailsOf(path, range)) {
      count(1);
      yield { key: sha, ...((await entriesOfMails(once(bytes), sha, () => undefined)) ?? NOTHING) };
    }
  });
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield bytes;
}

/** `git cat-file --batch` answers `SHA blob SIZE`, the bytes, and a line break; or `NAME missing`. */
async function* mailsOf(
  path: string,
  range: string,
): AsyncGenerator<{ readonly sha: string; readonly bytes: Buffer }, void, undefined> {
  const names: string[] = [];
  const list = gitOutput(path, ["rev-list", "--reverse", range, "--"]);
  let line = "";
  for await (const chunk of list) {
    const lines = (line + chunk.toString("latin1")).split("\n");
    line = lines.pop() ?? "";
    names.push(...lines);
  }
  const answers = gitOutput(path, ["cat-file", "--batch"], async (stdin) => {
    for (const name of names)
      if (!stdin.write(`${name}:m\n`)) await new Promise<void>((resolve) => stdin.once("drain", resolve));
    stdin.end();
  });
  const reader = new Answers(answers);
  for (const sha of names) {
    const head = await reader.line();
    if (head === null) return;
    const size = / blob (\d{1,12})$/.exec(head)?.[1];
    if (size === undefined) continue;
    const bytes = await reader.bytes(Number(size) + 1);
    yield { sha, bytes: bytes.subarray(0, -1) };
  }
}

const NEWLINE = 0x0a;

/** Lines and bytes by turns. */
class Answers {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async line(): Promise<string | null> {
    for (let end = this.#rest.indexOf(NEWLINE); ; end = this.#rest.indexOf(NEWLINE)) {
      if (end >= 0) {
        const line = this.#rest.toString("latin1", 0, end);
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      if (!(await this.#more())) return null;
    }
  }

  async bytes(size: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    let left = size;
    for (;;) {
      const piece = this.#rest.subarray(0, left);
      pieces.push(piece);
      left -= piece.length;
      this.#rest = this.#rest.subarray(piece.length);
      if (left === 0 || !(await this.#more())) return Buffer.concat(pieces);
    }
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done === true) return false;
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
    return true;
  }
}
