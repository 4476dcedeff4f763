import type { Frame } from "../report/schema.ts";
import { functionName, namesFunction, plainSymbol, withoutCallPrefix } from "./functions.ts";
import { isDumper, isReporter } from "./stack-ends.ts";
import { LOCK_FUNCTIONS, LOCKDEP_FUNCTIONS, type RoleName, ROLES } from "./role-table.ts";

/** More of lockdep, and checks that other functions carry. */
const CHECKS =
  /^(?:imbalance_bug|__dump_stack|debug_(?:check_no_locks|mutex|rt_mutex|spin)\w{0,30}|_*fs_reclaim_(?:acquire|release)|check_preemption_disabled|lock_is_held_type|rcu_read_lock_(?:\w{1,10}_)?held|seqcount_lockdep_reader_access|read_seq(?:begin|count_begin))$/;

/** How a lock is taken, behind the word that says that it is. */
const WAYS = "(?:_(?:nested|shared|killable|interruptible|irq|irqsave|bh|fast|noio)){0,2}";

/** They take a lock for whoever calls them: the lock's class says as much as they do. */
const LOCK_WRAPPERS = new RegExp(
  `^(?:_{0,2}(?:sockopt_)?lock_sock${WAYS}|_{0,2}sb_(?:start|end)_\\w{1,20}|regulator_lock_\\w{1,20}|genpd_lock_\\w{1,20}|__irq_get_desc_lock|pci_lock_rescan_remove|usb_lock_port` +
    "|(?:rtnl|rtnl_net|console|device|inode|btrfs_inode|cgroup|genl|nfnl|netdev|folio|page|pipe|tty|uart_port|net_generic" +
    `|(?:cpus|mmap|rt)_(?:read|write)|_{0,2}btrfs_tree(?:_read)?)_(?:try)?lock${WAYS})$`,
);

/** What is done for a caller, who is the one to ask: it allocates, copies, flushes, waits, adds, removes. */
const FOR_CALLER: ReadonlySet<RoleName> = new Set<RoleName>([
  "allocation",
  "user-copy",
  "sysfs-create",
  "sysfs-remove",
  "grace-period",
  "work-flush",
  "work-cancel",
  "queue-flush",
  "timer-delete",
  "cpus-kept",
]);

/** The same for what has no role. */
const SERVICES =
  /^_{0,2}(?:sysfs_(?:add|create|do_create|remove|delete|update|merge|unmerge|rename|move)\w{0,40}|create_dir|kobject_(?:init_and_add|rename|move|put|cleanup|release)\w{0,20}|(?:queue|mod|schedule|insert)_(?:delayed_)?work\w{0,10}|kobject_set_name\w{0,10}|dev_set_name|devm_k\w{1,20}|kmem_zone_alloc|queue_rcu_work|(?:mod|add)_timer\w{0,20}|wake_up\w{0,30}|complete(?:_all)?)$/;

const SERVANTS: readonly RegExp[] = [
  CHECKS,
  LOCK_WRAPPERS,
  SERVICES,
  ...ROLES.filter(({ role }) => FOR_CALLER.has(role)).map(({ frames }) => frames),
];

/** Stacks have most of their functions in common. */
const known = new Map<string, "lock" | "servant" | "taker">();
const MOST_KNOWN = 4096;

function sortOf(name: string): "lock" | "servant" | "taker" {
  let sort = known.get(name);
  if (sort === undefined) {
    if (LOCK_FUNCTIONS.test(name) || isDumper(name) || isReporter(name)) sort = "lock";
    else sort = SERVANTS.some((pattern) => pattern.test(name)) ? "servant" : "taker";
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(name, sort);
  }
  return sort;
}

/** Whether a function does what its caller asks, or checks it, so that what is wrong there is the caller's. */
export function worksForCaller(name: string): boolean {
  return sortOf(name) === "servant" || LOCKDEP_FUNCTIONS.test(name);
}

/** Whether a function is neither that, nor a lock's own, nor leads to what prints a report. */
export function actsForItself(name: string): boolean {
  return sortOf(name) === "taker";
}

/**
 * Who took the lock of a stack: its innermost function that is neither a lock primitive, nor lockdep's own, nor one that
 * works for whoever calls it (an allocator, flush_work(), rtnl_lock()). This is the one answer for ids, graphs, tables,
 * stories, journals and the edge to look at. Inlined functions do not count: the kernel itself does not print them, and
 * the answer must be the same for a log that went through a symboliser.
 *
 * @returns its place in the stack; if all work for somebody, the outermost of them, else -1
 */
function placeOfTaker(stack: readonly Frame[]): number {
  let last = -1;
  for (const [place, frame] of stack.entries()) {
    if (!namesFunction(frame)) continue;
    const sort = sortOf(plainSymbol(frame.symbol));
    if (sort === "taker") return place;
    if (sort === "servant") last = place;
  }
  return last;
}

/** @see placeOfTaker; null if the stack names nobody */
export function whoTook(stack: readonly Frame[]): Frame | null {
  return stack[placeOfTaker(stack)] ?? null;
}

/** The name under which who took a lock is compared: without the prefix of a system call. */
export function takerOf(stack: readonly Frame[]): string | null {
  const name = functionName(whoTook(stack));
  return name === null ? null : withoutCallPrefix(name);
}

/** The stack from who took the lock on outwards, without guesses of the unwinder; all of it where that is nobody. */
export function fromTaker(stack: readonly Frame[]): Frame[] {
  return stack.slice(Math.max(0, placeOfTaker(stack))).filter(({ uncertain }) => !uncertain);
}
