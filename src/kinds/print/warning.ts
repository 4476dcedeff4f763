import type { Report, StackDump } from "../../report/schema.ts";
import { allDumps } from "./boxes.ts";
import { frameText, irqEventLines } from "./frames.ts";
import { given, type Lines } from "./lines.ts";
import { heldLines, taskText } from "./locks.ts";

/** What is between `[ cut here ]` and `[ end trace ]`: __warn() in kernel/panic.c. */
export function warningLines(report: Report): Lines {
  const { warning, dumps } = report;
  const message = given(warning?.message, (text) => [text]);
  const place = given(warning, (raised) => placeLines(raised, dumps[0]));
  return [
    "------------[ cut here ]------------",
    ...(warning?.below === true ? [...place, ...message] : [...message, ...place]),
    ...heldLines(report),
    ...allDumps(report),
    ...(report.irqEvents !== undefined && endsEmpty(dumps.at(-1)) ? [""] : []),
    ...irqEventLines(report.irqEvents),
    ...given(warning?.endTrace, (number) => [`---[ end trace ${number} ]---`]),
    ...given(warning?.reason, (reason) => [`possible reason: ${reason}`]),
    // which says so once more
    ...(warning?.at?.symbol === "check_flags" ? irqEventLines(report.irqEvents) : []),
  ];
}

/** show_backtrace() of mips and loongarch, below the stack's words, ends with an empty line. */
function endsEmpty(dump: StackDump | undefined): boolean {
  return dump?.trace.some((text) => text.startsWith("Stack : ")) ?? false;
}

/** The line of __warn(): in 7.2 and later it ends with who ran into it, before it began with that. */
function placeLines(
  { condition, file, line, at, runner }: NonNullable<Report["warning"]>,
  dump: StackDump | undefined,
): Lines {
  if (file === null && at === null) return [];
  const where =
    file === null ? "" : `${condition === undefined ? "" : `[${condition}] `}${file}:${line ?? 0} `;
  // of one that could not be read nothing is left
  const place = at === null ? "?" : frameText(at);
  return runner === undefined
    ? [`WARNING: ${runnerText(dump)}at ${where}${place}`]
    : [`WARNING: ${where}at ${place}, CPU#${runner.cpu}: ${taskText(runner.task)}`];
}

function runnerText(dump: StackDump | undefined): string {
  return given(dump?.cpu, (cpu) => given(dump?.task, ({ pid }) => [`CPU: ${cpu} PID: ${pid} `])).join("");
}
