import type { Annotation } from "../schema.ts";

export const cgroup = [
  {
    id: "cgroup_mutex",
    subsystem: "cgroup",
    kind: "lock-family",
    meaning: "Locks over the configuration of control groups and their statistics.",
    names: [
      "cgroup_mutex",
      "cpuset_mutex",
      "cpuset_rwsem",
      "css_set_lock",
      "cgroup_rstat_lock",
      "cgroup_rstat_cpu_lock",
      "per_cpu_ptr(&cgroup_rstat_cpu_lock, cpu)",
    ],
    acquiredBy: [
      "cgroup_kn_lock_live",
      "cgroup_lock_and_drain_offline",
      "cgroup_mkdir",
      "css_killed_work_fn",
      "cpuset_hotplug_workfn",
    ],
    contexts: ["may-sleep", "cpu-hotplug", "sysfs"],
    fixes: ["cpus_read_lock() before cgroup_mutex", "kernfs_break_active_protection()"],
    evidence: ["kernel/cgroup/cgroup.c", "kernel/cgroup/cpuset.c"],
  },
] satisfies readonly Annotation[];
