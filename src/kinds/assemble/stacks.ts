import { plainSymbol } from "../../symbols/functions.ts";
import { lacksRecorded } from "../../symbols/recorded.ts";
import { isDumper, isReporter } from "../../symbols/stack-ends.ts";
import { worksForCaller } from "../../symbols/who-took.ts";
import type { Edge, Frame } from "../../report/schema.ts";
import { tellingFunction } from "../bug/culprit.ts";
import { type Common, type Details, CHANGES_STATE, TAKES_LOCK } from "../kind.ts";

type Built = Common & Details;

/** Functions of which dump_stack() may be the last call. */
const LEADS_TO_DUMP = /^\.?(?:dump_stack|lockdep_rcu_suspicious)/;

/** They only call others, and so did nothing themselves; `ksys_` is cut off as the prefix of a system call. */
const DISPATCHERS =
  /^(?:(?:x64|ia32)_sys_call|(?:__)?do_(?:syscall_\w+|int80\w*|fast_syscall_32|el0_svc)|el0t?_\w+|invoke_syscall|system_call_exception|do_trap_ecall_u|(?:k?sys_)?(?:read|write)|full_proxy_(?:read|write)|kthread|ret_from_\w+|entry_\w+)$/;

/**
 * Whether frames of the stack were lost where the report was printed: it begins with the functions that print stacks, goes
 * on with those that lead there, and only then with whoever did it.
 *
 * @param throughout functions that lead to the kind's dump_stack()
 */
export function lacksFrames(report: Built, throughout: readonly RegExp[]): boolean {
  const stack = report.backtrace;
  const top = stack.find(({ inline }) => !inline);
  if (top === undefined) return false;
  const sure = sureOf(stack);
  const isAny = (pattern: RegExp): boolean => sure.some(({ symbol }) => pattern.test(symbol));
  const isPrinter = LEADS_TO_DUMP.test(top.symbol) || (throughout[0]?.test(top.symbol) ?? false);
  if ((!isDumper(top.symbol) && !isPrinter) || !throughout.every(isAny)) return true;
  const reporter = sure.findIndex(({ symbol }) => isReporter(symbol));
  if (sure.slice(0, Math.max(0, reporter)).some(({ symbol, inline }) => !inline && !isDumper(symbol)))
    return true;
  // nobody begins with an allocation, or with what else is done for a caller; an unwinder may be unsure of who did
  if (worksForCaller(plainSymbol(stack.at(-1)?.symbol ?? ""))) return true;
  if (lacksRecorded(stack, recordedOf(report), interruptedIn(report))) return true;
  if (DISPATCHERS.test(tellingFunction(stack) ?? "") || hasOtherTwin(report)) return true;
  const isOfLock =
    throughout.includes(TAKES_LOCK) ||
    // else it is about a lock that was taken before
    (throughout.includes(CHANGES_STATE) && isAny(/^\.?lock_acquire/) && !isAny(/^\.?mark_held_locks/));
  return isOfLock && lacksSite(report);
}

/** Whether two dumps of one stack, as of a nested lock, do not have the same functions, or one alone names its task. */
function hasOtherTwin({ dumps }: Built): boolean {
  const [one, other, ...more] = dumps.filter(({ frames }) => frames.length > 0);
  if (one === undefined || other === undefined || more.length > 0) return false;
  if ((one.task === null) !== (other.task === null)) return true;
  const [names, others] = [one, other].map(({ frames }) =>
    frames.flatMap(({ symbol, uncertain, inline }) =>
      uncertain || inline || isDumper(symbol) ? [] : [plainSymbol(symbol)],
    ),
  );
  return String(names) !== String(others);
}

/** The frames that count: a machine that cannot unwind its stack marks every one as uncertain. */
function sureOf(stack: readonly Frame[]): readonly Frame[] {
  const certain = stack.filter(({ uncertain }) => !uncertain);
  return certain.some(({ symbol }) => isDumper(symbol)) ? certain : stack;
}

/** Whether the function that takes the lock is not in the stack of taking it. */
function lacksSite({ lock, backtrace }: Built): boolean {
  const at = lock?.at;
  if (!at || at.symbol.startsWith("0x") || backtrace.length === 0) return false;
  // where addresses are printed, as up to 4.9, unwinders are not sure of what they met
  const isOld = backtrace.some(({ address }) => address !== null);
  const names = (isOld ? backtrace : sureOf(backtrace)).flatMap(({ symbol, caller }) => [
    symbol,
    ...(caller ? [caller.symbol] : []),
  ]);
  // of locks that are taken anew, the first taker may be long gone
  if (names.some((symbol) => symbol.startsWith("reacquire_held_locks"))) return false;
  const taker = plainSymbol(at.symbol);
  return !names.some((symbol) => plainSymbol(symbol) === taker);
}

/** The stack under way, which is recorded before it is printed: as that of the link #0, or of the new dependency. */
export function recordedOf({ edges, lock, holding }: Built): readonly Frame[] {
  const isNew = ({ from, to }: Edge): boolean => from === holding?.class && to === lock?.class;
  const closing = edges.find(({ closes, stack }) => closes && stack.length > 0);
  return (closing ?? edges.find(isNew))?.stack ?? [];
}

/** The functions that an interrupt or a fault stopped: registers name them, and no frame does. */
function interruptedIn({ dumps }: Built): string[] {
  return dumps.flatMap(({ registers }) =>
    registers.flatMap(({ at }) => at?.replace(/^\w*:/, "").split("+", 1) ?? []),
  );
}
