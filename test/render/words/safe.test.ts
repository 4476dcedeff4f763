import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  codeBlock,
  codeCell,
  codeSpan,
  markdownText,
  own,
  printable,
  type Safe,
  safe,
} from "../../../src/render/words/safe.ts";

const SRC = fileURLToPath(new URL("../../../src", import.meta.url));

describe("printable", () => {
  test("leaves plain ASCII alone", () => {
    const all = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i)).join("");
    expect(printable(all)).toBe(all);
    expect(printable("")).toBe("");
  });

  test.each([
    ["title", "\x1b]0;pwned\x07", "\\x1b]0;pwned\\x07"],
    [
      "hyperlink",
      "\x1b]8;;http://evil\x1b\\lock\x1b]8;;\x1b\\",
      "\\x1b]8;;http://evil\\x1b\\lock\\x1b]8;;\\x1b\\",
    ],
    ["clipboard", "\x1b]52;c;cm0gLXJm\x07", "\\x1b]52;c;cm0gLXJm\\x07"],
    ["colour", "\x1b[31mred", "\\x1b[31mred"],
    ["C1 CSI", "\u009b2J", "\\u{9b}2J"],
    ["C1 CSI as a lone byte", "\udc9b2J", "\\x9b2J"],
    ["next line", "a\u0085b", "a\\u{85}b"],
    ["carriage return", "bad\rgood", "bad\\x0dgood"],
    ["backspace", "ab\b\bcd", "ab\\x08\\x08cd"],
    ["bell, tab, line feed, NUL, DEL", "\x07\t\n\0\x7f", "\\x07\\x09\\x0a\\x00\\x7f"],
    ["right-to-left override", "lock\u202egpj", "lock\\u{202e}gpj"],
    ["isolates", "\u2066a\u2069", "\\u{2066}a\\u{2069}"],
    ["byte order mark", "\ufefflock", "\\u{feff}lock"],
    ["zero width", "lo\u200bck\u200d", "lo\\u{200b}ck\\u{200d}"],
    ["soft hyphen, joiner, Hangul filler", "\u00ad\u034f\u3164", "\\u{ad}\\u{34f}\\u{3164}"],
    ["variation selector and tag", "\ufe0f\u{e0041}", "\\u{fe0f}\\u{e0041}"],
    ["line and paragraph separator", "\u2028\u2029", "\\u{2028}\\u{2029}"],
    ["noncharacter", "\uffff\u{1fffe}", "\\u{ffff}\\u{1fffe}"],
    ["bytes that are no UTF-8", "\udc80x\udcff", "\\x80x\\xff"],
    ["other lone surrogates", "\ud800 \udc7f \udfff", "\\u{d800} \\u{dc7f} \\u{dfff}"],
  ])("shows %s", (_, text, shown) => {
    expect(printable(text)).toBe(shown);
    expect(printable(shown)).toBe(shown);
  });

  test("leaves other text alone", () => {
    const text = "größe → 鎖 замок 🔒 e\u0301 \ufffd";
    expect(printable(text)).toBe(text);
  });
});

describe("codeSpan", () => {
  test.each([
    ["lock_a", "`lock_a`"],
    ["a`b", "``a`b``"],
    ["`", "`` ` ``"],
    ["``a", "``` ``a ```"],
    [" a ", "`  a  `"],
    ["", ""],
    ["@torvalds <img> [x](y) #1", "`@torvalds <img> [x](y) #1`"],
    ["a\nb", "`a\\x0ab`"],
  ])("%j", (text, span) => {
    expect(codeSpan(text)).toBe(span);
  });

  test("a bar does not end the cell", () => {
    expect(codeCell("a|b")).toBe("`a\\x7cb`");
  });
});

describe("codeBlock", () => {
  test("cannot be ended from within", () => {
    expect(codeBlock(["a", "```", "@b"])).toBe("````\na\n```\n@b\n````");
    expect(codeBlock(["a\n```"])).toBe("````\na\\x0a```\n````");
  });
});

describe("markdownText", () => {
  test.each([
    ["possible deadlock in take_ba", "possible deadlock in `take_ba`"],
    [
      "HARDIRQ-safe -> HARDIRQ-unsafe lock order detected",
      "HARDIRQ-safe -> HARDIRQ-unsafe lock order detected",
    ],
    ["WARNING: bad unlock balance detected!", "WARNING: bad unlock balance detected!"],
    ["ping @torvalds", "ping `@torvalds`"],
    ["see #12, GH-12 and mail a@b.c", "see `#12,` `GH-12` and mail `a@b.c`"],
    ["www.evil.com http://evil", "`www.evil.com` `http://evil`"],
    ["<script> [x](y) *b* _i_ ~s~", "`<script>` `[x](y)` `*b*` `_i_` `~s~`"],
    ["# title", "`#` title"],
    ["- item", "`-` item"],
    ["1. item", "`1.` item"],
    ["> quote", "`>` quote"],
    ["a|b", "`a\\x7cb`"],
    ["commit deadbeef", "commit `deadbeef`"],
    ["a\n# b", "`a\\x0a#` b"],
    ["a ` b", "a `` ` `` b"],
    ["trailing \\", "trailing `\\`"],
  ])("%j", (text, markdown) => {
    expect(markdownText(text)).toBe(markdown);
  });
});

describe("the type", () => {
  const title: string = "a\x1b[2Jb";

  test("takes our own words and what was escaped", () => {
    const text: Safe = safe`${own("in ")}${printable(title)}, ${2} times`;
    expect(text).toBe("in a\\x1b[2Jb, 2 times");
  });

  test("does not take a text of a log", () => {
    // each line that begins with an error below stops compiling when the type gets weaker
    const refused = [
      // @ts-expect-error a text that nobody escaped
      () => own(title),
      // @ts-expect-error nor within our own words
      () => safe`in ${title}`,
      // @ts-expect-error nor put together by hand
      (): Safe => `in ${printable(title)}`,
      // @ts-expect-error nor where its form alone is known
      () => own(`in ${title}`),
    ];
    expect(refused).toHaveLength(4);
  });

  test("is given by hand in this folder alone", () => {
    const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
    const outlaws = files.filter(
      (name) =>
        !name.startsWith(join("render", "words")) &&
        /\btrusted\b[^;]*safe\.ts"|\bas Safe\b/.test(readFileSync(join(SRC, name), "utf8")),
    );
    expect(outlaws).toEqual([]);
  });
});
