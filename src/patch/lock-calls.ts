import type { Call } from "./lock-effects.ts";

/** Which calls of the C code take and drop locks, and of what class the lock in their argument would be. */

const TAKES =
  /^_{0,2}(?:(?:ww_|rt_)?mutex_(?:lock|trylock|acquire)|(?:raw_)?(?:spin|read|write)_(?:lock|trylock)|down|percpu_down|rwsem_acquire|spin_acquire|lock_map_acquire|lock_acquire|lock_sync|might_lock|bit_spin_lock|guard$)/;
const DROPS =
  /^_{0,2}(?:(?:ww_|rt_)?mutex_(?:unlock|release)|(?:raw_)?(?:spin|read|write)_unlock|up(?:_(?:read|write))?$|percpu_up|rwsem_release|spin_release|lock_map_release|lock_release|bit_spin_unlock)/;
const CLASSIFIES =
  /^(?:_{0,2}lockdep_(?:set_\w{1,40}|init_map\w{0,20}|register_key|reset_lock)|mutex_init|__mutex_init|spin_lock_init|raw_spin_lock_init|init_rwsem|__init_rwsem|rwlock_init)$/;

export type LockUse = "takes" | "drops" | "classifies";

export function lockUse({ name }: Call): LockUse | null {
  // spin_lock_init() takes nothing
  if (CLASSIFIES.test(name)) return "classifies";
  if (TAKES.test(name)) return "takes";
  return DROPS.test(name) ? "drops" : null;
}

/** Names of which half the locks of a kernel end. */
const COMMON = new Set([
  "lock",
  "mutex",
  "sem",
  "rwsem",
  "rlock",
  "dep_map",
  "lockdep_map",
  "wait_lock",
  "work",
]);

/** `&q->rq_qos_mutex` names a lock of the class `&q->rq_qos_mutex`, and `&__fs_reclaim_map` one of `fs_reclaim`. */
export function isOfClass(argument: string, className: string): boolean {
  const [last, before] = identifiers(argument);
  const [lastOfClass, beforeOfClass] = identifiers(className);
  if (last === undefined || last !== lastOfClass) return false;
  return !COMMON.has(last) || (before !== undefined && before === beforeOfClass);
}

/** The last first, without what the declaration of a map puts around a name. */
function identifiers(text: string): (string | undefined)[] {
  const names = text.match(/[A-Za-z_]\w*/g) ?? [];
  const plain = names.map((name) => name.replace(/^__(?=[a-z])|(?:_lockdep|_dep)?_map$|_class$/g, ""));
  return plain.toReversed();
}
