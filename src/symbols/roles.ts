import type { Edge, Frame, Report } from "../report/schema.ts";
import { plainSymbol, SYSCALL_PREFIX, withoutCallPrefix } from "./functions.ts";
import { ACQUISITIONS, LOCK_FUNCTIONS, type RoleName, type RoleRow, ROLES } from "./role-table.ts";
import { whoTook } from "./who-took.ts";

export type { RoleName } from "./role-table.ts";

/** What code was doing, as a function in its stack tells. */
export interface Role {
  readonly role: RoleName;
  /** The function that shows it. */
  readonly by: string;
  /** Whose shrinker, work, callback …; who allocates, flushes, copies …; which system call. */
  readonly whose: string | null;
}

/** What one stack tells. */
export interface StackRoles {
  /** Innermost first, each role once. */
  readonly roles: readonly Role[];
  readonly acquisition: "lock" | (typeof ACQUISITIONS)[number]["how"];
  /** Names without compiler suffixes; guesses of the unwinder left out. */
  readonly functions: readonly string[];
  /** Who took the lock. */
  readonly at: string | null;
  /** The module of the innermost frame that is in one. */
  readonly module: string | null;
}

export interface EdgeRoles extends StackRoles {
  readonly edge: Edge;
  readonly index: number;
}

export function rolesOfStack(stack: readonly Frame[]): StackRoles {
  const frames = stack.filter(({ uncertain }) => !uncertain);
  const functions = frames.map(({ symbol }) => plainSymbol(symbol));
  const own = functions.findIndex((name) => !knownOf(name).isLock);
  const outer = own === -1 ? [] : functions.slice(own);
  const roles: Role[] = [];
  for (const [i, name] of outer.entries())
    for (const row of knownOf(name).rows)
      if ((row.innermost !== true || i === 0) && !roles.some(({ role }) => role === row.role))
        roles.push(shownBy(row, outer, i));
  // fs_reclaim_acquire() of a declaration is not an allocation
  const declares = roles.find(({ role }) => role === "priming");
  const allocates = roles.findIndex(({ role, whose: who }) => role === "allocation" && who === declares?.by);
  if (declares !== undefined && allocates !== -1) roles.splice(allocates, 1);
  const call = systemCall(functions);
  if (call !== null) roles.push(call);
  const taker = whoTook(stack);
  const asking = functions.slice(0, own === -1 ? functions.length : own + 1);
  return {
    roles,
    acquisition: ACQUISITIONS[Math.min(...asking.map((name) => knownOf(name).acquisition))]?.how ?? "lock",
    functions,
    at: taker === null ? null : plainSymbol(taker.symbol),
    module: frames.find(({ module }) => module !== null)?.module ?? null,
  };
}

export function rolesOfEdges(report: Report): EdgeRoles[] {
  return report.edges.map((edge, index) => ({ ...rolesOfStack(edge.stack), edge, index }));
}

export function roleIn({ roles }: StackRoles, ...names: readonly RoleName[]): Role | null {
  return roles.find(({ role }) => names.includes(role)) ?? null;
}

/** What a function's name alone tells. */
interface Known {
  readonly isLock: boolean;
  /** Its place in ACQUISITIONS, of which the first counts; behind all where it has none. */
  readonly acquisition: number;
  readonly rows: readonly NamedRow[];
}

type NamedRow = RoleRow & { readonly role: RoleName };

/** Stacks have most of their functions in common, and each is compared with dozens of patterns. */
const known = new Map<string, Known>();
const MOST_KNOWN = 4096;

function knownOf(name: string): Known {
  let found = known.get(name);
  if (found === undefined) {
    const acquisition = ACQUISITIONS.findIndex(({ frames }) => frames.test(name));
    found = {
      isLock: LOCK_FUNCTIONS.test(name),
      acquisition: acquisition === -1 ? ACQUISITIONS.length : acquisition,
      rows: ROLES.filter(({ frames }) => frames.test(name)),
    };
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(name, found);
  }
  return found;
}

/** Who it is, and the function that shows it: of an allocator its outermost one, the entry. */
function shownBy(row: NamedRow, functions: readonly string[], at: number): Role {
  const { role } = row;
  const by = functions[at] ?? "";
  if (row.whose === undefined) return { role, by, whose: null };
  const step = row.whose === "caller" ? 1 : -1;
  for (let i = at + step; i >= 0 && i < functions.length; i += step) {
    const name = functions[i];
    if (name === undefined || row.past?.test(name) === true) continue;
    return { role, by: role === "allocation" ? (functions[i - 1] ?? by) : by, whose: name };
  }
  return { role, by, whose: null };
}

/** Entries that are no system calls themselves. */
const NOT_A_CALL = /^(?:x64_sys_call|do_syscall_\w+|invoke_syscall|el0_svc\w*|syscall_\w+)$/;

/** `ksys_write` inside `__x64_sys_write`: the outermost one names the call. */
function systemCall(functions: readonly string[]): Role | null {
  for (const name of functions.toReversed()) {
    if (NOT_A_CALL.test(name) || !SYSCALL_PREFIX.test(name)) continue;
    return { role: "system-call", by: name, whose: withoutCallPrefix(name) };
  }
  return null;
}
