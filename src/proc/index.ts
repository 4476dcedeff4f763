/** Reads /proc/lockdep, /proc/lockdep_chains and /proc/lockdep_stats. */
export {
  type Chain,
  type ClassRef,
  type Dump,
  type DumpClass,
  type DumpFile,
  HARDIRQ,
  type LockdepStats,
  PROCESS,
  SOFTIRQ,
} from "./dump.ts";
export { DumpReader, dumpFileOf } from "./dump-reader.ts";
export { areClear } from "./key.ts";
export { layoutOf, type Usage, type UsageLayout, usageOf } from "./usage.ts";
