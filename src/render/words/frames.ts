import type { Frame, Report } from "../../report/schema.ts";
import { plainSymbol, siteName, sizeText } from "../../symbols/functions.ts";
import { fromTaker } from "../../symbols/who-took.ts";
import { arrow, fn, joined, type Part, placePart, plain } from "./parts.ts";

/** The part of the backtrace that tells, from the function of the title on. */
export function tellingBacktrace({ backtrace, title }: Pick<Report, "backtrace" | "title">): Frame[] {
  const guilty = / in (\S+)$/.exec(title)?.[1];
  const certain = backtrace.filter(({ uncertain }) => !uncertain);
  const first = certain.findIndex(({ symbol }) => plainSymbol(symbol) === guilty);
  return first < 0 ? fromTaker(backtrace) : certain.slice(first);
}

function siteOf(frame: Frame): Part[] {
  const { file, line } = frame;
  const source = file === null ? [] : [plain(" ("), placePart({ file, line }), plain(")")];
  return [fn(siteName(frame)), ...source];
}

/** `in take_ba`; nothing where the log does not tell. */
export function at(frame: Frame | null | undefined): Part[] {
  return frame ? [plain(" in "), ...siteOf(frame)] : [];
}

/** `take_ba ← job_thread`: the innermost callers first. */
export function callers(frames: readonly Frame[], most: number): Part[] {
  const [first, ...rest] = frames.slice(0, most).map(siteOf);
  if (first === undefined) return [];
  return joined([first, ...rest.map((site) => [arrow("←"), ...site])], plain(" "));
}

/** `take_ba+0x24/0x3e [module] file.c:12`, as the kernel prints a frame. */
export function frameText({ symbol, offset, size, module, file, line, inline }: Frame): string {
  const range = offset === null ? "" : `+0x${offset.toString(16)}`;
  const whole = offset === null || size === null ? "" : `/0x${sizeText(size)}`;
  return [
    symbol + range + whole,
    ...(module === null ? [] : [`[${module}]`]),
    ...(file === null ? [] : [line === null ? file : `${file}:${line}`]),
    ...(inline ? ["[inline]"] : []),
  ].join(" ");
}
