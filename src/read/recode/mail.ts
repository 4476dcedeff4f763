import { type Body, Base64Body, IdentityBody, QuotedPrintableBody } from "./bodies.ts";
import { ByteLines, bytesOfLatin1 } from "./lines.ts";
import type { Recoder } from "./recoder.ts";

/** Headers that begin mails: what mail programs write first, and what stays when a reader exports one. */
const FIRST_HEADER =
  /^(?:From|Return-Path|Received|Delivered-To|X-[\w-]{1,40}|Date|To|Cc|Subject|Message-ID|MIME-Version|DKIM-Signature|ARC-Seal|ARC-Authentication-Results|Authentication-Results|Reply-To|Sender|List-Id|In-Reply-To|Content-Type|Content-Transfer-Encoding): ?/i;
const ANY_HEADER = /^[\x21-\x39\x3b-\x7e]{1,76}:(?:[ \t]|\r?\n?$)/;
/** mbox: `From tester@example.org Sun Nov 22 12:20:06 2026`. */
const ENVELOPE = /^>?From \S{1,320} .{0,40}\d\d:\d\d:\d\d/;
const SAMPLE = 2048;
/** A folded header beyond this is not read further. */
const LONGEST_HEADER = 4096;
/** Parts in parts: more than this, and outer boundaries are forgotten. */
const DEEPEST = 16;

/** True when the file begins with an mbox envelope, or with two header lines. */
export function looksLikeMail(bytes: Uint8Array): boolean {
  const first = bytes[0];
  // Cheap for logs: they begin with "[", "<", a digit …
  if (first === undefined || !((first >= 0x41 && first <= 0x5a) || (first >= 0x61 && first <= 0x7a)))
    return false;
  const lines = Buffer.from(bytes.subarray(0, SAMPLE)).toString("latin1").split("\n");
  const [one = "", two = ""] = lines;
  if (ENVELOPE.test(one)) return true;
  if (!FIRST_HEADER.test(one)) return false;
  const next = /^[ \t]/.test(two) ? lines.find((line, index) => index > 0 && !/^[ \t]/.test(line)) : two;
  return next !== undefined && ANY_HEADER.test(next);
}

/**
 * Decodes the bodies of mails (RFC 2045: quoted-printable and base64, RFC 2046: parts) of an eml or mbox file. Headers,
 * boundaries and all other bodies come out as they are.
 */
export function createMailRecoder(): Recoder {
  const lines = new ByteLines();
  const mail = new Mail();
  return {
    push(chunk) {
      let out = "";
      for (const line of lines.push(chunk)) out += mail.read(line);
      return bytesOfLatin1(out);
    },
    end: () => bytesOfLatin1(mail.read(lines.take()) + mail.end()),
  };
}

class Mail {
  private inHeader = true;
  /** The header being read, unfolded. */
  private header = "";
  private encoding = "";
  /** The body is a mail again, forwarded as an attachment. */
  private forwarded = false;
  private boundaries: string[] = [];
  private body: Body = new IdentityBody();
  private afterBlank = true;

  read(line: string): string {
    if (line === "") return "";
    const blank = /^\r?\n$/.test(line);
    if (this.afterBlank && line.startsWith("From ") && ENVELOPE.test(line)) {
      this.afterBlank = false;
      this.boundaries = [];
      return this.begin(line);
    }
    this.afterBlank = blank;
    if (this.inHeader) return this.readHeader(line, blank);
    if (line.startsWith("--") && this.boundaries.length > 0) {
      const delimiter = line.trimEnd().slice(2);
      if (this.boundaries.includes(delimiter)) {
        while (this.boundaries.at(-1) !== delimiter) this.boundaries.pop();
        return this.begin(line);
      }
      const closing = delimiter.endsWith("--") ? delimiter.slice(0, -2) : null;
      if (closing !== null && this.boundaries.includes(closing)) {
        while (this.boundaries.pop() !== closing);
        const rest = this.body.end();
        this.body = new IdentityBody();
        return rest + line;
      }
    }
    return this.body.read(line);
  }

  end(): string {
    return this.body.end();
  }

  /** A line behind which headers stand: an envelope or a boundary. */
  private begin(line: string): string {
    const rest = this.body.end();
    this.body = new IdentityBody();
    this.inHeader = true;
    this.header = this.encoding = "";
    this.forwarded = false;
    return rest + line;
  }

  private readHeader(line: string, blank: boolean): string {
    if (/^[ \t]/.test(line) && !blank) {
      if (this.header.length < LONGEST_HEADER) this.header += line.trimEnd();
      return line;
    }
    this.understand();
    this.header = line.trimEnd();
    if (!blank && (ANY_HEADER.test(line) || ENVELOPE.test(line))) return line;
    if (blank && this.forwarded) return this.begin(line);
    // A blank line ends the header; so does anything that is none, which was no mail then.
    this.inHeader = false;
    this.header = "";
    this.body = blank ? bodyFor(this.encoding) : new IdentityBody();
    return line;
  }

  private understand(): void {
    const encoding = /^content-transfer-encoding:\s*"?([\w-]{1,40})/i.exec(this.header);
    if (encoding !== null) this.encoding = (encoding[1] ?? "").toLowerCase();
    if (/^content-type:\s*message\/rfc822/i.test(this.header)) this.forwarded = true;
    if (!/^content-type:\s*multipart\//i.test(this.header)) return;
    const boundary = /;\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(this.header);
    const name = boundary?.[1] ?? boundary?.[2];
    if (name === undefined) return;
    this.boundaries.push(name);
    if (this.boundaries.length > DEEPEST) this.boundaries.shift();
  }
}

function bodyFor(encoding: string): Body {
  if (encoding === "quoted-printable") return new QuotedPrintableBody();
  if (encoding === "base64") return new Base64Body();
  return new IdentityBody();
}
