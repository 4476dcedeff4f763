import { arch } from "./arch.ts";
import { block } from "./block.ts";
import { cgroup } from "./cgroup.ts";
import { cpuHotplug } from "./cpu-hotplug.ts";
import { driverCore } from "./driver-core.ts";
import { filesystems } from "./filesystems.ts";
import { gpu } from "./gpu.ts";
import { irq } from "./irq.ts";
import { kvm } from "./kvm.ts";
import { locking } from "./locking.ts";
import { mm } from "./mm.ts";
import { net } from "./net.ts";
import { printk } from "./printk.ts";
import { rcu } from "./rcu.ts";
import { sched } from "./sched.ts";
import { time } from "./time.ts";
import { tracing } from "./tracing.ts";
import { tty } from "./tty.ts";
import { vfs } from "./vfs.ts";
import { workqueue } from "./workqueue.ts";
import type { Annotation, Subsystem } from "../schema.ts";

/** The data file of every subsystem; a subsystem without one is a type error. */
const BY_SUBSYSTEM = {
  mm,
  locking,
  workqueue,
  time,
  sched,
  irq,
  rcu,
  "cpu-hotplug": cpuHotplug,
  printk,
  tty,
  vfs,
  "driver-core": driverCore,
  filesystems,
  block,
  net,
  gpu,
  tracing,
  kvm,
  cgroup,
  arch,
} as const satisfies Record<Subsystem, readonly Annotation[]>;

/** All entries, in the order of the files. */
export const ENTRIES: readonly Annotation[] = Object.values(BY_SUBSYSTEM).flat();
