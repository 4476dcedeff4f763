import type { Report } from "../report/schema.ts";

/**
 * Keeps of the reports of a log what a verdict needs. A console that prints reports all night does not fill the memory:
 * only the first that matches is kept whole.
 */
export function keepBriefly(matches: (report: Report) => boolean): (report: Report) => Report {
  let isFound = false;
  return (report) => {
    if (isFound || !matches(report)) return brief(report);
    isFound = true;
    return report;
  };
}

/** What tells which report it is, without what makes it long. */
function brief({ id, siteId, kind, headline, tag, title, source, lines, ...report }: Report): Report {
  return {
    id,
    siteId,
    kind,
    headline,
    tag,
    title,
    source,
    lines,
    time: report.time,
    caller: report.caller,
    kernel: report.kernel,
    task: report.task,
    lock: report.lock,
    holding: report.holding,
    cycle: report.cycle,
    edges: [],
    held: [],
    scenario: [],
    backtrace: [],
    dumps: [],
    complete: report.complete,
    damage: [],
    annotations: [],
    findings: [],
    suspects: [],
    lookAt: null,
  };
}
