import { mayBeHeadline } from "../../../grammar/telling.ts";
import type { Line, Transport } from "../line.ts";
import { withoutEntities } from "./escapes.ts";
import { type DecodeLog, isOfKernel, isStamped, LINE_BREAK, linesOf } from "./record.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Keys under which a program keeps the message: journald; dmesg -J and LAVA; Docker; everyone else; OpenTelemetry; Google. */
const MESSAGE_KEYS = ["MESSAGE", "msg", "log", "message", "line", "body", "Body", "textPayload"] as const;
const MESSAGE_KEY: ReadonlySet<string> = new Set(MESSAGE_KEYS);
/** What else tells something of a record: the rest of a pretty one is not kept. */
const OTHER_KEYS: ReadonlySet<string> = new Set([
  "pri",
  "time",
  "caller",
  "lvl",
  "_SOURCE_MONOTONIC_TIMESTAMP",
  "__MONOTONIC_TIMESTAMP",
  "_TRANSPORT",
  "_HOSTNAME",
  "SYSLOG_IDENTIFIER",
]);

const utf8 = new TextDecoder();

/** journald writes a message with control characters as an array of byte numbers, a repeated field as an array. */
function messageText(value: unknown): string | null {
  if (typeof value === "string") return withoutEntities(value);
  // OpenTelemetry's AnyValue
  if (typeof value === "object" && value !== null && "stringValue" in value)
    return messageText(value.stringValue);
  if (!Array.isArray(value)) return null;
  const items: readonly unknown[] = value;
  if (items.every((item) => typeof item === "number")) return utf8.decode(Uint8Array.from(items));
  const texts = items.map(messageText).filter((text) => text !== null);
  return texts.length > 0 ? texts.join("\n") : null;
}

function microseconds(value: unknown): number | null {
  return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) / 1e6 : null;
}

/** The lines of one JSON object, none when it is no kernel record; null when it is no log record at all. */
function linesOfFields(fields: Fields, number: number, decode: DecodeLog): readonly Line[] | null {
  if ("MESSAGE" in fields) {
    const text = messageText(fields["MESSAGE"]);
    if (text === null) return [];
    const transport = fields["_TRANSPORT"] ?? fields["SYSLOG_IDENTIFIER"] ?? "kernel";
    if (transport !== "kernel" && fields["SYSLOG_IDENTIFIER"] !== "kernel" && !isOfKernel(text)) return [];
    const time =
      microseconds(fields["_SOURCE_MONOTONIC_TIMESTAMP"]) ?? microseconds(fields["__MONOTONIC_TIMESTAMP"]);
    const host = fields["_HOSTNAME"];
    const record = { text, number, time, caller: null, transport: "journal-json" } as const;
    return linesOf(typeof host === "string" ? { ...record, host } : record);
  }
  const key = MESSAGE_KEYS.find((name) => (fields[name] ?? null) !== null);
  const written = key === undefined ? null : messageText(fields[key]);
  if (written === null) return null;
  const text = written.endsWith("\n") ? written.slice(0, -1) : written;
  const { time, caller } = fields;
  const transport: Transport =
    "pri" in fields || "caller" in fields ? "dmesg-json" : "lvl" in fields ? "lava" : "ci";
  // LAVA's own messages ("info", "debug", "results") stand between those of the target.
  if (transport === "lava" && fields["lvl"] !== "target" && fields["lvl"] !== "feedback") return [];
  if (transport !== "dmesg-json") return decode(text, number, transport);
  return linesOf({
    text,
    number,
    time: typeof time === "number" ? time : null,
    caller: typeof caller === "string" && /^[TC]\d+$/.test(caller) ? caller : null,
    transport,
  });
}

/** Values within values: who nests deeper has no log there. */
const DEEPEST = 8;

/** The log that stands somewhere in a value that is no record by itself; null where there is none. */
function linesOfValue(value: unknown, number: number, decode: DecodeLog, depth = 0): readonly Line[] | null {
  if (typeof value === "string") return isLog(value) ? linesOfText(value, number, decode) : null;
  if (depth > DEEPEST || typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    // Loki: ["1795350006000000000", "text"]
    if (
      items.length === 2 &&
      typeof items[0] === "string" &&
      /^\d{10,20}$/.test(items[0]) &&
      typeof items[1] === "string"
    )
      return linesOfText(items[1], number, decode);
    if (items.length > 1 && items.every((item) => typeof item === "string"))
      return items.some((item) => isLog(item) || mayBeHeadline(item))
        ? items.flatMap((item) => linesOfText(item, number, decode))
        : null;
    return gathered(items.map((item) => linesOfValue(item, number, decode, depth + 1)));
  }
  const fields = value as Fields;
  const record = linesOfFields(fields, number, decode);
  if (record !== null) return record;
  return gathered(
    Object.entries(fields)
      // Ansible: the same as one text, and line by line
      .filter(([key]) => !(`${key}_lines` in fields))
      .map(([, child]) => linesOfValue(child, number, decode, depth + 1)),
  );
}

function gathered(parts: readonly (readonly Line[] | null)[]): readonly Line[] | null {
  const found = parts.filter((part) => part !== null);
  return found.length === 0 ? null : found.flat();
}

/** Several lines, as those of a page, or one that the kernel stamped. */
function isLog(text: string): boolean {
  return text.includes("\n") || isStamped(text) || LINE_BREAK.test(text);
}

/** Chat programs put fences around it. */
const FENCES = /^```|\n?(?:```)?\n?$/g;

function linesOfText(text: string, number: number, decode: DecodeLog): readonly Line[] {
  return decode(text.replace(FENCES, ""), number, "ci");
}

/**
 * One value on a line. An object: `journalctl -o json`, json-seq (which begins with a record separator) and json-sse
 * ("data: "), dmesg -J and `jq -c` on it, LAVA's output.yaml ("- {"), Docker's json-file, Loki, fluentd, chats; a string:
 * a line of an array of lines (Ansible), or a log as a whole.
 */
export function readJsonLine(line: string, number: number, decode: DecodeLog): readonly Line[] | null {
  const text = line.trimStart();
  const open = /^(?:data: |- |\u001e)?(?=\{ ?["}]|\[ ?["{[]|")/.exec(text); // eslint-disable-line no-control-regex
  if (open === null) return null;
  try {
    const value: unknown = JSON.parse(text.slice(open[0].length).replace(/,$/, ""));
    return typeof value === "string"
      ? linesOfText(value, number, decode)
      : linesOfValue(value, number, decode);
  } catch {
    return null;
  }
}

const FIELD = /^\s*"([A-Za-z_][A-Za-z0-9_]{0,63})"\s{0,2}:\s{0,6}(?=\S)/;
const OPENING = /^\s*"dmesg": ?\[$/;
const PUNCTUATION = /^\s*(?:[{}[\]],?|\},\{)$/;
/** No journal field that matters has more bytes: printk's records end at 1024. */
const LONGEST_ARRAY = 65_536;

/**
 * One field on a line: `dmesg -J` (util-linux sys-utils/dmesg.c, "pri", "time", "caller", "msg") and
 * `journalctl -o json-pretty`, where the time may follow the message. A record is told at its closing brace.
 */
export class PrettyJson {
  /** Between the first field and the end of the document: braces are punctuation, not the kernel's. */
  private inside = false;
  private fields: Record<string, unknown> = {};
  private number = 0;
  private array: unknown[] | null = null;

  constructor(private readonly decode: DecodeLog) {}

  get open(): boolean {
    return this.inside;
  }

  /** null when the line is none of this form. */
  read(text: string, number: number): readonly Line[] | null {
    if (this.array !== null) return this.readArray(text);
    if (OPENING.test(text)) {
      this.inside = true;
      return [];
    }
    const field = FIELD.exec(text);
    if (field !== null) return this.readField(field[1] ?? "", text.slice(field[0].length), number);
    if (!this.inside || !PUNCTUATION.test(text)) return null;
    return text.includes("}") ? this.flush() : [];
  }

  private readField(key: string, written: string, number: number): readonly Line[] | null {
    const wanted = MESSAGE_KEY.has(key);
    const bare = written.endsWith(",") ? written.slice(0, -1) : written;
    if (wanted && bare === "[") {
      this.array = [];
      this.number = number;
      this.inside = true;
      return [];
    }
    let value: unknown;
    try {
      value = JSON.parse(bare);
    } catch {
      return this.inside ? [] : null;
    }
    this.inside = true;
    if (wanted) this.number = number;
    if (wanted || OTHER_KEYS.has(key)) this.fields[key] = value;
    // Google's `contents`, Amazon's `Output`: a whole log, whatever they call it
    else if (typeof value === "string" && isLog(value)) return linesOfText(value, number, this.decode);
    return [];
  }

  private readArray(text: string): readonly Line[] {
    const array = this.array ?? [];
    if (/^\s*\],?$/.test(text)) {
      this.fields["MESSAGE"] = array;
      this.array = null;
    } else if (/^\s*\d{1,3},?$/.test(text) && array.length < LONGEST_ARRAY) {
      array.push(Number.parseInt(text, 10));
    } else {
      this.array = null;
    }
    return [];
  }

  /** The record as far as it came. */
  flush(): readonly Line[] {
    const { fields } = this;
    this.fields = {};
    return linesOfFields(fields, this.number, this.decode) ?? [];
  }

  /** Leaves the document: a line came that is none of it. */
  close(): readonly Line[] {
    this.inside = false;
    this.array = null;
    return this.flush();
  }
}
