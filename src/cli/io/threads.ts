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
  readonly path: string;
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
  | { readonly type: "unreadable"; readonly reason: string }
  | {
      readonly type: "end";
      readonly source: Source;
      /** The reports in the order of their first lines, by when they were given. */
      readonly order: readonly number[];
      readonly failure: string | null;
    };

/** What came of a file. */
export type FileRead<Kept> =
  | { readonly type: "read"; readonly source: Source; readonly kept: Kept[]; readonly failure: string | null }
  | { readonly type: "unreadable"; readonly reason: string }
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
  task: Omit<Task, "path">,
  take: (given: GivenReport) => Promise<Kept>,
): Promise<FileRead<Kept>[]> {
  const results: FileRead<Kept>[] = [];
  let next = 0;
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
      for (let index = next++; index < files.length; index = next++) {
        const path = files[index]?.path ?? "";
        thread ??= new Worker(new URL("thread.js", import.meta.url), { resourceLimits: LIMITS });
        const result = await readIn(thread, { ...task, path }, takeInTurn);
        if (result.type === "died") thread = null;
        results[index] = result;
      }
    } finally {
      await thread?.terminate();
    }
  };
  await Promise.all(Array.from({ length: count }, serve));
  return results;
}

/** @throws what `take` throws */
function readIn<Kept>(
  thread: Worker,
  task: Task,
  take: (given: GivenReport) => Promise<Kept>,
): Promise<FileRead<Kept>> {
  return new Promise((resolve, reject) => {
    const taken: Promise<Kept>[] = [];
    const onDeath = (): void => {
      finish({ type: "died" });
    };
    const finish = (result: FileRead<Kept>): void => {
      thread.off("message", onAnswer).off("error", onDeath).off("exit", onDeath);
      resolve(result);
    };
    const end = async ({ source, order, failure }: Extract<Answer, { type: "end" }>): Promise<void> => {
      const all = await Promise.all(taken);
      const kept = order.flatMap((given) => all.slice(given, given + 1));
      finish({ type: "read", source, kept, failure });
    };
    const onAnswer = (answer: Answer): void => {
      if (answer.type === "unreadable") finish(answer);
      else if (answer.type === "end") end(answer).catch(reject);
      else {
        const keeping = take(answer).then((kept) => {
          thread.postMessage("taken");
          return kept;
        });
        keeping.catch(reject);
        taken.push(keeping);
      }
    };
    thread.on("message", onAnswer);
    thread.once("error", onDeath).once("exit", onDeath);
    thread.postMessage(task);
  });
}
