/** What stands for work, and for its queues. */
export const WORK = [
  "wq_completion",
  "work_completion",
  "static_work",
  "legacy_work",
  "drm_sched_map",
] as const;

/** What keeps a CPU online. */
export const HOTPLUG = ["cpu_hotplug_lock", "cpuhp_state", "cpuhp_state_mutex"] as const;

/** What keeps a file system from being frozen. */
export const FREEZE = ["sb_writers", "sb_pagefaults", "sb_internal"] as const;

/** What keeps a block device's queue from being frozen. */
export const QUEUE = ["q_usage_counter_io", "q_usage_counter_queue"] as const;
