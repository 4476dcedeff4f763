// Makes kernel logs of any size out of the fixtures: the same arguments give the same bytes.
//
//   node test/bench/logs.mjs --bytes 200e6 [--every 100e3 | --reports N] [--frames N] [--style plain] [--differ values|all] [--seed N] > log
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const FIXTURES = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "fixtures");
const STAMP = /^\[ *\d+\.\d+\](?:\[ *([TC]\d+)\])? /;

/** Lines that hold a word of a headline, or a lock, and open no report of lockdep's. */
const HARMLESS = [
  "WARNING: CPU: 1 PID: 214 at drivers/gpu/drm/drm_vblank.c:1235 drm_wait_one_vblank+0x1c4/0x1d0",
  "WARNING: stack recursion on stack type 4",
  "WARNING: can't dereference registers at 00000000f3a1 for ip swapgs_restore_regs_and_return_to_usermode+0x8/0xc",
  "BUG: kernel NULL pointer dereference, address: 0000000000000018",
  "BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 34s!",
  "BUG: Bad page state in process syz-executor.3  pfn:1f8a2",
  "INFO: task kworker/1:2:214 blocked for more than 122 seconds.",
  "INFO: NMI handler (perf_event_nmi_handler) took too long to run: 1.204 msecs",
  "EXT4-fs (sda1): journal_lock held over a checkpoint of 214 blocks",
  "watchdog: possible lock contention, retrying lock_a in 10 ms",
  "systemd[1]: Started dm-event.socket, a locking helper for device-mapper.",
];
const HARMLESS_ONE_IN = 250;

/** Numbers of [0, 1), the same for the same seed (mulberry32). */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function fixtureLines(path) {
  return readFileSync(join(FIXTURES, path), "latin1").trimEnd().split("\n");
}

function textOf(line) {
  return line.replace(STAMP, "");
}

/** Lines that a boot says once. */
const ONCE =
  /^(?:Linux version|Lock dependency validator|\.\.\. |Run \/|reboot: |ACPI: PM: Preparing to enter system sleep state S5)/;

/** What kernels say when nothing is wrong: what the clean fixtures hold that may be said more than once in a boot. */
function noiseTexts() {
  return readdirSync(join(FIXTURES, "clean"))
    .toSorted()
    .flatMap((slug) => fixtureLines(`clean/${slug}/dmesg.txt`))
    .map(textOf)
    .filter((text) => text !== "" && !ONCE.test(text));
}

/** Read once, for who makes many logs. */
let noiseOnce;
let reportsOnce;

/** Every report of the fixtures, its lines with their callers, and the blank line before it. */
function fixtureReports() {
  return readdirSync(FIXTURES, { recursive: true, encoding: "utf8" })
    .filter((path) => /^[^/]+\/[^/]+\/report\.json$/.test(path) && !path.startsWith("transports/"))
    .toSorted()
    .flatMap((path) => {
      const lines = fixtureLines(join(dirname(path), "dmesg.txt"));
      const { reports } = JSON.parse(readFileSync(join(FIXTURES, path), "utf8"));
      return reports.map(({ lines: { first, last } }) =>
        lines
          .slice(first - 2, last)
          .map((line) => ({ caller: STAMP.exec(line)?.[1] ?? "T1", text: textOf(line) })),
      );
    });
}

/** A circular report whose last stack has this many frames. */
function deepReport(frames) {
  const lines = fixtureLines("circular/abba/dmesg.txt").slice(240, 319);
  const report = lines.map((line) => ({ caller: "T42", text: textOf(line) }));
  const trace = report.findIndex(({ text }) => text === " <TASK>");
  const more = Array.from({ length: frames }, (_, i) => ({
    caller: "T42",
    text: ` deep_call_${i % 997}+0x${(i % 240).toString(16)}/0x100`,
  }));
  return [report.slice(0, trace + 1), more, report.slice(trace + 1)].flat();
}

const hex = (random, length) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");

/** Functions by which stacks, locks and interrupts are told: they are the same in all kernels. */
const SAME =
  /^(?:_|asm_|sysvec_|entry_|ret_from_|do_syscall|x64_sys|el\d|vfs_|ksys_|dump_stack|show_stack|lock|unlock|mark_lock|print_|check_|valid|mutex_|down_|up_|rt_|rcu_|debug_|spin_|kthread|worker_thread|process_one_work|might_)/;

/**
 * The lines of a report as another boot prints it: other addresses and pids, the same for the same.
 *
 * @param other whether it is another bug, too: functions and classes of this number
 */
function printedAgain(report, random, other) {
  const values = new Map();
  const valueFor = (value, make) => {
    if (!values.has(value)) values.set(value, make());
    return values.get(value);
  };
  const pidFor = (pid) => valueFor(pid, () => String(100 + Math.floor(random() * 32_000)));
  const pids = new Set(
    report.flatMap(({ caller, text }) => [
      ...(caller.startsWith("T") ? [caller.slice(1)] : []),
      ...(/ PID: (\d+) Comm/.exec(text)?.slice(1) ?? []),
    ]),
  );
  return report.map(({ caller, text }) => {
    const again = text
      .replace(/(?<![\w+/-])ffff[0-9a-f]{12}(?!\w)/g, (address) =>
        valueFor(address, () => `ffff8${hex(random, 11)}`),
      )
      .replace(/(?<=PID: |pid: |\/|\w\[)[1-9]\d*(?![\w-]|\.\w)/g, (pid) =>
        pids.has(pid) ? pidFor(pid) : pid,
      );
    return {
      caller: caller.startsWith("T") ? `T${pidFor(caller.slice(1))}` : caller,
      text:
        other === null
          ? again
          : again.replace(/\b([a-z]\w+)(?=\+0x)/g, (symbol) =>
              SAME.test(symbol) ? symbol : `${symbol}_${other}`,
            ),
    };
  });
}

/**
 * @param {import("./logs.mjs").WantedLog} wanted `differ`: reports that come again have other addresses and pids, as in a
 *   farm, or every one is of another bug. `style` is `[time][caller] text`, as CONFIG_PRINTK_CALLER has it, or
 *   `[time] text`
 * @returns {Generator<string>} pieces of about a megabyte
 */
export function* logOf({ bytes, every, reports, frames, style = "caller", differ, seed = 1 }) {
  const random = randomOf(seed);
  const noise = (noiseOnce ??= noiseTexts());
  const known = frames === undefined ? (reportsOnce ??= fixtureReports()) : [deepReport(frames)];
  const wanted =
    frames === undefined ? (reports ?? (every === undefined ? 0 : Math.floor(bytes / every))) : 1;
  const distance = bytes / (wanted + 1);
  let micros = 1_000_000;
  let written = 0;
  let given = 0;
  let piece = "";
  const say = (text, caller) => {
    const stamp = `[${Math.floor(micros / 1e6)
      .toString()
      .padStart(5)}.${(micros % 1e6).toString().padStart(6, "0")}]`;
    piece += `${stamp}${style === "caller" ? `[${caller.padStart(5)}]` : ""} ${text}\n`;
  };
  say("Linux version 6.12.117 (tester@farm) (gcc 12.2.0) #1 SMP PREEMPT_DYNAMIC", "T0");
  say("Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar", "T0");
  while (written + piece.length < bytes) {
    micros += 1 + Math.floor(random() * 60);
    if (given < wanted && written + piece.length >= distance * (given + 1)) {
      const report = known[given % known.length];
      const again =
        differ === undefined ? report : printedAgain(report, random, differ === "all" ? given : null);
      for (const { caller, text } of again) say(text, caller);
      given++;
    } else {
      const from = random() < 1 / HARMLESS_ONE_IN ? HARMLESS : noise;
      say(from[Math.floor(random() * from.length)], `T${1 + Math.floor(random() * 400)}`);
    }
    if (piece.length > 1 << 20) {
      written += piece.length;
      yield piece;
      piece = "";
    }
  }
  yield piece;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: Object.fromEntries(
      ["bytes", "every", "reports", "frames", "style", "differ", "seed"].map((name) => [
        name,
        { type: "string" },
      ]),
    ),
  });
  const { style, differ, ...numbers } = values;
  const wanted = Object.fromEntries(Object.entries(numbers).map(([name, text]) => [name, Number(text)]));
  for (const piece of logOf({ bytes: 1e6, style, differ, ...wanted }))
    if (!process.stdout.write(piece, "latin1"))
      await new Promise((resolve) => process.stdout.once("drain", resolve));
}
