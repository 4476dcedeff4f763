import { describe, expect, test } from "vitest";
import { lockEffects } from "../../src/patch/lock-effects.ts";
import { isOfClass } from "../../src/patch/lock-calls.ts";
import { readPatch } from "../../src/patch/patch.ts";

const SHOWN = `commit 0123456789abcdef0123456789abcdef01234567
Author: A Tester <a@example.org>
Date:   Sat Nov 28 00:00:00 2026 +0000

    dev: take the lock first

    Because.

diff --git a/drivers/dev.c b/drivers/dev.c
index 1111111..2222222 100644
--- a/drivers/dev.c
+++ b/drivers/dev.c
@@ -10,12 +10,13 @@ static int dev_first(void)
 	return 0;
 }
 
-static int dev_old(struct dev *d,
+static int dev_new(struct dev *d,
 		   int x)
 {
+	mutex_lock(&d->lock);
 	return x;
 }
 
 /* a comment (with a call) */
 static void dev_same(void)
 {
diff --git a/fs/attr.c b/fs/attr.c
--- a/fs/attr.c
+++ b/fs/attr.c
@@ -1,2 +1,2 @@ SYSCALL_DEFINE2(fchmod, unsigned int, fd, umode_t, mode)
-	int x;
+	int y;
 	return 0;
`;

describe("readPatch", () => {
  test("git show: the files, and the functions that have a change", () => {
    const patch = readPatch(SHOWN);
    expect(patch).toMatchObject({
      files: ["drivers/dev.c", "fs/attr.c"],
      whole: true,
    });
    expect(patch?.functions.map(({ names }) => names)).toEqual([
      ["dev_old", "dev_new"],
      expect.arrayContaining(["__do_sys_fchmod", "__x64_sys_fchmod"]),
    ]);
  });

  test("an answer that quotes it", () => {
    const quoted = `Hi,\n\n${SHOWN.split("\n")
      .map((line) => `> ${line}`)
      .join("\n")}\nLooks good.\n`;
    expect(readPatch(quoted)?.functions).toHaveLength(2);
  });

  test("lines that a mailer broke are joined, and said to be damaged", () => {
    const broken = SHOWN.replace("+\tmutex_lock(&d->lock);", "+\tmutex_lock(\n&d->lock);");
    const patch = readPatch(broken);
    expect(patch?.whole).toBe(false);
    expect(patch?.functions[0]?.lines.map(({ text }) => text)).toContain("\tmutex_lock( &d->lock);");
  });

  test("hunks whose counts are wrong end where the next begins", () => {
    const wrong = readPatch(SHOWN.replace("-10,12 +10,13", "-10,99 +10,1"));
    expect(wrong?.whole).toBe(false);
    expect(wrong?.functions).toHaveLength(2);
  });

  test("of a merge, what is new to all parents", () => {
    const merge = readPatch(
      [
        "diff --cc drivers/dev.c",
        "--- a/drivers/dev.c",
        "+++ b/drivers/dev.c",
        "@@@ -1,2 -1,2 +1,3 @@@ static int dev_merge(void)",
        "  \tint x;",
        "++\tint y;",
        "  \treturn 0;",
        "",
      ].join("\n"),
    );
    expect(merge?.functions).toMatchObject([{ names: ["dev_merge"] }]);
  });

  test("a macro is what it defines, a declaration is no function", () => {
    const text = `--- a/x.h\n+++ b/x.h\n@@ -1,3 +1,4 @@\n int declared(int x);\n #define take(x) \\\n+\tmutex_lock(x)\n \n`;
    expect(readPatch(text)?.functions.map(({ names }) => names)).toEqual([["take"]]);
  });

  test("what has no hunk is no patch", () => {
    expect(readPatch("possible circular locking dependency detected\n@@ no hunk\n")).toBeNull();
    expect(readPatch("")).toBeNull();
  });

  test("comments and braces are no change", () => {
    const text = `--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,3 @@ static int f(void)\n-\t/* old */\n+\t/* new */\n+\n \treturn 0;\n`;
    expect(readPatch(text)?.functions).toEqual([]);
  });
});

test("calls that came, went and moved", () => {
  const [change] =
    readPatch(
      `--- a/x.c\n+++ b/x.c\n@@ -1,4 +1,4 @@ static int f(void)\n-\tmutex_unlock(&a->b.lock);\n-\tif (kfree(x))\n \treturn 0;\n+\tmutex_unlock(&a->b.lock);\n+\tscoped_guard(spinlock, &a->c) p = kmalloc(4, GFP_NOFS | __GFP_ZERO);\n`,
    )?.functions ?? [];
  if (change === undefined) throw new Error("no function");
  const effects = lockEffects(change);
  expect(effects.moved).toEqual([{ name: "mutex_unlock", argument: "&a->b.lock" }]);
  expect(effects.dropped).toEqual([{ name: "kfree", argument: "x" }]);
  expect(effects.added).toEqual([
    { name: "guard", argument: "&a->c" },
    { name: "kmalloc", argument: "4" },
  ]);
  expect(effects.masksAdded).toEqual(["GFP_NOFS", "__GFP_ZERO"]);
});

test.each([
  ["&q->rq_qos_mutex", "&q->rq_qos_mutex", true],
  ["&disk->queue->rq_qos_mutex", "&q->rq_qos_mutex", true],
  ["&__mmu_notifier_invalidate_range_start_map", "mmu_notifier_invalidate_range_start", true],
  ["&vcpu->kvm->lock", "&kvm->lock", true],
  ["&other->lock", "&kvm->lock", false],
  ["lock", "&kvm->lock", false],
  ["", "&kvm->lock", false],
])("%s is of class %s: %s", (argument, name, is) => {
  expect(isOfClass(argument, name)).toBe(is);
});
