import type { Because } from "../../report/names.ts";
import type { Damage, Report } from "../../report/schema.ts";
/** What to ask of whoever sent a log that does not tell all: sentences to paste into an answer. */

/** An address where the kernel found no symbol. */
const BARE_ADDRESS = /^0x[0-9a-f]+$|^[0-9a-f]{8,16}$/;

/** What to ask for so that this report can be read to its end. */
export function asksOfReport(report: Report): string[] {
  const has = (...codes: readonly Damage["code"][]): boolean =>
    report.damage.some(({ code }) => codes.includes(code));
  const missing = report.damage.flatMap(({ code, what }) =>
    code === "missing" && what !== undefined ? [PARTS[what] ?? what] : [],
  );
  const frames = [...report.backtrace, ...report.edges.flatMap(({ stack }) => stack)];
  return [
    ...(has("truncated", "missing", "too-long")
      ? [
          `Please send the whole log as a file, from the kernel's first line on (dmesg > log, or journalctl -k -b -o short-monotonic > log): the report at line ${report.lines.first} is incomplete${missing.length > 0 ? `: it lacks ${missing.join(", ")}` : ""}.`,
        ]
      : []),
    ...(has("dropped-messages")
      ? [
          "Please boot with log_buf_len=16M, and with a faster console or loglevel=4: messages within the report were lost.",
        ]
      : []),
    ...(has("foreign-lines", "unparsed") && report.caller === null
      ? [
          "Please build with CONFIG_PRINTK_CALLER=y: then lines of other tasks and CPUs can be distinguished from those of the report.",
        ]
      : []),
    ...(frames.length > 0 && frames.every(({ symbol }) => BARE_ADDRESS.test(symbol))
      ? ["Please build with CONFIG_KALLSYMS=y, or send the vmlinux: the stacks have only addresses."]
      : []),
  ];
}

/** The words for what a report can lack. */
const PARTS: Readonly<Record<string, string>> = {
  kernel: "the line that names the kernel",
  task: "the task",
  lock: "the lock",
  site: "where the lock is taken",
  holding: "the lock already held",
  edges: "the dependency chain",
  scenario: "the scenario",
  held: "the held locks",
  backtrace: "the stack backtrace",
  irqEvents: "the irq event stamps",
  registered: "where the earlier state was registered",
};

const WHOLE_LOG = "Please send the whole log as a file, from the kernel's first line to the end.";

/** What to ask for so that the silence of a log proves something. */
const OF_SILENCE: Readonly<Record<Because, string>> = {
  unread:
    "Please send the log itself as a file, uncompressed: what was pasted is not what the kernel printed.",
  "no-kernel": WHOLE_LOG,
  panic: "Please send the log of a boot that does not end in a panic.",
  "lockdep-off":
    "Please fix or work around what turned lockdep off first, and boot again: it reports nothing once it is off.",
  dropped: "Please boot with log_buf_len=16M, and with a faster console or loglevel=4: messages were lost.",
  cut: "Please send the rest of the log: it stops in the middle.",
  "hosts-mixed": "Please send the log of each machine by itself.",
  "lockdep-not-on":
    "Please build with CONFIG_PROVE_LOCKING=y, and send the log from the kernel's first line on.",
  "begins-late":
    "Please boot with log_buf_len=16M, and send the log from the kernel's first line on (Linux version …).",
  "no-userspace": "Please send a log that continues after init was started.",
};

export function askOfSilence(because: Because): string {
  return OF_SILENCE[because];
}
