import { describe, expect, test } from "vitest";
import { parseKnown, withIssues } from "../../src/known/known-file.ts";

const ADDED = { id: "123456789012", note: "possible deadlock in f: it's 6.10" };

describe("reading", () => {
  test("takes every scalar as text: ids of digits, ids that look like floats, releases", () => {
    const text = "- {id: 123456789012, note: a}\n- {id: 1234567890e1, kernel: 6.10, note: 1.50}\n";
    expect(parseKnown("k", text)).toEqual([
      { id: "123456789012", note: "a", line: 1 },
      { id: "1234567890e1", kernel: "6.10", note: "1.50", line: 2 },
    ]);
  });

  test("takes JSON, and null for what is left out", () => {
    expect(parseKnown("k", '[{"kind": "rcu", "link": null, "note": "null"}]')).toEqual([
      { kind: "rcu", note: "null", line: 1 },
    ]);
  });

  test("ends a line at CR LF, and at a CR alone", () => {
    for (const end of ["\r\n", "\r"])
      expect(parseKnown("k", `- kind: rcu${end}  note: a${end}`)).toEqual([
        { kind: "rcu", note: "a", line: 1 },
      ]);
  });

  test("takes a file of nothing, or of comments", () => {
    expect(parseKnown("k", "")).toEqual([]);
    expect(parseKnown("k", "# none yet\n")).toEqual([]);
  });

  test.each([
    ["- note: x", "k:1: names none of id, title, class and kind, so that it would hide every report"],
    ["# c\n- {kernel: <6.1, note: x}", "k:2: names none of"],
    ["- {id: c0ffee, note: x}", "k:1: id: 12 hexadecimal digits"],
    ["- kind: rcu", "k:1: note: missing"],
    ["- {kind: deadlock, note: x}", "k:1: kind: "],
    ["- {kind: rcu, note: x, kernels: <6.1}", "k:1: unknown key: kernels"],
    ["- {kind: rcu, note: x, kernel: newest}", "k:1: kernel: 'newest' is not a range"],
    ["- {kind: rcu, note: x, expires: soon}", "k:1: expires: a date: YYYY-MM-DD"],
    ["kind: rcu", "k:1: expected a list of entries"],
    ["- rcu", "k:1: an entry names"],
    ["\n- [", "k:"],
    [
      "- {class: *fs_reclaim, note: x}",
      "k:1: Unresolved alias (the anchor must be set before the alias): fs_reclaim;",
    ],
    ["- {kind: rcu, kind: rcu, note: x}", "k:1: Map keys must be unique"],
  ])("%j is an error: %s", (text, message) => {
    expect(() => parseKnown("k", text)).toThrow(message);
  });
});

describe("adding", () => {
  test("leaves every byte of a list as it is, and its entries in their order", () => {
    const text =
      "# ours\n\n-   kind: rcu   # until 6.13\n    note: 'a'\n\n# the end\n-   {kind: limit, note: b}";
    const whole = withIssues("k", text, [ADDED]);
    expect(whole.startsWith(`${text}\n`)).toBe(true);
    expect(parseKnown("k", whole)).toEqual([
      { kind: "rcu", note: "a", line: 3 },
      { kind: "limit", note: "b", line: 7 },
      { ...ADDED, line: 8 },
    ]);
  });

  test("to an indented list, an inline one, JSON, and to nothing", () => {
    for (const text of [
      "  - kind: rcu\n    note: a\n",
      "[{kind: rcu, note: a}] # one\n",
      '[{"kind":"rcu","note":"a"}]',
    ]) {
      const whole = withIssues("k", text, [ADDED]);
      expect(parseKnown("k", whole)).toMatchObject([{ kind: "rcu", note: "a" }, ADDED]);
      expect(whole.includes("# one")).toBe(text.includes("# one"));
    }
    expect(JSON.parse(withIssues("k", "[]", [ADDED]))).toEqual([ADDED]);
    expect(parseKnown("k", withIssues("k", "", [ADDED]))).toMatchObject([ADDED]);
    expect(parseKnown("k", withIssues("k", "# none yet\n", [ADDED]))).toMatchObject([ADDED]);
  });

  test("of a note that would be YAML keeps it as text", () => {
    const note = "- a: #b\n\"c\" \\ & * !x {y} [z] 'q' |\n>\u0007";
    expect(parseKnown("k", withIssues("k", "", [{ ...ADDED, note }]))).toMatchObject([{ note }]);
  });

  test("of nothing changes nothing", () => {
    expect(withIssues("k", "- {kind:   rcu, note: a}", [])).toBe("- {kind:   rcu, note: a}");
  });
});
