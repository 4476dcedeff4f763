import { plainSymbol } from "../report/identity.ts";
import type { Frame } from "../report/schema.ts";
import { NEVER_GUILTY } from "../report/title-skips.ts";

const machinery = new RegExp(NEVER_GUILTY.join("|"));

/** The function that took a lock: the innermost that is neither the lock's own nor lockdep's. */
export function siteOf(stack: readonly Frame[]): string | null {
  const certain = stack.filter(({ uncertain, inline }) => !uncertain && !inline);
  const frame = certain.find(({ symbol }) => !machinery.test(symbol)) ?? certain[0];
  if (frame === undefined) return null;
  const name = frame.demangled ?? plainSymbol(frame.symbol);
  return frame.module === null ? name : `${name} [${frame.module}]`;
}
