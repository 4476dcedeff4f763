import { describe, expect, test } from "vitest";
import { parseClass, parseClassPair, parseLock } from "../../grammar/lock.ts";
import { parseClassName } from "../../grammar/class-name.ts";
import { tokenize } from "../../grammar/tokenize.ts";

/** Names as C expressions, format strings and drivers make them. */
const NAMES = [
  "lock_a",
  "&rq->__lock",
  "&(&(&m->i_pages)->xa_lock)->rlock",
  "(work_completion)(&wq->work)",
  "(net_cleanup_work).work",
  '(wq_completion)"events"',
  '(wq_completion)"%s""netns"',
  "(wq_completion)wg-crypt-wg0",
  "(&x->timer)",
  "drivers/net/ethernet/a.c:12",
  "&q->q_usage_counter(io)",
  "&per_cpu(lock, cpu)[i]",
  "sk_lock-AF_INET6",
  "&type->s_umount_key",
  "cond ? &a : &b",
  "a ?: b",
  "a, b",
  "a, at: b",
  "&s->seqcount (recursive) [x]",
  "class{1}",
  "a}b",
  "key #",
  "#",
  "/",
  "1",
  "'quoted'",
  "->",
];

describe.each(NAMES)("the class %s", (name) => {
  test.each([
    ["", 1, 0],
    ["#3", 3, 0],
    ["/1", 1, 1],
    ["#12/3", 12, 3],
  ])("with the suffix '%s'", (suffix, version, subclass) => {
    const named = { class: name, version, subclass };
    expect(parseClassName(name + suffix)).toEqual(named);
    expect(parseClass(`(${name}${suffix}){+.+.}-{4:4}`)).toEqual({
      ...named,
      usage: "+.+.",
      wait: { outer: 4, inner: 4 },
    });
    const lock = `ffffffff81d2b588 (${name}${suffix}){+.+.}-{4:4}, at: take_ba+0x24/0x3e`;
    expect(parseLock(lock)).toMatchObject({
      ...named,
      address: "ffffffff81d2b588",
      at: { symbol: "take_ba" },
    });
    expect(tokenize(` #1: ${lock}`, 1)).toMatchObject({ name: "HeldLock", lock: named });
    expect(tokenize(`-> #2 (${name}${suffix}){..-.}-{3:3}:`, 1)).toMatchObject({
      name: "ChainLink",
      lock: named,
    });
    expect(tokenize(`-> (${name}${suffix}){....}-{2:2} ops: 7 {`, 1)).toMatchObject({
      name: "ClassHead",
      lock: named,
      groups: { ops: "7" },
    });
    const pair = parseClassPair(`(${name}${suffix}){-...}-{2:2} -> (other){....}-{2:2}`);
    expect(pair).toMatchObject({ from: named, to: { class: "other" } });
  });
});

describe("the usage", () => {
  // four characters since v4.14 and up to v2.6.29, six with the RECLAIM_FS pair between
  test.each(["--..", "....", "+.+.", "?.+-", "+.+.+.", "......", "+.+.?-"])("{%s}", (usage) => {
    expect(parseClass(`(a){${usage}}`)).toMatchObject({ usage, wait: null });
    expect(parseClass(`(a){${usage}}-{0:0}`)).toMatchObject({ usage, wait: { outer: 0, inner: 0 } });
  });

  // wait_type_inner may be unset or, before v5.10, printed with %hd
  test.each([
    ["{2:2}", { outer: 2, inner: 2 }],
    ["{1:3}", { outer: 1, inner: 3 }],
    ["{-1:4}", { outer: -1, inner: 4 }],
  ])("-%s", (text, wait) => expect(parseClass(`(a){....}-${text}`)?.wait).toEqual(wait));

  test.each(["(a)", "(a){}", "(a){+ .+.}", "(a){+.+.}-{4}", "(a){+.+.} x", "a){+.+.}", "{+.+.}"])(
    "%s is no class",
    (text) => expect(parseClass(text)).toBeNull(),
  );
});

describe("the address", () => {
  test.each([
    ["ffff8880004bb3f0", "64 bit, since v5.4"],
    ["00000000c99a1b2c", "hashed, v4.17 to v5.3"],
    ["c1a2b3c4", "32 bit"],
    ["0xffff8880004bb3f0", "%#px"],
    ["(____ptrval____)", "hashed before there was entropy, v4.17 on"],
    ["(ptrval)", "the same on 32 bit"],
  ])("%s: %s", (address) => {
    const text = `${address} (&a->lock){+.+.}-{3:3}, at: f+0x1/0x2`;
    const lock = { address, class: "&a->lock", at: { symbol: "f", offset: 1, size: 2 } };
    expect(parseLock(text)).toMatchObject(lock);
    expect(tokenize(text, 1)).toMatchObject({ name: "Lock", lock });
  });

  test("is missing up to v4.16", () => {
    expect(parseLock("(&a->lock){+.+.}, at: [<ffffffff8232bf0e>] f+0x1/0x2")).toMatchObject({
      address: null,
      class: "&a->lock",
    });
  });

  test("is no part of a name of the class", () => {
    expect(parseLock("deadbeef (x)")).toBeNull();
    expect(parseLock("word (x){+.+.}")).toBeNull();
  });
});

describe("the site", () => {
  test.each([
    ["take_ba+0x24/0x3e", { symbol: "take_ba", offset: 36, size: 62, address: null }],
    ["[<c0401000>] take_a+0x10/0x30", { symbol: "take_a", offset: 16, size: 48, address: "c0401000" }],
    // 32-bit arm prints several blanks
    ["[<c0401000>]    take_a+0x10/0x30", { symbol: "take_a", address: "c0401000" }],
    ["[<0000000099c891ec>] vt_read+0x129/0xae0", { symbol: "vt_read", address: "0000000099c891ec" }],
    ["f+0x1/0x2 [nfs]", { symbol: "f", module: "nfs" }],
    ["f+0x1/0x2 fs/x.c:11", { symbol: "f", file: "fs/x.c", line: 11 }],
    ["spin_lock include/linux/spinlock.h:45 [inline]", { symbol: "spin_lock", inline: true, offset: null }],
    ["take_ba (drivers/misc/splat.c:45)", { symbol: "take_ba", file: "drivers/misc/splat.c", line: 45 }],
    ["0xffffffffa0001234", { symbol: "0xffffffffa0001234", offset: null }],
    ["0x0", { symbol: "0x0" }],
  ])("at: %s", (site, at) => {
    expect(parseLock(`ffffffff81d2b588 (a){+.+.}-{4:4}, at: ${site}`)?.at).toMatchObject(at);
    expect(parseLock(`(a){+.+.}, at: ${site}`)?.at).toMatchObject(at);
  });

  test.each([
    ["take_ba", { symbol: "take_ba", offset: null, module: null }],
    ["take_ba+0x24 [mod]", { symbol: "take_ba", offset: null, module: "mod" }],
    // by a pager, at the edge of the screen
    ["take_ba+0x24/0x3e [>", { symbol: "take_ba", offset: 0x24, size: 0x3e, module: null }],
    ["take_ba+0x24>", { symbol: "take_ba", offset: null }],
    ["take_b>", { symbol: "take_b", offset: null }],
  ])("less than all of a place: %s", (site, at) => {
    expect(parseLock(`ffffffff81d2b588 (a){+.+.}-{4:4}, at: ${site}`)?.at).toMatchObject(at);
  });

  test("as a person shortens it", () => {
    expect(parseLock("(&x->lock#3/1) at take_ba+0x24/0x3e")).toMatchObject({
      class: "&x->lock",
      version: 3,
      subclass: 1,
      usage: null,
      address: null,
      at: { symbol: "take_ba", offset: 0x24 },
    });
    for (const text of ["(see there) at home", "(a) at ", "() at take_ba+0x24/0x3e"])
      expect(parseLock(text)).toBeNull();
  });

  test("cut off", () => {
    for (const text of ["ffffffff81d2b588 (a){+.+.}-{4:4}", "ffffffff81d2b588 (a){+.+.}-{4:4}, at: a b"])
      expect(parseLock(text)).toMatchObject({ class: "a", address: "ffffffff81d2b588", at: null });
  });
});

test("a released lock has nothing left", () => {
  expect(tokenize(" #0: <RELEASED>", 1)).toMatchObject({ name: "HeldLock", lock: null });
  expect(tokenize("<RELEASED>", 1)).toMatchObject({ name: "Lock", lock: null });
});

test("two classes with an arrow are a new dependency, and one with an arrow in its name is not", () => {
  expect(tokenize(" (a->b){-...}-{2:2} -> (c -> d#2/1){....}", 1)).toMatchObject({
    name: "ClassPair",
    pair: {
      from: { class: "a->b", wait: { outer: 2, inner: 2 } },
      to: { class: "c -> d", version: 2, subclass: 1, wait: null },
    },
  });
  expect(tokenize("(a -> b){-...}-{2:2}", 1)).toMatchObject({
    name: "Class",
    lockClass: { class: "a -> b" },
  });
});
