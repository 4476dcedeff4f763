import type { Annotation } from "../schema.ts";

export const printk = [
  {
    id: "console_lock",
    subsystem: "printk",
    kind: "pseudo-lock",
    meaning:
      "Stands for the console semaphore, tracked like a mutex: held between console_lock() and console_unlock(). Virtual terminals and framebuffers call drivers under it.",
    names: ["console_lock"],
    acquiredBy: [
      "console_lock",
      "console_trylock",
      "console_unlock",
      "do_fb_ioctl",
      "do_con_write",
      "register_framebuffer",
    ],
    contexts: ["printk", "may-sleep"],
    commits: [
      { sha: "daee779718a3", role: "introduces" },
      { sha: "dbdda842fe96", role: "extends" },
    ],
    fixes: ["take it first, or move the terminal's part into a work item"],
    falsePositives: ["Registering a framebuffer under it is the classic chain."],
    evidence: ["kernel/printk/printk.c"],
  },
  {
    id: "console_owner",
    subsystem: "printk",
    kind: "pseudo-lock",
    meaning:
      'Stands for "this CPU prints, and another one may spin until it can take over". Held while console drivers write.',
    names: ["console_owner"],
    acquiredBy: [
      "console_lock_spinning_enable",
      "console_trylock_spinning",
      "vprintk_emit",
      "console_emit_next_record",
    ],
    contexts: ["printk", "spins"],
    commits: [
      { sha: "dbdda842fe96", role: "introduces" },
      { sha: "daeed1595b4d", role: "extends" },
    ],
    fixes: [
      "no message under the lock: print after it, or with printk_deferred()",
      "let the console driver neither allocate nor wake under its own lock",
    ],
    evidence: ["kernel/printk/printk.c"],
  },
  {
    id: "console_sem",
    subsystem: "printk",
    kind: "lock",
    meaning:
      "The raw spinlock inside the console semaphore. Every message reaches it; releasing it may wake a task and so take scheduler locks.",
    names: ["(console_sem).lock"],
    acquiredBy: ["down_trylock", "__down_trylock_console_sem", "up", "__up_console_sem"],
    contexts: ["printk", "irqs-off", "raw"],
    fixedBy: ["b6dd4d83dc2f"],
    fixes: ["printk_deferred() under scheduler locks"],
    evidence: ["kernel/printk/printk.c"],
  },
  {
    id: "console_srcu",
    subsystem: "printk",
    kind: "lock",
    meaning: "The list of consoles: an SRCU read section around printing, a mutex around (un)registering.",
    names: ["console_srcu", "console_mutex"],
    acquiredBy: ["console_srcu_read_lock", "console_list_lock", "register_console", "unregister_console"],
    contexts: ["printk", "may-sleep"],
    evidence: ["kernel/printk/printk.c"],
  },
  {
    id: "logbuf_lock",
    subsystem: "printk",
    kind: "lock",
    meaning: "The raw lock of the old ring buffer of messages.",
    names: ["logbuf_lock"],
    acquiredBy: ["vprintk_emit", "vprintk", "console_unlock", "devkmsg_read"],
    contexts: ["printk", "irqs-off", "raw"],
    falsePositives: [
      "Gone since the ring buffer needs no lock; reports about it usually follow another problem that printed.",
    ],
    evidence: ["kernel/printk/printk.c"],
  },
] satisfies readonly Annotation[];
