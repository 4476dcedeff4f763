import { decodeLine } from "../../read/decode.ts";

/** Names have at most a few hundred characters: a longer line is none of the kernel's. */
const LONGEST_LINE = 16_384;

/** Cuts bytes into lines; a line that is too long comes cut, and memory stays bounded. */
export class Lines {
  #rest: Buffer[] = [];
  #restLength = 0;

  /** @returns the lines that this chunk completes, without CR and LF */
  *push(chunk: Uint8Array): Iterable<string> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      yield this.#line(bytes.subarray(start, end));
      start = end + 1;
    }
    this.#keep(bytes.subarray(start));
  }

  /** @returns what stands after the last line break */
  end(): string | null {
    return this.#restLength === 0 ? null : this.#line(Buffer.alloc(0));
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0 || this.#restLength > LONGEST_LINE) return;
    // a copy: whoever reads may fill the chunk anew
    this.#rest.push(Buffer.from(bytes.subarray(0, LONGEST_LINE + 1)));
    this.#restLength += bytes.length;
  }

  #line(last: Buffer): string {
    const bytes = this.#restLength === 0 ? last : Buffer.concat([...this.#rest, last]);
    this.#rest = [];
    this.#restLength = 0;
    let end = Math.min(bytes.length, LONGEST_LINE);
    while (end > 0 && bytes[end - 1] === 13) end--;
    return decodeLine(bytes, 0, end);
  }
}
