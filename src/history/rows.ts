import { relationOf } from "../kinds/index.ts";
import { bootsOf } from "../compare/boots.ts";
import { gistOf } from "../identity/gist.ts";
import { IDENTITY_VERSION } from "../identity/identity.ts";
import type { Document, Report } from "../report/schema.ts";
import type { BootRow, StoredReport } from "./schema.ts";

/** What is known of a log beside what it holds. */
export interface LogFacts extends Pick<BootRow, "log" | "path" | "job" | "time"> {
  /** null: named after the kernel. */
  readonly build: string | null;
}

/** The rows of one log: a boot each, none where nothing in it is a kernel's. */
export function rowsOf(document: Document, { log, path, build, job, time }: LogFacts): BootRow[] {
  return bootsOf(document).flatMap(({ boot, reports }, index): BootRow[] => {
    if (boot === null) return [];
    const kernel = boot.kernel ?? reports[0]?.kernel ?? null;
    const named = [kernel?.release, kernel?.build].flatMap((part) => part ?? []).join(" ");
    return [
      {
        schema: "splat-triage-history-boot/1",
        identity: IDENTITY_VERSION,
        log,
        path,
        index,
        build: build ?? (named === "" ? "unknown" : named),
        job,
        time,
        boot,
        reports: reports.map(storedReport),
      },
    ];
  });
}

function storedReport(report: Report): StoredReport {
  return {
    ...gistOf(report),
    line: report.lines.first,
    time: report.time,
    needsLockdep: relationOf(report).needsLockdep,
  };
}
