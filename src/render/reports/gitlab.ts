import { createHash } from "node:crypto";
import { type Bug, bugsOf } from "../../compare/matrix.ts";
import type { Document, Source } from "../../report/schema.ts";
import { UNOBSERVED_PROSE } from "../bisect/verdict-prose.ts";
import { jsonDocument } from "../words/json.ts";
import { printable, type Safe } from "../words/safe.ts";
import { sourceName } from "./overview.ts";

/**
 * GitLab's Code Quality report (docs.gitlab.com/ci/testing/code_quality): an entry for each bug, which GitLab tells as new
 * or resolved by its fingerprint, the id; and one for each log whose silence proves nothing.
 */
export function renderGitlab({ reports, sources }: Document): Generator<Safe> {
  return jsonDocument([
    ...bugsOf(reports).map((bug) => bugEntry(bug, sources)),
    ...sources.flatMap(silenceEntry),
  ]);
}

function bugEntry({ shown, reports, id }: Bug, sources: readonly Source[]): object {
  const { title, kind, cycle, complete, lines } = shown;
  const [first] = cycle;
  const known = reports.every((report) => report.known) ? shown.known : null;
  const description = [
    title,
    ...(first === undefined ? [] : [`: ${[...cycle, first].join(" → ")}`]),
    ...(reports.length > 1 ? [`, ${reports.length} times`] : []),
    ...(complete ? [] : [", damaged"]),
    ...(known ? [`, known: ${known.note}`] : []),
  ].join("");
  return {
    description: printable(description),
    check_name: `lockdep/${kind}`,
    fingerprint: id,
    severity: known || kind === "held-dump" ? "info" : complete ? "major" : "minor",
    location: { path: pathOf(sources[shown.source]), lines: { begin: lines.first } },
  };
}

function silenceEntry(source: Source): object[] {
  const { because, lines, name } = source;
  if (because === null) return [];
  return [
    {
      description: printable(
        `${sourceName(source)}: no report, but that proves nothing: ${UNOBSERVED_PROSE[because]}`,
      ),
      check_name: "lockdep/unknown",
      fingerprint: createHash("sha256").update(`${name}\n${because}`).digest("hex").slice(0, 32),
      severity: "info",
      location: { path: pathOf(source), lines: { begin: Math.max(1, lines) } },
    },
  ];
}

/** Paths are those of the repository: without `./`, which GitLab does not take. */
function pathOf(source: Source | undefined): Safe {
  const name = source?.name ?? "-";
  return printable(name === "-" ? "stdin" : name.replace(/^(?:\.\/)+/, ""));
}
