import type { Boot } from "../report/schema.ts";

/** How much of a boot its log holds: whether init was started, and how it ended. */

/** run_init_process() in init/main.c. */
const USERSPACE = /^Run (\S+) as init process$/;

/** kernel_restart(), kernel_halt(), kernel_power_off() and kernel_kexec(); panic(). */
const ENDS: readonly (readonly [RegExp, NonNullable<Boot["end"]>["how"]])[] = [
  [/^(?:reboot: )?Power down\.?$|^ACPI: PM: Preparing to enter system sleep state S5$/, "power-off"],
  [/^(?:reboot: )?Restarting system(?: with command .*|\.)?$/, "reboot"],
  [/^(?:reboot: )?System halted\.?$/, "halt"],
  [/^(?:kexec_core: )?Starting new kernel$/, "kexec"],
  [/^Kernel panic - not syncing\b/, "panic"],
];

/** lockdep_init() tells the sizes of its tables, which set how much it can see. */
const TABLE_SIZE = /^\.\.\. (MAX_LOCK\w{1,30}):\s+(\d+)$/;

/** What the lines of one boot tell beside reports. */
export class Coverage {
  userspace: number | null = null;
  end: Boot["end"] = null;
  readonly traits = new Set<string>();

  line(text: string, line: number): void {
    if (USERSPACE.test(text)) this.userspace ??= line;
    for (const [pattern, how] of ENDS) if (pattern.test(text)) this.end = { line, how };
    const [, name, size] = TABLE_SIZE.exec(text) ?? [];
    if (name !== undefined && size !== undefined) this.traits.add(`${name}=${size}`);
  }
}
