import { TextDecoder } from "node:util";
import { mayBeHeadline, mayBeTellingLine } from "../../../grammar/telling.ts";
import PostalMime, { decodeWords } from "postal-mime";
import type { Mail } from "../../report/schema.ts";
import { isPacked, isTar } from "../inputs/compression.ts";
import { withBlanks } from "./blanks.ts";
import { unflowed } from "./flowed.ts";
import { htmlText } from "./html.ts";
import { headerSize } from "./mail-header.ts";
import { Mailbox, type RawMail } from "./mailbox.ts";
import type { Recoded, Recoder, Unreadable } from "./recoder.ts";
import { MOST_UNPACKED, unpackedText } from "./unpack.ts";
import { createUtf16Recoder, utf16Of } from "./utf16.ts";

/** Mails forwarded in mails forwarded in mails: deeper ones are read as they stand. */
const DEEPEST = 8;

const NEWLINE = 0x0a;

const ESCAPED_FROM = /^>(>*From )/gm;

/** The mail holds a patch of its own, not a quoted one. */
const DIFF = /^(?:diff --git \S|--- \S[^\n]{0,1000}\n\+\+\+ \S)/m;

/**
 * A part of a mail as postal-mime keeps it once it has parsed. Its types leave the tree out, and what they show has
 * lost which text was flowed and which part was quoted how; so what is used of the tree is checked here.
 */
interface Part {
  readonly headers: readonly { readonly key: string; readonly value: string }[];
  readonly contentType: {
    readonly parsed: { readonly value: string; readonly params: Readonly<Record<string, string>> };
    readonly multipart: string | false;
  };
  readonly contentTransferEncoding: { readonly encoding: string };
  /** Decoded, without carriage returns at the ends of lines. */
  readonly content: ArrayBuffer | null;
  readonly childNodes: readonly Part[];
}

function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && "contentType" in value && "childNodes" in value;
}

/** @throws postal-mime's error, where parts or headers are beyond its limits */
async function parse(bytes: Uint8Array): Promise<Part> {
  const parser = new PostalMime({ forceRfc822Attachments: true });
  await parser.parse(bytes);
  const root: unknown = "root" in parser ? parser.root : null;
  if (!isPart(root)) throw new TypeError("postal-mime keeps its parts elsewhere");
  return root;
}

/** Decodes mails (RFC 5322, RFC 2045 to 2047, RFC 3676): each text of each mail is a log of its own. */
export function createMailRecoder(): Recoder {
  const mailbox = new Mailbox();
  let mail: Mail = NO_MAIL;
  let isRest = false;
  const recode = async (mails: readonly RawMail[]): Promise<readonly Recoded[]> => {
    const recoded: Recoded[] = [];
    for (const raw of mails) {
      if (raw.isRest) {
        if (!isRest) recoded.push(TOO_LONG);
        recoded.push({ mail, line: raw.line }, raw.bytes);
      } else {
        const read = await readMail(raw);
        mail = read.mail;
        let line = raw.line + read.headerLines;
        let isBegun = false;
        for (const part of read.parts) {
          if (typeof part === "string") {
            if (!isBegun) recoded.push({ mail, line });
            recoded.push({ unreadable: part });
          } else {
            // a log that ends within a line is a cut one, and this is not
            const isEnded = part.at(-1) === NEWLINE;
            recoded.push(
              { mail, line },
              withBlanks(isEnded ? part : Buffer.concat([part, Buffer.of(NEWLINE)])),
            );
            // a reader counts on from there: only the first is known by its line
            line = 0;
          }
          isBegun = true;
        }
        if (!isBegun) recoded.push({ mail, line });
      }
      isRest = raw.isRest;
    }
    return recoded;
  };
  return { push: (chunk) => recode(mailbox.push(chunk)), end: () => recode(mailbox.end()) };
}

const TOO_LONG: Unreadable = {
  unreadable: "the mail goes on for more than 16 MiB: from here on it is read as it stands, not decoded",
};

const NO_MAIL: Mail = {
  messageId: null,
  inReplyTo: null,
  references: [],
  from: null,
  date: null,
  subject: null,
  hasDiff: false,
};

/** A text, as UTF-8 unless it says nothing of its charset; or why an attachment was not read, or not to the end of that text. */
type MailPart = Buffer | string;

interface ReadMail {
  readonly mail: Mail;
  readonly headerLines: number;
  readonly parts: readonly MailPart[];
}

/** What is not a mail, or none that can be parsed, comes out as it is. */
async function readMail({ bytes }: RawMail): Promise<ReadMail> {
  const size = headerSize(bytes);
  const asIs = { mail: NO_MAIL, headerLines: 0, parts: [bytes] };
  if (size === null) return asIs;
  try {
    const isOfMailbox = bytes.toString("latin1", 0, 5) === "From ";
    const start = isOfMailbox ? bytes.indexOf(NEWLINE) + 1 : 0;
    const body = isOfMailbox ? withoutEscapes(bytes.subarray(size.bytes)) : bytes.subarray(size.bytes);
    const header = bytes.subarray(start, size.bytes);
    const root = await parse(header);
    const { contentType } = root;
    const parts: readonly MailPart[] = isAsItIs(root)
      ? await textParts(body, contentType.parsed.value, contentType.parsed.params)
      : await partsOf(await parse(Buffer.concat([header, body])), 0, { bytes: MOST_UNPACKED });
    const hasDiff =
      headerOf(root, "x-has-diff") === "yes" ||
      parts.some((part) => typeof part !== "string" && DIFF.test(part.toString("latin1")));
    return { mail: mailOf(root, hasDiff), headerLines: size.lines, parts };
  } catch {
    return asIs;
  }
}

/** One text that is not encoded, as most mails with a log: its body need not be parsed. */
function isAsItIs({ contentType, contentTransferEncoding }: Part): boolean {
  return (
    /^text\//i.test(contentType.parsed.value) &&
    /^(?:[78]bit|binary|)$/i.test(contentTransferEncoding.encoding)
  );
}

/** mboxrd: whoever wrote the mailbox put a ">" before each `From ` at the edge. */
function withoutEscapes(body: Buffer): Buffer {
  if (!body.includes(">From ")) return body;
  return Buffer.from(body.toString("latin1").replace(ESCAPED_FROM, "$1"), "latin1");
}

function headerOf({ headers }: Part, key: string): string | null {
  return headers.find((line) => line.key === key)?.value ?? null;
}

const MESSAGE_ID = /<([^<>\s]{1,998})>/g;

function messageIds(value: string | null): string[] {
  return [...(value ?? "").matchAll(MESSAGE_ID)].map(([, id = ""]) => id);
}

function mailOf(root: Part, hasDiff: boolean): Mail {
  const subject = headerOf(root, "subject");
  const from = headerOf(root, "from");
  const date = new Date(headerOf(root, "date") ?? "");
  return {
    messageId: messageIds(headerOf(root, "message-id"))[0] ?? null,
    inReplyTo: messageIds(headerOf(root, "in-reply-to"))[0] ?? null,
    references: messageIds(headerOf(root, "references")),
    from: from === null ? null : decodeWords(from),
    date: Number.isNaN(date.getTime()) ? null : date.toISOString(),
    subject: subject === null ? null : decodeWords(subject),
    hasDiff,
  };
}

/** What may still be unpacked of a mail. */
interface Room {
  bytes: number;
}

async function partsOf(part: Part, depth: number, room: Room): Promise<readonly MailPart[]> {
  const { contentType, childNodes } = part;
  const type = contentType.parsed.value.toLowerCase();
  const content = Buffer.from(part.content ?? new ArrayBuffer(0));
  const parts: MailPart[] = [];
  if (contentType.multipart !== false && childNodes.length > 0) {
    const isOther = (child: Part): boolean =>
      contentType.multipart === "alternative" && isType(child, "text/html");
    for (const child of childNodes.toSorted((a, b) => Number(isOther(a)) - Number(isOther(b)))) {
      const more = await partsOf(child, depth, room);
      // the same again, for other readers; unless the plain text only says that this one should be read
      if (isOther(child) && parts.length > 0 && (parts.some(tells) || !more.some(tells))) continue;
      parts.push(...more);
    }
    // what comes before and after the parts, such as list footers
    if (content.includes("\n")) parts.push(content);
  } else if (type === "message/rfc822" && depth < DEEPEST) {
    parts.push(...(await partsOf(await parse(content), depth + 1, room)));
  } else if (isPacked(content) || isTar(content)) {
    const { text, unread } = await unpackedText(content, room.bytes, isText);
    if (text !== null) {
      room.bytes -= text.length;
      parts.push(await decoded(text, "text/plain", {}));
    }
    if (unread !== null) parts.push(`attachment ${attachedName(part)}: ${unread}`);
  } else if (SEALED.test(type)) {
    parts.push(`attachment ${attachedName(part)}: sealed, and not opened`);
  } else if (content.length > 0 && (type.startsWith("text/") || type === "" || isText(content))) {
    parts.push(...(await textParts(content, type, contentType.parsed.params)));
  }
  return parts;
}

/** Other programs' envelopes: a mail's text and its attachments may be in there. */
const SEALED = /^application\/(?:(?:vnd\.)?ms-tnef|(?:x-)?pkcs7-mime|pgp-encrypted)$/;

const UUENCODED = /^begin [0-7]{3} (\S.{0,99})$/;
/** A file of which the first line is not full holds no log. Zeros are blanks, which may be lost at its end. */
const FULL_LINE = /^M[ -`]{1,60}$/;

/** The text, behind what of it cannot be read. */
async function textParts(
  content: Buffer,
  type: string,
  params: Part["contentType"]["parsed"]["params"],
): Promise<readonly MailPart[]> {
  const text = await decoded(content, type, params);
  const name = uuencodedIn(content);
  return name === null ? [text] : [`attachment ${name}: uuencoded, and not decoded`, text];
}

/** The name of the first file that stands in the text; null where none does. */
function uuencodedIn(content: Buffer): string | null {
  if (!content.includes("begin ")) return null;
  const lines = content.toString("latin1").split("\n");
  for (const [i, line] of lines.entries()) {
    const name = UUENCODED.exec(line.trimEnd())?.[1];
    if (name !== undefined && FULL_LINE.test(lines[i + 1]?.trimEnd() ?? "")) return name;
  }
  return null;
}

/** Whether lines of a report are in it. */
function tells(part: MailPart): boolean {
  if (typeof part === "string") return false;
  const text = part.toString("latin1");
  return mayBeHeadline(text) || mayBeTellingLine(text);
}

const FILE_NAME = /\bfilename="?([^";]{1,100})/i;

/** As its sender named the file, or else its type. */
function attachedName(part: Part): string {
  const { value, params } = part.contentType.parsed;
  const disposition = headerOf(part, "content-disposition") ?? "";
  return params["name"] ?? FILE_NAME.exec(disposition)?.[1] ?? value;
}

function isType(part: Part, type: string): boolean {
  return part.contentType.parsed.value.toLowerCase() === type;
}

/** Logs are attached as application/octet-stream, too. A serial line leaves a control character here and there. */
function isText(content: Buffer): boolean {
  if (utf16Of(content) !== null) return true;
  const sample = content.subarray(0, 1024);
  let strange = 0;
  for (const byte of sample) if (byte < 0x20 && !LAYOUT.has(byte)) strange++;
  return strange * LEAST_TEXT <= sample.length;
}

/** Of so many characters one may be strange. */
const LEAST_TEXT = 32;

/** Tab, newline, form feed, carriage return, escape. */
const LAYOUT: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

async function decoded(
  content: Buffer,
  type: string,
  params: Part["contentType"]["parsed"]["params"],
): Promise<Buffer> {
  const utf16 = utf16Of(content);
  if (utf16 !== null) {
    const recoder = createUtf16Recoder(utf16);
    const pieces = [...(await recoder.push(content)), ...(await recoder.end())];
    return Buffer.concat(pieces.filter((piece) => piece instanceof Uint8Array));
  }
  const isFlowed = type === "text/plain" && params["format"]?.toLowerCase() === "flowed";
  const charset = decoderOf(params["charset"]);
  if (charset === null && !isFlowed && type !== "text/html") return content;
  let text = charset === null ? content.toString("latin1") : charset.decode(content);
  if (isFlowed) text = unflowed(text, params["delsp"]?.toLowerCase() === "yes");
  if (type === "text/html") text = htmlText(text);
  return Buffer.from(text, charset === null ? "latin1" : "utf8");
}

const UTF8 = /^(?:utf-?8|us-ascii|ascii|unknown-8bit|)$/i;

/** null where bytes are UTF-8 already, or nothing says what they are: a log's reader keeps what is not. */
function decoderOf(charset = ""): TextDecoder | null {
  if (UTF8.test(charset.trim())) return null;
  try {
    return new TextDecoder(charset.trim());
  } catch {
    return null;
  }
}
