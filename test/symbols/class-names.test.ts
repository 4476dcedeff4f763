import { describe, expect, test } from "vitest";
import { ENTRIES } from "../../src/catalogue/entries/index.ts";
import { comparableClass, isCommonClass, RENAMED } from "../../src/symbols/class-names.ts";

describe("renamed fields", () => {
  test.each(RENAMED)("%s and %s are one entry of the catalogue, which says when", (old, today) => {
    const entries = ENTRIES.filter(({ aliases = [] }) =>
      [old, today].every((name) => aliases.some((alias) => alias.name === name)),
    );
    expect(entries).toHaveLength(1);
    const [before, after] = [old, today].map((name) =>
      entries[0]?.aliases?.find((alias) => alias.name === name),
    );
    // the old name ended, and the new one is in use
    expect(before?.to).not.toBeNull();
    expect(after?.to).toBeNull();
  });
});

describe("a name stays itself", () => {
  test.each([
    "&p->pi_lock",
    "(&x->timer)",
    "(net_cleanup_work)",
    "(completion)&req.done",
    "&(&x->lock)->wait_lock",
    "sk_lock-AF_INET6",
    "fs/file.c:12",
    "events",
    "",
  ])("%s", (name) => expect(comparableClass(name)).toBe(name));
});

describe("names that any code gives its locks", () => {
  test.each([
    "lock",
    "&p->lock",
    "&priv->mutex",
    "&dev->mutex",
    "&xt[i].mutex",
    "(wq_completion)events",
    "mutex",
    "&port_lock_key",
  ])("%s is common", (name) => expect(isCommonClass(name)).toBe(true));
  test.each(["fs_reclaim", "&mm->mmap_lock", "lock_a", "rtnl_mutex", "sk_lock-AF_INET", "&ctx->uring_lock"])(
    "%s is not",
    (name) => expect(isCommonClass(name)).toBe(false),
  );
});
