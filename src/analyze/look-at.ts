import type { LookAt } from "../report/analysis-schema.ts";
import { plainSymbol } from "../identity/identity.ts";
import { isNeverGuilty, SYSCALL_PREFIX } from "../symbols/title-skips.ts";
import { type RankedEdge, rankEdges } from "./edge-ranking.ts";
import type { FoundFinding } from "./findings.ts";
import type { EdgeRoles } from "./roles.ts";
import type { Scene } from "./scene.ts";

/** Enough to know whose code it is. */
const TELLING = 3;

/** Annotations that any code calls. */
const ANNOTATIONS = /^_*fs_reclaim_|^might_/;

/** What runs any code: never whose it is. */
const RUNNERS = new RegExp(
  [
    "^ret_from_fork|^kthread$|^process_(?:one_work|scheduled_works)$|^worker_thread$",
    "^_*(?:vfs|new_sync|full_proxy|kernfs_fop|seq)_(?:read|write|ioctl|open|read_iter|write_iter)$",
    "^(?:x64_sys_call|do_syscall_\\w+|entry_\\w+|invoke_syscall\\w*|el\\d\\w+|asm_\\w+)$",
    SYSCALL_PREFIX.source,
  ].join("|"),
);

/** They take a lock for whoever calls them. */
const LOCK_WRAPPERS =
  /^(?:_{0,2}lock_sock(?:_\w{1,20})?|(?:rtnl|rtnl_net|console|device|inode|cgroup|genl|nfnl|netdev|folio|page|net_generic)_lock(?:_\w{1,20})?|(?:cpus|mmap)_(?:read|write)_lock(?:_\w{1,20})?)$/;

/** The edge of a cycle to look at first and the next, why, and whose code it is; null where a report has no such edge. */
export function lookAtOf(scene: Scene, findings: readonly FoundFinding[]): LookAt | null {
  const [first, second] = rankEdges(scene, findings, tellingFunctions);
  if (first === undefined) return null;
  const functions = tellingFunctions(first.edge);
  return {
    ...placeOf(first),
    functions,
    files: filesOf(first.edge, functions),
    maintainers: [],
    next: second === undefined ? null : { ...placeOf(second), functions: tellingFunctions(second.edge) },
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

/** Whose code takes the lock: not the lock's own, nor what was only called to allocate, flush, wait, … */
function tellingFunctions({ functions, at, roles }: EdgeRoles): string[] {
  const start = at === null ? 0 : functions.indexOf(at);
  // the innermost role: who flushes, not flush_work()
  const asking = roles.find(({ by, whose }) => {
    const shown = functions.indexOf(by);
    return whose !== null && shown <= start + 1 && functions.indexOf(whose, shown) > shown;
  });
  const from = asking?.whose ? Math.max(start, functions.indexOf(asking.whose)) : start;
  const outer = functions.slice(from);
  const some = outer.filter((name) => !RUNNERS.test(name));
  const own = some.filter((name) => !isNeverGuilty(name) && !ANNOTATIONS.test(name));
  const telling = own.length > 0 ? own : some;
  const taker = telling.findIndex((name) => !LOCK_WRAPPERS.test(name));
  return [...new Set(telling.slice(Math.max(0, taker)))].slice(0, TELLING);
}

/** Paths as symbolisers print them, made plain; of a header only where there is nothing else. */
function filesOf({ edge }: EdgeRoles, functions: readonly string[]): string[] {
  const files = new Set<string>();
  for (const name of functions)
    for (const { symbol, file, uncertain } of edge.stack)
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
