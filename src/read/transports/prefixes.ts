import type { Transport } from "../line.ts";

/**
 * What a prefix says about the rest of its line.
 * - wrapper: put before every physical line by whoever captured or quoted it
 * - origin: names the program that wrote the record (journal, syslog)
 * - stamp: the kernel's own, or dmesg's; what follows is kernel text, or one more stamp
 */
type Role = "wrapper" | "origin" | "stamp";

export interface Prefix {
  readonly name: string;
  readonly example: string;
  /** The program, and the file in it, that writes this. */
  readonly from: string;
  /** First characters it can have: themselves, "9" for any digit, "a" for any letter. */
  readonly lead: string;
  readonly role: Role;
  /** null: says nothing about the transport. */
  readonly transport: Transport | null;
  /** Sticky. Groups that are understood: time, caller, host, tag. */
  readonly pattern: RegExp;
  /** One blank between this prefix and the text belongs to the prefix. */
  readonly spaced: boolean;
  /** Alone it would fit kernel text: only taken after a stamp. */
  readonly afterStamp: boolean;
}

const DATE = String.raw`\d{4}-\d\d-\d\d`;
const CLOCK = String.raw`\d\d:\d\d:\d\d`;
const FRACTION = String.raw`[.,]\d{1,9}`;
const ZONE = String.raw`(?:Z|[+-]\d\d:?\d\d)`;
const ISO = `${DATE}[T ]${CLOCK}(?:${FRACTION})?${ZONE}?`;
// strftime writes names of days and months in the reader's language: "Nov", "nov.", "ноя", "11月".
const NAME = String.raw`\d{0,2}\p{L}{1,9}\.?`;
const BSD = String.raw`(?:${NAME},? )?${NAME} {1,2}\d{1,2} ${CLOCK}(?:${FRACTION})?(?: \d{4})?`;
const FULL = String.raw`${NAME} ${DATE} ${CLOCK}(?:${FRACTION})? [\w+:-]{1,8}`;
const UNIX = String.raw`\d{9,11}\.\d{3,6}`;
/** Lines of a report, other stamps and records of /dev/kmsg, which look like a host, a program and a colon. */
const NO_HOST = String.raw`(?!(?:[Cc]all [Tt]race|Hardware name|stack backtrace|Held locks):|\d{4}-\d\d-\d\d[T ]|\d{1,4},\d{1,20},)`;
const HOST = String.raw`(?<host>${NO_HOST}[^\s:\[<](?:[^\s\[]{0,253}[^\s\[:])?)`;
const FACILITY = String.raw`(?:[a-z]{2,8}\d?\.[a-z]{3,7} )?`;
const PID = String.raw`\[\d{1,10}\]`;
/** No braces, as a lock is printed before them; and `at:` comes after the usage of a lock. */
const TAG = String.raw`(?<tag>(?!at:)[A-Za-z(_][^\s:\[{]{0,63})`;
const SECONDS = String.raw`(?<time>\d{1,10}\.\d{1,9})`;
/** -v threadtime; -v epoch and -v monotonic count seconds. */
const LOGCAT_DATE = String.raw`(?:(?:\d{4}-)?\d\d-\d\d ${CLOCK}\.\d{3,9}(?: [+-]\d{4})?|\d{1,10}\.\d{3})`;
const LOGCAT_TAG = String.raw`(?<tag>[^\s:()]{1,40})`;

/** Only where a kernel stamp or a level follows; for forms that kernel text could have as well. */
const BEFORE_STAMP = String.raw`(?= *(?:\[ *\d+\.\d|<\d))`;

interface Row extends Omit<Prefix, "pattern" | "spaced" | "afterStamp"> {
  readonly form: string;
  readonly spaced?: false;
  readonly afterStamp?: true;
}

/** Tried from top to bottom; the first that fits is taken off, and the table is tried again on the rest. */
const ROWS: readonly Row[] = [
  {
    // Not behind many blanks: s390 marks an instruction with it, show_code() in arch/s390/kernel/dis.c.
    name: "mail quote",
    example: "> text",
    from: "mail readers",
    lead: ">",
    role: "wrapper",
    transport: "email",
    form: "(?<! {9})>",
  },
  {
    // At the left edge only: the tables of lib/locking-selftest.c have bars behind many blanks.
    name: "bar",
    example: "| text",
    from: "commit messages, some mail readers",
    lead: "|",
    role: "wrapper",
    transport: "email",
    form: String.raw`(?<=^ {0,4}|[>|] ?)\|`,
  },
  {
    name: "colon",
    example: ": text",
    from: "older mail readers",
    lead: ":",
    role: "wrapper",
    transport: "email",
    form: String.raw`(?<=^ {0,4}|[>|:] ?):(?= |$)`,
  },
  {
    name: "mail quote with a name",
    example: "jd> text",
    from: "supercite and its kind",
    lead: "a",
    role: "wrapper",
    transport: "email",
    form: String.raw`(?<=^|> )[A-Za-z]{1,6}>(?= |$)`,
  },
  {
    name: "dash escape",
    example: "- -> #1 (lock_a){+.+.}-{4:4}:",
    from: "OpenPGP's clear signatures, RFC 9580 section 7.2",
    lead: "-",
    role: "wrapper",
    transport: null,
    form: "(?<=^|> )-(?= -)",
  },
  {
    name: "processor of z/VM's console",
    example: "01: [    6.3] text",
    from: "z/VM, a guest with several processors",
    lead: "9",
    role: "wrapper",
    transport: null,
    form: String.raw`(?<=^)\d\d: ` + BEFORE_STAMP,
    spaced: false,
  },
  {
    name: "code fence",
    example: "```[    6.3] text",
    from: "Markdown",
    lead: "`",
    role: "wrapper",
    transport: null,
    form: "`{1,3}" + BEFORE_STAMP,
    spaced: false,
  },
  {
    name: "GitLab",
    example: "2026-11-22T12:20:06.123456Z 00O text",
    from: "gitlab-runner helpers/timestamp",
    lead: "9",
    role: "wrapper",
    transport: "ci",
    form: String.raw`${DATE}T${CLOCK}\.\d{6}Z [0-9a-f]{2}[OE](?=[ +]|$)\+?`,
  },
  {
    name: "container runtime",
    example: "2026-11-22T12:20:06.123456789Z stdout F text",
    from: "Kubernetes CRI logging",
    lead: "9",
    role: "wrapper",
    transport: "ci",
    form: `${DATE}T${CLOCK}(?:${FRACTION})?${ZONE} std(?:out|err) [FP]`,
  },
  {
    name: "Python logging",
    example: "2026-11-22 12:20:06,123 INFO serial: text",
    from: "Python logging with asctime; avocado, tbot, labgrid, pexpect's log files",
    lead: "9",
    role: "wrapper",
    transport: "ci",
    form: String.raw`${DATE}[ T]${CLOCK}[,.]\d{3} (?:- )?(?:[\w.-]{1,40} +(?:- )?)?(?:L\d{1,6} +)?(?:DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL)(?:\||(?: -)?(?: +[\w.-]{1,40})?:| -)(?= |$)`,
  },
  {
    name: "Python logging without time",
    example: "INFO:serial:text",
    from: "Python logging, BASIC_FORMAT",
    lead: "a",
    role: "wrapper",
    transport: "ci",
    form: String.raw`(?:DEBUG|INFO|WARNING|ERROR|CRITICAL):[A-Za-z][\w.-]{0,40}:`,
  },
  {
    name: "fluentd",
    example: '2026-11-22 12:20:06 +0000 kernel.log: {"message": "text"}',
    from: "fluentd out_stdout, fluent-cat",
    lead: "9",
    role: "wrapper",
    transport: "ci",
    form: String.raw`${DATE} ${CLOCK}(?:\.\d{1,9})? [+-]\d{4} [\w.*-]{1,80}:(?= \{)`,
  },
  {
    name: "LogQL",
    example: '2026-11-22T12:20:06Z {host="testbox"} text',
    from: "grafana logcli",
    lead: "9",
    role: "wrapper",
    transport: "ci",
    form: String.raw`${ISO} \{(?:[A-Za-z_]\w{0,80}="[^{}]{1,400})?\}(?= |$)`,
  },
  {
    name: "container of several",
    example: "serial-1  | [    6.3] text",
    from: "docker compose logs",
    lead: "a9",
    role: "wrapper",
    transport: null,
    form: String.raw`(?<=^ {0,4})(?<host>(?!\d+ )[A-Za-z0-9][\w.-]{0,63}) +\|` + BEFORE_STAMP,
  },
  {
    name: "pod of several",
    example: "[pod/vm-0/serial] [    6.3] text",
    from: "kubectl logs --prefix",
    lead: "[",
    role: "wrapper",
    transport: null,
    form: String.raw`\[pod\/(?<host>[\w.-]{1,128})\/[\w.-]{1,128}\]` + BEFORE_STAMP,
  },
  {
    name: "netconsole behind a relay",
    example: "Nov 22 12:20:06 testbox 4,247,6320651,-,caller=T41;text",
    from: "rsyslog, syslog-ng receiving netconsole",
    lead: "9a",
    role: "wrapper",
    transport: "netconsole",
    form: String.raw`(?:${ISO}|${BSD}) ${HOST} (?:[\w.-]{1,40}: ?)?(?=(?:\d\.[\w.+~-]{1,64},)?\d{1,4},\d{1,20},\d{1,16},[-c+][,;])`,
    spaced: false,
  },
  {
    // liblog takes what the kernel wrote before a colon for a tag, and pads it: logcatTag()
    name: "logcat of the kernel's own process",
    example: "06-21 18:09:06.123     0     0 W         : text",
    from: "Android logd LogKlog.cpp, liblog logprint.cpp",
    lead: "9",
    role: "origin",
    transport: "logcat",
    form: String.raw`${LOGCAT_DATE} +(?:root +)?0 +0 [VDIWEFS] (?!kernel *:)(?: *:)?`,
  },
  {
    name: "logcat threadtime",
    example: "06-21 18:09:06.123  root     0     0 W kernel  : text",
    from: "Android liblog logprint.cpp",
    lead: "9",
    role: "wrapper",
    transport: "logcat",
    form: String.raw`${LOGCAT_DATE} +(?:[a-z_]\w{0,31} +)?\d{1,7} +\d{1,7} [VDIWEFS] ${LOGCAT_TAG}? *:`,
  },
  {
    name: "logcat time and brief",
    example: "06-21 18:09:06.123 W/kernel  (    0): text",
    from: "Android liblog logprint.cpp",
    lead: "9VDIWEFS",
    role: "wrapper",
    transport: "logcat",
    form: String.raw`(?:${LOGCAT_DATE} +)?[VDIWEFS]\/${LOGCAT_TAG} *\( *\d{1,7}\):`,
  },
  {
    name: "logcat thread",
    example: "W(    0:    0) text",
    from: "Android liblog logprint.cpp",
    lead: "VDIWEFS",
    role: "wrapper",
    transport: "logcat",
    form: String.raw`[VDIWEFS]\( {0,4}\d{1,7}: {0,4}\d{1,7}\)`,
  },
  {
    name: "logcat tag",
    example: "W/kernel  : text",
    from: "Android liblog logprint.cpp",
    lead: "VDIWEFS",
    role: "wrapper",
    transport: "logcat",
    form: String.raw`[VDIWEFS]\/kernel *:`,
  },
  {
    name: "Xen",
    example: "(XEN) [2026-11-22 12:20:06.123] text",
    from: "xen/drivers/char/console.c",
    lead: "(",
    role: "wrapper",
    transport: "xen",
    // The seconds behind (XEN) are the hypervisor's; those behind (d1) the guest kernel's own.
    form: String.raw`\((?:(?<host>d\d{1,5})\)(?= )|XEN\)(?: \[(?:${DATE} ${CLOCK}(?:${FRACTION})?| *\d{1,10}\.\d{1,9})\])?)`,
  },
  {
    name: "RFC 5424",
    example: "<4>1 2026-11-22T12:20:06.3Z testbox kernel - - - text",
    from: "rsyslog RSYSLOG_SyslogProtocol23Format",
    lead: "<",
    role: "origin",
    transport: "syslog",
    form: String.raw`<\d{1,3}>1 ${ISO} ${HOST} kernel \S{1,64} \S{1,64} (?:-|(?:\[[^\]]{0,256}\]){1,16})(?: \ufeff)?`,
  },
  {
    name: "kernel record of journal or syslog",
    example: "Nov 22 12:20:06 testbox kernel: text",
    from: "systemd logs-show.c; rsyslog imklog; busybox syslogd, logread",
    lead: "9a",
    role: "origin",
    transport: "journal",
    form: `(?:${ISO}|${BSD}|${FULL}|${UNIX}) +(?:${HOST} +)?${FACILITY}kernel(?:${PID})?:`,
  },
  {
    name: "record of another program",
    example: "Nov 22 12:20:06 testbox systemd[1]: text",
    from: "systemd logs-show.c; rsyslog",
    lead: "9a",
    role: "origin",
    transport: "journal",
    form: `(?:${BSD}|${FULL}|${UNIX}) +${HOST} +${FACILITY}${TAG}(?:${PID})?:(?= |$)`,
  },
  {
    // dmesg's ISO stamp comes before kernel text, in which "usb 1-1:" is not a host and a tag: a pid is required.
    name: "record of another program, ISO stamp",
    example: "2026-11-22T12:20:06+0000 testbox systemd[1]: text",
    from: "systemd logs-show.c; rsyslog",
    lead: "9",
    role: "origin",
    transport: "journal",
    form: `${DATE}T${CLOCK}(?:\\.\\d{1,9})?${ZONE} ${HOST} ${TAG}${PID}:`,
  },
  {
    name: "dmesg ISO",
    example: "2026-11-22T12:15:14,318842+00:00 text",
    from: "util-linux sys-utils/dmesg.c iso_8601_time",
    lead: "9",
    role: "stamp",
    transport: "dmesg-iso",
    form: String.raw`${DATE}[T ]${CLOCK}(?:,\d{1,9}${ZONE}?|\.\d{6}[+-]\d\d:\d\d)`,
  },
  {
    name: "LAVA",
    example: "2026-11-22T18:09:10.000012  text",
    from: "lava-server plain log view; KernelCI",
    lead: "9",
    role: "wrapper",
    transport: "lava",
    form: String.raw`${DATE}T${CLOCK}\.\d{1,9}(?= |$)(?: (?= ))?`,
  },
  {
    name: "GitHub Actions",
    example: "2026-11-22T12:20:06.1234567Z text",
    from: "actions/runner; docker logs -t",
    lead: "9",
    role: "wrapper",
    transport: "ci",
    form: `${DATE}T${CLOCK}(?:${FRACTION})?Z(?= |$)`,
  },
  {
    name: "wall clock",
    example: "2026-11-22 12:20:06.123 text",
    from: "capture tools",
    lead: "9",
    role: "wrapper",
    transport: null,
    form: `${ISO}(?= |$)`,
  },
  {
    name: "wall clock in brackets",
    example: "[2026-11-22T12:20:06.123Z] text",
    from: "Jenkins timestamper, tio, minicom",
    lead: "[",
    role: "wrapper",
    transport: null,
    form: String.raw`\[(?:${ISO}|${CLOCK}(?:${FRACTION})?)\]`,
  },
  {
    name: "wall clock before a stamp",
    example: "Nov 22 12:20:06 [    6.3] text",
    from: "moreutils ts, Jenkins timestamper",
    lead: "9a",
    role: "wrapper",
    transport: null,
    form: `(?:${CLOCK}(?:${FRACTION})?|${BSD}|${UNIX})${BEFORE_STAMP}`,
  },
  {
    name: "wall clock of moreutils",
    example: "Nov 22 12:20:06 text",
    from: "moreutils ts without kernel stamps behind",
    lead: "a",
    role: "wrapper",
    transport: null,
    form: String.raw`[A-Z][a-z]{2} {1,2}\d{1,2} ${CLOCK}(?= |$)`,
  },
  {
    name: "facility and level",
    example: "kern  :warn  : text",
    from: "util-linux sys-utils/dmesg.c, dmesg -x",
    lead: "a",
    role: "stamp",
    transport: "dmesg",
    form:
      "(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local\\d) *:" +
      "(?:emerg|alert|crit|err|warn|notice|info|debug) *:",
  },
  {
    name: "level",
    example: "<4>text",
    from: "kernel/printk/printk.c info_print_prefix",
    lead: "<",
    role: "stamp",
    transport: "raw",
    // `<48>` in the bytes of `Code:` is none: beyond the kernel's own levels, another stamp must follow
    form: String.raw`<(?:[0-7]>|\d{1,3}>(?= ?\[| ?\p{L}{3} |\d))`,
    spaced: false,
  },
  {
    name: "level in the text",
    example: "\u00014text",
    from: "include/linux/kern_levels.h KERN_SOH",
    lead: "\u0001",
    role: "stamp",
    transport: null,
    form: "\\u0001[0-7cd]",
    spaced: false,
  },
  {
    name: "seconds since boot",
    example: "[    6.309448] text",
    from: "kernel/printk/printk.c print_time; with @ and a processor: Amlogic",
    lead: "[",
    role: "stamp",
    transport: null,
    form: String.raw`\[ *${SECONDS} *(?:@\d{1,4})?\]`,
  },
  {
    name: "seconds since boot and since the record before",
    example: "[    6.318842 <    0.000238>] text",
    from: "util-linux sys-utils/dmesg.c, dmesg -d; systemd -o short-delta",
    lead: "[",
    role: "stamp",
    transport: "dmesg-delta",
    form: String.raw`\[ {0,8}${SECONDS} {0,8}< {0,8}(?:-?\d{1,10}[.,]\d{1,9})? {0,8}>\]`,
  },
  {
    name: "seconds since the record before",
    example: "[  +0.000238] text",
    from: "util-linux sys-utils/dmesg.c, dmesg -e",
    lead: "[",
    role: "stamp",
    transport: "dmesg-delta",
    form: String.raw`\[ *(?:[+-]\d{1,10}[.,]\d{1,9}|< *-?\d{1,10}[.,]\d{1,9}>)\]`,
  },
  {
    name: "minute",
    example: "[Nov22 12:15] text",
    from: "util-linux sys-utils/dmesg.c short_ctime, dmesg -e",
    lead: "[",
    role: "stamp",
    transport: "dmesg-delta",
    form: String.raw`\[${NAME} {0,2}\d{1,2} \d\d:\d\d\]`,
  },
  {
    name: "wall clock of dmesg",
    example: "[Sun Nov 22 12:15:14 2026] text",
    from: "util-linux sys-utils/dmesg.c record_ctime, dmesg -T; with a delta: dmesg -T -d",
    lead: "[",
    role: "stamp",
    transport: "dmesg-ctime",
    form: String.raw`\[${NAME} ${NAME} {1,2}\d{1,2} ${CLOCK}(?: [A-Z]{2,5})? \d{4}(?: {0,8}< {0,8}-?\d{1,10}[.,]\d{1,9}>)?\]`,
  },
  {
    name: "stamp that a person took away",
    example: "[...] text",
    from: "mails",
    lead: "[",
    role: "stamp",
    transport: null,
    form: String.raw`\[ ?\.{3} ?\](?= ?\S)`,
  },
  {
    name: "caller",
    example: "[   T41] text",
    from: "kernel/printk/printk.c print_caller",
    lead: "[",
    role: "stamp",
    transport: null,
    form: String.raw`\[ *(?<caller>[TC]\d{1,10}) *\]`,
  },
  {
    name: "processor, command and task of Samsung kernels",
    example: "[0:      swapper/0:    1] text",
    from: "vendor printk.c, CONFIG_PRINTK_PROCESS",
    lead: "[",
    role: "stamp",
    transport: null,
    form: String.raw`\[\d{1,3}: *[A-Za-z][^\]]{0,23}: *\d{1,7}\]`,
    afterStamp: true,
  },
  {
    name: "processor, task and command of MediaTek kernels",
    example: "(0)[1:init]text",
    from: "vendor printk.c, CONFIG_MTK_PRINTK_UART_CONSOLE",
    lead: "(",
    role: "stamp",
    transport: null,
    form: String.raw`\(\d{1,3}\)\[\d{1,7}:[^\]]{1,24}\]`,
    afterStamp: true,
    spaced: false,
  },
  {
    name: "host after seconds since boot",
    example: "[    6.318842] testbox kernel: text",
    from: "systemd logs-show.c, journalctl -o short-monotonic",
    lead: "9a(",
    role: "origin",
    transport: "journal",
    form: String.raw`(?<host>[\w.()-]{1,255}) kernel(?:${PID})?:`,
    afterStamp: true,
  },
  {
    name: "program alone",
    example: "kernel: text",
    from: "logread, wall, syslog twice over",
    lead: "a",
    role: "origin",
    transport: null,
    form: `kernel(?:${PID})?:(?= |\\[|<|$)`,
  },
];

export const PREFIXES: readonly Prefix[] = ROWS.map(({ form, spaced, afterStamp, ...row }) => {
  let pattern: RegExp | undefined;
  return {
    ...row,
    /** Made when it is first tried: a log has two or three forms of all these. */
    get pattern(): RegExp {
      pattern ??= new RegExp(form, "uy");
      return pattern;
    },
    spaced: spaced ?? true,
    afterStamp: afterStamp ?? false,
  };
});
