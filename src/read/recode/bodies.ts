/** The body of a mail or of one of its parts, line by line; lines come with their newline. */
export interface Body {
  read(line: string): string;
  end(): string;
}

export class IdentityBody implements Body {
  read(line: string): string {
    return line;
  }

  end(): string {
    return "";
  }
}

/** A softly broken line is told at last, when so much of it has come. */
const LONGEST_LINE = 65_536;

/** RFC 2045, 6.7. Joined lines are followed by as many blank ones, so that lines keep their numbers. */
export class QuotedPrintableBody implements Body {
  private joined = "";
  private missing = 0;

  read(line: string): string {
    const newline = line.endsWith("\r\n") ? "\r\n" : line.endsWith("\n") ? "\n" : "";
    // White space at the end of an encoded line was added on the way.
    const written = line.slice(0, line.length - newline.length).replace(/[ \t]{1,80}$/, "");
    const soft = written.endsWith("=");
    this.joined += decoded(soft ? written.slice(0, -1) : written);
    if (soft && newline !== "" && this.joined.length < LONGEST_LINE) {
      this.missing++;
      return "";
    }
    return this.take(newline);
  }

  end(): string {
    return this.joined === "" && this.missing === 0 ? "" : this.take("");
  }

  private take(newline: string): string {
    const whole = this.joined + newline + (newline || "\n").repeat(this.missing);
    this.joined = "";
    this.missing = 0;
    return whole;
  }
}

function decoded(text: string): string {
  if (!text.includes("=")) return text;
  return text.replace(/=([0-9a-fA-F]{2})/g, (_whole, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** RFC 2045, 6.8. Blank lines at the end stand for lines that the text has less than its encoding. */
export class Base64Body implements Body {
  private digits = "";
  private missing = 0;
  private open = false;

  read(line: string): string {
    if (line.endsWith("\n")) this.missing++;
    this.digits += line.replace(/[^A-Za-z0-9+/]/g, "");
    const whole = this.digits.length - (this.digits.length % 4);
    const text = this.decode(this.digits.slice(0, whole));
    this.digits = this.digits.slice(whole);
    return text;
  }

  end(): string {
    const text = this.decode(this.digits);
    this.digits = "";
    const padding = Math.max(this.missing, this.open ? 1 : 0);
    this.missing = 0;
    this.open = false;
    return text + "\n".repeat(padding);
  }

  private decode(digits: string): string {
    const text = Buffer.from(digits, "base64").toString("latin1");
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.missing--;
    if (text !== "") this.open = !text.endsWith("\n");
    return text;
  }
}
