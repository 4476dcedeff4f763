import { type Bug, bugsOf } from "../../compare/matrix.ts";
import type { Document, Report, Source, StackDump } from "../../report/schema.ts";
import { wrap } from "../words/layout.ts";
import { encodedWords } from "../words/mail-header.ts";
import type { Letter, Paper } from "../words/paper.ts";
import { commitName, type Part, plain, SHA_DIGITS, words } from "../words/parts.ts";
import { ended, join, linesOf, own, printable, type Safe, safe } from "../words/safe.ts";
import { asksOfReport } from "./asks.ts";
import { mailOf } from "../../report/mail-of.ts";
import { codeBlocks } from "./code.ts";
import { cycleParts, edgeName, suspectParts } from "./facts.ts";
import { EDGE_REASON_PROSE } from "./edge-reasons.ts";
import { printReport } from "./kernel.ts";
import { knownRows, metOf } from "./overview.ts";

/** Mails to kernel lists are wrapped here; the kernel's own lines are not. */
const WIDTH = 75;
/** Lists refuse mails above some 100 kB. */
const MOST_LINES = 700;
const MOST_PLACES = 4;

/**
 * A bug report for each bug, ready for git send-email: to the maintainers where a tree was named, with the kernel's own
 * text. Several are in one mbox.
 */
export function renderMail(
  { reports, sources }: Document,
  { letter = NO_LETTER }: Partial<Paper> = {},
): Safe {
  const mails = bugsOf(reports).map((bug) => mailLines(bug, sources, letter));
  if (mails.length <= 1) return ended(mails.flat());
  return ended(
    mails.flatMap((mail) => [
      own("From splat-triage Thu Jan  1 00:00:00 1970"),
      ...mail.map((line) => (/^>*From /.test(line) ? safe`>${line}` : line)),
      own(""),
    ]),
  );
}

const NO_LETTER: Letter = { reporter: null, bisected: null };

function mailLines(bug: Bug, sources: readonly Source[], letter: Letter): Safe[] {
  const { shown, id } = bug;
  const people = shown.lookAt?.maintainers ?? [];
  const release = shown.kernel === null ? "" : ` on ${shown.kernel.release}`;
  return [
    ...header("To", [...new Set(people.flatMap(({ people: all }) => all))]),
    ...header("Cc", [...new Set(people.flatMap(({ lists }) => lists))]),
    ...header("Subject", [`[BUG] ${shown.title}`]),
    own("MIME-Version: 1.0"),
    own("Content-Type: text/plain; charset=UTF-8"),
    own("Content-Transfer-Encoding: 8bit"),
    own(""),
    ...paragraphs([[plain("Hi,")], [plain(`lockdep reports "${shown.headline}"${release}:`)]]),
    own(""),
    ...kernelLines(shown),
    own(""),
    ...paragraphs([...remarks(bug, sources), ...bisection(shown, letter)]),
    own(""),
    ...codeOf(shown),
    ...trailers(bug, sources, letter),
    safe`splat-triage id: ${printable(id)}`,
  ];
}

function remarks({ shown, reports, id }: Bug, sources: readonly Source[]): (readonly Part[])[] {
  const places = reports.map(({ source, lines }) => `${sources[source]?.name ?? "-"}:${lines.first}`);
  const listed = `${places.slice(0, MOST_PLACES).join(", ")}${places.length > MOST_PLACES ? ", …" : ""}`;
  const times = reports.length === 1 ? "once" : `${reports.length} times`;
  const { cycle, lookAt } = shown;
  return [
    ...(cycle.length === 0 ? [] : [[plain("The cycle: "), ...cycleParts(cycle)]]),
    ...(lookAt === null
      ? []
      : [[plain("Look first at "), ...edgeName(lookAt), plain(`: ${EDGE_REASON_PROSE[lookAt.reason]}.`)]]),
    ...knownRows({ shown, reports, id }).map(({ body }) => [plain("Known: "), ...body]),
    [plain(`Seen ${times} (${listed}).${lockdepText(sources[shown.source])}`)],
    ...asksOfReport(shown).map((ask) => [plain(`Missing here: ${ask}`)]),
  ];
}

/** The lines round the places that tell, as explain has them. */
function codeOf(report: Report): Safe[] {
  return codeBlocks(report).flatMap((block) => {
    if (block.type === "code") return [...block.lines.map((line) => safe`  ${printable(line)}`), own("")];
    return block.type === "text" ? [...wrap(block.parts, WIDTH, false), own("")] : [];
  });
}

function lockdepText(source: Source | undefined): string {
  const state = source?.lockdep.state ?? "unknown";
  if (state === "off") return " Lockdep was off afterwards: what came later was not looked for.";
  return state === "on" ? " Lockdep stayed on to the end of the log." : "";
}

/** What a bisection led to, and what the report says of that. */
function bisection({ suspects }: Report, { bisected }: Letter): (readonly Part[])[] {
  if (bisected === null) return [];
  const { asked, sha, subject } = bisected;
  const suspect = suspects.find((one) => one.asked === asked);
  return [
    [
      plain("A bisection led to "),
      commitName(sha),
      ...(subject === null ? [] : [plain(' ("'), words(subject), plain('")')]),
      plain("."),
      ...(suspect === undefined ? [] : [plain(" It "), ...suspectParts(suspect)]),
    ],
  ];
}

/** Where mails of all the kernel's lists are found by their id. */
const LORE = "https://lore.kernel.org/r/";

/** What whoever fixes it, regzbot and the stable scripts read. */
function trailers(bug: Bug, sources: readonly Source[], letter: Letter): Safe[] {
  const { shown, reports } = bug;
  const mails = reports.flatMap((report) => mailOf(sources, report) ?? []);
  const reporters = letter.reporter === null ? mails.flatMap(({ from }) => from ?? []) : [letter.reporter];
  const met = metOf(bug)?.first;
  const links = [
    ...[...mails.flatMap(({ messageId }) => messageId ?? []), ...(met?.type === "mail" ? [met.ref] : [])].map(
      (id) => LORE + encodeURIComponent(printable(id)).replaceAll("%40", "@"),
    ),
    ...reports.flatMap(({ known }) => known?.link ?? []),
  ];
  return [
    ...[...new Set(reporters)].map((who) => safe`Reported-by: ${printable(who)}`),
    ...[...new Set(links)].map((link) => safe`Link: ${printable(link)}`),
    ...blamed(shown, letter).flatMap(({ sha, subject }) => [
      ...(subject === null
        ? []
        : [safe`Fixes: ${printable(sha.slice(0, SHA_DIGITS))} ("${printable(subject)}")`]),
      safe`#regzbot introduced: ${printable(sha)}`,
    ]),
  ];
}

/** Suspected commits of which reverting should help; and what a bisection led to, unless that would hardly help. */
function blamed(
  { suspects }: Report,
  { bisected }: Letter,
): { readonly sha: string; readonly subject: string | null }[] {
  const helping = suspects.flatMap(({ asked, commit, revert }) =>
    commit === undefined || revert !== "helps" || asked === bisected?.asked ? [] : [commit],
  );
  const isDoubted = suspects.some(({ asked, revert }) => asked === bisected?.asked && revert === "unlikely");
  return bisected === null || isDoubted ? helping : [bisected, ...helping];
}

/** Wrapped, with an empty line between. */
function paragraphs(all: readonly (readonly Part[])[]): Safe[] {
  return all.flatMap((parts, i) => [...(i === 0 ? [] : [own("")]), ...wrap(parts, WIDTH, false)]);
}

/** What matters of the kernel's text: no registers, no frames that the unwinder was not sure of. */
function kernelLines(report: Report): Safe[] {
  const dumps = report.dumps.map((dump) => ({ ...dump, trace: dump.trace.filter(mattersIn(dump)) }));
  const all = linesOf(printReport({ ...report, dumps }));
  return all.length > MOST_LINES ? [...all.slice(0, MOST_LINES), own("[...]")] : all;
}

/** A register has so many digits at the least, and fewer may be in any line. */
const DIGITS = 8;

/** Tells which lines of a trace matter. */
function mattersIn({ registers }: StackDump): (line: string) => boolean {
  const values = registers.flatMap(({ at, inlined = [], code, values: named }) => [
    ...[at, ...inlined, code].flatMap((text) => text ?? []),
    ...Object.values(named).filter((value) => value.length >= DIGITS),
  ]);
  return (line) => !line.trimStart().startsWith("? ") && !values.some((value) => line.includes(value));
}

/** A header field, folded between its values; nothing where it has none. */
function header(field: "To" | "Cc" | "Subject", values: readonly string[]): Safe[] {
  return values.length === 0 ? [] : linesOf(safe`${field}: ${join(values.map(encodedWords), ",\n ")}\n`);
}
