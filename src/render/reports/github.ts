import { type Bug, bugsOf } from "../../compare/matrix.ts";
import type { Document, Source } from "../../report/schema.ts";
import { UNOBSERVED_PROSE } from "../bisect/verdict-prose.ts";
import { counted } from "../words/parts.ts";
import { commandData, commandProperty } from "../words/workflow.ts";
import { ended, join, linesOf, printable, type Safe, safe } from "../words/safe.ts";
import { renderMarkdown } from "./markdown.ts";
import { sourceName } from "./overview.ts";

/** GitHub shows ten annotations of a kind for a step, and no more. */
const MOST_ANNOTATIONS = 10;
/** A step's summary is 1 MiB at most; what is larger is refused whole. */
const LARGEST_SUMMARY = 1_000_000;

/**
 * Workflow commands of GitHub Actions: an error for each of the first bugs that are not known, and one line for the
 * rest; a warning for a log whose silence proves nothing. No line of a log begins a command.
 */
export function renderGithub({ reports, sources }: Document): Safe {
  const bugs = bugsOf(reports.filter(({ known }) => (known ?? null) === null));
  const shown = bugs.length > MOST_ANNOTATIONS ? bugs.slice(0, MOST_ANNOTATIONS - 1) : bugs;
  const left = bugs.length - shown.length;
  const silent = sources.flatMap(silence);
  return ended([
    ...shown.map((bug) => annotation(bug, sources)),
    ...(left > 0
      ? [
          safe`::error title=splat-triage::and ${printable(counted(left, "more bug"))}, in the summary of this step`,
        ]
      : []),
    ...silent.slice(0, MOST_ANNOTATIONS),
  ]);
}

function annotation({ shown, reports, id }: Bug, sources: readonly Source[]): Safe {
  const { title, cycle, lines, source, kind, complete } = shown;
  const [first] = cycle;
  const times = reports.length > 1 ? `, ${reports.length} times` : "";
  const texts = [
    `${kind} ${id}${times}${complete ? "" : ", damaged"}`,
    ...(first === undefined ? [] : [[...cycle, first].join(" → ")]),
  ];
  return safe`::error file=${commandProperty(sources[source]?.name ?? "-")},line=${lines.first},endLine=${lines.last},title=${commandProperty(title)}::${commandData(texts)}`;
}

function silence(source: Source): Safe[] {
  if (source.because === null) return [];
  const text = `${sourceName(source)}: no report, but that proves nothing: ${UNOBSERVED_PROSE[source.because]}`;
  return [safe`::warning file=${commandProperty(source.name)},title=splat-triage::${commandData([text])}`];
}

/** The summary of the step: Markdown, in which everything from a log is code, within GitHub's bound. */
export function githubSummary(document: Document): Safe {
  const lines = linesOf(renderMarkdown(document));
  let bytes = 0;
  for (const [index, line] of lines.entries()) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes <= LARGEST_SUMMARY) continue;
    // a section is left out whole, so that no block of code stays open
    const from = lines.findLastIndex((before, at) => at < index && before.startsWith("## "));
    const left = lines.slice(from).filter((one) => one.startsWith("## ")).length;
    return safe`${join(lines.slice(0, Math.max(0, from)), "\n")}\nThere is no room here for ${printable(counted(left, "more section"))}.\n`;
  }
  return ended(lines);
}
