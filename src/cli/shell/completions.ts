import { lines, type Safe } from "../../render/words/safe.ts";
import type { CommandEntry, OptionEntry } from "./command-tree.ts";

/** Scripts that complete the command line, each out of the definitions that the help is made of. */
export const COMPLETIONS = { bash, zsh, fish } as const satisfies Record<
  string,
  (tree: readonly CommandEntry[]) => Safe
>;

export type Shell = keyof typeof COMPLETIONS;
export const SHELLS = Object.keys(COMPLETIONS) as Shell[];

function pathOf({ path }: Pick<CommandEntry, "path">): string {
  return path.join(" ");
}

function words({ options, commands }: CommandEntry): string {
  return [...commands, ...options.flatMap(({ names }) => names)].join(" ");
}

/** Branches of `case "$path/$word"`, of bash and zsh alike: the command that a word leads to. */
function pathCases(tree: readonly CommandEntry[]): string[] {
  return tree
    .filter(({ path }) => path.length > 0)
    .map(
      (entry) =>
        `      '${entry.path.slice(0, -1).join(" ")}/${entry.path.at(-1)}') path='${pathOf(entry)}' ;;`,
    );
}

/** Options whose value is one of some words. */
function chosen({ options }: CommandEntry): OptionEntry[] {
  return options.filter(({ choices }) => choices.length > 0);
}

function bash(tree: readonly CommandEntry[]): Safe {
  return lines([
    "# bash completion of splat-triage: source it, or put it into /usr/share/bash-completion/completions",
    "_splat_triage() {",
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" path="" word words=""',
    "  COMPREPLY=()",
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    '    case "$path/$word" in',
    ...pathCases(tree),
    "    esac",
    "  done",
    '  case "$path/$prev" in',
    ...tree.flatMap((entry) =>
      chosen(entry).map(
        ({ names, choices }) =>
          `    ${names.map((name) => `'${pathOf(entry)}/${name}'`).join("|")}) words='${choices.join(" ")}' ;;`,
      ),
    ),
    "    *)",
    '      case "$path" in',
    ...tree.map((entry) => `        '${pathOf(entry)}') words='${words(entry)}' ;;`),
    "      esac",
    '      [[ $cur == -* ]] || COMPREPLY=($(compgen -f -- "$cur"))',
    "      ;;",
    "  esac",
    '  COMPREPLY+=($(compgen -W "$words" -- "$cur"))',
    "}",
    "complete -o filenames -F _splat_triage splat-triage",
  ]);
}

/** Text between quotation marks of zsh, in which a bracket or a colon would end the description. */
function zshText(text: string): string {
  return text.replaceAll("'", "'\\''").replace(/[[\]:\\]/g, "\\$&");
}

function zshOption({ names, value, choices, description }: OptionEntry): string {
  const of = choices.length > 0 ? `(${choices.join(" ")})` : "_files";
  const takes = value === null ? "" : `:${value}:${of}`;
  const text = `'[${zshText(description)}]${takes}'`;
  const [only = "", other] = names;
  return other === undefined ? `'*'${only}${text}` : `'*'{${only},${other}}${text}`;
}

function functionOf({ path }: CommandEntry): string {
  return ["_splat_triage", ...path].join("_");
}

function zsh(tree: readonly CommandEntry[]): Safe {
  return lines([
    "#compdef splat-triage",
    ...tree.flatMap((entry) => [
      `${functionOf(entry)}_only() {`,
      "  _arguments -s \\",
      ...entry.options.map((option) => `    ${zshOption(option)} \\`),
      ...(entry.commands.length > 0 ? [`    '1: :(${entry.commands.join(" ")})' \\`] : []),
      "    '*:file:_files'",
      "}",
    ]),
    "_splat_triage() {",
    '  local path="" word',
    '  for word in "${words[@]:1:$((CURRENT-2))}"; do',
    '    case "$path/$word" in',
    ...pathCases(tree),
    "    esac",
    "  done",
    '  case "$path" in',
    ...tree.map((entry) => `    '${pathOf(entry)}') ${functionOf(entry)}_only ;;`),
    "  esac",
    "}",
    '_splat_triage "$@"',
  ]);
}

function fishText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function fish(tree: readonly CommandEntry[]): Safe {
  return lines([
    "# fish completion of splat-triage: put it into ~/.config/fish/completions",
    "function __splat_triage_at",
    "    set -l path",
    "    for word in (commandline -opc)[2..-1]",
    '        switch "$path/$word"',
    ...tree
      .filter(({ path }) => path.length > 0)
      .flatMap((entry) => [
        `            case ${fishText(`${entry.path.slice(0, -1).join(" ")}/${entry.path.at(-1)}`)}`,
        `                set path ${fishText(pathOf(entry))}`,
      ]),
    "        end",
    "    end",
    '    test "$path" = "$argv[1]"',
    "end",
    ...tree.flatMap((entry) => {
      const when = `-n ${fishText(`__splat_triage_at "${pathOf(entry)}"`)}`;
      return [
        ...entry.commands.map((name) => {
          const sub = tree.find(({ path }) => path.join(" ") === [...entry.path, name].join(" "));
          return `complete -c splat-triage ${when} -a ${name} -d ${fishText(sub?.description ?? "")}`;
        }),
        ...entry.options.map(({ names, value, choices, description }) => {
          const flags = names.map((name) =>
            name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
          );
          const takes =
            choices.length > 0 ? ` -x -a ${fishText(choices.join(" "))}` : value === null ? "" : " -r";
          return `complete -c splat-triage ${when} ${flags.join(" ")}${takes} -d ${fishText(description)}`;
        }),
      ];
    }),
  ]);
}
