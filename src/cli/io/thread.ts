import { parentPort } from "node:worker_threads";
import { KnownIssues } from "../../known/known-issues.ts";
import { type FoundFile, InputError, openFound } from "../../read/inputs/index.ts";
import { reportFormat } from "../../render/formats.ts";
import { printed } from "../../render/reports/repeated.ts";
import type { Report } from "../../report/schema.ts";
import { readSource } from "../../triage/read-source.ts";
import type { Answer, FileAnswer, Task } from "./threads.ts";
import { picks } from "./selection.ts";
import { briefOf } from "./write-reports.ts";

/** The other side of threads.ts: reads files one after another, and gives each report as soon as it is known. */

/** Reports on their way that nobody has taken yet: more, and this thread waits. */
const MOST_UNTAKEN = 16;

let untaken = 0;
let goOn: (() => void) | null = null;

function answer(message: Answer): void {
  parentPort?.postMessage(message);
}

async function give(message: Answer): Promise<void> {
  answer(message);
  if (++untaken < MOST_UNTAKEN) return;
  await new Promise<void>((resolve) => {
    goOn = resolve;
  });
}

async function read({ files, asked, known, format, selection }: Task): Promise<void> {
  const formatted = format === null ? null : await reportFormat(format);
  const issues = known === null ? null : new KnownIssues(known);
  const isPicked = picks(selection);
  let count = 0;
  const keep = async (found: Report): Promise<number> => {
    const report = issues?.mark(found) ?? found;
    await give(
      formatted === null
        ? { type: "report", report }
        : {
            type: "text",
            text: isPicked(report) ? printed(report, formatted.report) : null,
            brief: briefOf(report),
          },
    );
    return count++;
  };
  const readOne = async (file: FoundFile): Promise<FileAnswer> => {
    for await (const input of openFound([file])) {
      if (input instanceof InputError) return { type: "unreadable", reason: input.reason };
      const { source, kept, failure } = await readSource(input, 0, asked, keep);
      const error = failure?.error;
      if (failure !== null && !(error instanceof InputError)) throw error;
      return {
        type: "read",
        source,
        order: kept,
        failure: error instanceof InputError ? error.reason : null,
      };
    }
    return { type: "program" };
  };
  const answers: FileAnswer[] = [];
  for (const file of files) answers.push(await readOne(file));
  answer({ type: "end", files: answers });
}

parentPort?.on("message", (task: Task | "taken") => {
  if (task !== "taken") {
    read(task).catch((error: unknown) => {
      // ends the thread: the one that asked has to read the files by itself
      setImmediate(() => {
        throw error;
      });
    });
    return;
  }
  untaken--;
  goOn?.();
  goOn = null;
});
