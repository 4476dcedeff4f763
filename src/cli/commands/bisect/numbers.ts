import { InvalidArgumentError } from "commander";

/** Numbers as options: whatever else is given is wrong usage. */

const MOST = 1_000_000;

/** A whole number from `least` to a million. */
export function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= MOST))
      throw new InvalidArgumentError(`Not a whole number from ${least} to ${MOST}.`);
    return value;
  };
}

/** Above 0 and below 1. */
export function confidenceOf(text: string): number {
  const value = decimalOf(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError("Not a number above 0 and below 1.");
  return value;
}

/** Above 0 and at most 1. */
export function hitRateOf(text: string): number {
  const value = decimalOf(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError("Not a number above 0 and at most 1.");
  return value;
}

function decimalOf(text: string): number {
  return /^\d{0,9}\.?\d{1,20}(?:e-?\d{1,2})?$/i.test(text) ? Number(text) : Number.NaN;
}
