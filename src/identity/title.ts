import type { Untitled } from "../report/schema.ts";
import { type Banner, bareHeadline, type Tag } from "../kinds/bug/banner.ts";
import { CORRUPTED } from "../kinds/bug/culprit.ts";
import { definitionOf } from "../kinds/index.ts";

/**
 * The title that syzbot would give. Where syzbot knows the report it names one function; where it does not,
 * the title is the headline with its numbers and addresses made neutral.
 */
export function titleOf(report: Untitled, printed?: Tag): string {
  const { banner, title } = definitionOf(report.kind);
  const tag = printed ?? tagOf(report, banner);
  return neutral(title({ report, tag, headline: headlineOf(report, tag, banner) }));
}

/** syzbot's word for a report of which no function can be named. */
export function isCorrupted(title: string): boolean {
  return title.endsWith(` in ${CORRUPTED}`);
}

/* The headline as it is in the log. */

function tagOf(report: Untitled, { tag, before }: Banner): Tag {
  if (tag !== "WARNING") return tag;
  const printed = /^\[?\s*(BUG|INFO|WARNING):/.exec(report.headline)?.[1];
  if (printed === "BUG" || printed === "INFO" || printed === "WARNING") return printed;
  return beforeWarnings(report.kernel?.release) ? before : tag;
}

function beforeWarnings(release: string | undefined): boolean {
  const match = /^(\d+)\.(\d+)/.exec(release ?? "");
  if (match === null) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major < 4 || (major === 4 && minor < 12);
}

function headlineOf(report: Untitled, tag: Tag, { boxed }: Banner): string {
  return `${tag}: ${bareHeadline(report.headline)}${boxed && tag !== "WARNING" ? " ]" : ""}`;
}

/* What may not tell two reports of one bug apart. */

const volatile: readonly (readonly [RegExp, string])[] = [
  [/syz-executor\.?\d+(?:[/:]\d+)?/g, "syz-executor"],
  [/syzkaller\d+(?:[/:]\d+)?/g, "syzkaller"],
  [/([^a-zA-Z0-9])(?:0x)?[0-9a-f]{6,}/g, "$1ADDR"],
  [/\d{1,3}(?:\.\d{1,3}){3}/g, "IP"],
  [/(\.\w+)(?::\d+)+/g, "$1:LINE"],
  [/([a-zA-Z][\w.]{1,512})\+0x[0-9a-z]+\/0x[0-9a-z]+/g, "$1"],
  [/CPU#\d+/g, "CPU"],
  [/(\W)\d+(\W|$)/g, "$1NUM$2"],
  [/\d{7,}/g, "NUM"],
];

const longestTitle = 120;
const longestHeadline = 1000;

function neutral(title: string): string {
  let text = title.slice(0, longestHeadline);
  for (const [pattern, replacement] of volatile) {
    for (let before = ""; before !== text;) {
      before = text;
      text = text.replace(pattern, replacement);
    }
  }
  return text
    .slice(0, longestTitle)
    .replace(/[^\t\x20-\x7e]/g, "")
    .replace(/[\t ]+/g, " ")
    .trim();
}
