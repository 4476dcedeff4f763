import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, describe, expect, test } from "vitest";
import { BODY, BY_HAND, HEADLINES } from "../../grammar/lines.ts";
import allowed from "../../scripts/formats/allowed.json" with { type: "json" };
import { parseC } from "../../scripts/formats/c-code.ts";
import { tokenizeC } from "../../scripts/formats/c-tokens.ts";
import { checkTree, judge } from "../../scripts/formats/check.ts";
import { Lines } from "../../scripts/formats/lines.ts";
import { report } from "../../scripts/formats/report.ts";

/** C is of our own making here. */
function linesOf(source: string, roots: readonly string[] = []): string[] {
  const code = parseC(source);
  return new Lines([{ path: "a.c", code, roots }]).lines.map(({ text }) => text);
}

function words(source: string): string[] {
  return tokenizeC(source).map(({ kind, text }) => `${kind} ${text}`);
}

function run(...trees: string[]): { readonly status: number | null; readonly stderr: string } {
  const options = { bundle: true, platform: "node", format: "esm", write: false } as const;
  const entry = fileURLToPath(new URL("../../scripts/formats/main.ts", import.meta.url));
  const input = buildSync({ ...options, entryPoints: [entry] })
    .outputFiles.map(({ text }) => text)
    .join("");
  return spawnSync(process.execPath, ["--input-type=module", "-", ...trees], { encoding: "utf8", input });
}

describe("words of C", () => {
  test.each([
    ['a /* b " */ c // d "\n e', ["name a", "name c", "name e"]],
    [String.raw`"a\tb\"\x41\101" 'x'`, ['string a\tb"AA', "char x"]],
    ['"a\\\nb"', ["string ab"]],
    ["p->q", ["name p", "sign ->", "name q"]],
    ["0x1fUL 1.5e+3", ["number 0x1fUL", "number 1.5e+3"]],
    ["#define A(x) \\\n f(x) /* c */\nb", ["directive define A(x) \n f(x)", "name b"]],
    ["x # y", ["name x", "sign #", "name y"]],
    ['"open\nb', ["string open", "name b"]],
  ])("%j", (source, expected) => expect(words(source)).toEqual(expected));

  test("each knows its line", () => {
    expect(tokenizeC("a\n/*\n*/ b\n#define C \\\n d\ne").map(({ line }) => line)).toEqual([1, 3, 4, 6]);
  });
});

describe("lines of functions", () => {
  test("strings and KERN_ levels are put together", () => {
    expect(linesOf('void f(void) { printk(KERN_ERR "one " /* and */\n "two\\n"); }')).toEqual(["one two"]);
  });

  test("macros in a format are replaced", () => {
    expect(
      linesOf('#define ROW "%d of " UNIT\n#define UNIT "m"\nvoid f(int n) { pr_err("a " ROW "\\n", n); }'),
    ).toEqual(["a 1 of m"]);
  });

  test("pr_fmt stands before what pr_ functions print, and before nothing else", () => {
    const source =
      '#define pr_fmt(fmt) "wq: " fmt\nvoid f(void) { pr_warn("a"); pr_cont("b\\n"); printk("c\\n"); }';
    expect(linesOf(source)).toEqual(["wq: ab", "c"]);
  });

  test("continuations join, over calls too; another print ends the open line", () => {
    const source = `
      static void tail(void) { pr_cont(" tail\\n"); }
      void f(void) { printk("head"); tail(); printk("open"); printk("next\\n"); }`;
    expect(linesOf(source).toSorted()).toEqual(["head tail", "next", "open"]);
  });

  test("KERN_CONT from a header's macro continues as well", () => {
    const macros = parseC('#define KERN_SOH "\\001"\n#define KERN_CONT KERN_SOH "c"').macros;
    const code = parseC('void f(void) { printk("a"); printk(KERN_CONT "b\\n"); }');
    const { lines } = new Lines([{ path: "a.c", roots: [], code: { ...code, macros } }]);
    expect(lines.map(({ text }) => text)).toEqual(["ab"]);
  });

  test.each([
    ["if", 'if (x) pr_cont("b");', ["ab!", "a!"]],
    ["else", 'if (x) pr_cont("b"); else pr_cont("c");', ["ab!", "ac!"]],
    ["for", 'for (i = 0; i < n; i++) pr_cont("b");', ["a!", "ab!", "abb!"]],
    ["do", 'do { pr_cont("b"); } while (x);', ["ab!", "abb!"]],
    ["a macro with a block", 'list_for_each(p, q) { pr_cont("b"); }', ["a!", "ab!", "abb!"]],
    ["switch", 'switch (x) { case 1: pr_cont("b"); break; default: pr_cont("c"); }', ["ab!", "ac!", "a!"]],
    [
      "falling through",
      'switch (x) { case 1: pr_cont("b"); case 2: pr_cont("c"); break; }',
      ["abc!", "ac!", "a!"],
    ],
    ["return", 'if (x) { pr_cont("b\\n"); return; }', ["ab", "a!"]],
    ["#ifdef", '\n#ifdef X\npr_cont("b");\n#else\npr_cont("c");\n#endif\n', ["ab!", "ac!"]],
    ["torn #ifdef", '\n#ifdef X\nif (x) {\n#else\nif (y) {\n#endif\npr_cont("b"); }', ["ab!", "a!"]],
  ])("%s", (_, inner, expected) => {
    const source = `void f(int x) { printk("a"); ${inner} pr_cont("!\\n"); }`;
    expect(linesOf(source).toSorted()).toEqual(expected.toSorted());
  });

  test.each([
    ["%d %u %ld %c %%", "1, 2, 3, 4", "1 1 1 . %"],
    ["[%5d] [%-5d]", "1, 2", "[    1] [1    ]"],
    ["%08x %#llx %p", "a, b, c", "00000001 0x1 ffffffff81d2b588"],
    ["%pS %ps", "a, b", "take_ba+0x24/0x3e take_ba"],
    ["%*s|%.*s|", 'n, "", n, u->version', "|#1|"],
    ["%s", "t->comm", "splat ba:1"],
    ["%s", '"word"', "word"],
  ])("%s of %s", (format, args, expected) => {
    expect(linesOf(`void f(void) { printk("${format}\\n", ${args}); }`)).toEqual([expected]);
  });

  test("each choice of an argument is a line", () => {
    expect(
      linesOf('void f(int n) { printk("%d lock%s%s\\n", n, n > 1 ? "s" : "", x ? ":" : "."); }'),
    ).toEqual(["1 locks:", "1 lock:", "1 locks."]);
  });

  test("a parameter is what callers hand over", () => {
    const source = `
      static void dump(const char *msg) { printk("BUG: %s\\n", msg); }
      static void bug(const char *why) { dump(why); }
      void f(void) { bug("one"); bug("two"); }`;
    expect(linesOf(source)).toEqual(["BUG: one", "BUG: two"]);
  });

  test("only the functions that count, and what they call", () => {
    const source =
      'void g(void) { printk("g\\n"); }\nvoid f(void) { g(); }\nvoid h(void) { printk("h\\n"); }';
    expect(linesOf(source, ["f"])).toEqual(["g"]);
  });

  test("a call through a pointer is no call of the function of that name", () => {
    expect(
      linesOf('static void g(void) { pr_cont("g\\n"); }\nvoid f(void) { printk("f"); a->g(); }'),
    ).toContain("f");
  });

  test("a macro with parameters is a function", () => {
    expect(linesOf('#define SAY(c) ({ if (c) WARN(1, "said(%s)", #c); })\nvoid f(void) { SAY(x); }')).toEqual(
      ["said(lock_a)"],
    );
  });
});

describe("verdicts", () => {
  const formats = [{ function: "f", format: "never heard\n", reason: "a test" }];
  const verdictsOf = (
    inner: string,
  ): {
    format: string;
    rows: readonly string[];
    unmatched: readonly string[];
    reason: string | undefined;
  }[] =>
    judge([{ path: "a.c", roots: [], code: parseC(`void f(void) { ${inner} }`) }], formats).map(
      (verdict) => ({
        format: verdict.print.format,
        rows: verdict.rows,
        unmatched: verdict.unmatched,
        reason: verdict.allowed?.reason,
      }),
    );

  test("a line that a row matches", () => {
    expect(verdictsOf('pr_warn("WARNING: inconsistent lock state\\n");')).toMatchObject([
      { rows: ["Inconsistent"], unmatched: [] },
    ]);
  });

  test("a line that none matches, as it would be printed", () => {
    expect(verdictsOf('pr_warn("locks of %s", p->comm); pr_cont(" are here\\n");')).toEqual([
      { format: "locks of %s", rows: [], unmatched: ["locks of splat ba:1 are here"], reason: undefined },
      { format: " are here\n", rows: [], unmatched: ["locks of splat ba:1 are here"], reason: undefined },
    ]);
  });

  test("one choice of several that none matches", () => {
    expect(verdictsOf('printk("INFO: lockdep is turned %s.\\n", x ? "off" : "down");')).toMatchObject([
      { rows: ["LockdepIsOff"], unmatched: ["INFO: lockdep is turned down."] },
    ]);
  });

  test("what is allowed has its reason", () => {
    expect(verdictsOf('printk("never heard\\n");')).toMatchObject([
      { unmatched: ["never heard"], reason: "a test" },
    ]);
  });

  test("to be taken for another subsystem's splat is no match", () => {
    expect(verdictsOf('printk("BUG: a new check of locks\\n");')).toMatchObject([
      { unmatched: ["BUG: a new check of locks"] },
    ]);
  });

  test("nor is a row that takes nearly any text, but for the function it is for", () => {
    expect(verdictsOf('printk("%s/%d:\\n", p->comm, p->pid);')).toMatchObject([
      { rows: [], unmatched: ["splat ba:1/1:"] },
    ]);
  });

  test("a format that is no literal", () => {
    expect(verdictsOf("printk(text);")).toMatchObject([{ format: "text", unmatched: ["text"] }]);
  });

  test("the message of a WARN() is read by its place", () => {
    expect(verdictsOf('WARN(x, "anything\\n");')).toMatchObject([{ rows: ["Text"], unmatched: [] }]);
  });
});

describe("trees", () => {
  const trees: string[] = [];
  afterAll(() => {
    for (const tree of trees) rmSync(tree, { recursive: true });
  });

  function treeOf(release: readonly [number, number, number], lockdep: string): string {
    const tree = mkdtempSync(join(tmpdir(), "formats-"));
    trees.push(tree);
    const files = {
      Makefile: `VERSION = ${release[0]}\nPATCHLEVEL = ${release[1]}\nSUBLEVEL = ${release[2]}\n`,
      "kernel/locking/lockdep.c": lockdep,
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
    return tree;
  }
  const known = 'void f(void) { pr_warn("WARNING: inconsistent lock state\\n"); }';
  const news = 'void f(void) { pr_warn("WARNING: locks are upside down\\n"); }';

  test("a format is told once for the releases that have it, with file and line", () => {
    const results = [treeOf([6, 1, 2], news), treeOf([6, 12, 0], news), treeOf([7, 0, 0], known)].map(
      (tree) => checkTree(tree, []),
    );
    const { text, unmatched } = report(results, { formats: [], rows: [] }, false);
    expect(unmatched).toBe(1);
    expect(text.split("\n").slice(0, 2)).toEqual([
      'kernel/locking/lockdep.c:1 f() in 6.1.2, 6.12.0: no row matches "WARNING: locks are upside down\\n"',
      '  as in: "WARNING: locks are upside down"',
    ]);
    expect(text).toContain("7.0.0: 1 prints, 1 matched, 0 allowed, 0 unmatched");
  });

  test("rows that no tree prints, and allowances that none needs, are told", () => {
    const { text } = report(
      [checkTree(treeOf([7, 0, 0], known), [])],
      { formats: [{ function: "gone", reason: "a test" }], rows: [{ row: "Frame", reason: "a test" }] },
      false,
    );
    expect(text).toContain("  Circular: print_circular_bug_header()\n");
    expect(text).not.toContain("  Inconsistent:");
    expect(text).not.toContain("  Frame:");
    expect(text).toContain('Allowed, but in none of these kernels:\n  gone() ""');
  });

  test("the command's status: 0, 1 with a format that nobody knows, 2 without a tree", () => {
    expect(run(treeOf([7, 0, 0], known)).status).toBe(0);
    expect(run(treeOf([7, 0, 0], news)).status).toBe(1);
    expect(run(tmpdir())).toMatchObject({ status: 2, stderr: expect.stringContaining(tmpdir()) as string });
  });
});

test("the allow list names rows that exist, and gives reasons", () => {
  const rows = new Set<string>([...HEADLINES, ...BODY, ...BY_HAND].map(({ name }) => name));
  expect(allowed.rows.filter(({ row }) => !rows.has(row))).toEqual([]);
  for (const { reason } of [...allowed.formats, ...allowed.rows]) expect(reason).toMatch(/\w{3}/);
});
