import type { Frame, Report } from "../../report/schema.ts";
import { plainSymbol } from "../../identity/identity.ts";
import { isNeverGuilty } from "../../symbols/title-skips.ts";
import { arrow, fn, joined, name, type Part, plain } from "./parts.ts";

/** More of lockdep and of what calls it, which syzbot does name. */
const CHECKS = new RegExp(
  [
    "^(?:validate_chain|check_prev_add|check_noncircular|check_(?:irq_)?usage|check_flags|imbalance)",
    "^debug_(?:check_no_locks|mutex|rt_mutex|spin)",
    "^_*fs_reclaim_(?:acquire|release)$",
    "^__schedule_bug$",
    "^check_preemption_disabled$",
  ].join("|"),
);

function isMachinery(symbol: string): boolean {
  return isNeverGuilty(symbol) || CHECKS.test(symbol);
}

/**
 * The part of a stack that tells who took the lock: without what the unwinder is not sure of, and from the
 * first function on that is not a lock primitive, an allocator or lockdep itself.
 */
export function tellingFrames(stack: readonly Frame[]): Frame[] {
  const certain = stack.filter(({ uncertain }) => !uncertain);
  const first = certain.findIndex(({ symbol, inline }) => !inline && !isMachinery(symbol));
  return first < 0 ? certain : certain.slice(first);
}

/** The part of the backtrace that tells, from the function of the title on. */
export function tellingBacktrace({ backtrace, title }: Pick<Report, "backtrace" | "title">): Frame[] {
  const guilty = / in (\S+)$/.exec(title)?.[1];
  const certain = backtrace.filter(({ uncertain }) => !uncertain);
  const first = certain.findIndex(({ symbol }) => plainSymbol(symbol) === guilty);
  return first < 0 ? tellingFrames(backtrace) : certain.slice(first);
}

function siteOf({ symbol, demangled, module, file, line }: Frame): Part[] {
  const source =
    file === null ? [] : [plain(" ("), name(line === null ? file : `${file}:${line}`), plain(")")];
  const called = demangled ?? symbol;
  return [fn(module === null ? called : `${called} [${module}]`), ...source];
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
  const whole = offset === null || size === null ? "" : `/0x${size.toString(16)}`;
  return [
    symbol + range + whole,
    ...(module === null ? [] : [`[${module}]`]),
    ...(file === null ? [] : [line === null ? file : `${file}:${line}`]),
    ...(inline ? ["[inline]"] : []),
  ].join(" ");
}
