/** Reads /proc/lockdep, /proc/lockdep_chains and /proc/lockdep_stats. */
export { type ClassRef, type Dump, type DumpFile, HARDIRQ, SOFTIRQ } from "./dump.ts";
export { DumpReader, dumpFileOf } from "./dump-reader.ts";
export { areClear } from "./key.ts";
export { layoutOf, type Usage, usageOf } from "./usage.ts";
