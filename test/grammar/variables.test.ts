import { expect, test } from "vitest";
import { tokenize } from "../../grammar/tokenize.ts";

/** The line with its variables in angles, and what they are. */
function shown(line: string): string {
  const token = tokenize(line, 1);
  if (token === null) return "no line of a report";
  return token.variables.reduceRight(
    (text, { start, end, sort }) =>
      `${text.slice(0, start)}<${sort} ${text.slice(start, end)}>${text.slice(end)}`,
    token.text,
  );
}

test.each([
  ["init/41 is trying to acquire lock:", "init/<pid 41> is trying to acquire lock:"],
  ["41/41 is trying to acquire lock:", "41/<pid 41> is trying to acquire lock:"],
  ["41 locks held by 41/41:", "41 locks held by 41/<pid 41>:"],
  ["swapper/0/0 is trying to acquire lock:", "swapper/0/0 is trying to acquire lock:"],
  [
    "ffff888000c2f428 (lock_a#3/1){+.+.}-{4:4}, at: take_ba+0x24/0x3e",
    "<address ffff888000c2f428> (lock_a#3/1){+.+.}-{4:4}, at: take_ba+0x24/0x3e",
  ],
  [
    "0xffff888000c2f428 (a){+.+.}, at: [<ffffffff814e01f0>] take_ba+0x24/0x3e",
    "0x<address ffff888000c2f428> (a){+.+.}, at: [<<address ffffffff814e01f0>>] take_ba+0x24/0x3e",
  ],
  [
    " #0: ffff888000c2f428 (a){+.+.}-{4:4}, at: take_ba+0x24/0x3e",
    "#0: <address ffff888000c2f428> (a){+.+.}-{4:4}, at: take_ba+0x24/0x3e",
  ],
  ["(____ptrval____) (a){+.+.}, at: take_ba+0x24/0x3e", "(____ptrval____) (a){+.+.}, at: take_ba+0x24/0x3e"],
  [
    "[<ffffffff814e01f0>] _raw_spin_lock+0x2e/0x3d",
    "[<<address ffffffff814e01f0>>] _raw_spin_lock+0x2e/0x3d",
  ],
  [
    "CPU: 1 UID: 0 PID: 42 Comm: splat 42 Not tainted 6.12.117 #42",
    "CPU: 1 UID: 0 PID: <pid 42> Comm: splat 42 Not tainted 6.12.117 #42",
  ],
  [
    "BUG: workqueue leaked atomic, lock or RCU: kworker/0:7[7]",
    "BUG: workqueue leaked atomic, lock or RCU: kworker/0:7[<pid 7>]",
  ],
  ["irq event stamp: 91", "irq event stamp: <count 91>"],
  [
    "hardirqs last  enabled at (91): [<ffffffff814e01f0>] fn+0x26/0x31",
    "hardirqs last  enabled at (<count 91>): [<<address ffffffff814e01f0>>] fn+0x26/0x31",
  ],
  ["-> (lock_a){+.+.}-{4:4} ops: 7 {", "-> (lock_a){+.+.}-{4:4} ops: <count 7> {"],
  [
    "RSP: 0018:ffffc900001fbe38 EFLAGS: 00000246 ORIG_RAX: 0000000000000001",
    "RSP: 0018:<register ffffc900001fbe38> EFLAGS: <register 00000246> ORIG_RAX: <register 0000000000000001>",
  ],
  ["take_ba+0x24/0x3e", "take_ba+0x24/0x3e"],
])("%s", (line, variables) => {
  expect(shown(line)).toBe(variables);
});

test("a line that was read before is the same at its new place", () => {
  const first = tokenize("  take_once+0x24/0x3e", 3);
  const second = tokenize("  take_once+0x24/0x3e", 9);
  expect(second).toEqual({ ...first, number: 9 });
  expect(second?.frame).toBe(first?.frame);
});
