import type { Line, Transport } from "../line.ts";
import { withoutHexEscapes } from "./escapes.ts";
import { linesOf } from "./record.ts";

/** netconsole may put the release in front; `ncfrag` tells which bytes of the message a packet carries. */
const HEAD = /^(?:(\d\.[\w.+~-]{1,64}),)?\d{1,4},(\d{1,20}),(\d{1,16}),[-c+](,[\w,=/.:-]{1,200})?;/;
const DICTIONARY = /^ [A-Z][A-Z0-9_]{0,63}=/;
/** A record, its escapes and its dictionary (CONSOLE_EXT_LOG_MAX). */
const LONGEST_RECORD = 8192;

interface Fragments {
  readonly sequence: string;
  readonly total: number;
  readonly number: number;
  readonly time: number;
  readonly caller: string | null;
  text: string;
}

/**
 * /dev/kmsg (Documentation/ABI/testing/dev-kmsg) and extended netconsole (Documentation/networking/netconsole.rst):
 * `4,247,6320651,-,caller=T41;text`, control characters as "\x0a", then perhaps a dictionary: " SUBSYSTEM=acpi".
 */
export class Kmsg {
  private fragments: Fragments | null = null;
  /** The line that a dictionary may follow. */
  private last = -1;

  /** Fragments are waiting for the rest of their message. */
  get open(): boolean {
    return this.fragments !== null;
  }

  /** null when the line is none of this form. */
  read(text: string, number: number): readonly Line[] | null {
    const head = HEAD.exec(text);
    if (head === null) {
      if (number !== this.last + 1 || !DICTIONARY.test(text)) return null;
      this.last = number;
      return [];
    }
    this.last = number;
    const [whole, release, sequence = "", time = "", extra = ""] = head;
    const body = text.slice(whole.length);
    const caller = /,caller=([TC]\d{1,10})/.exec(extra)?.[1] ?? null;
    const place = /,ncfrag=(\d{1,6})\/(\d{1,6})/.exec(extra);
    const seconds = Number(time) / 1e6;
    if (place !== null) {
      const at = Number(place[1]);
      return this.readFragment(at, body, {
        sequence,
        total: Number(place[2]),
        number,
        time: seconds,
        caller,
        text: "",
      });
    }
    const before = this.flush();
    const transport: Transport = release === undefined ? "kmsg" : "netconsole";
    const lines = linesOf({ text: withoutHexEscapes(body), number, time: seconds, caller, transport });
    return before.length === 0 ? lines : [...before, ...lines];
  }

  private readFragment(at: number, body: string, fragment: Fragments): readonly Line[] {
    let before: readonly Line[] = [];
    let message = this.fragments;
    if (message === null || message.sequence !== fragment.sequence || message.text.length !== at) {
      before = this.flush();
      message = this.fragments = fragment;
    }
    message.text += body;
    // The total counts the newline at the end, which the packets' capturer may have taken off.
    if (message.text.length < message.total - 1 && message.text.length < LONGEST_RECORD) return before;
    return [...before, ...this.flush()];
  }

  flush(): readonly Line[] {
    const message = this.fragments;
    if (message === null) return [];
    this.fragments = null;
    return linesOf({ ...message, text: withoutHexEscapes(message.text), transport: "netconsole" });
  }
}
