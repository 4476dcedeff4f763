import { lines, type Safe } from "../../render/words/safe.ts";
import type { CommandEntry } from "./command-tree.ts";

/** The man page, out of the definitions that the help is made of. man(7) tells what the requests mean. */
export function manPage(tree: readonly CommandEntry[], version: string): Safe {
  const [main, ...commands] = tree;
  return lines([
    `.TH SPLAT\\-TRIAGE 1 "" "splat\\-triage ${roff(version)}" "User Commands"`,
    ".SH NAME",
    "splat\\-triage \\- triage reports of the Linux kernel's lock validator",
    ".SH SYNOPSIS",
    ...tree.flatMap(({ usage }) => [".br", `.B splat\\-triage`, roff(usage)]),
    ...(main === undefined ? [] : [".SH DESCRIPTION", roff(main.description), ...entryText(main)]),
    ".SH COMMANDS",
    ...commands.flatMap((entry) => [
      `.SS ${roff(entry.path.join(" "))}`,
      roff(entry.description),
      ...entryText(entry),
    ]),
    ".SH EXIT STATUS",
    ...STATUS.flatMap(([status, meaning]) => [".TP", `.B ${status}`, meaning]),
    ".SH ENVIRONMENT",
    ...ENVIRONMENT.flatMap(([name, meaning]) => [".TP", `.B ${name}`, meaning]),
  ]);
}

const STATUS: readonly (readonly [number, string])[] = [
  [0, "Done."],
  [1, "A report was found that is not known (\\-\\-exit\\-code); bad (bisect); two bugs (same)."],
  [2, "Wrong usage, or an input that cannot be read: one line on standard error names it and the reason."],
  [125, "Cannot tell: nothing was found, and that proves nothing; git bisect skips the commit."],
];

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ["NO_COLOR", "If set, text has no colours."],
  ["FORCE_COLOR", "If 0 or false, text has no colours; otherwise it has them, even in a pipe."],
  [
    "FORCE_HYPERLINK",
    "If 0, text has no links (OSC 8) to the files of a kernel tree; otherwise coloured text has them, whatever the terminal claims to support.",
  ],
  ["COLUMNS", "The width of tables if standard output is not a terminal."],
];

function entryText({ arguments: args, options }: CommandEntry): string[] {
  return [
    ...args.flatMap(({ name, description }) => [".TP", `.I ${roff(name)}`, roff(description)]),
    ...options.flatMap(({ names, value, choices, description }) => [
      ".TP",
      `.B ${roff(names.join(", "))}${value === null ? "" : ` \\fI${roff(value)}\\fR`}`,
      roff(choices.length === 0 ? description : `${description}: ${choices.join(", ")}`),
    ]),
  ];
}

/** Text in which nothing is a request or an escape. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll(/^(?=[.'])/gm, "\\&");
}
