import type { Boot } from "../report/schema.ts";

/** How much of a boot its log holds: whether init was started, and how it ended. */

/** run_init_process() in init/main.c. */
const USERSPACE = /^Run (\S+) as init process$/;

/** kernel_restart(), kernel_halt(), kernel_power_off() and kernel_kexec(); panic(). */
const ENDS: readonly (readonly [RegExp, NonNullable<Boot["end"]>["how"]])[] = [
  [/^(?:reboot: )?Power down\.?$|^ACPI: PM: Preparing to enter system sleep state S5$/, "power-off"],
  [/^(?:reboot: )?Restarting system(?: with command .*|\.)?$/, "reboot"],
  [/^(?:reboot: )?System halted\.?$/, "halt"],
  [/^(?:kexec(?:_core)?: )?Starting new kernel$/, "kexec"],
  [/^Kernel panic - not syncing\b/, "panic"],
];

/** lockdep_init() tells the sizes of its tables, which set how much it can see. */
const TABLE_SIZE = /^\.\.\. (MAX_LOCK\w{1,30}):\s+(\d+)$/;

/** The end of what lockdep_init() prints. */
const LOCKDEP_INIT_END = /^ ?per task-struct memory footprint: /;
/** A line before that, since 5.x only with CONFIG_PROVE_LOCKING: without, lockdep is on and reports no cycle. */
const STACK_TRACES = /^ ?memory used for stack traces: /;
const TELLS_OF_STACK_TRACES = 6;

/** console_emit_next_record() in kernel/printk/printk.c; what journald says where it could not keep up. */
const DROPPED = /\*\* (\d{1,15}) printk messages? dropped \*\*|^Missed (\d{1,15}) kernel messages?$/;
/** In the middle of a line, too, whose end was not printed. */
const DROPPED_HERE = " dropped **";

/** What the lines above begin with, but for a blank. */
const BEGINNINGS = new Set("RrPASkK.pm*M");

/** Without it, no cycle is looked for. */
export const NO_PROVE_LOCKING = "PROVE_LOCKING=n";

function provesTrait(proves: boolean): string {
  return proves ? "PROVE_LOCKING=y" : NO_PROVE_LOCKING;
}

/** What the lines of one boot tell beside reports. */
export class Coverage {
  userspace: number | null = null;
  end: Boot["end"] = null;
  /** Messages that the log itself says it lost. */
  dropped = 0;
  readonly #traits = new Set<string>();
  #provesLocking: boolean | null = null;

  /**
   * How kernel and lockdep were built.
   *
   * @param flags of the kernel's first line
   */
  traits(release: string | null, flags: readonly string[]): string[] {
    const major = Number(/^\d+/.exec(release ?? "")?.[0] ?? 0);
    const isKnown = this.#provesLocking === true || major >= TELLS_OF_STACK_TRACES;
    const proves = isKnown && this.#provesLocking !== null ? [provesTrait(this.#provesLocking)] : [];
    return [...new Set([...this.#traits, ...flags, ...proves])].toSorted();
  }

  line(text: string, line: number): void {
    // most lines, as most of a stack's, need not be compared with a pattern
    if (!BEGINNINGS.has(text.charAt(text.startsWith(" ") ? 1 : 0)) && !text.includes(DROPPED_HERE)) return;
    if (USERSPACE.test(text)) this.userspace ??= line;
    // a kernel that panicked may yet say that it restarts
    if (this.end?.how !== "panic")
      for (const [pattern, how] of ENDS) if (pattern.test(text)) this.end = { line, how };
    const [, ofConsole, ofJournal] = DROPPED.exec(text) ?? [];
    this.dropped += Number(ofConsole ?? ofJournal ?? 0);
    if (STACK_TRACES.test(text)) this.#provesLocking = true;
    else if (LOCKDEP_INIT_END.test(text)) this.#provesLocking ??= false;
    const [, name, size] = TABLE_SIZE.exec(text) ?? [];
    if (name !== undefined && size !== undefined) this.#traits.add(`${name}=${size}`);
  }
}
