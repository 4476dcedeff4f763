import type { SuspectCommit, Suspects } from "../bisect/suspects-schema.ts";
import { bold, wrap } from "./layout.ts";
import { inMarkdown } from "./markdown-parts.ts";
import { counted, joined, type Part, plain, quiet, words } from "./parts.ts";
import { percent } from "./percent.ts";
import { codeCell, printable } from "./safe.ts";
import { nextParts, noteParts, shortSha, touchParts } from "./suspects-prose.ts";

/** Commits that are shown; the json format has all. */
const SHOWN = 20;

const LABEL = "hit rate  ".length;
const SHARE = "99.9999 %  ".length;

interface Line {
  readonly label: string;
  readonly parts: readonly Part[];
}

function summary({ range, tests, rate, next, credible, notes }: Suspects): Line[] {
  return [
    {
      label: "range",
      parts: [
        shortSha(range.good),
        plain(".."),
        shortSha(range.bad),
        plain(
          `: ${counted(range.commits, "commit")}, ${tests.commits} tested, ${counted(tests.hits, "hit")} in ${counted(tests.runs, "run")}`,
        ),
      ],
    },
    ...(rate.mean === null
      ? []
      : [
          {
            label: "hit rate",
            parts: [
              plain(
                rate.known === null
                  ? `about ${percent(rate.mean)}, learned`
                  : `${percent(rate.known)}, as given`,
              ),
            ],
          },
        ]),
    {
      label: "suspects",
      parts: [
        plain(
          credible.commits === 0
            ? "none"
            : `${counted(credible.commits, "commit")} with ${percent(credible.mass)} probability; what a commit touches does not count in it`,
        ),
      ],
    },
    {
      label: "next",
      parts:
        next === null
          ? [plain("nothing: no run would tell more")]
          : [shortSha(next.commit), plain(" "), words(next.subject), plain(": "), ...nextParts(next)],
    },
    ...notes.map((note) => ({ label: "note", parts: noteParts(note) })),
  ];
}

interface Shown {
  readonly commits: readonly SuspectCommit[];
  /** Of those that are not shown. */
  readonly rest: string | null;
}

function shownOf({ commits }: Suspects): Shown {
  const suspects = commits.filter(({ credible }) => credible);
  const shown = suspects.slice(0, SHOWN);
  const left = commits.length - shown.length;
  if (left === 0 || suspects.length === 0) return { commits: shown, rest: null };
  const sum = commits.slice(shown.length).reduce((all, { probability }) => all + probability, 0);
  return { commits: shown, rest: `${counted(left, "more commit")}, together ${percent(Math.min(1, sum))}` };
}

function testedText({ hits, runs, unusable }: SuspectCommit): string {
  if (runs === 0) return unusable === 0 ? "not tested" : counted(unusable, "unusable run");
  return `${hits} of ${counted(runs, "run")}`;
}

/** The suspects for a person, the likeliest first. */
export function renderSuspects(
  document: Suspects,
  { width, color }: { readonly width: number; readonly color: boolean },
): string {
  const labelled = (label: string, room: number, parts: readonly Part[]): string[] =>
    wrap(parts, Math.max(24, width - room), color).map(
      (text, i) => (i === 0 ? bold(label.padEnd(room), color) : " ".repeat(room)) + text,
    );
  const { commits, rest } = shownOf(document);
  const lines = commits.flatMap((commit) => [
    ...labelled(percent(commit.probability), SHARE, [
      shortSha(commit.commit),
      plain(" "),
      words(commit.subject),
      quiet(` (${testedText(commit)})`),
    ]),
    ...(commit.touches ?? []).flatMap((touch) => labelled("", SHARE, touchParts(touch))),
  ]);
  const head = summary(document).flatMap(({ label, parts }) => labelled(label, LABEL, parts));
  const blocks = [head, lines, rest === null ? [] : [rest]].filter((block) => block.length > 0);
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

function cell(parts: readonly Part[]): string {
  return inMarkdown(parts, printable, codeCell);
}

/** The same to paste into a mail or an issue. What people wrote stands as code. */
export function renderSuspectsMarkdown(document: Suspects): string {
  const { commits, rest } = shownOf(document);
  const table = [
    "| probability | commit | subject | tested | touches |",
    "| ---: | --- | --- | --- | --- |",
    ...commits.map((commit) => {
      const touches = joined((commit.touches ?? []).map(touchParts), plain("; "));
      const subject = cell([words(commit.subject)]);
      return `| ${percent(commit.probability)} | ${cell([shortSha(commit.commit)])} | ${subject} | ${testedText(commit)} | ${cell(touches)} |`;
    }),
  ];
  const blocks = [
    summary(document)
      .map(({ label, parts }) => `- ${label}: ${cell(parts)}`)
      .join("\n"),
    ...(commits.length > 0 ? [table.join("\n")] : []),
    ...(rest === null ? [] : [rest]),
  ];
  return `${blocks.join("\n\n")}\n`;
}
