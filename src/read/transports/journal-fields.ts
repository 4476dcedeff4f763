import type { Line } from "../line.ts";
import { isOfKernel, linesOf } from "./record.ts";

/** Keys that no kernel text has before a "=": they open a run of fields wherever reading began. */
const OPENING = /^(?:_{1,2}[A-Z][A-Z_]{2,40}|MESSAGE|PRIORITY|SYSLOG_[A-Z]{2,16})=/;
const FIELD = /^([A-Z_][A-Z0-9_]{0,63})=/;
const BARE_KEY = /^[A-Z_][A-Z0-9_]{0,63}$/;
const VERBOSE_HEAD = /^\S{2,12} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? \S{1,8} \[s=[0-9a-f]{1,40};/;
const VERBOSE_INDENT = "    ";
/** A record with more lines than this is told in pieces. */
const MOST_LINES = 1024;

/** Bytes that a unit of a string stood for: the reader turns bytes that are not UTF-8 into lone surrogates. */
function bytesOf(text: string, at: number): readonly number[] {
  const code = text.codePointAt(at) ?? 0;
  if (code < 0x80) return [code];
  if (code >= 0xdd00 && code < 0xdd80) return [code - 0xdc80];
  if (code >= 0xdc80 && code < 0xdd00) return [code - 0xdc00];
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 63)];
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
}

/** A field with its length before it: `KEY`, newline, eight bytes little-endian, the value, newline. */
class BinaryField {
  readonly isMessage: boolean;
  private readonly length: number[] = [];
  private left = 0;

  constructor(isMessage: boolean) {
    this.isMessage = isMessage;
  }

  /** The value's part of this line; "ended" when the line was its last; null when this cannot be such a field. */
  read(raw: string): { text: string | null; ended: boolean } | null {
    let at = 0;
    while (this.length.length < 8 && at < raw.length) {
      for (const byte of bytesOf(raw, at)) this.length.push(byte);
      at += (raw.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
      if (this.length.length >= 8 && !this.begin()) return null;
    }
    if (this.length.length < 8) {
      // A newline among the eight bytes: a length of 10, or of 2560 to 2815.
      this.length.push(0x0a);
      if (this.length.length === 8) return null;
      return { text: null, ended: false };
    }
    const text = raw.slice(at);
    for (let index = 0; index < text.length;) {
      const wide = (text.codePointAt(index) ?? 0) > 0xffff;
      this.left -= bytesOf(text, index).length;
      index += wide ? 2 : 1;
    }
    if (this.left <= 0) return { text, ended: true };
    this.left -= 1;
    return { text, ended: false };
  }

  private begin(): boolean {
    const [a = 0, b = 0, c = 0, ...high] = this.length;
    this.left = a | (b << 8) | (c << 16);
    return high.every((byte) => byte === 0);
  }
}

/**
 * `journalctl -o export` (systemd JOURNAL_EXPORT_FORMATS.md) and `-o verbose`: one field on a line, a blank line (in
 * verbose: a head line) between records. A record is told at its end, because its time and its origin may follow the
 * message.
 */
export class JournalFields {
  private inside = false;
  private verbose = false;
  private binary: BinaryField | null = null;
  private parts: { text: string; number: number }[] = [];
  private time: number | null = null;
  private sourceTime: number | null = null;
  private transport: string | null = null;
  private identifier: string | null = null;
  private host: string | null = null;
  /** Indentation of the lines that continue a verbose message; 0 when none may follow. */
  private continuation = 0;

  get open(): boolean {
    return this.inside;
  }

  /** A raw line inside a binary field, which must reach this before anything is cleaned from it. */
  readBinary(raw: string, number: number): boolean {
    const { binary } = this;
    if (binary === null) return false;
    const value = FIELD.test(raw) && raw.startsWith("__CURSOR=") ? null : binary.read(raw);
    if (value === null || value.ended) this.binary = null;
    if (value === null) return false;
    if (value.text !== null && binary.isMessage) this.add(value.text, number);
    return true;
  }

  /** null when the line is none of this form. */
  read(text: string, number: number): readonly Line[] | null {
    if (VERBOSE_HEAD.test(text)) {
      const lines = this.flush();
      this.inside = true;
      this.verbose = true;
      return lines;
    }
    if (this.verbose) return this.readVerbose(text, number);
    if (text === "") return this.inside ? this.flush() : null;
    if (this.inside ? FIELD.test(text) : OPENING.test(text)) {
      this.inside = true;
      this.field(text, number);
      return [];
    }
    if (this.inside ? BARE_KEY.test(text) : text === "MESSAGE") {
      this.inside = true;
      this.binary = new BinaryField(text === "MESSAGE");
      return [];
    }
    return null;
  }

  private readVerbose(text: string, number: number): readonly Line[] | null {
    if (text === "") return [];
    if (!text.startsWith(VERBOSE_INDENT)) return null;
    const inner = text.slice(VERBOSE_INDENT.length);
    if (FIELD.test(inner)) {
      this.continuation = inner.startsWith("MESSAGE=") ? VERBOSE_INDENT.length + "MESSAGE=".length : 0;
      this.field(inner, number);
    } else if (this.continuation > 0) {
      this.add(text.slice(this.continuation), number);
    }
    return [];
  }

  private field(text: string, number: number): void {
    const equals = text.indexOf("=");
    const value = text.slice(equals + 1);
    switch (text.slice(0, equals)) {
      case "MESSAGE":
        this.add(value, number);
        break;
      case "__MONOTONIC_TIMESTAMP":
        this.time = microseconds(value);
        break;
      case "_SOURCE_MONOTONIC_TIMESTAMP":
        this.sourceTime = microseconds(value);
        break;
      case "_TRANSPORT":
        this.transport = value;
        break;
      case "SYSLOG_IDENTIFIER":
        this.identifier = value;
        break;
      case "_HOSTNAME":
        this.host = value;
        break;
    }
  }

  private add(text: string, number: number): void {
    if (this.parts.length < MOST_LINES) this.parts.push({ text, number });
  }

  /** The record as far as it came. */
  flush(): readonly Line[] {
    const { parts, transport, identifier, host } = this;
    const time = this.sourceTime ?? this.time;
    this.parts = [];
    this.time = this.sourceTime = this.transport = this.identifier = this.host = null;
    this.continuation = 0;
    const foreign = (transport ?? identifier ?? "kernel") !== "kernel" && identifier !== "kernel";
    return parts
      .filter(({ text }) => !foreign || isOfKernel(text))
      .flatMap((part) =>
        linesOf({
          ...part,
          time,
          caller: null,
          transport: "journal-export",
          ...(host === null ? {} : { host }),
        }),
      );
  }

  /** Leaves the journal: a line came that is none of it. */
  close(): readonly Line[] {
    this.inside = this.verbose = false;
    this.binary = null;
    return this.flush();
  }
}

function microseconds(value: string): number | null {
  return /^\d{1,15}$/.test(value) ? Number(value) / 1e6 : null;
}
