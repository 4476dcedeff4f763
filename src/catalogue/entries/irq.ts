import type { Annotation } from "../schema.ts";

export const irq = [
  {
    id: "irq_desc_lock",
    subsystem: "irq",
    kind: "lock",
    meaning:
      "The raw lock of an interrupt's descriptor. The callbacks of the interrupt controller's driver run under it, so they may only take raw spinlocks.",
    names: ["&irq_desc_lock_class", "&desc->request_mutex", "&desc->wait_for_threads"],
    shared: ["&desc->lock"],
    frames: [
      /^(?:__setup_irq|__irq_get_desc_lock|handle_\w{1,30}_irq|irq_set_\w{1,30}|enable_irq|disable_irq|irq_startup)$/,
    ],
    acquiredBy: [
      "__setup_irq",
      "handle_edge_irq",
      "handle_level_irq",
      "irq_set_irq_type",
      "__irq_get_desc_lock",
    ],
    contexts: ["irqs-off", "raw"],
    fixedBy: ["4dbada2be460", "ebe7561e9b92", "b6dd4d83dc2f"],
    fixes: [
      "raw_spinlock_t in drivers of interrupt controllers, GPIO and pin control",
      "irq_set_lockdep_class() for a controller behind another one",
    ],
    falsePositives: ["A controller behind another one looks like recursion where both share the class."],
    evidence: ["kernel/irq/irqdesc.c"],
  },
  {
    id: "local_bh",
    subsystem: "irq",
    kind: "pseudo-lock",
    meaning: "PREEMPT_RT: stands for a section with softirqs disabled.",
    names: ["local_bh"],
    acquiredBy: ["__local_bh_disable_ip"],
    contexts: ["softirqs-off"],
    evidence: ["kernel/softirq.c"],
  },
  {
    id: "sparse_irq_lock",
    subsystem: "irq",
    kind: "lock",
    meaning:
      "Guards the tree of interrupt descriptors: a mutex, held while interrupts are allocated and freed, and while CPUs come and go.",
    names: ["sparse_irq_lock"],
    acquiredBy: ["irq_lock_sparse", "__irq_alloc_descs", "irq_free_descs", "irq_mark_irq", "takedown_cpu"],
    contexts: ["may-sleep", "cpu-hotplug"],
    fixes: ["allocate interrupts before a spinlock is taken"],
    related: ["irq_desc_lock", "cpu_hotplug_lock"],
    evidence: ["kernel/irq/irqdesc.c"],
  },
  {
    id: "cpu_pm_notifier",
    subsystem: "irq",
    kind: "lock",
    meaning:
      "The notifiers of CPUs that enter and leave deep idle states: a raw spinlock, with interrupts disabled, so callbacks may take raw spinlocks only.",
    names: ["cpu_pm_notifier.lock", "cpu_pm_notifier_lock"],
    acquiredBy: ["cpu_pm_enter", "cpu_pm_exit", "cpu_cluster_pm_enter", "cpu_cluster_pm_exit"],
    contexts: ["raw", "irqs-off"],
    fixes: ["raw_spinlock_t in the callback"],
    evidence: ["kernel/cpu_pm.c"],
  },
] satisfies readonly Annotation[];
