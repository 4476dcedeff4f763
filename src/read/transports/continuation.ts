import type { Transport } from "../line.ts";

/**
 * printk's longest record (PRINTKRB_RECORD_MAX). Lines without a prefix beyond that are no part of the record before
 * them.
 */
const LONGEST_RECORD = 1024;

/**
 * The record that lines without a prefix go on with. dmesg and journalctl print the lines of one record below each
 * other, indented as wide as the prefix (util-linux since 2.34, systemd) or not at all; printk's own consoles put the
 * prefix on each of them.
 */
export class OpenRecord {
  time: number | null = null;
  caller: string | null = null;
  transport: Transport = "plain";
  host: string | null = null;
  /** Belongs to another program than the kernel: its other lines do too. */
  foreign = false;
  private indent = "";
  private room = 0;

  begin(
    transport: Transport,
    time: number | null,
    caller: string | null,
    width: number,
    length: number,
    host: string | null = null,
  ): void {
    this.host = host;
    this.transport = transport;
    this.time = time;
    this.caller = caller;
    this.foreign = false;
    if (this.indent.length !== width) this.indent = " ".repeat(width);
    this.room = LONGEST_RECORD - length;
  }

  /** A record of which no other line can follow without a prefix. */
  beginWhole(): void {
    this.room = 0;
  }

  /** The text that a line without a prefix adds to the record; null when it is not part of it. */
  continuedBy(text: string): string | null {
    if (this.room <= 0) return null;
    const indented = text.startsWith(this.indent);
    if (this.foreign && !indented) {
      if (text !== "") this.room = 0;
      return null;
    }
    this.room -= text.length + 1;
    return indented ? text.slice(this.indent.length) : text;
  }

  /** True when the line shows that its record was not printed by a console: blank, or indented. */
  provesDmesg(text: string): boolean {
    return this.room > 0 && (text === "" || text.startsWith(this.indent));
  }
}
