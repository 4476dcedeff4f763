import { rolesOfStack } from "../analyze/roles.ts";
import { plainSymbol } from "../identity/identity.ts";
import type { Frame } from "../report/schema.ts";

/** The function that took a lock: the innermost that is neither the lock's, nor lockdep's, nor an allocator's own. */
export function siteOf(stack: readonly Frame[]): string | null {
  const { at, module } = rolesOfStack(stack);
  if (at === null) return null;
  const frame = stack.find(({ symbol }) => plainSymbol(symbol) === at);
  const name = frame?.demangled ?? at;
  return module === null ? name : `${name} [${module}]`;
}
