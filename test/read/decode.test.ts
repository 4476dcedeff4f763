import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeLine } from "../../src/read/decode.ts";

function decode(bytes: readonly number[]): string {
  return decodeLine(Buffer.from(bytes), 0, bytes.length);
}

/** The bytes that a text stands for. */
function encode(text: string): Buffer {
  return Buffer.concat(
    Array.from(text, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - 0xdc00]) : Buffer.from(character);
    }),
  );
}

test("ASCII and UTF-8 are read as such", () => {
  for (const text of ["", "possible circular locking", "Gerät – 端末 😀", "\u0000\u007f\u001b[0m"])
    expect(decodeLine(Buffer.from(text), 0, Buffer.byteLength(text))).toBe(text);
});

test("of the bytes only those from start to end are read", () => {
  expect(decodeLine(Buffer.from("äbcü"), 2, 4)).toBe("bc");
  expect(decodeLine(Buffer.from("xäx"), 1, 3)).toBe("ä");
});

test("bytes that are no UTF-8 are escaped, and what stands around them is not", () => {
  expect(decode([0x61, 0xff, 0x62])).toBe("a\udcffb");
  // latin1 ü; a sequence without its end; a lonely continuation
  expect(decode([0xfc])).toBe("\udcfc");
  expect(decode([0xe2, 0x82])).toBe("\udce2\udc82");
  expect(decode([0x80, 0x61])).toBe("\udc80a");
  // overlong "/", a surrogate, beyond U+10FFFF
  expect(decode([0xc0, 0xaf])).toBe("\udcc0\udcaf");
  expect(decode([0xed, 0xa0, 0x80])).toBe("\udced\udca0\udc80");
  expect(decode([0xf4, 0x90, 0x80, 0x80])).toBe("\udcf4\udc90\udc80\udc80");
  expect(decode([0xff, 0xc3, 0xa4])).toBe("\udcffä");
});

test("any bytes can be had back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      // a byte order mark at the start is taken off, as everywhere
      fc.pre(bytes[0] !== 0xef);
      expect(encode(decode([...bytes]))).toEqual(Buffer.from(bytes));
    }),
    { numRuns: 500, seed: 7 },
  );
});
