/**
 * The search of simd.ts in 128-bit SIMD, in AssemblyScript; `npm run scanner` compiles it into wasm.ts.
 *
 * After "Teddy" of Hyperscan: of each text a piece of four bytes is looked for, of all texts at once. A byte's two
 * halves are looked up in tables that give a bit for each bucket of pieces that have such a half there, and where a bit
 * is left of all eight, the texts of its bucket are compared.
 */

/** For each byte of a piece, one after the other: buckets by the low half, then by the high half. */
export const TABLES: usize = memory.data(8 * 16, 16);

/** The texts, bucket by bucket: place of the piece, length, two times nothing, then at most 60 bytes. */
export const TEXTS: usize = memory.data(128 * 64, 16);
/** For each bucket its first text, and the one after its last. */
export const RANGES: usize = memory.data(16, 16);

/** What was found: where it begins, which text, and how many newlines come before it. */
export const FOUND: usize = memory.data(12 * 16_400, 16);
const MOST_FOUND: usize = 12 * 16_384;

/** The bytes to be searched. What follows them must be zeros, as many as a text is long and sixteen more. */
export const INPUT: usize = memory.data(256 * 1024 + 256, 16);

/** Where the last search ended, and how many newlines it passed. */
export let reached: usize = 0;
export let newlines: i32 = 0;

const lane: usize = memory.data(16, 16);

function buckets(bytes: v128, table: usize): v128 {
  const low = i8x16.swizzle(v128.load(table), v128.and(bytes, i8x16.splat(15)));
  const high = i8x16.swizzle(v128.load(table, 16), i8x16.shr_u(bytes, 4));
  return v128.and(low, high);
}

function standsAt(at: usize, text: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) if (load<u8>(at + i) !== load<u8>(text + i)) return false;
  return true;
}

/** Which text of these buckets has its piece there; -1: none. */
function textAt(piece: usize, bits: u32): i32 {
  for (; bits !== 0; bits &= bits - 1) {
    const range = RANGES + 2 * ctz(bits);
    const behind: i32 = load<u8>(range, 1);
    for (let text: i32 = load<u8>(range); text < behind; text++) {
      const row = TEXTS + 64 * text;
      const at = piece - load<u8>(row);
      if (at >= INPUT && standsAt(at, row + 4, load<u8>(row, 1))) return text;
    }
  }
  return -1;
}

/**
 * Searches from one address to another, both so many bytes from INPUT: texts whose piece is between them.
 *
 * @returns how many were found; when there are too many, it ends early
 */
export function scan(from: usize, to: usize): i32 {
  let place = INPUT + from;
  const end = INPUT + to;
  let found = FOUND;
  let lines: i32 = 0;
  for (; place < end && found < FOUND + MOST_FOUND; place += 16) {
    const bytes = v128.load(place);
    const newlineMask = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(10)));
    const candidates = v128.and(
      v128.and(buckets(bytes, TABLES), buckets(v128.load(place, 1), TABLES + 32)),
      v128.and(buckets(v128.load(place, 2), TABLES + 64), buckets(v128.load(place, 3), TABLES + 96)),
    );
    if (v128.any_true(candidates)) {
      v128.store(lane, candidates);
      for (let mask = i8x16.bitmask(i8x16.ne(candidates, i8x16.splat(0))); mask !== 0; mask &= mask - 1) {
        const i = ctz(mask);
        const text = textAt(place + i, load<u8>(lane + i));
        if (text < 0) continue;
        store<u32>(found, place + i - load<u8>(TEXTS + 64 * text) - INPUT);
        store<u32>(found, text, 4);
        store<u32>(found, lines + popcnt(newlineMask & ((1 << i) - 1)), 8);
        found += 12;
      }
    }
    lines += popcnt(newlineMask);
  }
  reached = place - INPUT;
  newlines = lines;
  return i32((found - FOUND) / 12);
}
