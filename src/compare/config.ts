/**
 * What of a kernel's configuration decides which reports it can give. Only these options are compared: a change of any
 * other does not make two builds incomparable.
 */
const TELLING_OPTIONS = [
  "LOCKDEP",
  "PROVE_LOCKING",
  "PROVE_RAW_LOCK_NESTING",
  "PROVE_RCU",
  "PROVE_RCU_LIST",
  "LOCK_STAT",
  "DEBUG_LOCKDEP",
  "DEBUG_LOCK_ALLOC",
  "DEBUG_RT_MUTEXES",
  "DEBUG_SPINLOCK",
  "DEBUG_MUTEXES",
  "DEBUG_RWSEMS",
  "DEBUG_WW_MUTEX_SLOWPATH",
  "DEBUG_ATOMIC_SLEEP",
  "DEBUG_PREEMPT",
  "TRACE_IRQFLAGS",
  "LOCKDEP_BITS",
  "LOCKDEP_CHAINS_BITS",
  "LOCKDEP_STACK_TRACE_BITS",
  "LOCKDEP_STACK_TRACE_HASH_BITS",
  "LOCKDEP_CIRCULAR_QUEUE_BITS",
  "LOCKDEP_CROSSRELEASE",
  "LOCKDEP_COMPLETIONS",
  "PREEMPT_NONE",
  "PREEMPT_VOLUNTARY",
  "PREEMPT",
  "PREEMPT_LAZY",
  "PREEMPT_RT",
  "SMP",
  "MMU_NOTIFIER",
] as const;

/** The options of a `.config` or /proc/config.gz that decide what is reported: `y`, `m` or a value; null if not set. */
export type KernelConfig = ReadonlyMap<string, string | null>;

/** `CONFIG_X=y`, `CONFIG_X=15`, `# CONFIG_X is not set`: confdata.c in scripts/kconfig. */
const SET = /^CONFIG_(\w{1,100})=(.{0,200})$/;
const IS_CONFIG = /^(?:CONFIG_\w{1,100}=|# CONFIG_\w{1,100} is not set$)/m;

/**
 * Reads the text of a `.config` or /proc/config.gz.
 *
 * @returns null if the text is not a kernel configuration
 */
export function readConfig(text: string): KernelConfig | null {
  if (!IS_CONFIG.test(text)) return null;
  const set = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, option, value] = SET.exec(line) ?? [];
    if (option !== undefined && value !== undefined) set.set(option, value);
  }
  return new Map(TELLING_OPTIONS.map((option) => [option, set.get(option) ?? null]));
}
