import type { LookAt } from "../report/analysis-schema.ts";
import type { Frame, Report } from "../report/schema.ts";
import { plainSymbol, SYSCALL_PREFIX } from "../symbols/functions.ts";
import type { EdgeRoles } from "../symbols/roles.ts";
import { fromTaker, takerOf } from "../symbols/who-took.ts";
import { type RankedEdge, rankEdges, type TellingOf } from "./edge-ranking.ts";
import type { FoundFinding } from "./findings.ts";
import type { Scene } from "./scene.ts";

/** Enough to know whose code it is. */
const TELLING = 3;
/** The same of the subsystem that uses a service. */
const USERS = 2;
/** So many functions of a stack make a subsystem. */
const MOST_OF = 4;

/** What runs any code: never whose it is. */
const RUNNERS = new RegExp(
  [
    "^ret_from_fork|^kthread$|^process_(?:one_work|scheduled_works)$|^worker_thread$",
    "^_*(?:vfs|new_sync|full_proxy|kernfs_fop|seq)_(?:read|write|ioctl|open|read_iter|write_iter)$",
    "^(?:x64_sys_call|do_syscall_\\w+|entry_\\w+|invoke_syscall\\w*|el\\d\\w+|asm_\\w+)$",
    SYSCALL_PREFIX.source,
  ].join("|"),
);

function isRunner({ symbol }: Frame): boolean {
  return RUNNERS.test(plainSymbol(symbol));
}

/** The edge of a cycle to look at first and the next, why, and whose code it is; null if a report has no such edge. */
export function lookAtOf(scene: Scene, findings: readonly FoundFinding[]): LookAt | null {
  const tellingOf = new Map(scene.edges.map((edge) => [edge, tellingFunctions(edge)]));
  const telling: TellingOf = (edge) => tellingOf.get(edge) ?? [];
  const [first, second] = rankEdges(scene, findings, telling);
  if (first === undefined) return null;
  const functions = [...new Set([...telling(first.edge), ...holdersIn(scene.report, first.edge)])];
  return {
    ...placeOf(first),
    functions,
    files: filesIn(first.edge.edge.stack, functions),
    maintainers: [],
    next: second === undefined ? null : { ...placeOf(second), functions: [...telling(second.edge)] },
  };
}

function placeOf({
  edge: { index, edge },
  reasons,
  order,
}: RankedEdge): Omit<LookAt, "functions" | "files" | "maintainers" | "next"> {
  return {
    edge: index,
    from: edge.from,
    to: edge.to,
    reason: reasons[0] ?? "only",
    reasons: [...reasons],
    order,
  };
}

/**
 * Who takes the lock, and those who call it; nobody where a worker does, who runs everybody's code. Where that is the code
 * of a service, such as the block layer's, the first functions of the subsystem that uses it come after: it holds the
 * other lock, and fixes are made there.
 */
function tellingFunctions({ edge }: EdgeRoles): string[] {
  const [taker, ...callers] = fromTaker(edge.stack);
  if (taker === undefined || isRunner(taker)) return [];
  const telling = [taker, ...callers.filter((frame) => !isRunner(frame))];
  const names = [...new Set(telling.map(({ symbol }) => plainSymbol(symbol)))];
  const users = subsystemOf(names);
  return [...new Set([...names.slice(0, TELLING), ...users.slice(0, USERS)])];
}

/** Who took the lock that is held on an edge, where its stack shows that: a fix may be to let go of it before the other is taken. */
function holdersIn({ held, holding, edges }: Report, { edge: { from, stack } }: EdgeRoles): string[] {
  const locks = [holding, ...held.flatMap((list) => list.locks)].filter((lock) => lock?.class === from);
  const holders = new Set([
    ...locks.map((lock) => plainSymbol(lock?.at?.symbol ?? "")),
    ...edges.map((edge) => (edge.to === from ? takerOf(edge.stack) : null)),
  ]);
  const callers = fromTaker(stack).filter((frame) => !isRunner(frame));
  return callers
    .map(({ symbol }) => plainSymbol(symbol))
    .filter((name) => holders.has(name))
    .slice(0, 1);
}

/** The functions of the subsystem that most of a stack is of, by what their names begin with; none where it is of many. */
function subsystemOf(names: readonly string[]): string[] {
  const prefixes = names.map((name) => /^_*([a-z][a-z0-9]{2,20})_/.exec(name)?.[1] ?? null);
  const counts = new Map<string, number>();
  for (const prefix of prefixes) if (prefix !== null) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1]);
  if (most === undefined || most[1] < MOST_OF) return [];
  return names.filter((_, i) => prefixes[i] === most[0]);
}

/** Where a stack's functions are defined: paths as symbolisers print them, made plain; of a header only where there is nothing else. */
export function filesIn(stack: readonly Frame[], functions: readonly string[]): string[] {
  const files = new Set<string>();
  for (const name of functions)
    for (const { symbol, file, uncertain } of stack)
      if (file !== null && !uncertain && plainSymbol(symbol) === name) files.add(plainPath(file));
  const sources = [...files].filter((file) => !file.endsWith(".h"));
  return sources.length > 0 ? sources : [...files];
}

/** `./drivers/x/../y/z.c` is `drivers/y/z.c`. */
function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/"))
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "") parts.pop();
    else if (part !== "." && (part !== "" || parts.length === 0)) parts.push(part);
  return parts.join("/");
}
