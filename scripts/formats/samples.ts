/**
 * What stands for a value in a sample: by its conversion, and for `%s` by the argument as it is written. The first that
 * fits counts; several are tried each.
 */
const STRINGS: readonly (readonly [RegExp, ...string[]])[] = [
  [/print_tainted_verbose/, "Tainted: [W]=WARN"],
  [/print_tainted/, "Not tainted", "Tainted: G        W"],
  [/log_?lvl|^level$/, ""],
  [/comm\b/, "splat ba:1"],
  [/str_plural/, "", "s"],
  [/release/, "7.3.4"],
  [/version/, "#1"],
  [/\bfile\b/, "kernel/locking/lockdep.c"],
  [/^usage$/, "+.+."],
  [/^usage_str\[|usage.*_str|state_name/, "IN-HARDIRQ-W"],
];

const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^p[SB]/, "take_ba+0x24/0x3e"],
  [/^p[sfF]/, "take_ba"],
  [/^p/, "ffffffff81d2b588"],
  [/^[xX]/, "1"],
  [/^[diu]/, "1"],
  [/^c/, "."],
];

/** Sample values of a conversion (`s`, `d`, `pS`, …) and its argument; strings that are literals are given in quotes. */
export function sampleOf(type: string, arg: string): readonly string[] {
  if (type !== "s") return [OTHERS.find(([pattern]) => pattern.test(type))?.[1] ?? "1"];
  if (arg.startsWith('"')) return [JSON.parse(arg) as string];
  const [, ...samples] = STRINGS.find(([pattern]) => pattern.test(arg)) ?? [/^/, "lock_a"];
  return samples;
}
