import { describe, expect, test } from "vitest";
import { type FrameText, parseFrame } from "../../grammar/frame.ts";
import { tokenize } from "../../grammar/tokenize.ts";

const PLAIN: FrameText = {
  symbol: "fn",
  offset: 1,
  size: 2,
  module: null,
  file: null,
  line: null,
  inline: false,
  uncertain: false,
  address: null,
};

type Row = readonly [string, Partial<FrameText>];

const PLACES: readonly Row[] = [
  ["fn+0x1/0x2", {}],
  ["? fn+0x1/0x2", { uncertain: true }],
  ["take_ba+0x24/0x3e", { symbol: "take_ba", offset: 0x24, size: 0x3e }],
  ["file_start_write.isra.0+0x20/0x23", { symbol: "file_start_write.isra.0", offset: 0x20, size: 0x23 }],
  ["__pfx_fn+0x10/0x10", { symbol: "__pfx_fn", offset: 16, size: 16 }],
  ["__traceiter_x.llvm.123+0x1/0x2", { symbol: "__traceiter_x.llvm.123" }],
  // a Rust symbol, mangled as the kernel keeps it and demangled
  ["_RNvXs_NtCs1_6kernel4sync+0x1/0x2", { symbol: "_RNvXs_NtCs1_6kernel4sync" }],
  ["<core::fmt>::write+0x1/0x2", { symbol: "<core::fmt>::write" }],
  ["0xffffffffa0001234", { symbol: "0xffffffffa0001234", offset: null, size: null }],
  ["? 0xffffffffa0001234", { symbol: "0xffffffffa0001234", offset: null, size: null, uncertain: true }],
];

const MODULES: readonly Row[] = [
  ["fn+0x1/0x2 [mod]", { module: "mod" }],
  ["? fn+0x1/0x2 [mod]", { module: "mod", uncertain: true }],
  ["fn+0x1/0x2 [snd-hda_intel]", { module: "snd-hda_intel" }],
  // %pSb: STACKTRACE_BUILD_ID
  [
    "fn+0x1/0x2 [mod 0123456789abcdef0123456789abcdef01234567]",
    { module: "mod", buildId: "0123456789abcdef0123456789abcdef01234567" },
  ],
  ["fn+0x1/0x2 [mod a1b2c3]", { module: "mod", buildId: "a1b2c3" }],
  ["fn+0x1/0x2 [mod(O+)]", { module: "mod" }],
  // data of a module, which lies behind the text whose end was taken for the next symbol
  ["raw_a+0x18/0xffffffffffffe800 [mod]", { symbol: "raw_a", offset: 0x18, size: -0x1800, module: "mod" }],
];

const SYMBOLISED: readonly Row[] = [
  ["fn+0x1/0x2 fs/x.c:11", { file: "fs/x.c", line: 11 }],
  ["? fn+0x1/0x2 fs/x.c:11", { file: "fs/x.c", line: 11, uncertain: true }],
  ["fn+0x1/0x2 [mod] fs/x.c:11", { module: "mod", file: "fs/x.c", line: 11 }],
  ["fn+0x1/0x2 fs/x.c:11 [mod]", { module: "mod", file: "fs/x.c", line: 11 }],
  ["fn+0x1/0x2 /src/linux/fs/x.c:11 (discriminator 3)", { file: "/src/linux/fs/x.c", line: 11 }],
  // what people write behind one, and what web pages take out of it
  ["fn+0x1/0x2    <---- here", {}],
  ["fn+0x1/0x2 [mod] <== takes b", { module: "mod" }],
  ["fn+0x1/0x2 fs/x.c:11 // takes b", { file: "fs/x.c", line: 11 }],
  ["fn+0x1/0x2 # takes b", {}],
  ["[] fn+0x1/0x2", {}],
  ["[] ? fn+0x1/0x2", { uncertain: true }],
  ["fn+0x1/0x2 (fs/x.c:11)", { file: "fs/x.c", line: 11 }],
  ["fn+0x1/0x2 (fs/x.c:11 (discriminator 3))", { file: "fs/x.c", line: 11 }],
  // one line for each inlined call; these have no place of their own
  ["fn include/linux/x.h:45 [inline]", { offset: null, size: null, file: "include/linux/x.h", line: 45, inline: true }],
  ["? fn ./include/x.h:45 [inline]", { offset: null, size: null, file: "./include/x.h", line: 45, inline: true, uncertain: true }],
  ["[<     inline     >] fn fs/x.c:11", { offset: null, size: null, file: "fs/x.c", line: 11, inline: true }],
  // scripts/decode_stacktrace.sh: symbol="$segment$name ($code)", then the module; of the inlined places
  // addr2line -i names the function's own last
  ["fn (fs/x.c:11)", { offset: null, size: null, file: "fs/x.c", line: 11 }],
  ["? fn (fs/x.c:11)", { offset: null, size: null, file: "fs/x.c", line: 11, uncertain: true }],
  ["fn (fs/x.c:11 (discriminator 3))", { offset: null, size: null, file: "fs/x.c", line: 11 }],
  ["fn (include/linux/x.h:3 (discriminator 1) fs/x.c:11)", { offset: null, size: null, file: "fs/x.c", line: 11 }],
  ["fn (fs/x.c:11) mod", { offset: null, size: null, file: "fs/x.c", line: 11, module: "mod" }],
  ["fn (fs/x.c:?) mod", { offset: null, size: null, file: "fs/x.c", line: null, module: "mod" }],
]; // prettier-ignore

const ARCHITECTURES: readonly Row[] = [
  ["[<ffffffff814e01f0>] fn+0x1/0x2", { address: "ffffffff814e01f0" }],
  ["[<ffffffff814e01f0>] ? fn+0x1/0x2", { address: "ffffffff814e01f0", uncertain: true }],
  ["[<ffffffff814e01f0>] fn+0x1/0x2 [mod]", { address: "ffffffff814e01f0", module: "mod" }],
  ["[<c0102030>] fn+0x1/0x2", { address: "c0102030" }],
  ["[<00431a30>] 0x431a30", { symbol: "0x431a30", offset: null, size: null, address: "00431a30" }],
  // s390 up to v4.15
  ["([<0000000000113fd2>] fn+0x1/0x2)", { address: "0000000000113fd2" }],
  ["[<0000000000113fd2>] fn+0x1/0x2", { address: "0000000000113fd2" }],
  // powerpc: the stack pointer, the return address
  ["[c00000000f0f0000] [c000000000c0ffee] fn+0x1/0x2", { address: "c000000000c0ffee" }],
  [
    "[c00000000f0f0000] [c000000000c0ffee] fn+0x1/0x2 (unreliable)",
    { address: "c000000000c0ffee", uncertain: true },
  ],
  ["[c00000000f0f0000] [c000000000c0ffee] .fn+0x1/0x2", { symbol: ".fn", address: "c000000000c0ffee" }],
  ["[c0b0fe90] [c0b0fea0] fn+0x1/0x2 [mod]", { address: "c0b0fea0", module: "mod" }],
  ["[0000000000493ce0] fn+0x1/0x2", { address: "0000000000493ce0" }],
  // riscv
  ["[<ffffffff80003a2c>] fn+0x1/0x2", { address: "ffffffff80003a2c" }],
  // arm64 marks frames that it found by other means since v6.12
  ["fn+0x1/0x2 (P)", {}],
  ["fn+0x1/0x2 [mod] (PL)", { module: "mod" }],
  // 32-bit arm, dump_backtrace_entry(): %ps and %pS
  [
    "[<c0101010>] (fn) from [<c0102020>] (caller+0x3/0x4)",
    { offset: null, size: null, address: "c0101010", caller: { symbol: "caller", offset: 3, size: 4 } },
  ],
  [
    "[<bf001010>] (fn [mod]) from [<bf002020>] (caller+0x3/0x4 [other])",
    {
      offset: null,
      size: null,
      address: "bf001010",
      module: "mod",
      caller: { symbol: "caller", offset: 3, size: 4 },
    },
  ],
  ["fn from caller+0x3/0x4", { offset: null, size: null, caller: { symbol: "caller", offset: 3, size: 4 } }],
  // the line is the caller's, and so is what decode_stacktrace.sh takes away
  ...[
    "[<c0101010>] (fn) from [<c0102020>] (caller+0x3/0x4 fs/x.c:11)",
    "[<c0101010>] (fn) from [<c0102020>] (caller+0x3/0x4) fs/x.c:11",
  ].map((text): Row => [
    text,
    {
      offset: null,
      size: null,
      address: "c0101010",
      caller: { symbol: "caller", offset: 3, size: 4, file: "fs/x.c", line: 11 },
    },
  ]),
  ...["fn from caller (fs/x.c:11)", "(fn) from caller (include/linux/x.h:3 fs/x.c:11 (discriminator 2))"].map(
    (text): Row => [
      text,
      {
        offset: null,
        size: null,
        caller: { symbol: "caller", offset: null, size: null, file: "fs/x.c", line: 11 },
      },
    ],
  ),
  [
    "fn [mod] from caller+0x3/0x4 [mod]",
    { offset: null, size: null, module: "mod", caller: { symbol: "caller", offset: 3, size: 4 } },
  ],
];

describe.each([
  ["places", PLACES],
  ["modules", MODULES],
  ["symbolised", SYMBOLISED],
  ["architectures", ARCHITECTURES],
])("%s", (_name, rows) => {
  test.each(rows)("%s", (text, parts) => {
    const frame = { ...PLAIN, ...parts };
    expect(parseFrame(text)).toEqual(frame);
    expect(tokenize(`        ${text}`, 4)).toMatchObject({ name: "Frame", indent: 8, number: 4, frame });
  });
});

test("the unsafe lock's trace begins behind three dots", () => {
  expect(tokenize("...  fn+0x1/0x2", 1)).toMatchObject({ name: "Frame", frame: { symbol: "fn" } });
});

describe("no frame", () => {
  test.each([
    "fn",
    "fn+0x1",
    "fn+0x1/",
    "fn+0x1/0x2 some more words",
    "fn (see above)",
    "fn fs/x.c:11",
    "[<ffffffff814e01f0>]",
    "[mod]",
    "value is fn+0x1/0x2",
    "a from b",
    "Hardware name: a (b:1)",
  ])("%s", (text) => {
    expect(parseFrame(text)).toBeNull();
    expect(tokenize(text, 1)?.name).not.toBe("Frame");
  });
});
