import type { Annotation } from "../schema.ts";

export const time = [
  {
    id: "timer_map",
    subsystem: "time",
    kind: "pseudo-lock",
    meaning:
      'Stands for one timer (one place that sets it up). Held while the callback runs in softirq, taken by whoever deletes the timer and waits for the callback: "taken under L" means "the timer is waited for under L".',
    shapes: [
      /^\(&?[\w>.&-]{0,80}(?:timer|watchdog|timeout|_tmr)\w{0,20}\)$/,
      /^[\w./-]{1,100}\.[ch]:\d{1,6}$/,
    ],
    frames: [
      /^(?:del_timer_sync|try_to_del_timer_sync|timer_delete_sync|__timer_delete_sync|timer_shutdown_sync|call_timer_fn|expire_timers|__run_timers|run_timer_softirq|run_timer_base)$/,
    ],
    acquiredBy: [
      "call_timer_fn",
      "expire_timers",
      "__run_timers",
      "del_timer_sync",
      "timer_delete_sync",
      "__timer_delete_sync",
      "timer_shutdown_sync",
    ],
    contexts: ["softirq", "waits", "no-sleep"],
    commits: [
      { sha: "6f2b9b9a9d75", role: "introduces" },
      { sha: "48228f7b470a", role: "extends" },
    ],
    fixes: [
      "delete the timer outside the lock",
      "timer_delete() without waiting, and a flag that the callback reads",
      "let the callback only try the lock",
    ],
    falsePositives: [
      "The lock need not be taken by the callback: any lock that an interrupt takes is enough.",
    ],
    evidence: ["kernel/time/timer.c", "include/linux/timer.h"],
  },
  {
    id: "hrtimer_timer_base",
    subsystem: "time",
    kind: "lock-family",
    meaning:
      "The raw locks and sequence counters of timers and timekeeping. Nothing may be woken or printed under them.",
    names: [
      "hrtimer_bases.lock",
      "tk_core.seq",
      "tk_core.seq.seqcount",
      "timekeeper_lock",
      "jiffies_lock",
      "jiffies_seq",
      "jiffies_seq.seqcount",
      "&(&base->lock)->rlock",
    ],
    shared: ["&base->lock"],
    frames: [
      /^(?:__mod_timer|mod_timer|lock_timer_base|add_timer_on|del_timer|timer_delete|try_to_del_timer_sync|__run_timers|run_timer_softirq|hrtimer_\w{1,40}|timer_\w{1,40}|get_next_timer_interrupt)$/,
    ],
    acquiredBy: [
      "hrtimer_start_range_ns",
      "__mod_timer",
      "lock_timer_base",
      "ktime_get",
      "timekeeping_advance",
    ],
    contexts: ["irqs-off", "raw"],
    commits: [{ sha: "1ca7d67cf5d5", role: "extends" }],
    fixes: ["no wakeup and no message under them"],
    falsePositives: [
      "A sequence counter read inside its own write section is a livelock, not a deadlock of two tasks.",
    ],
    evidence: ["kernel/time/hrtimer.c", "kernel/time/timer.c"],
  },
] satisfies readonly Annotation[];
