/** Nearer to 0 or 1 than this is told as a bound. */
const NEAREST = 1e-6;

/** A share for a person: two digits of what it is away from 0 or 100 %, and never rounded to either. */
export function percent(share: number): string {
  const away = Math.min(share, 1 - share);
  if (away === 0) return `${share * 100} %`;
  if (away < NEAREST) return share < 0.5 ? "below 0.0001 %" : "above 99.9999 %";
  const digits = Math.max(0, 1 - Math.floor(Math.log10(away * 100)));
  return `${Number((share * 100).toFixed(digits))} %`;
}
