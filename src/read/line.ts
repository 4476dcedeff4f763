/** The forms in which kernel text reaches a file. The first fifteen are names of the public JSON format. */
export const TRANSPORTS = [
  "console", // [    6.309448][   T41] text, as printk writes to a serial console
  "dmesg", // [    6.309448] text, or [    6.309448] [   T41] text; records of several lines are not prefixed again
  "dmesg-ctime", // dmesg -T
  "dmesg-iso", // dmesg --time-format iso
  "dmesg-delta", // dmesg -d, -e and --time-format reltime
  "raw", // <4>[    6.309448] text: dmesg -r, pstore, a console that prints levels
  "kmsg", // /dev/kmsg
  "journal", // journalctl -o short and its relatives
  "journal-json", // journalctl -o json, json-pretty, json-seq, json-sse
  "journal-export", // journalctl -o export and -o verbose
  "syslog", // rsyslog, syslog-ng, busybox, RFC 5424
  "lava", // LAVA and KernelCI
  "email", // quoted mail
  "plain", // no prefix at all
  "dmesg-json", // dmesg -J
  "netconsole", // extended netconsole in fragments, or with the release in front
  "logcat", // Android
  "xen", // the Xen console
  "ci", // GitHub Actions, GitLab, container runtimes
] as const;

export type Transport = (typeof TRANSPORTS)[number];

/** One line that the kernel printed, without what its transport put around it. */
export interface Line {
  /** 1-based number of the physical line it came from. */
  readonly number: number;
  /** What the kernel printed, without trailing white space; leading blanks as far as the transport keeps them. */
  readonly text: string;
  /** Seconds since boot; null if the line does not tell (wall-clock stamps do not). */
  readonly time: number | null;
  /** "T43" (task) or "C1" (processor), null if the line has none. */
  readonly caller: string | null;
  readonly transport: Transport;
  /** The machine, or container, that the transport says it is of. */
  readonly host?: string;
  /** No transport's prefix stood before it, but quotes: it may be the rest of the line before. */
  readonly bare?: true;
  /** Columns of the physical line, where a terminal may have broken it. */
  readonly columns?: number;
  /** The physical line, where more than colours was taken out of its middle: a terminal would obey that. */
  readonly raw?: string;
}
