/**
 * Ranges of kernel releases, as `<6.13`, `>=6.1 <6.2` or `6.6 || 6.12`.
 *
 * A release is compared as far as the range names it: 6.12.5 is 6.12, and so not above it. A release candidate comes
 * before its release: 6.13-rc1 is below 6.13. What follows (-amd64, -next-20241220, +) says nothing about order.
 */

const RELEASE = /^v?(\d{1,4}(?:\.\d{1,4}){0,3})(?:-rc(\d{1,3}))?/;
const COMPARATOR = /^(<=|>=|<|>|=|)v?(\d{1,4}(?:\.\d{1,4}){0,3})(?:-rc(\d{1,3}))?$/;

interface Release {
  readonly numbers: readonly number[];
  /** Of a release itself, above all of its candidates. */
  readonly candidate: number;
}

export type KernelRange = (release: string) => boolean;

/**
 * Reads a range: comparators that must all hold, `||` between alternatives.
 *
 * @returns null if it is none
 */
export function kernelRange(text: string): KernelRange | null {
  const alternatives = text.split("||").map((all) =>
    all
      .trim()
      .replace(/([<>=])\s+/g, "$1")
      .split(/[\s,]+/),
  );
  const compiled = alternatives.map((all) => all.map(comparator));
  if (compiled.some((all) => all.includes(null))) return null;
  return (release) => {
    const asked = releaseOf(RELEASE.exec(release)?.slice(1) ?? []);
    return asked !== null && compiled.some((all) => all.every((holds) => holds?.(asked) === true));
  };
}

function releaseOf([numbers, candidate]: readonly (string | undefined)[]): Release | null {
  if (numbers === undefined) return null;
  return {
    numbers: numbers.split(".").map(Number),
    candidate: candidate === undefined ? Number.POSITIVE_INFINITY : Number(candidate),
  };
}

function comparator(text: string): ((asked: Release) => boolean) | null {
  const [, sign, ...parts] = COMPARATOR.exec(text) ?? [];
  const bound = releaseOf(parts);
  if (sign === undefined || bound === null) return null;
  return (asked) => {
    const order = compare(asked, bound);
    switch (sign) {
      case "<":
        return order < 0;
      case "<=":
        return order <= 0;
      case ">":
        return order > 0;
      case ">=":
        return order >= 0;
      default:
        return order === 0;
    }
  };
}

function compare(asked: Release, bound: Release): number {
  for (const [i, number] of bound.numbers.entries()) {
    const difference = (asked.numbers[i] ?? 0) - number;
    if (difference !== 0) return difference;
  }
  // a stable release of the series is the series; a candidate of 6.13 is not 6.13
  const isStable = asked.numbers.slice(bound.numbers.length).some((number) => number > 0);
  if (isStable && asked.candidate === Number.POSITIVE_INFINITY)
    return bound.candidate === Number.POSITIVE_INFINITY ? 0 : 1;
  return asked.candidate === bound.candidate ? 0 : asked.candidate < bound.candidate ? -1 : 1;
}
