import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { type Journal, type JournalHead, type JournalRun, parseJournal } from "../../bisect/journal.ts";
import { jsonText } from "../../render/words/json.ts";
import { toInputError } from "../../read/inputs/input-error.ts";
import { AbortBisection } from "./abort.ts";

const NEWLINE = 0x0a;
/** What the first line of every journal starts with. */
const MAGIC = '{"schema":"splat-triage-journal/';

/**
 * A journal on the disk. A line is appended by one write, and is on the disk when it is told. So a journal may be
 * shared: others append their own lines, and each sees them when it reads again.
 */
export class JournalFile {
  readonly #path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /**
   * Opens a journal, or begins one.
   *
   * @throws AbortBisection where it is none, or one of another target or definition of ids
   */
  static async open(path: string, head: JournalHead): Promise<JournalFile> {
    let journal: JournalFile | null = null;
    try {
      journal = new JournalFile(path, await open(path, "a+"));
      await journal.#begin(head);
      return journal;
    } catch (error) {
      await journal?.close();
      throw error instanceof AbortBisection ? error : asAbort(path, error);
    }
  }

  /** What is in it now. */
  async read(): Promise<Journal> {
    try {
      return parseJournal(await this.#text());
    } catch (error) {
      throw asAbort(this.#path, error);
    }
  }

  /** @returns when it is on the disk */
  async append(run: JournalRun): Promise<void> {
    try {
      await this.#append(run);
    } catch (error) {
      throw asAbort(this.#path, error);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #begin(head: JournalHead): Promise<void> {
    const text = await this.#text();
    const found = parseJournal(text).head;
    if (found === null) {
      // an interruption may have cut the very first line
      const isBegun = text.startsWith(MAGIC) || MAGIC.startsWith(text);
      if (!isBegun || text.includes("\n"))
        throw new AbortBisection(`${this.#path}: not the journal of a bisection`);
      await this.#append(head);
      await syncDirectory(dirname(this.#path));
      return;
    }
    const { target, identity, find } = found;
    if (identity !== head.identity)
      throw new AbortBisection(
        `${this.#path}: its ids are of definition ${identity}, and ${head.identity} is the one of today: begin another journal`,
      );
    if (target !== head.target)
      throw new AbortBisection(
        `${this.#path}: it is the journal of another target, ${JSON.stringify(target)}: begin another journal`,
      );
    if ((find ?? "bug") !== (head.find ?? "bug"))
      throw new AbortBisection(
        `${this.#path}: it is the journal of a search for the ${find ?? "bug"}: begin another journal, or say --find ${find ?? "bug"}`,
      );
  }

  async #append(entry: JournalHead | JournalRun): Promise<void> {
    const { size } = await this.#handle.stat();
    const last = Buffer.alloc(1, NEWLINE);
    if (size > 0) await this.#handle.read(last, 0, 1, size - 1);
    const start = last[0] === NEWLINE ? "" : "\n";
    const line = Buffer.from(`${start}${jsonText(entry)}\n`);
    const { bytesWritten } = await this.#handle.write(line);
    if (bytesWritten < line.length) throw new AbortBisection(`${this.#path}: no space left on the device`);
    await this.#handle.datasync();
  }

  async #text(): Promise<string> {
    const { size } = await this.#handle.stat();
    const bytes = Buffer.alloc(size);
    let length = 0;
    while (length < size) {
      const { bytesRead } = await this.#handle.read(bytes, length, size - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.toString("utf8", 0, length);
  }
}

function asAbort(path: string, error: unknown): AbortBisection {
  if (error instanceof AbortBisection) return error;
  return new AbortBisection(`--journal ${toInputError(path, error).message}`);
}

/** The name of a new file is the directory's, and on the disk when that is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
