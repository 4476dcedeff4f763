import { scanPlainly } from "./plain.ts";
import type { Scanner } from "./scanned.ts";
import { simdScanner } from "./simd.ts";

let scanner: Scanner | null = null;

/** The fastest way there is here: in SIMD, where that can be had. One serves all logs: nothing is kept between calls. */
export const scan: Scanner = (bytes) => {
  scanner ??= simdScanner() ?? scanPlainly;
  return scanner(bytes);
};
