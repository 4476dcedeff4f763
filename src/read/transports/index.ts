import { holdsHeadlineWords, mayBeTellingLine } from "../../../grammar/telling.ts";
import type { Line, Transport } from "../line.ts";
import { type ConsoleStamp, readConsoleStamp } from "./console.ts";
import { OpenRecord } from "./continuation.ts";
import {
  asTyped,
  hasTabsForBlanks,
  isMangled,
  withoutControlEscapes,
  withoutTabs,
  withoutEntities,
  withoutOctalEscapes,
  hasControlSequences,
  withoutTerminalSequences,
} from "./escapes.ts";
import { WriteJoin } from "./writes.ts";
import { JournalFields } from "./journal-fields.ts";
import { PrettyJson, readJsonLine } from "./json.ts";
import { readLiterals } from "./literals.ts";
import { Csv } from "./csv.ts";
import { Kmsg } from "./kmsg.ts";
import { type DecodeLog, isOfKernel, LINE_BREAK, linesOf, trimmedEnd, withoutLineEnd } from "./record.ts";
import { type Stripped, strip } from "./strip.ts";
import { Surround } from "./surround.ts";

/** Takes the physical lines of a log one after another and gives the lines that the kernel printed. */
export interface LineDecoder {
  /** `raw` is one physical line without its newline; it yields no line, one, or several of the same number. */
  push(raw: string, number: number): readonly Line[];
  /** Whether the last line waits for the next one. */
  readonly isHolding: boolean;
  /** Whether lines came in pieces, so that what is looked for may be broken in two: no line may be left out. */
  readonly comesInPieces: boolean;
  /** What was held back: call it after the last line. */
  flush(): readonly Line[];
}

/**
 * A decoder for all transports at once: every line is recognised by itself, so one log may change its form in the
 * middle. It may be started anywhere in a log.
 */
export function createLineDecoder(): LineDecoder {
  return new Decoder();
}

const NOTHING: readonly Line[] = [];
// eslint-disable-next-line no-control-regex -- serial lines leave NULs and carriage returns, editors a BOM
const JUNK_BEFORE = /^[\u0000\r\ufeff]+/;
const FENCE = /^ {0,3}(?:`{3,}|~{3,})[\w+-]{0,20}$/;
const JOURNAL_MARK =
  /^-- (?:Boot [0-9a-f]{32} --|Reboot --|No entries --|(?:Logs|Journal) begins? at .{0,200})$/;
const OTHER_PROGRAM = /^[A-Za-z(_][^\s:[]{0,63}\[\d{1,10}\]: /;
/** A prefix of a kind that no table knows, before the stamp that printk writes with six digits. */
const STAMP_BEHIND_JUNK = /\[ {0,4}\d{1,6}\.\d{6}\]/;
const LONGEST_JUNK = 80;
/** What z/VM puts before a processor's lines. */
const PROCESSOR = /^\d\d: /;
const LINE_ENDS = new RegExp(String.raw`${LINE_BREAK.source}|\n`, "i");
/** A value of JSON, in which entities may stand for quotes: it is read before these are undone. */
const JSON_VALUE = /^\s*(?:"|\{ ?["}]|\[ ?["{[])/;
/** Logs in logs in logs: what stands deeper is read as lines of the kernel. */
const DEEPEST = 3;

/** A stamp in the middle of a line, where a serial console lost the end of the line before. */
const STAMP_WITHIN = /\[ {0,4}(\d{1,6}\.\d{6})\](\[ {0,5}[TC]\d{1,10}\])? ?/y;
/** Both lines were printed within so many seconds. */
const MOST_APART_SECONDS = 5;

/** Where another line of the console's begins; 0 where none does. */
function seamIn(raw: string, { time, caller, start }: ConsoleStamp): number {
  for (let at = raw.indexOf("[", start + 1); at > 0; at = raw.indexOf("[", at + 1)) {
    STAMP_WITHIN.lastIndex = at;
    const [, seconds, by] = STAMP_WITHIN.exec(raw) ?? [];
    if (seconds === undefined || (by === undefined) !== (caller === null)) continue;
    if (Math.abs(Number(seconds) - time) < MOST_APART_SECONDS) return at;
  }
  return 0;
}

/** The text from the kernel's own stamp on; null where it begins with that, or has none. */
function behindJunk(text: string): string | null {
  const junk = text.slice(0, LONGEST_JUNK + 20).search(STAMP_BEHIND_JUNK);
  return junk > 0 && junk <= LONGEST_JUNK ? text.slice(junk) : null;
}

/** liblog's tags have eight columns at least: `WARNING : text` was `WARNING: text`. */
function withoutPadding(text: string): string {
  const tag = /^[^:]{8}(?=: |:$)/.exec(text)?.[0];
  return tag === undefined ? text : tag.trimEnd() + text.slice(tag.length);
}

function saidBy(host: string | null): Pick<Line, "host"> {
  return host === null ? {} : { host };
}

class Decoder implements LineDecoder {
  private readonly stamp: ConsoleStamp = { time: 0, caller: null, start: 0 };
  private readonly record = new OpenRecord();
  private readonly writes = new WriteJoin();
  private readonly journal = new JournalFields();
  private readonly kmsg = new Kmsg();
  private readonly json: PrettyJson;
  private readonly csv: Csv;
  private readonly surround = new Surround();
  /** What stood around the line is taken off, and it is read again. */
  private isBare = false;
  /** Reads what stands in records of other programs: a log in a log. */
  private inner: Decoder | null = null;
  /** What a "[ seconds ] text" without a caller is: both printk and dmesg write it, see `settle`. */
  private bare: Transport = "console";
  private blankAt: number | null = null;
  private journalHost: string | null = null;
  /** `01: ` of z/VM, which stands before every line of its console. */
  private processor = "";
  /** This line was coloured: no console colours its stamps, dmesg does. */
  private coloured = false;
  /** One of the readers of several lines is in the middle of something. */
  private busy = false;

  /** @param depth in how many logs this one stands */
  constructor(private readonly depth = 0) {
    this.json = new PrettyJson(this.decodeInner);
    this.csv = new Csv(this.decodeInner);
  }

  private readonly decodeInner: DecodeLog = (text, number, transport) => {
    if (this.depth === DEEPEST) return linesOf({ text, number, time: null, caller: null, transport });
    const inner = (this.inner ??= new Decoder(this.depth + 1));
    return text
      .split(text.includes("<") ? LINE_ENDS : "\n")
      .flatMap((part) => inner.push(part, number).map((line) => ({ ...line, transport })));
  };

  push(raw: string, number: number): readonly Line[] {
    if (!this.busy && readConsoleStamp(raw, this.stamp)) {
      const seam = seamIn(raw, this.stamp);
      if (seam > 0) return [raw.slice(0, seam), raw.slice(seam)].flatMap((part) => this.push(part, number));
      const line = this.consoleLine(raw, number);
      if (line !== null) return [line];
    }
    let lines = this.decode(raw, number);
    if (hasControlSequences(raw)) lines = lines.map((line) => ({ ...line, raw }));
    this.busy = this.writes.open || this.journal.open || this.json.open || this.kmsg.open;
    return lines;
  }

  get isHolding(): boolean {
    return this.writes.open || this.inner?.isHolding === true;
  }

  get comesInPieces(): boolean {
    return this.writes.comesInPieces || this.inner?.comesInPieces === true;
  }

  flush(): readonly Line[] {
    const held = this.writes.flush().flatMap(({ text, number }) => this.decodeWhole(text, number));
    const lines = [...held, ...this.closeReaders(), ...(this.inner?.flush() ?? NOTHING)];
    this.busy = false;
    return lines;
  }

  /** The common case, without the tables. null when the text wants cleaning first. */
  private consoleLine(raw: string, number: number): Line | null {
    const { time, caller, start } = this.stamp;
    const text = trimmedEnd(raw.slice(start));
    if (this.journalHost !== null && text.startsWith(this.journalHost)) return null;
    if (text.includes("\u001b") || text.includes("\r")) return null;
    if (isMangled(text) || hasTabsForBlanks(raw) || this.surround.concerns(text)) return null;
    let transport: Transport = "console";
    this.coloured = false;
    if (caller === null) {
      transport = this.settle(time, text);
      this.record.begin(transport, time, null, start, text.length);
    } else {
      this.record.beginWhole();
    }
    return { number, text: withoutEntities(text), time, caller, transport, columns: start + text.length };
  }

  /**
   * printk stamps the blank line at the head of a record and the line after it alike; dmesg stamps it once, or leaves
   * a blank line without stamp.
   */
  private settle(time: number, text: string): Transport {
    if (this.coloured) {
      this.bare = "dmesg";
    } else if (text === "") {
      this.blankAt = time;
    } else {
      if (this.blankAt === time) this.bare = "console";
      this.blankAt = null;
    }
    return this.bare;
  }

  private decode(raw: string, number: number): readonly Line[] {
    if (this.journal.readBinary(raw, number)) return NOTHING;
    const text = this.cleaned(raw);
    const joined = this.writes.read(text, number);
    if (joined !== null) return joined.flatMap((line) => this.decodeWhole(line.text, line.number));
    return this.decodeWhole(text, number);
  }

  private cleaned(raw: string): string {
    this.coloured = raw.includes("\u001b[");
    const text = withoutTerminalSequences(withoutLineEnd(raw).replace(JUNK_BEFORE, ""));
    const typed = isMangled(text) ? asTyped(text) : text;
    const untabbed = hasTabsForBlanks(typed) ? withoutTabs(typed) : typed;
    return JSON_VALUE.test(untabbed) ? untabbed : withoutEntities(untabbed);
  }

  private decodeWhole(text: string, number: number): Line[] {
    // A terminal would print what follows a carriage return over what stands before it; a log shall have both.
    if (!text.includes("\r")) return this.decodeText(text, number);
    return text.split("\r").flatMap((part) => this.decodeText(part, number));
  }

  private decodeText(text: string, number: number): Line[] {
    const verbose = this.journal.read(trimmedEnd(text), number);
    if (verbose !== null) return [...verbose];
    const found = strip(text);
    if (found.stamped) this.processor = PROCESSOR.exec(text)?.[0] ?? "";
    const { time, caller, stamped } = found;
    const unprefixed = found.program === null && !stamped;
    let rest = text.slice(found.start);
    if (unprefixed) {
      const lines = this.readStructured(rest, number);
      if (lines !== null) return lines;
      if (JSON_VALUE.test(rest)) rest = withoutEntities(rest);
    }
    const closed = this.closeReaders();
    if (unprefixed) return [...closed, ...this.readUnprefixed(trimmedEnd(rest), found.transport, number)];
    const foreign = this.isForeign(found, rest);
    const transport = found.transport ?? (found.callerApart ? "dmesg" : this.console(time, caller, rest));
    this.record.begin(transport, time, caller, found.width, rest.length, found.host);
    this.record.foreign = foreign;
    // printk itself prefixes every line; dmesg separates the caller.
    if (caller !== null && !found.callerApart) this.record.beginWhole();
    if (foreign) return [...closed];
    // no class has such a version: rsyslog's line break, whatever became of its prefix
    if (!this.isBare) rest = this.surround.read(rest) ?? rest;
    if (transport === "logcat") rest = withoutPadding(rest);
    if (transport === "journal" || transport === "syslog" || rest.includes("#012"))
      rest = withoutControlEscapes(withoutOctalEscapes(rest));
    const lines = linesOf({ text: rest, number, time, caller, transport, ...saidBy(found.host) });
    const columns = trimmedEnd(text).length;
    return [...closed, ...lines.map((line) => ({ ...line, columns }))];
  }

  private console(time: number | null, caller: string | null, text: string): Transport {
    return caller === null && time !== null ? this.settle(time, text) : "console";
  }

  private isForeign({ program, host, time }: Stripped, text: string): boolean {
    if (program === "kernel") {
      this.journalHost = host ?? this.journalHost;
      return false;
    }
    if (program !== null) return time === null && !isOfKernel(text);
    // short-monotonic: "[    6.3] testbox systemd[1]: text" is only told from kernel text by the host.
    const { journalHost } = this;
    if (journalHost === null || !text.startsWith(journalHost + " ")) return false;
    return OTHER_PROGRAM.test(text.slice(journalHost.length + 1));
  }

  /** Records of which the text is one field. */
  private readStructured(text: string, number: number): Line[] | null {
    const trimmed = trimmedEnd(text);
    const fields = this.journal.read(trimmed, number);
    if (fields !== null) return [...fields];
    const pretty = this.json.read(trimmed, number);
    if (pretty !== null) return [...pretty];
    const record =
      this.kmsg.read(text, number) ??
      readJsonLine(text, number, this.decodeInner) ??
      readLiterals(text, number, this.decodeInner) ??
      this.csv.read(text, number);
    if (record === null) return null;
    this.record.beginWhole();
    return [...record];
  }

  private closeReaders(): readonly Line[] {
    if (!this.journal.open && !this.json.open && !this.kmsg.open) return NOTHING;
    return [...this.journal.close(), ...this.json.close(), ...this.kmsg.flush()];
  }

  private readUnprefixed(raw: string, wrapper: Transport | null, number: number): Line[] {
    const text =
      this.processor !== "" && raw.startsWith(this.processor) ? raw.slice(this.processor.length) : raw;
    if (FENCE.test(text) || JOURNAL_MARK.test(text)) {
      this.record.beginWhole();
      return [];
    }
    const within = this.isBare ? null : this.surround.read(text);
    const inner = within ?? behindJunk(text);
    if (inner !== null) {
      const { isBare } = this;
      this.isBare = true;
      const lines = this.decodeText(inner, number);
      this.isBare = isBare;
      const before = within === null ? text.slice(0, -inner.length) : "";
      // no prefix but a line of a report, which lost its own prefix and its line break
      if (!holdsHeadlineWords(before, true) && !mayBeTellingLine(before)) return lines;
      return [{ number, text: before, time: null, caller: null, transport: "plain", bare: true }, ...lines];
    }
    if (this.record.transport === this.bare && this.record.provesDmesg(text)) {
      this.bare = this.record.transport = "dmesg";
    }
    const { record } = this;
    const columns = raw.length;
    const continued = record.continuedBy(text);
    if (continued === null) {
      return [{ number, text, time: null, caller: null, transport: wrapper ?? "plain", bare: true, columns }];
    }
    if (record.foreign) return [];
    const { time, caller, transport, host } = record;
    return [{ number, text: continued, time, caller, transport, bare: true, columns, ...saidBy(host) }];
  }
}
