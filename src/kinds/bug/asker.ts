import type { Frame, Untitled } from "../../report/schema.ts";
import { functionName, plainSymbol, SYSCALL_PREFIX } from "../../symbols/functions.ts";
import { actsForItself, worksForCaller } from "../../symbols/who-took.ts";
import { tellingFunction, trace } from "./culprit.ts";

/**
 * Whose bug it is, where the function that a title names does what any caller asks of it, as an allocator or the removal
 * of a file from sysfs does: the first function below it that does not.
 *
 * @returns null if the stack does not show who asked
 */
export function askerOf(report: Untitled, name: string): string | null {
  if (!worksForCaller(name)) return name;
  const stack = trace(report);
  const at = stack.findIndex(({ symbol }) => plainSymbol(symbol).replace(SYSCALL_PREFIX, "") === name);
  // a trap's function is in the registers, and the stack goes on below it
  return at < 0 && report.warning === undefined ? null : firstAsker(stack.slice(at + 1));
}

/** Who had something printed, where a report was made by printk(): of several, one within the other, the first. */
export function printerOf(report: Untitled): string | null {
  const stack = trace(report);
  const at = stack.findLastIndex((frame) => /^(?:_?printk|vprintk\w*)$/.test(functionName(frame) ?? ""));
  return at < 0 ? null : firstAsker(stack.slice(at + 1));
}

/** Who used RCU: what syzbot skips for an rcu in its name may be anybody's. */
export function rcuUserOf(report: Untitled): string | null {
  return firstAsker(trace(report).filter(({ symbol }) => !/^_{0,2}s?rcu_/.test(symbol)));
}

function firstAsker(stack: readonly Frame[]): string | null {
  for (const frame of stack) {
    const name = tellingFunction([frame]);
    if (name !== null && actsForItself(name)) return name;
  }
  return null;
}
