import { describe, expect, test } from "vitest";
import { createRecoder } from "../../src/read/recode/index.ts";
import { Mailbox } from "../../src/read/recode/mailbox.ts";
import type { LogStart, Recoded, Unreadable } from "../../src/read/recode/recoder.ts";

const REPORT = "[    6.3] -> #1 (&x->lock){+.+.}-{4:4}:\n[    6.4]  =====\n[    6.5] ä\n";

/** Where logs begin, and their texts. */
async function recodeAll(
  bytes: Uint8Array,
  size = bytes.length,
): Promise<(LogStart | Unreadable | string)[] | null> {
  const recoder = await createRecoder(bytes.subarray(0, 4096));
  if (recoder === null) return null;
  const recoded: Recoded[] = [];
  for (let at = 0; at < bytes.length; at += size)
    recoded.push(...(await recoder.push(bytes.subarray(at, at + size))));
  recoded.push(...(await recoder.end()));
  return recoded.map((piece) => (piece instanceof Uint8Array ? Buffer.from(piece).toString("utf8") : piece));
}

async function recode(bytes: Uint8Array, size?: number): Promise<string | null> {
  const recoded = await recodeAll(bytes, size);
  return recoded?.filter((piece) => typeof piece === "string").join("") ?? null;
}

const texts = async (mail: string): Promise<string[] | undefined> =>
  (await recodeAll(Buffer.from(mail)))?.filter((piece) => typeof piece === "string");

const withoutReturns = (piece: LogStart | Unreadable | string): unknown =>
  typeof piece === "string" ? piece.replaceAll("\r", "") : piece;

describe("nothing to do", () => {
  test.each([
    ["a console log", REPORT],
    ["nothing", ""],
    ["plain kernel text", "NET: Registered PF_UNIX/PF_LOCAL protocol family\nPCI: CLS 0 bytes, default 64\n"],
    ["NULs of a serial line", `\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0${REPORT}`],
    ["prose", "From the log below it hangs.\nPlease help: it is urgent\n"],
  ])("%s", async (_name, text) => {
    expect(await recode(Buffer.from(text))).toBeNull();
  });
});

describe("UTF-16", () => {
  const little = Buffer.from(REPORT, "utf16le");
  const big = Buffer.from(little).swap16();
  const withMark = Buffer.from(`\ufeff${REPORT}`, "utf16le");

  test.each([
    ["little-endian", little],
    ["big-endian", big],
    ["little-endian with mark", withMark],
    ["big-endian with mark", Buffer.from(withMark).swap16()],
  ])("%s", async (_name, bytes) => {
    expect(await recode(bytes)).toBe(REPORT);
    expect(await recode(bytes, 7)).toBe(REPORT);
    expect(await recode(bytes, 1)).toBe(REPORT);
  });
});

test("no-break blanks are blanks, wherever chunks end", async () => {
  const bytes = Buffer.from(REPORT.replaceAll(" ", "\u00a0"));
  for (const size of [bytes.length, 4096]) expect(await recode(bytes, size)).toBe(REPORT);
  const recoder = await createRecoder(bytes);
  const pieces = [];
  for (const byte of bytes) pieces.push(...((await recoder?.push(Uint8Array.of(byte))) ?? []));
  expect(Buffer.concat(pieces.filter((piece) => piece instanceof Uint8Array)).toString()).toBe(REPORT);
});

describe("mail", () => {
  const head = "From: tester@example.org\nSubject: splat\n";

  test.each([
    ["not encoded", "Content-Transfer-Encoding: 8bit\n\n> ä=3D\n--\nsig\n", "> ä=3D\n--\nsig\n"],
    ["a header without a blank", "ARC-Seal:i=1; a=rsa\nContent-Transfer-Encoding:base64\n\nYWJj\n", "abc\n"],
    [
      "quoted-printable, softly broken",
      "Content-Transfer-Encoding: quoted-printable\n\n[    6.3] class=3D=C3=A4 at: file_sta=\nrt_write+0x20/=\n0x23\nend=20\n",
      "[    6.3] class=ä at: file_start_write+0x20/0x23\nend \n",
    ],
    [
      "a charset",
      "Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: quoted-printable\n\n=F1=DA=D9=CB\n",
      "Язык\n",
    ],
    ["a charset that nobody knows", "Content-Type: text/plain; charset=x-martian\n\nabc\n", "abc\n"],
    [
      "format=flowed, quoted",
      "Content-Type: text/plain; format=flowed\n\n> > a \n> > b\n> c \n> > d\n  e \nf\n-- \ng\n",
      ">> a b\n> c \n>> d\n e f\n-- \ng\n",
    ],
    [
      "format=flowed; delsp=yes",
      "Content-Type: text/plain; format=flowed; delsp=yes\n\n-> #1  \n(&a){+.+.}\n>take_ \n>ba\n",
      "-> #1 (&a){+.+.}\n> take_ba\n",
    ],
    [
      "HTML alone",
      "Content-Type: text/html\n\n<style>p{}</style><p>WARNING: &lt;x&gt;<br/>two</p>\n",
      "\nWARNING: &lt;x&gt;\ntwo\n\n",
    ],
  ])("%s", async (_name, rest, text) => {
    expect(await texts(head + rest)).toEqual([text]);
  });

  test("bytes of an undeclared charset stay as they are", async () => {
    const mail = Buffer.from(`${head}\n[\xa0\xa0 6.3]\n`, "latin1");
    const recoder = await createRecoder(mail);
    const [, text] = [...((await recoder?.push(mail)) ?? []), ...((await recoder?.end()) ?? [])];
    expect(text).toEqual(Buffer.from("[\xa0\xa0 6.3]\n", "latin1"));
  });

  test("each text of a mail is a log of its own: parts in parts, a forwarded mail, attachments", async () => {
    const mail =
      `${head}Content-Type: multipart/mixed; boundary=outer\n\npreamble\n` +
      "--outer\nContent-Type: multipart/alternative; boundary=inner\n\n" +
      "--inner\nContent-Transfer-Encoding: quoted-printable\n\n1=3D1\n" +
      "--inner\nContent-Type: text/html\n\n<p>1=1\n--inner--\n" +
      "--outer\nContent-Type: message/rfc822\n\n" +
      "Subject: forwarded\nContent-Transfer-Encoding: quoted-printable\n\n2=3D2\n" +
      "--outer\nContent-Type: application/octet-stream; name=dmesg\nContent-Transfer-Encoding: base64\n\nWyAgIDFd\n" +
      "--outer\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgoAAAA=\n" +
      "--outer--\nfooter\n";
    expect(await texts(mail)).toEqual(["1=1\n", "2=2\n", "[   1]\n", "preamble\n"]);
  });

  test("what is no mail comes out as it is", async () => {
    const text = "Subject: a log\nDate: today\n[    6.3] WARNING: x\n\nmore\n";
    expect(await texts(text)).toEqual([text]);
  });

  const envelope = "From mboxrd@z Sun Nov 22 12:20:06 2026\n";
  const mbox =
    `${envelope}${head}Content-Transfer-Encoding: quoted-printable\nMessage-ID: <1@x>\n\na=3D\n>From me\n\n` +
    `${envelope}${head}Message-ID:<2@x>\nIn-Reply-To: <1@x>\nReferences: <0@x>\n <1@x>\n` +
    "Date: Thu, 5 Mar 2026 20:38:01 +0800\nSubject: =?utf-8?q?=C3=A4?=\n\n" +
    "b=3D\nFrom here on, 12:20:06\n\nFrom me 12\n\n--- a/x\n+++ b/x\n\n" +
    `${envelope}${head}\n> --- a/x\n> +++ b/x\n`;

  test("mbox: every mail has an encoding of its own, and says who it is", async () => {
    const logs = (await recodeAll(Buffer.from(mbox))) ?? [];
    expect(logs.filter((piece) => typeof piece === "string")).toEqual([
      "a=\nFrom me\n\n",
      "b=3D\nFrom here on, 12:20:06\n\nFrom me 12\n\n--- a/x\n+++ b/x\n\n",
      "> --- a/x\n> +++ b/x\n",
    ]);
    const starts = logs.filter((piece) => typeof piece !== "string" && "line" in piece);
    expect(starts.map(({ line }) => line)).toEqual([7, 20, 32]);
    expect(starts[1]?.mail).toEqual({
      messageId: "2@x",
      inReplyTo: "1@x",
      references: ["0@x", "1@x"],
      from: "tester@example.org",
      date: "2026-03-05T12:38:01.000Z",
      subject: "splat",
      hasDiff: true,
    });
    expect(starts.map(({ mail: { hasDiff } }) => hasDiff)).toEqual([false, true, false]);
  });

  test("chunks may end anywhere", async () => {
    const whole = await recodeAll(Buffer.from(mbox));
    const carriage = await recodeAll(Buffer.from(mbox.replaceAll("\n", "\r\n")));
    // a log's reader takes them off
    expect(carriage?.map(withoutReturns)).toEqual(whole);
    for (let size = 1; size < 40; size++) expect(await recodeAll(Buffer.from(mbox), size)).toEqual(whole);
  });

  test("a mail that is too long is read on as it stands", () => {
    const mailbox = new Mailbox(1000);
    const mails = [];
    const mail = Buffer.from(
      `${envelope}${head}\n${"line of a log\n".repeat(200)}\n${envelope}${head}\nnext\n`,
    );
    for (let at = 0; at < mail.length; at += 64) mails.push(...mailbox.push(mail.subarray(at, at + 64)));
    mails.push(...mailbox.end());
    expect(Buffer.concat(mails.map(({ bytes }) => bytes))).toEqual(mail);
    expect(mails.map(({ isRest }) => isRest)).toEqual([false, true, true, false]);
    expect(mails.every(({ bytes }) => bytes.length <= 1064 && bytes.at(-1) === 0x0a)).toBe(true);
    expect(mails.at(-1)?.line).toBe(206);
  });
});
