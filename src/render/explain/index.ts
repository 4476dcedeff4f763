import { type Bug, bugsOf } from "../../compare/matrix.ts";
import { rolesOfEdges } from "../../symbols/roles.ts";
import { annotationOf } from "../../catalogue/index.ts";
import type { Finding, Suspect } from "../../report/analysis-schema.ts";
import type { Document, Report, Source } from "../../report/schema.ts";
import { drawn } from "./drawing.ts";
import { definitionOf } from "../../kinds/index.ts";
import { whenRecorded } from "../../kinds/tell/edges.ts";
import { usageOf } from "../../kinds/tell/interrupt.ts";
import { story } from "./story.ts";
import { classNames, ownMarkdown, proseParts, roleParts } from "./text.ts";
import { codeBlocks, touchingBlocks } from "../reports/code.ts";
import { damageParts, edgeName, toldEdges } from "../reports/facts.ts";
import { EDGE_REASON_PROSE } from "../reports/edge-reasons.ts";
import { FINDING_PROSE } from "../reports/findings/index.ts";
import type { Prose } from "../reports/findings/prose.ts";
import { SUSPECT_PROSE } from "../reports/suspects-prose.ts";
import { bold, wrap } from "../words/layout.ts";
import type { Paper } from "../words/paper.ts";
import { inMarkdown } from "../words/markdown-parts.ts";
import {
  metOf,
  metParts,
  placesParts,
  sourceName,
  summaryParts,
  verdictOf,
  verdictParts,
} from "../reports/overview.ts";
import {
  bad,
  caution,
  commaed,
  counted,
  joined,
  lock,
  name,
  type Part,
  plain,
  quiet,
  words,
} from "../words/parts.ts";
import {
  blanks,
  codeBlock,
  codeSpan,
  join,
  markdownText,
  own,
  printable,
  type Safe,
  safe,
} from "../words/safe.ts";
import { type Block, path, say, type Section, sentences, text } from "../words/sentences.ts";

/** Markdown is not wrapped. */
interface ExplainPaper extends Paper {
  readonly markdown: boolean;
}

const INDENT = 2;
const NARROWEST = 30;
/** Lines longer than this are hard to read. */
const WIDEST = 100;
/** Drawings in Markdown. */
const DRAWING_WIDTH = 84;
const MOST_FINDINGS = 3;
const MOST_ITEMS = 5;
const MOST_DOUBTS = 3;

/** Tells each report of a document as a story, each bug once. */
export function renderExplanation(document: Document, { width, color }: Paper): Safe {
  const readable = Math.min(WIDEST, Math.max(NARROWEST, Math.trunc(width) || 80));
  return explanation(document, { width: readable, color, markdown: false });
}

/** The same to paste into a mail or an issue. */
export function renderExplanationMarkdown(document: Document): Safe {
  return explanation(document, { width: WIDEST, color: false, markdown: true });
}

function explanation(document: Document, paper: ExplainPaper): Safe {
  const groups = bugsOf(document.reports);
  const after = lockdepSection(document);
  const pieces = [
    ...(groups.length === 1 ? [] : [inWords(summaryParts(document), paper)]),
    ...groups.map((group) => told(group, document.sources, paper)),
    ...(after === null ? [] : [sectionText(after, paper, 2)]),
  ];
  return safe`${join(pieces, paper.markdown ? "\n\n" : "\n\n\n")}\n`;
}

function inWords(parts: readonly Part[], { markdown, width, color }: ExplainPaper): Safe {
  return markdown ? inMarkdown(parts, ownMarkdown) : join(wrap(parts, width, color), "\n");
}

function told(group: Bug, sources: readonly Source[], paper: ExplainPaper): Safe {
  const { shown, reports, id } = group;
  const about = commaed([
    [plain(shown.kind)],
    [quiet(id)],
    ...(reports.length > 1 ? [[plain(`${reports.length} times`)]] : []),
    placesParts(group, sources),
  ]);
  const { markdown, width, color } = paper;
  const damage: Part[][] =
    shown.damage.length === 0
      ? []
      : [[shown.complete ? caution("Note: ") : bad("Damaged: "), ...damageParts(shown.damage)]];
  const title = markdown
    ? [safe`## ${markdownText(shown.title)} (${codeSpan(id)})`]
    : wrap([words(shown.title)], width, false).map((line) => bold(line, color));
  const head = [join(title, "\n"), ...[about, ...damage].map((parts) => inWords(parts, paper))];
  const met = metSection(group);
  const sections = [...sectionsOf(shown), ...(met === null ? [] : [met])].map((section) =>
    sectionText(section, paper, 3),
  );
  return join([join(head, markdown ? "\n\n" : "\n"), ...sections], "\n\n");
}

/** The last thing to know: whether anyone met it before; null if nobody asked. */
function metSection(bug: Bug): Section | null {
  const met = metOf(bug);
  if (met === undefined) return null;
  const isMet = met.mails + met.commits + met.logs > 0;
  const parts = isMet ? say`It was seen ${metParts(met)}.` : say`None in the places that were searched.`;
  return { title: "Earlier reports of it", blocks: [text(...parts)] };
}

function sectionText({ title, blocks }: Section, paper: ExplainPaper, level: 2 | 3): Safe {
  if (paper.markdown)
    return safe`${level === 2 ? "##" : "###"} ${printable(title)}\n\n${markdownBlocks(blocks)}`;
  const lines = blocks.flatMap((block, i) => blockLines(block, blocks[i - 1], paper));
  return join([bold(title, paper.color), ...lines], "\n");
}

function markdownBlocks(blocks: readonly Block[]): Safe {
  let written = own("");
  for (const [i, block] of blocks.entries()) {
    const list = block.type === "item" || block.type === "entry";
    const before = blocks[i - 1];
    const isNext = list && (before?.type === "item" || before?.type === "entry");
    const between = before === undefined ? "" : isNext ? "\n" : "\n\n";
    written = safe`${written}${between}${markdownBlock(block)}`;
  }
  return written;
}

function markdownBlock(block: Block): Safe {
  switch (block.type) {
    case "text":
      return inMarkdown(block.parts, ownMarkdown);
    case "item":
      return safe`- ${inMarkdown(block.parts, ownMarkdown)}`;
    case "entry":
      return safe`- ${inMarkdown([...block.head, plain(": "), ...block.body], ownMarkdown)}`;
    case "drawing":
      return codeBlock(drawn(block.drawing, DRAWING_WIDTH, false));
    case "code":
      return codeBlock(block.lines);
    default:
      return block satisfies never;
  }
}

function blockLines(block: Block, before: Block | undefined, { width, color }: ExplainPaper): Safe[] {
  const lines = (parts: readonly Part[], indent: number, hang = 0): Safe[] =>
    wrap(parts, width - indent, color, hang).map((line) => safe`${blanks(indent)}${line}`);
  switch (block.type) {
    case "text":
      return lines(block.parts, INDENT);
    case "item":
      return lines([plain("- "), ...block.parts], INDENT, 2);
    case "entry":
      return [...lines(block.head, INDENT), ...lines(block.body, 2 * INDENT)];
    case "drawing":
      return [
        ...(before === undefined ? [] : [own("")]),
        ...drawn(block.drawing, width - INDENT, color).map((line) =>
          line === "" ? line : safe`${blanks(INDENT)}${line}`,
        ),
      ];
    case "code":
      return block.lines.map((line) => safe`${blanks(2 * INDENT)}${printable(line)}`);
    default:
      return block satisfies never;
  }
}

export function sectionsOf(report: Report): Section[] {
  const { lists, holders, deadlock, consequence } = definitionOf(report.kind);
  const sections: Section[] = [
    { title: "What happened", blocks: [text(...story(report))] },
    { title: "Who holds what", blocks: holders?.(report) ?? [] },
    {
      title: lists === true ? "Who waits for whom" : "How this can deadlock",
      blocks: deadlock?.(report) ?? [],
    },
    { title: "Why it matters", blocks: consequence === undefined ? [] : [text(plain(consequence(report)))] },
    { title: "Step by step", blocks: edgeBlocks(report) },
    { title: "What the code does there", blocks: codeBlocks(report) },
    { title: "What the names mean", blocks: meaningBlocks(report) },
    { title: "Findings", blocks: findingBlocks(report) },
    { title: "How to fix it", blocks: items([...orderItems(report), ...fixes(report)]) },
    { title: "How to silence lockdep, if this is a false positive", blocks: items(silences(report)) },
    { title: "Questions to ask", blocks: items(questions(report)) },
    { title: "Why it may be a false positive", blocks: items(doubts(report)) },
    { title: "Commits of the range that touch it", blocks: touchingBlocks(report) },
    { title: "Suspects", blocks: report.suspects.map((suspect) => suspectBlock(report, suspect)) },
  ];
  return sections.filter(({ blocks }) => blocks.length > 0);
}

/** The edges with what the code did, and the one to look at first. */
function edgeBlocks(report: Report): Block[] {
  if (toldEdges(report).length === 0) return [];
  const rows = rolesOfEdges(report).map((edge): Block => {
    const { by, stack } = edge.edge;
    const where = path(
      by === "interrupt" ? (report.safe?.stack ?? usageOf(report, edge.edge.to, /^\{?IN-/i)) : stack,
      3,
    );
    const does = edge.roles
      .filter(({ role }) => role !== "system-call" && role !== "boot")
      .slice(0, 3)
      .map(roleParts);
    const parts = [
      [plain(whenRecorded(report, edge))],
      ...(where.length > 0 ? [say`in ${where}`] : by === "interrupt" ? [] : [[quiet("no stack in the log")]]),
    ];
    const body = commaed(parts);
    return {
      type: "entry",
      head: edgeName(edge.edge),
      body: does.length === 0 ? body : [...body, plain("; the code "), ...commaed(does)],
    };
  });
  const { lookAt } = report;
  if (lookAt === null) return rows;
  const { reason, order, next } = lookAt;
  const source = reason === "against-order" && order !== null ? say` (${order})` : [];
  const then =
    next === null || next.reason === "only"
      ? []
      : say` If it is not that one, look at ${edgeName(next)}: ${EDGE_REASON_PROSE[next.reason]}.`;
  const parts = say`Look at ${edgeName(lookAt)} first: ${EDGE_REASON_PROSE[reason]}${source}.${then}`;
  return [...rows, text(...parts)];
}

const CONTEXT_KINDS: Partial<Record<string, string>> = {
  "pseudo-lock": "not a lock, but a context",
  "wait-event": "not a lock, but an event",
  "usage-state": "shown by its usage, not its name",
  override: "not a lock, but an exception",
};

/** What the classes of the cycle stand for, those that are not locks first. */
function meaningBlocks(report: Report): Block[] {
  const shownNames = new Set<string>();
  const entries = report.annotations
    .filter(({ where }) => where === "cycle")
    .flatMap(({ id, class: of, certainty }) => {
      const annotation = annotationOf(id);
      if (annotation === null || shownNames.has(of) || shownNames.has(id)) return [];
      shownNames.add(of).add(id);
      const sort = CONTEXT_KINDS[annotation.kind];
      const head = [
        ...(annotation.kind === "usage-state" ? [plain("the state of ")] : []),
        lock(of),
        ...(sort === undefined ? [] : [plain(` (${sort})`)]),
        ...(certainty === "certain" ? [] : [quiet(certainty === "likely" ? ", likely" : ", by its name")]),
      ];
      const meaning = annotation.meaning.replace(/^Not a lock: it /, "It ");
      return [{ real: sort === undefined, block: { type: "entry" as const, head, body: [plain(meaning)] } }];
    });
  return entries.toSorted((a, b) => Number(a.real) - Number(b.real)).map(({ block }) => block);
}

function proseOf(finding: Finding): Prose | null {
  return (FINDING_PROSE as Partial<Record<string, Prose>>)[finding.code] ?? null;
}

function findingBlocks(report: Report): Block[] {
  const classes = classNames(report);
  return report.findings.slice(0, MOST_FINDINGS).flatMap((finding): Block[] => {
    const prose = proseOf(finding);
    if (prose === null) return [];
    const [title = []] = proseParts([prose.title], finding.args, classes);
    return [
      {
        type: "entry",
        head: [...title, quiet(` (${finding.certainty})`)],
        body: sentences(...proseParts(prose.explanation, finding.args, classes).map(ended)),
      },
    ];
  });
}

/** A sentence may end with a name or a message of the kernel. */
function ended(parts: readonly Part[]): readonly Part[] {
  return /[.:!?]$/.test(parts.at(-1)?.text ?? ".") ? parts : [...parts, plain(".")];
}

/** One kind of sentence of all findings, each once. */
function gathered(report: Report, of: (prose: Prose) => readonly string[]): Part[][] {
  const classes = classNames(report);
  return report.findings.slice(0, MOST_FINDINGS).flatMap((finding) => {
    const prose = proseOf(finding);
    return prose === null ? [] : proseParts(of(prose), finding.args, classes);
  });
}

function items(all: readonly (readonly Part[])[]): Block[] {
  const known = new Set<string>();
  return all
    .filter((parts) => {
      const key = parts.map(({ text: part }) => part).join("");
      return known.size < known.add(key).size;
    })
    .slice(0, MOST_ITEMS)
    .map((parts): Block => ({ type: "item", parts }));
}

/** What one order of the cycle's locks would cost all else that takes them. */
function orderItems({ order: found }: Report): Part[][] {
  if (found === undefined) return [];
  const { order, breaks, kept, boots, exact } = found;
  const before = joined(
    order.map((one) => [lock(one)]),
    plain(" before "),
  );
  const against = commaed(breaks.map(edgeName));
  const graph = `${kept.toLocaleString("en-US")} other edges of the graph of ${counted(boots, "boot")}`;
  const few = exact ? "no order breaks fewer" : "there may be an order that breaks fewer";
  return [say`take ${before} everywhere: that breaks ${against}, and keeps the ${graph} (${few})`];
}

function fixes(report: Report): Part[][] {
  return gathered(report, (prose) => prose.fixes);
}

/** Nothing is silenced that is certain. */
function silences(report: Report): Part[][] {
  const isCertain = report.findings.some(({ certainty }) => certainty === "certain");
  return isCertain ? [] : gathered(report, (prose) => prose.silences ?? []);
}

function questions(report: Report): Part[][] {
  return gathered(report, (prose) => prose.questions);
}

function doubts(report: Report): Part[][] {
  const known = report.annotations
    .filter(({ where, certainty }) => where === "cycle" && certainty !== "possible")
    .flatMap(({ id }) => annotationOf(id)?.falsePositives ?? []);
  const found = gathered(report, (prose) => prose.doubts ?? []);
  // what is known of this very pattern says more than what is known of its classes
  return found.length > 0 ? found : known.slice(0, MOST_DOUBTS).map((doubt) => [plain(doubt)]);
}

const TAKES_PART: Record<Suspect["takesPart"], string> = {
  cycle: "takes part in the cycle",
  held: "is only held",
  stack: "is only in a stack",
  no: "does not take part",
};

function suspectBlock(report: Report, suspect: Suspect): Block {
  const { asked, commit, takesPart, because, edges } = suspect;
  const { code, args } = because;
  const prose = (SUSPECT_PROSE as Partial<Record<string, readonly string[]>>)[code] ?? [];
  const classes = classNames(report);
  const which =
    commit === undefined ? [] : say`${name(commit.sha)} is "${words(commit.subject)}", in ${commit.release}.`;
  const through = edges.flatMap((index) => {
    const edge = report.edges[index];
    return edge === undefined ? [] : [edgeName(edge)];
  });
  return {
    type: "entry",
    head: say`${name(asked)} ${TAKES_PART[takesPart]}`,
    body: sentences(
      which,
      ...proseParts(prose, args, classes),
      through.length === 0 ? null : say`See ${commaed(through)}.`,
    ),
  };
}

/** Whether lockdep still looked after these reports. */
function lockdepSection(document: Document): Section | null {
  const { sources } = document;
  if (sources.length === 0) return null;
  const blocks = sources.map((source): Block => {
    const parts = sources.length === 1 ? offParts(source, document) : null;
    if (parts !== null) return text(...parts);
    return {
      type: "entry",
      head: [name(sourceName(source))],
      body: offParts(source, document),
    };
  });
  return { title: "Lockdep afterwards", blocks };
}

function offParts(source: Source, document: Document): Part[] {
  const { state, offAt } = source.lockdep;
  if (state !== "off" || offAt === null)
    return [...verdictParts(verdictOf(source), source, document), plain(".")];
  const report = offAt.report === null ? undefined : document.reports[offAt.report];
  const which = report === undefined || document.reports.length === 1 ? [] : say` (${quiet(report.id)})`;
  const what =
    offAt.reason === "message"
      ? say`Lockdep was off by line ${offAt.line}.`
      : say`Lockdep turned itself off at line ${offAt.line}, with this ${offAt.reason}${which}.`;
  return sentences(
    what,
    say`No lock was checked from there until the next boot: the absence of further reports proves nothing, and another deadlock will not show up until this one is fixed.`,
  );
}
