import { type Bug, bugsOf } from "../../compare/matrix.ts";
import type { Document, Report, Source } from "../../report/schema.ts";
import { wrap } from "../words/layout.ts";
import { encodedWords } from "../words/mail-header.ts";
import { type Part, plain } from "../words/parts.ts";
import { ended, join, linesOf, own, printable, type Safe, safe } from "../words/safe.ts";
import { asksOfReport } from "./asks.ts";
import { codeBlocks } from "./code.ts";
import { cycleParts, edgeName } from "./facts.ts";
import { EDGE_REASON_PROSE } from "./findings-prose.ts";
import { printReport } from "./kernel.ts";

/** Mails to kernel lists are wrapped here; the kernel's own lines are not. */
const WIDTH = 75;
/** Lists refuse mails above some 100 kB. */
const MOST_LINES = 700;
const MOST_PLACES = 4;

/**
 * A bug report for each bug, ready for git send-email: to the maintainers where a tree was named, with the kernel's own
 * text. Several stand in one mbox.
 */
export function renderMail({ reports, sources }: Document): Safe {
  const mails = bugsOf(reports).map((bug) => mailLines(bug, sources));
  if (mails.length <= 1) return ended(mails.flat());
  return ended(
    mails.flatMap((mail) => [
      own("From splat-triage Thu Jan  1 00:00:00 1970"),
      ...mail.map((line) => (/^>*From /.test(line) ? safe`>${line}` : line)),
      own(""),
    ]),
  );
}

function mailLines(bug: Bug, sources: readonly Source[]): Safe[] {
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
    ...paragraphs(remarks(bug, sources)),
    own(""),
    ...codeOf(shown),
    ...trailers(shown),
    safe`splat-triage id: ${printable(id)}`,
  ];
}

function remarks({ shown, reports }: Bug, sources: readonly Source[]): (readonly Part[])[] {
  const places = reports.map(({ source, lines }) => `${sources[source]?.name ?? "-"}:${lines.first}`);
  const listed = `${places.slice(0, MOST_PLACES).join(", ")}${places.length > MOST_PLACES ? ", …" : ""}`;
  const times = reports.length === 1 ? "once" : `${reports.length} times`;
  const { cycle, lookAt } = shown;
  return [
    ...(cycle.length === 0 ? [] : [[plain("The cycle: "), ...cycleParts(cycle)]]),
    ...(lookAt === null
      ? []
      : [[plain("Look first at "), ...edgeName(lookAt), plain(`: ${EDGE_REASON_PROSE[lookAt.reason]}.`)]]),
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

/** What regzbot and stable scripts read, where reverting a suspected commit should help. */
function trailers({ suspects }: Report): Safe[] {
  return suspects.flatMap(({ commit, revert }) =>
    commit === undefined || revert !== "helps"
      ? []
      : [
          safe`Fixes: ${printable(commit.sha)} ("${printable(commit.subject)}")`,
          safe`#regzbot introduced: ${printable(commit.sha)}`,
        ],
  );
}

/** Wrapped, with an empty line between. */
function paragraphs(all: readonly (readonly Part[])[]): Safe[] {
  return all.flatMap((parts, i) => [...(i === 0 ? [] : [own("")]), ...wrap(parts, WIDTH, false)]);
}

/** What matters of the kernel's text: no registers, no frames that the unwinder was not sure of. */
function kernelLines(report: Report): Safe[] {
  const dumps = report.dumps.map((dump) => ({
    ...dump,
    frames: dump.frames.filter(({ uncertain }) => !uncertain),
    registers: [],
    words: [],
  }));
  const all = linesOf(printReport({ ...report, dumps }));
  return all.length > MOST_LINES ? [...all.slice(0, MOST_LINES), own("[...]")] : all;
}

/** A header field, folded between its values; nothing where it has none. */
function header(name: "To" | "Cc" | "Subject", values: readonly string[]): Safe[] {
  return values.length === 0 ? [] : linesOf(safe`${name}: ${join(values.map(encodedWords), ",\n ")}\n`);
}
