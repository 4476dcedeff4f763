import type { SuspectCommit, Suspects } from "../../bisect/suspects-schema.ts";
import { bold, wrap } from "../words/layout.ts";
import { page } from "../words/page.ts";
import type { Paper } from "../words/paper.ts";
import { inMarkdown } from "../words/markdown-parts.ts";
import { commitName, counted, joined, type Part, plain, quiet, words } from "../words/parts.ts";
import { percent } from "../words/percent.ts";
import { blanks, codeCell, join, own, printable, type Safe, safe } from "../words/safe.ts";
import { touchParts } from "../reports/touch-prose.ts";
import { nextParts, noteParts } from "./suspects-prose.ts";

/** Commits that are shown; the json format has all. */
const SHOWN = 20;

const LABEL = "hit rate  ".length;
const SHARE = "99.9999 %  ".length;

interface Line {
  readonly label: string;
  readonly parts: readonly Part[];
}

function summary({ find, range, tests, rate, next, credible, notes }: Suspects): Line[] {
  return [
    ...(find === "bug" ? [] : [{ label: "find", parts: [plain("the commit that fixed it")] }]),
    {
      label: "range",
      parts: [
        commitName(range.good),
        plain(".."),
        commitName(range.bad),
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
          : [commitName(next.commit), plain(" "), words(next.subject), plain(": "), ...nextParts(next)],
    },
    ...notes.map((note) => ({ label: "note", parts: noteParts(note) })),
  ];
}

interface Shown {
  /** The likeliest. */
  readonly commits: readonly SuspectCommit[];
  /** Less likely ones that have to do with the report. */
  readonly touching: readonly SuspectCommit[];
  /** Of those that are not shown. */
  readonly rest: Safe | null;
}

function shownOf(document: Suspects): Shown {
  const commits = document.commits.filter(({ credible }) => credible).slice(0, SHOWN);
  if (commits.length === 0) return { commits, touching: [], rest: null };
  const others = document.commits.slice(commits.length);
  const touching = others
    .filter(({ probability, touches }) => probability > 0 && (touches ?? []).length > 0)
    .slice(0, SHOWN);
  const hidden = others.filter((commit) => !touching.includes(commit));
  if (hidden.length === 0) return { commits, touching, rest: null };
  const sum = hidden.reduce((all, { probability }) => all + probability, 0);
  const rest = safe`${counted(hidden.length, "more commit")}, together ${percent(Math.min(1, sum))}`;
  return { commits, touching, rest };
}

const TOUCHING = own("less likely, and touching the report:");

function testedText({ hits, runs, unusable }: SuspectCommit): Safe {
  if (runs === 0) return unusable === 0 ? own("not tested") : counted(unusable, "unusable run");
  return safe`${hits} of ${counted(runs, "run")}`;
}

/** The suspects for a person, the likeliest first. */
export function renderSuspects(document: Suspects, { width, color }: Paper): Safe {
  const labelled = (label: string, room: number, parts: readonly Part[]): Safe[] =>
    wrap(parts, Math.max(24, width - room), color).map(
      (text, i) => safe`${i === 0 ? bold(label.padEnd(room), color) : blanks(room)}${text}`,
    );
  const { commits, touching, rest } = shownOf(document);
  const linesOf = (commit: SuspectCommit): Safe[] => [
    ...labelled(percent(commit.probability), SHARE, [
      commitName(commit.commit),
      plain(" "),
      words(commit.subject),
      quiet(` (${testedText(commit)})`),
    ]),
    ...(commit.touches ?? []).flatMap((touch) => labelled("", SHARE, touchParts(touch))),
  ];
  const head = summary(document).flatMap(({ label, parts }) => labelled(label, LABEL, parts));
  const blocks = [
    head,
    commits.flatMap(linesOf),
    touching.length === 0 ? [] : [TOUCHING, ...touching.flatMap(linesOf)],
    rest === null ? [] : [rest],
  ].filter((block) => block.length > 0);
  return page(blocks);
}

function cell(parts: readonly Part[]): Safe {
  return inMarkdown(parts, printable, codeCell);
}

function tableOf(commits: readonly SuspectCommit[]): Safe {
  const rows = commits.map((commit) => {
    const touches = joined((commit.touches ?? []).map(touchParts), plain("; "));
    const subject = cell([words(commit.subject)]);
    return safe`| ${percent(commit.probability)} | ${cell([commitName(commit.commit)])} | ${subject} | ${testedText(commit)} | ${cell(touches)} |`;
  });
  const head = [
    own("| probability | commit | subject | tested | touches |"),
    own("| ---: | --- | --- | --- | --- |"),
  ];
  return join([...head, ...rows], "\n");
}

/** The same to paste into a mail or an issue. What people wrote is written as code. */
export function renderSuspectsMarkdown(document: Suspects): Safe {
  const { commits, touching, rest } = shownOf(document);
  const blocks = [
    join(
      summary(document).map(({ label, parts }) => safe`- ${printable(label)}: ${cell(parts)}`),
      "\n",
    ),
    ...(commits.length > 0 ? [tableOf(commits)] : []),
    ...(touching.length > 0 ? [TOUCHING, tableOf(touching)] : []),
    ...(rest === null ? [] : [rest]),
  ];
  return safe`${join(blocks, "\n\n")}\n`;
}
