import type { Kernel } from "../report/schema.ts";

/** linux_banner in init/version.c: `Linux version 6.12.117 (x@y) (gcc …) #1 SMP PREEMPT_DYNAMIC Mon Nov 16 …`. */
const LINUX_VERSION = /^Linux version (\S{1,64}) /;
const BUILD = / (#\d{1,10}\S{0,64})(?: |$)/;
/** UTS_VERSION: how the kernel was configured to run, between the build's number and its date. */
const FLAGS = /#\d+\S*((?: [A-Z][A-Z_]{1,30}){1,8})(?= |$)/;

/** The kernel that a boot's first line names, or null. */
export function bootKernel(text: string): Kernel | null {
  if (!text.startsWith("Linux version ")) return null;
  const release = LINUX_VERSION.exec(text)?.[1];
  return release === undefined ? null : { release, build: BUILD.exec(text)?.[1] ?? null, taint: null };
}

/** `SMP`, `PREEMPT_DYNAMIC`, `PREEMPT_RT`, …, as the boot's first line has them. */
export function kernelFlags(text: string): string[] {
  return FLAGS.exec(text)?.[1]?.trim().split(" ") ?? [];
}
