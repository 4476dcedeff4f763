import { describe, expect, test } from "vitest";
import { Identities } from "../../src/lock-graph/identity.ts";

const KERNEL = "6.12.117 #5";

/** Static keys at these offsets of an image that is loaded `slide` higher. */
function classes(offsets: Readonly<Record<string, number>>, slide = 0): { key: string; name: string }[] {
  return Object.entries(offsets).map(([name, offset]) => ({
    name,
    key: (0xffff_ffff_8100_0000n + BigInt(offset + slide)).toString(16),
  }));
}

const COMMON = { a: 0x100, b: 0x200, c: 0x300, d: 0x400, e: 0x500, f: 0x600 };

describe("boots of one build", () => {
  test("are told by keys that differ by one offset", () => {
    const identities = new Identities();
    const first = identities.add(KERNEL, classes(COMMON));
    const second = identities.add(KERNEL, classes(COMMON, 0x1a00_0000));
    expect([first.build, second.build]).toEqual([0, 0]);
    expect(second.classes).toEqual(first.classes);
  });

  test("also where no log tells the kernel", () => {
    const identities = new Identities();
    identities.add(null, classes(COMMON));
    expect(identities.add(null, classes(COMMON, 0x40_0000)).build).toBe(0);
  });

  test("are not those whose keys agree upon nothing, though the kernel says the same", () => {
    const identities = new Identities();
    identities.add(KERNEL, classes(COMMON));
    const other = { a: 0x700, b: 0x150, c: 0x900, d: 0x320, e: 0x10, f: 0x8000 };
    expect(identities.add(KERNEL, classes(other)).build).toBe(1);
  });

  test("are not those of another kernel", () => {
    const identities = new Identities();
    identities.add(KERNEL, classes(COMMON));
    expect(identities.add("6.12.117 #6", classes(COMMON)).build).toBe(1);
  });

  test("with hidden keys are those of one known kernel", () => {
    const identities = new Identities();
    const hidden = Object.keys(COMMON).map((name) => ({ name, key: null }));
    expect(identities.add(KERNEL, hidden)).toMatchObject({ build: 0, hasClearKeys: false });
    expect(identities.add(KERNEL, hidden).build).toBe(0);
    expect(identities.add(null, hidden).build).toBe(1);
    expect(identities.add(null, hidden).build).toBe(2);
  });
});

describe("names", () => {
  test("numbers that boots gave in another order are put right by keys", () => {
    const identities = new Identities();
    identities.add(KERNEL, classes({ ...COMMON, "&x->wait": 0x1000, "&x->wait#2": 0x2000 }));
    const second = identities.add(KERNEL, classes({ ...COMMON, "&x->wait": 0x2000, "&x->wait#2": 0x1000 }));
    expect(second.classes.slice(-2).map(({ name }) => name)).toEqual(["&x->wait#2", "&x->wait"]);
  });

  test("two static locks of one name are two classes, though no boot had both", () => {
    const identities = new Identities();
    identities.add(KERNEL, classes({ ...COMMON, lock: 0x1000 }));
    const second = identities.add(KERNEL, classes({ ...COMMON, lock: 0x2000 }));
    expect(second.classes.at(-1)?.name).toBe("lock#2");
    expect(identities.isAmbiguous("lock")).toBe(true);
    expect(identities.isAmbiguous("a")).toBe(false);
  });

  test("a subclass has a key and a name of its own", () => {
    const identities = new Identities();
    identities.add(KERNEL, classes({ ...COMMON, "&m->lock#2/1": 0x1001 }));
    const second = identities.add(KERNEL, classes({ ...COMMON, "&m->lock/1": 0x1001 }));
    expect(second.classes.at(-1)?.name).toBe("&m->lock#2/1");
    expect(identities.isAmbiguous("&m->lock")).toBe(true);
  });

  test("allocated keys tell nothing across boots", () => {
    const identities = new Identities();
    identities.add(KERNEL, [...classes(COMMON), { name: "mutex#3", key: "ffff8880005dbb60" }]);
    const second = identities.add(KERNEL, [...classes(COMMON), { name: "mutex#3", key: "ffff8880005edb60" }]);
    expect(second.classes.at(-1)).toEqual({ name: "mutex#3", place: null });
    expect(identities.isAmbiguous("mutex#3")).toBe(true);
  });
});
