import { BUCKETS_OF_PIECES, type Marker } from "./markers.ts";
import { PIECE_LENGTH } from "./pieces.ts";
import type { Hit, Scanner } from "./scanned.ts";
import { WASM } from "./wasm.ts";

/** What simd.as.ts exports; addresses are of its memory. */
interface Simd {
  readonly memory: WebAssembly.Memory;
  readonly TABLES: WebAssembly.Global;
  readonly TEXTS: WebAssembly.Global;
  readonly RANGES: WebAssembly.Global;
  readonly FOUND: WebAssembly.Global;
  readonly INPUT: WebAssembly.Global;
  readonly reached: WebAssembly.Global;
  readonly newlines: WebAssembly.Global;
  readonly scan: (from: number, to: number) => number;
}

const VECTOR = 16;
/** So many bytes are searched at once: they fit into a processor's cache, twice. */
const PART_BYTES = 256 * 1024;
/** Room on both sides of a part for texts that begin before it or end after it. */
const MARGIN_BYTES = 64;
const ROW_BYTES = 64;
const FOUND_WORDS = 3;

/** A scanner of simd.as.ts; null if there is no WebAssembly, or none with SIMD. */
export function simdScanner(): Scanner | null {
  const simd = instantiated();
  if (simd === null) return null;
  const markers = put(simd);
  const input = new Uint8Array(simd.memory.buffer, addressOf(simd.INPUT), PART_BYTES + 4 * MARGIN_BYTES);
  const found = new Uint32Array(simd.memory.buffer, addressOf(simd.FOUND));
  return (bytes) => {
    const hits: Hit[] = [];
    let newlines = 0;
    for (let start = 0; start < bytes.length; start += PART_BYTES) {
      const end = Math.min(start + PART_BYTES, bytes.length);
      const first = Math.max(0, start - MARGIN_BYTES);
      const last = Math.min(end + MARGIN_BYTES, bytes.length);
      input.set(bytes.subarray(first, last));
      input.fill(0, last - first, last - first + 2 * MARGIN_BYTES);
      for (let from = start - first; from < end - first; from = addressOf(simd.reached)) {
        const count = simd.scan(from, end - first);
        for (let i = 0; i < count * FOUND_WORDS; i += FOUND_WORDS) {
          const [at = 0, index = 0, line = 0] = found.subarray(i, i + FOUND_WORDS);
          const marker = markers[index];
          if (marker !== undefined) hits.push({ at: first + at, marker, line: newlines + line });
        }
        newlines += addressOf(simd.newlines);
      }
    }
    return { hits, newlines };
  };
}

function instantiated(): Simd | null {
  try {
    const module = new WebAssembly.Module(Buffer.from(WASM, "base64"));
    return new WebAssembly.Instance(module).exports as unknown as Simd;
  } catch {
    return null;
  }
}

function addressOf(global: WebAssembly.Global): number {
  return global.value as number;
}

/** Writes tables and texts into its memory. */
function put(simd: Simd): readonly Marker[] {
  const tables = new Uint8Array(simd.memory.buffer, addressOf(simd.TABLES), PIECE_LENGTH * 2 * VECTOR);
  // the ranges come after the texts, and nothing may be written over them
  const room = addressOf(simd.RANGES) - addressOf(simd.TEXTS);
  const rows = new Uint8Array(simd.memory.buffer, addressOf(simd.TEXTS), room);
  const ranges = new Uint8Array(simd.memory.buffer, addressOf(simd.RANGES), 2 * BUCKETS_OF_PIECES.length);
  const all: Marker[] = [];
  for (const [bucket, pieces] of BUCKETS_OF_PIECES.entries()) {
    const mark = (at: number): void => {
      tables[at] = (tables[at] ?? 0) | (1 << bucket);
    };
    ranges[2 * bucket] = all.length;
    for (const { bytes, markers } of pieces) {
      for (let place = 0; place < PIECE_LENGTH; place++) {
        const byte = bytes[place];
        const table = place * 2 * VECTOR;
        for (let half = 0; half < VECTOR; half++) {
          // of a shorter piece any byte may come next
          if (byte === undefined || half === (byte & 15)) mark(table + half);
          if (byte === undefined || half === byte >> 4) mark(table + VECTOR + half);
        }
      }
      for (const { marker, offset } of markers) {
        rows.set([offset, marker.text.length, 0, 0, ...marker.text], all.length * ROW_BYTES);
        all.push(marker);
      }
    }
    ranges[2 * bucket + 1] = all.length;
  }
  return all;
}
