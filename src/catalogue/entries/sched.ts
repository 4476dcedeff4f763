import type { Annotation } from "../schema.ts";

export const sched = [
  {
    id: "completion_wait_head",
    subsystem: "sched",
    kind: "lock",
    meaning: "The spinlock inside a completion. It says nothing about waiting for the completion.",
    names: ["&x->wait", "&(&x->wait)->lock"],
    acquiredBy: ["complete", "complete_all", "wait_for_completion", "swake_up_locked"],
    contexts: ["irqs-off", "leaf"],
    falsePositives: ['An edge to it does not mean "waits for the completion".'],
    evidence: ["include/linux/completion.h", "kernel/sched/swait.c"],
  },
  {
    id: "rq_lock",
    subsystem: "sched",
    kind: "lock",
    meaning:
      "The run queue of a CPU, the scheduler's central raw lock. Under it nothing may sleep, wake, print or allocate. Subclass /1: the second of two run queues.",
    names: ["&rq->__lock", "&rq->lock", "rq->lock"],
    acquiredBy: ["raw_spin_rq_lock_nested", "__schedule", "try_to_wake_up", "task_rq_lock"],
    contexts: ["irqs-off", "scheduler", "raw"],
    aliases: [
      { name: "&rq->lock", from: null, to: "v5.13" },
      { name: "&rq->__lock", from: "v5.14", to: null },
    ],
    commits: [{ sha: "5cb9eaa3d274", role: "renames" }],
    fixes: ["printk_deferred() or irq_work in place of a message or wakeup"],
    evidence: ["kernel/sched/core.c", "kernel/sched/sched.h"],
  },
  {
    id: "pi_lock",
    subsystem: "sched",
    kind: "lock",
    meaning:
      'The raw lock of a task that every wakeup takes. "Taken under L" means "a task is woken under L".',
    names: ["&p->pi_lock", "init_task.pi_lock", "(init_task).pi_lock", "&stop_pi_lock", "stop_pi_lock"],
    acquiredBy: [
      "try_to_wake_up",
      "rt_mutex_adjust_pi",
      "rt_mutex_adjust_prio_chain",
      "__sched_setscheduler",
      "do_exit",
    ],
    contexts: ["irqs-off", "scheduler", "raw"],
    fixes: ["wake no task under a lock that the scheduler takes"],
    evidence: ["kernel/fork.c", "kernel/sched/core.c"],
  },
  {
    id: "tasklist_siglock",
    subsystem: "sched",
    kind: "lock-family",
    meaning:
      "The list of all tasks (interrupts may read it), a process's signals, and the locks around exec.",
    names: [
      "tasklist_lock",
      "&sighand->siglock",
      "&(&sighand->siglock)->rlock",
      "&sig->cred_guard_mutex",
      "&sig->exec_update_lock",
      "&sig->exec_update_mutex",
      "&sig->wait_chldexit",
    ],
    acquiredBy: ["do_exit", "copy_process", "send_signal_locked", "prepare_bprm_creds", "mm_access"],
    contexts: ["irqs-off"],
    fixes: ["spin_lock_irqsave() where the lock is reached from an interrupt"],
    falsePositives: [
      "An interrupt that sends a signal (fasync) reads tasklist_lock: every lock held around it must then be safe in interrupts.",
    ],
    evidence: ["kernel/fork.c", "include/linux/sched/signal.h"],
  },
  {
    id: "swait_wait_head",
    subsystem: "sched",
    kind: "lock-family",
    meaning:
      "The head of a queue of waiting tasks, or one lock of a hashed array ([i] is printed literally, all elements share the class). Taken by wakeups; it does not stand for waiting.",
    names: [
      "&folio_wait_table[i]",
      "&page_wait_table[i]",
      "&obj_hash[i].lock",
      "&new->fa_lock",
      "&fa->fa_lock",
      "&client->buffer_lock",
    ],
    shapes: [/^&\w{1,60}->(?:wait|waitq|wait_queue\w{0,20}|wq_head)$/],
    acquiredBy: ["__wake_up", "__wake_up_common_lock", "kill_fasync", "folio_wake_bit", "add_wait_queue"],
    contexts: ["irqs-off", "leaf"],
    evidence: ["kernel/sched/wait.c", "mm/filemap.c", "lib/debugobjects.c"],
  },
] satisfies readonly Annotation[];
