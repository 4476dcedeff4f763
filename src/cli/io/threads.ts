import { Worker } from "node:worker_threads";
import type { Question } from "../../analyze/index.ts";
import type { KnownList } from "../../known/known-issues.ts";
import type { FoundFile } from "../../read/inputs/index.ts";
import type { FormatOf } from "../../render/formats.ts";
import type { Safe } from "../../render/words/safe.ts";
import type { Report, Source } from "../../report/schema.ts";
import type { Selection } from "./selection.ts";
import type { BriefReport } from "./write-reports.ts";

/** What a thread is asked to do. */
export interface Task {
  /** To be read one after another: a message costs as much as a small log. */
  readonly files: readonly FoundFile[];
  /** Annotations, lock classes, commits and patches that are suspected. */
  readonly asked: readonly Question[];
  readonly known: KnownList | null;
  /** null: reports are wanted, not their texts. */
  readonly format: FormatOf<"reports"> | null;
  /** Of others, no text is wanted. */
  readonly selection: Selection;
}

export type GivenReport =
  | { readonly type: "report"; readonly report: Report }
  | { readonly type: "text"; readonly text: Safe | null; readonly brief: BriefReport };

/** What a thread says. */
export type Answer =
  | GivenReport
  /** Of each file of the task, in their order. */
  | { readonly type: "end"; readonly files: readonly FileAnswer[] };

export type FileAnswer =
  | {
      readonly type: "read";
      readonly source: Source;
      /** The reports in the order of their first lines, by when they were given. */
      readonly order: readonly number[];
      readonly failure: string | null;
    }
  | { readonly type: "unreadable"; readonly reason: string }
  /** It was found in a directory, and is not a log. */
  | { readonly type: "program" };

/** What came of a file. */
export type FileRead<Kept> =
  | { readonly type: "read"; readonly source: Source; readonly kept: Kept[]; readonly failure: string | null }
  | Exclude<FileAnswer, { type: "read" }>
  /** Its thread ended before it. */
  | { readonly type: "died" };

/** Each thread has its own heap; this is enough for the largest report. */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 };

/**
 * Reads files on several threads.
 *
 * @param count of threads
 * @param take is given every report, one after another, and gives what is to be known of it at the end
 * @returns what came of each file, in their order
 */
export async function readInThreads<Kept>(
  files: readonly FoundFile[],
  count: number,
  task: Omit<Task, "files">,
  take: (given: GivenReport) => Promise<Kept>,
): Promise<FileRead<Kept>[]> {
  const results: FileRead<Kept>[] = [];
  let next = 0;
  const nextBatch = (): FoundFile[] => {
    const batch = batchOf(files, next);
    next += batch.length;
    return batch;
  };
  // one report after another: there is one place where they are kept
  let turn: Promise<unknown> = Promise.resolve();
  const takeInTurn = (given: GivenReport): Promise<Kept> => {
    const taken = turn.then(() => take(given));
    turn = taken.catch(() => undefined);
    return taken;
  };
  const serve = async (): Promise<void> => {
    let thread: Worker | null = null;
    try {
      for (let first = next, batch = nextBatch(); batch.length > 0; first = next, batch = nextBatch()) {
        thread ??= new Worker(new URL("thread.js", import.meta.url), { resourceLimits: LIMITS });
        const read = await readIn(thread, { ...task, files: batch }, takeInTurn);
        if (read === null) thread = null;
        for (const i of batch.keys()) results[first + i] = read?.[i] ?? { type: "died" };
      }
    } finally {
      await thread?.terminate();
    }
  };
  await Promise.all(Array.from({ length: count }, serve));
  return results;
}

/** So many bytes are worth a message, and so many files are not too many for the last thread that is at work. */
const BATCH = { bytes: 1 << 20, files: 64 };

/** The next files for a thread. */
function batchOf(files: readonly FoundFile[], from: number): FoundFile[] {
  const batch: FoundFile[] = [];
  let bytes = 0;
  for (let i = from; i < files.length && batch.length < BATCH.files && bytes < BATCH.bytes; i++) {
    const file = files[i];
    if (file === undefined) break;
    bytes += file.bytes;
    // whether a directory holds any log is known where all its files are
    const within = file.within === null ? null : { ...file.within, candidates: Number.POSITIVE_INFINITY };
    batch.push({ ...file, within });
  }
  return batch;
}

/**
 * @returns what came of each file; null if the thread ended before
 * @throws what `take` throws
 */
function readIn<Kept>(
  thread: Worker,
  task: Task,
  take: (given: GivenReport) => Promise<Kept>,
): Promise<FileRead<Kept>[] | null> {
  return new Promise((resolve, reject) => {
    const taken: Promise<Kept>[] = [];
    const onDeath = (): void => {
      finish(null);
    };
    const finish = (read: FileRead<Kept>[] | null): void => {
      thread.off("message", onAnswer).off("error", onDeath).off("exit", onDeath);
      resolve(read);
    };
    const end = async (answers: readonly FileAnswer[]): Promise<void> => {
      const all = await Promise.all(taken);
      finish(
        answers.map((answer) => {
          if (answer.type !== "read") return answer;
          const { source, order, failure } = answer;
          return {
            type: "read",
            source,
            kept: order.flatMap((given) => all.slice(given, given + 1)),
            failure,
          };
        }),
      );
    };
    const onAnswer = (answer: Answer): void => {
      if (answer.type === "end") {
        end(answer.files).catch(reject);
        return;
      }
      const keeping = take(answer).then((kept) => {
        thread.postMessage("taken");
        return kept;
      });
      keeping.catch(reject);
      taken.push(keeping);
    };
    thread.on("message", onAnswer);
    thread.once("error", onDeath).once("exit", onDeath);
    thread.postMessage(task);
  });
}
