import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { renderTable } from "../../src/render/reports/table.ts";
import { demangle, demangleNested } from "../../src/symbols/demangle.ts";
import { Document, type Frame } from "../../src/report/schema.ts";
import { FIXTURES, triageLines } from "../support/fixtures.ts";

/** The null block driver in Rust, out of a log of syzkaller. */
const rnull = "_RNvXCsktjF9JQNZ8U_5rnullNtB2_13NullBlkModuleNtCs43vyB533jt3_6kernel13InPlaceModule4init";

/** `(T, T)` of itself, again and again: 2^n leaves. */
function doubling(times: number): string {
  let text = "INvC1a1b";
  let last = text.length;
  text += "TuuE";
  for (let i = 0; i < times; i += 1) {
    const at = text.length;
    const reference = `B${base62(last)}`;
    text += `T${reference}${reference}E`;
    last = at;
  }
  return `_R${text}E`;
}

function base62(value: number): string {
  const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  if (value === 0) return "_";
  let text = "";
  for (let rest = value - 1; text === "" || rest > 0; rest = Math.floor(rest / 62))
    text = (digits[rest % 62] ?? "") + text;
  return `${text}_`;
}

async function reported(): Promise<Document> {
  const log = readFileSync(join(FIXTURES, "circular/abba/dmesg.txt"), "latin1");
  expect(log).toContain("take_ba+0x");
  const mangled = log.replaceAll("take_ba+0x", `${rnull}+0x`);
  return triageLines(mangled.split("\n").slice(0, -1));
}

describe("Rust v0", () => {
  test.each([
    // paths
    [rnull, "<rnull::NullBlkModule as kernel::InPlaceModule>::init"],
    ["_RNvC6_123foo3bar", "123foo::bar"],
    ["_RNvNtNtCs43vyB533jt3_6kernel4sync4lock4take", "kernel::sync::lock::take"],
    ["_RNvMs_NtCs43vyB533jt3_6kernel4timeNtB4_5Delta4secs", "<kernel::time::Delta>::secs"],
    ["_RNvYhNtCs1_4core5Clone5clone", "<u8 as core::Clone>::clone"],
    ["_RNCNvC1a1b0", "a::b::{closure#0}"],
    ["_RNCNCNvC1a1bs_0s0_0", "a::b::{closure#1}::{closure#2}"],
    ["_RNSNvC1a1bs_4once", "a::b::{shim:once#1}"],
    [
      "_RNvCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y",
      "utf8_idents::___7hkackfecea1cbdathfdh9hlq6y",
    ],
    // generics; the crate that made the function stands last
    ["_RINvC1a1bhEC1c", "a::b::<u8>"],
    ["_RINvNtC1a3ptr4dropINtC1a3BoxhEE", "a::ptr::drop::<a::Box<u8>>"],
    ["_RINvC1a1bNtB2_1SE", "a::b::<a::S>"],
    // types
    ["_RINvC1a1bRhQSePuOAhj10_E", "a::b::<&u8, &mut [str], *const (), *mut [u8; 16]>"],
    ["_RINvC1a1bTETlETlyEzE", "a::b::<(), (i32,), (i32, u64), !>"],
    ["_RINvC1a1bFUKCjPhEuFEbE", 'a::b::<unsafe extern "C" fn(usize, *const u8), fn() -> bool>'],
    ["_RINvC1a1bDNtC1c1TEL_E", "a::b::<dyn c::T>"],
    ["_RINvC1a1bDINtC1c1ThEp4ItemlNtC1c4SendEL_E", "a::b::<dyn c::T<u8, Item = i32> + c::Send>"],
    ["_RINvC1a1bFG_RL0_hEuL_uE", "a::b::<for<'a> fn(&'a u8), '_, ()>"],
    ["_RINvC1a1bFG0_RL1_hRL0_hEuE", "a::b::<for<'a, 'b> fn(&'a u8, &'b u8)>"],
    ["_RINvC1a1bDNtC1c1Tp4ItemKh1_EL_E", "a::b::<dyn c::T<Item = 1>>"],
    // constants
    [
      "_RINvC1a1bKj7b_Ksn98_Kb1_Kb0_Kc41_Kc2202_KpKj0_E",
      "a::b::<123, -152, true, false, 'A', '\\u{2202}', _, 0>",
    ],
    [
      "_RINvC1a1bKyffffffffffffffff_Ko10000000000000000_E",
      "a::b::<18446744073709551615, 0x10000000000000000>",
    ],
    ["_RINvC1a1bKc27_KB8_E", "a::b::<'\\'', '\\''>"],
  ])("reads %s", (symbol, name) => {
    expect(demangle(symbol)).toBe(name);
  });

  test.each([
    ["the beginning of a word", "_Read"],
    ["a later version", "_R1NvC1a1b"],
    ["an end too early", rnull.slice(0, -1)],
    ["something behind the end", `${rnull}_`],
    ["an identifier too long", "_RNvC9a1b"],
    ["a reference to itself", "_RINvC1a1bB7_E"],
    ["a reference forwards", "_RINvC1a1bBz_hE"],
    ["a lifetime that nothing binds", "_RINvC1a1bL0_E"],
    ["a bool that is none", "_RINvC1a1bKb2_E"],
    ["a char that is none", "_RINvC1a1bKcd800_E"],
    ["a constant that is no number", "_RINvC1a1bKe616263_E"],
    ["a type that is none", "_RINvC1a1bgE"],
  ])("leaves %s", (_, symbol) => {
    expect(demangle(symbol)).toBeUndefined();
  });
});

describe("Rust, legacy", () => {
  test.each([
    ["_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE", "core::fmt::Write::write_fmt"],
    [
      "_ZN6kernel65_$LT$impl$u20$core..ops..From$LT$$RF$A$C$u8$GT$$u20$for$u20$B$GT$4from17h0123456789abcdefE",
      "kernel::<impl core::ops::From<&A,u8> for B>::from",
    ],
    [
      "_ZN48_$LT$kernel..Task$u20$as$u20$core..ops..Drop$GT$4drop17h0123456789abcdefE",
      "<kernel::Task as core::ops::Drop>::drop",
    ],
    ["_ZN4rust4init28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE", "rust::init::{{closure}}"],
    ["_ZN3foo6a$u1b$17h0123456789abcdefE", "foo::a\\u{1b}"],
  ])("reads %s", (symbol, name) => {
    expect(demangle(symbol)).toBe(name);
  });
});

describe("C++", () => {
  test.each([
    ["_ZN3foo3barEv", "foo::bar"],
    ["_ZNK3foo3barEiPKc", "foo::bar"],
    ["_Z8fakeNameiii", "fakeName"],
    ["_ZL4testv", "test"],
    ["_ZN3fooC2Ev", "foo::foo"],
    ["_ZN3foo3barD1Ev", "foo::bar::~bar"],
    ["_ZN3fooI3barE", undefined],
    ["_ZN3foo3bar", undefined],
    ["_ZN9short", undefined],
    ["_ZNE", undefined],
    ["_ZTV3foo", undefined],
    ["_Zoops", undefined],
    ["_ZN3f\u001b[4funcEv", undefined],
  ])("reads %s", (symbol, name) => {
    expect(demangle(symbol)).toBe(name);
    expect(demangleNested(symbol)).toBe(name);
  });
});

describe("suffixes", () => {
  test.each([
    ["_RNvC1a1b.llvm.1234567890", "a::b"],
    ["_RNvC1a1b.cold", "a::b.cold"],
    ["_RNvC1a1b.llvm.12AB@34.cold.5", "a::b.cold.5"],
    ["_ZN1a1b17h0123456789abcdefE.llvm.77", "a::b"],
    ["_ZN3foo3barEv.isra.0", "foo::bar.isra.0"],
    ["_RNvC1a1b.", undefined],
    ["_RNvC1a1b. x", undefined],
  ])("of %s", (symbol, name) => {
    expect(demangle(symbol)).toBe(name);
  });
});

test.each([
  "",
  "_R",
  "_Z",
  "_ZN",
  "mutex_lock",
  "_raw_spin_lock",
  "__RNvC1a1b",
  "0xffffffff81000000",
  "RNvC1a1b",
])("takes %o for no mangled name", (symbol) => {
  expect(demangle(symbol)).toBeUndefined();
});

describe("hostile names", () => {
  test("that explode are left, small ones are not", () => {
    expect(demangle(doubling(1))).toBe("a::b::<((), ()), (((), ()), ((), ()))>");
    expect(demangle(doubling(40))).toBeUndefined();
  });

  test.each([
    ["deep types", `_RINvC1a1b${"R".repeat(900)}hE`],
    ["deep paths", `_R${"Nv".repeat(400)}C1a`],
    ["deep paths of an impl", `_RM${"Nv".repeat(400)}C1ah`],
    ["a reference in a circle", "_RINvC1a1bRB7_E"],
    ["many binders", `_RINvC1a1bFGZZZZZZ_EuE`],
    ["many empty names", `_RINvC1a1bC0${"B8_".repeat(300)}E`],
    ["a huge length", "_RNvC1a99999999999999999999b"],
    ["a huge constant", `_RINvC1a1bKy${"f".repeat(2000)}_E`],
    ["a huge number of a closure", `_RNCNvC1a1bs${"Z".repeat(300)}_0`],
    ["a long nested name", `_ZN${"1a".repeat(500)}Ev`],
    ["a long symbol", `_ZN${"1a".repeat(5000)}Ev`],
    ["a long number", `_Z${"9".repeat(1000)}`],
  ])("%s are left", (_, symbol) => {
    expect(demangle(symbol)).toBeUndefined();
  });

  test("cut off or changed anywhere give a bounded name or none", () => {
    const symbol = "_RINvMs_NtC1a1bINtB5_1SRL_hKj7b_E1fDNtC1c1Tp4ItemlEL_FG_RL0_hEuEC1d";
    expect(demangle(symbol)).toBe("<a::b::S<&u8, 123>>::f::<dyn c::T<Item = i32>, for<'a> fn(&'a u8)>");
    for (let at = 2; at < symbol.length; at += 1)
      for (const char of ["", "B", "E", "_", "9", "I", "N", "s", "Z", "."]) {
        const name = demangle(symbol.slice(0, at) + char + symbol.slice(at + 1)) ?? "a";
        expect(name).toMatch(/^[ -~]{1,1024}$/);
      }
  });
});

describe("a report", () => {
  test("has both names in its frames, where the symbol is mangled", async () => {
    const document = await reported();
    expect(Document.parse(document)).toEqual(document);
    const frames = document.reports.flatMap(({ backtrace }): Frame[] => backtrace);
    expect(frames.find(({ symbol }) => symbol === rnull)).toHaveProperty(
      "demangled",
      "<rnull::NullBlkModule as kernel::InPlaceModule>::init",
    );
    for (const frame of frames) expect("demangled" in frame).toBe(frame.symbol === rnull);
  });

  test("shows the demangled one in the table", async () => {
    const document = await reported();
    const table = renderTable(document, { width: 200, color: false });
    expect(table).toContain("<rnull::NullBlkModule as kernel::InPlaceModule>::init ←");
  });
});
