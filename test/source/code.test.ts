import { describe, expect, test } from "vitest";
import { functionIn, type LineRange, onlyCall } from "../../src/source/code.ts";

const CODE = `int declared(struct foo *foo);
static noinline void take_ba(struct foo *foo)
{
	mutex_lock(&foo->lock_b);
	mutex_lock_nested(&foo->lock_a, 1);
	kfree(kmalloc(64, GFP_KERNEL));
	mutex_unlock(&foo->lock_a);
}

int declared(struct foo *foo)
{
	if (foo)
		take_ba(foo);
	spin_lock_init(&foo->spin);
	spin_lock(&foo->spin);
	other(foo, spin_is_locked(&foo->spin));
	other(foo, 2);
	return take_ba(foo);
}

static ssize_t long_head(struct file *file, const char *buf,
			 size_t count) {
	return call(count);
}

int twice(void)
{
}
int twice(int x)
{
}
`.split("\n");

describe("the definition of a function", () => {
  test.each([
    ["take_ba", { first: 2, last: 8 }],
    ["declared", { first: 10, last: 19 }],
    ["long_head", { first: 21, last: 24 }],
  ])("%s", (name, range) => {
    expect(functionIn(CODE, name)).toEqual(range);
  });

  test.each(["twice", "kfree", "mutex_lock", "none"])("%s: there is none, or more than one", (name) => {
    expect(functionIn(CODE, name)).toBeNull();
  });
});

function within(name: string): LineRange {
  return functionIn(CODE, name) ?? { first: 0, last: 0 };
}

describe("the only call", () => {
  test("of a lock's class, by whatever way it is taken", () => {
    expect(onlyCall(CODE, within("take_ba"), "__mutex_lock", "&foo->lock_a")).toBe(5);
    expect(onlyCall(CODE, within("take_ba"), "mutex_lock_nested", "lock_b")).toBe(4);
    expect(onlyCall(CODE, within("take_ba"), "__mutex_lock", "lock_c")).toBeNull();
  });

  test("by the name that the stack has", () => {
    expect(onlyCall(CODE, within("take_ba"), "kmalloc_noprof", "fs_reclaim")).toBe(6);
    expect(onlyCall(CODE, within("long_head"), "call", "fs_reclaim")).toBe(23);
    // what sets a lock up takes none
    expect(onlyCall(CODE, within("declared"), "_raw_spin_lock", "&foo->spin")).toBe(15);
  });

  test("is none where two lines may be meant, or the stack has another name", () => {
    expect(onlyCall(CODE, within("declared"), "take_ba", "lock_a")).toBeNull();
    expect(onlyCall(CODE, within("declared"), "other", null)).toBeNull();
    expect(onlyCall(CODE, within("take_ba"), "kmem_cache_alloc", "fs_reclaim")).toBeNull();
    expect(onlyCall(CODE, within("take_ba"), null, "lock_a")).toBeNull();
  });
});
