import { describe, expect, test } from "vitest";
import { createRecoder } from "../../src/read/recode/index.ts";

const REPORT = "[    6.3] -> #1 (&x->lock){+.+.}-{4:4}:\n[    6.4]  =====\n[    6.5] ä\n";

function recode(bytes: Uint8Array, size = bytes.length): string | null {
  const recoder = createRecoder(bytes.subarray(0, 4096));
  if (recoder === null) return null;
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(recoder.push(bytes.subarray(at, at + size)));
  return Buffer.concat([...parts, recoder.end()]).toString("utf8");
}

const recodeText = (text: string, size?: number): string | null => recode(Buffer.from(text, "utf8"), size);

describe("nothing to do", () => {
  test.each([
    ["a console log", REPORT],
    ["nothing", ""],
    ["plain kernel text", "NET: Registered PF_UNIX/PF_LOCAL protocol family\nPCI: CLS 0 bytes, default 64\n"],
    ["NULs of a serial line", `\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0${REPORT}`],
    ["prose", "From the log below it hangs.\nPlease help: it is urgent\n"],
  ])("%s", (_name, text) => {
    expect(recodeText(text)).toBeNull();
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
  ])("%s", (_name, bytes) => {
    expect(recode(bytes)).toBe(REPORT);
    expect(recode(bytes, 7)).toBe(REPORT);
    expect(recode(bytes, 1)).toBe(REPORT);
  });
});

describe("mail", () => {
  const head = "From: tester@example.org\nSubject: splat\n";
  const printable = `${head}Content-Transfer-Encoding: quoted-printable\n\n`;

  test("a body that is not encoded comes out as it went in", () => {
    const mail = `${head}\n> ${REPORT}a=3D\n--\nsignature\n`;
    expect(recodeText(mail)).toBe(mail);
  });

  test("quoted-printable: joined lines leave blank ones, so that lines keep their numbers", () => {
    const mail = `${printable}[    6.3] class=3D=C3=A4 at: file_sta=\nrt_write+0x20/=\n0x23\n[    6.4] next\n`;
    const lines = recodeText(mail)?.split("\n");
    expect(lines?.slice(4)).toEqual([
      "[    6.3] class=ä at: file_start_write+0x20/0x23",
      "",
      "",
      "[    6.4] next",
      "",
    ]);
  });

  test("quoted-printable: a trailing blank written as =20, a lone = and a soft break at the end", () => {
    expect(recodeText(`${printable}a=20\nlock=ZZ\nend=`)).toBe(`${printable}a \nlock=ZZ\nend`);
  });

  test("carriage returns stay", () => {
    const mail = `${printable}a=3D\nb=\nc\n`.replaceAll("\n", "\r\n");
    expect(recodeText(mail)).toBe(`${printable}a=\nbc\n\n`.replaceAll("\n", "\r\n"));
  });

  test("base64: the end of the body keeps its line number", () => {
    const encoded = Buffer.from(REPORT).toString("base64").replace(/.{10}/g, "$&\n");
    const mail =
      `${head}Content-Type: multipart/mixed;\n boundary="b=1"\n\npreamble\n` +
      `--b=1\nContent-Transfer-Encoding: BASE64\n\n${encoded}\n` +
      "--b=1\nContent-Transfer-Encoding: quoted-printable\n\na=3Db\n--b=1--\nepi=3Dlogue\n";
    const out = recodeText(mail) ?? "";
    expect(out).toContain(`\n\n${REPORT}`);
    expect(out.endsWith("quoted-printable\n\na=b\n--b=1--\nepi=3Dlogue\n")).toBe(true);
    expect(out.split("\n").indexOf("--b=1--")).toBe(mail.split("\n").indexOf("--b=1--"));
  });

  test("base64 without a newline at its end does not swallow the boundary", () => {
    const mail =
      `${head}Content-Type: multipart/mixed; boundary=b\n\n` +
      "--b\nContent-Transfer-Encoding: base64\n\nYWJj\n--b--\n";
    expect(recodeText(mail)).toContain("\nabc\n--b--\n");
  });

  test("parts in parts, and a forwarded mail", () => {
    const mail =
      `${head}Content-Type: multipart/mixed; boundary=outer\n\n` +
      "--outer\nContent-Type: multipart/alternative; boundary=inner\n\n" +
      "--inner\nContent-Transfer-Encoding: quoted-printable\n\n1=3D1\n--inner--\n" +
      "--outer\nContent-Type: message/rfc822\n\n" +
      "Subject: forwarded\nContent-Transfer-Encoding: quoted-printable\n\n2=3D2\n" +
      "--outer\n\n3=3D3\n--outer--\n";
    const out = recodeText(mail) ?? "";
    expect(out).toContain("\n1=1\n--inner--\n");
    expect(out).toContain("\n2=2\n--outer\n");
    expect(out).toContain("\n3=3D3\n--outer--\n");
  });

  test("mbox: every mail has an encoding of its own", () => {
    const envelope = "From tester@example.org Sun Nov 22 12:20:06 2026\n";
    const mail = `${envelope}${printable}a=3D\n\n${envelope}${head}\nb=3D\n\n${envelope}${printable}c=3D\n`;
    const out = recodeText(mail) ?? "";
    expect(out).toContain("\na=\n");
    expect(out).toContain("\nb=3D\n");
    expect(out.endsWith("\nc=\n")).toBe(true);
  });

  test("chunks may end anywhere", () => {
    const mail = `${printable}class=3D=C3=A4 at: file_sta=\nrt_write\nnext\n`;
    const whole = recodeText(mail);
    for (let size = 1; size < 40; size++) expect(recodeText(mail, size)).toBe(whole);
  });
});
