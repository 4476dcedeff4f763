const NEWLINE = 0x0a;
/** A line that is longer comes in pieces, so that a file without newlines needs no more memory than this. */
const LONGEST_PIECE = 65_536;

/** Cuts chunks of bytes into lines, each with its newline; bytes are characters U+0000 to U+00FF. */
export class ByteLines {
  private rest = "";

  *push(chunk: Uint8Array): Generator<string> {
    let begin = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, begin)) {
      yield this.rest + latin1(chunk.subarray(begin, end + 1));
      this.rest = "";
      begin = end + 1;
    }
    this.rest += latin1(chunk.subarray(begin));
    if (this.rest.length >= LONGEST_PIECE) yield this.take();
  }

  take(): string {
    const { rest } = this;
    this.rest = "";
    return rest;
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

export function bytesOfLatin1(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
