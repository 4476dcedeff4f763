import { own, type Safe, safe } from "./safe.ts";

/** Nearer to 0 or 1 than this is told as a bound. */
const NEAREST = 1e-6;

/** A share for a person: two digits of what it is away from 0 or 100 %, and never rounded to either. */
export function percent(share: number): Safe {
  const away = Math.min(share, 1 - share);
  if (away === 0) return safe`${share * 100} %`;
  if (away < NEAREST) return share < 0.5 ? own("below 0.0001 %") : own("above 99.9999 %");
  const digits = Math.max(0, 1 - Math.floor(Math.log10(away * 100)));
  return safe`${Number((share * 100).toFixed(digits))} %`;
}
