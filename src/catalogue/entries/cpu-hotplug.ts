import type { Annotation } from "../schema.ts";

export const cpuHotplug = [
  {
    id: "cpu_hotplug_lock",
    subsystem: "cpu-hotplug",
    kind: "lock",
    meaning:
      "Blocks CPU hotplug. Code that needs a stable set of CPUs takes it for reading; bringing a CPU up or down takes it for writing. Static keys, stop_machine and the creation of workqueues take it, too, which is easy to miss.",
    names: [
      "cpu_hotplug_lock",
      "cpu_hotplug_lock.rw_sem",
      "cpu_hotplug.lock",
      "(cpu_hotplug.lock)",
      "cpu_hotplug.dep_map",
    ],
    acquiredBy: [
      "cpus_read_lock",
      "get_online_cpus",
      "cpus_write_lock",
      "lockdep_acquire_cpus_lock",
      "static_key_slow_inc",
      "static_key_enable",
      "__cpuhp_setup_state",
      "stop_machine",
      "alloc_workqueue",
    ],
    contexts: ["cpu-hotplug", "may-sleep"],
    aliases: [
      { name: "cpu_hotplug.lock", from: null, to: "v4.12" },
      { name: "cpu_hotplug_lock.rw_sem", from: "v4.13", to: "v5.6" },
      { name: "cpu_hotplug_lock", from: "v5.7", to: null },
    ],
    commits: [
      { sha: "fc8dffd379ca", role: "introduces" },
      { sha: "1751060e2527", role: "renames" },
    ],
    fixes: [
      "cpus_read_lock() first, then the other lock, with the _cpuslocked variants under it",
      "move static keys, stop_machine and cpuhp_setup_state out of the lock",
      "a lock of its own for the state that hotplug callbacks need",
    ],
    falsePositives: [
      "A reader inside a reader is a real bug: a writer that comes in between blocks the second one.",
    ],
    evidence: ["kernel/cpu.c"],
  },
  {
    id: "cpuhp_state",
    subsystem: "cpu-hotplug",
    kind: "pseudo-lock",
    meaning:
      'Stands for "callbacks of CPU hotplug run". The CPU\'s hotplug thread holds it during the callbacks; whoever starts them and waits takes it for a moment.',
    names: ["cpuhp_state-up", "cpuhp_state-down", "cpuhp_state"],
    acquiredBy: [
      "cpuhp_lock_acquire",
      "cpuhp_thread_fun",
      "cpuhp_invoke_ap_callback",
      "cpuhp_kick_ap_work",
      "cpuhp_kick_ap",
    ],
    contexts: ["cpu-hotplug", "may-sleep", "waits"],
    aliases: [
      { name: "cpuhp_state", from: "v4.13", to: "v4.13" },
      { name: "cpuhp_state-up, cpuhp_state-down", from: "v4.14", to: null },
    ],
    commits: [{ sha: "5f4b55e10645", role: "renames" }],
    fixes: ["take no lock in a callback that is held while CPUs are brought up or states are registered"],
    evidence: ["kernel/cpu.c"],
  },
  {
    id: "cpuhp_state_mutex",
    subsystem: "cpu-hotplug",
    kind: "lock",
    meaning:
      "Serialises the registration of hotplug states, and whole operations that bring CPUs up or down.",
    names: ["cpuhp_state_mutex", "cpu_add_remove_lock"],
    acquiredBy: ["__cpuhp_setup_state", "__cpuhp_state_add_instance", "cpu_maps_update_begin"],
    contexts: ["cpu-hotplug", "may-sleep"],
    fixedBy: ["22465bbac53c"],
    fixes: ["register hotplug instances outside a subsystem's locks"],
    evidence: ["kernel/cpu.c"],
  },
  {
    id: "mem_hotplug_lock",
    subsystem: "cpu-hotplug",
    kind: "lock",
    meaning: "Blocks memory hotplug.",
    names: ["mem_hotplug_lock", "mem_hotplug_lock.rw_sem", "mem_hotplug.lock", "(mem_hotplug.lock)"],
    acquiredBy: ["get_online_mems", "mem_hotplug_begin", "kmem_cache_create", "kmem_cache_destroy"],
    contexts: ["memory-hotplug", "may-sleep"],
    aliases: [
      { name: "mem_hotplug.lock", from: "v3.16", to: "v4.12" },
      { name: "mem_hotplug_lock.rw_sem", from: "v4.13", to: "v5.6" },
      { name: "mem_hotplug_lock", from: "v5.7", to: null },
    ],
    commits: [
      { sha: "3f906ba23689", role: "extends" },
      { sha: "1751060e2527", role: "renames" },
    ],
    fixes: ["take it after cpu_hotplug_lock"],
    evidence: ["mm/memory_hotplug.c"],
  },
  {
    id: "jump_label_mutex",
    subsystem: "cpu-hotplug",
    kind: "lock",
    meaning:
      "Locks of code patching. Flipping a static key under L orders L before cpu_hotplug_lock and these.",
    names: ["jump_label_mutex", "text_mutex", "static_call_mutex"],
    acquiredBy: [
      "static_key_slow_inc",
      "static_key_enable",
      "jump_label_lock",
      "text_poke_bp",
      "arch_jump_label_transform_apply",
    ],
    contexts: ["cpu-hotplug", "may-sleep"],
    fixes: [
      "flip the key outside the lock, or use the _cpuslocked variant with CPU hotplug held off first",
      "leave it to a work item",
    ],
    evidence: ["kernel/jump_label.c", "kernel/static_call_inline.c", "kernel/extable.c"],
  },
] satisfies readonly Annotation[];
