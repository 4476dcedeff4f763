import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { HEADLINES } from "../grammar/lines.ts";
import type { Document, Mail } from "../src/report/schema.ts";
import { logLines, triageBytes, triageLines, withoutPlace } from "./support/fixtures.ts";

const LOG = logLines("circular/abba");
const REPORT_AT = LOG.findIndex((line) => line.includes("WARNING: possible circular")) - 1;
const REPORT = LOG.slice(REPORT_AT, REPORT_AT + 80).map((line) => line.replace(/^\[[^\]]*\]\[[^\]]*\] /, ""));

const mail = (id: string, header: string, body: string): string =>
  `From mboxrd@z Sun Nov 22 12:20:06 2026\nMessage-ID: <${id}@x>\nSubject: ${id}\n${header}\n${body}\n\n`;

/** The mail of each report. */
function mailsOf({ reports, sources: [source] }: Document): (Mail | undefined)[] {
  return reports.map(({ lines }) => source?.boots.findLast((boot) => boot.lines.first <= lines.first)?.mail);
}

async function reportsOf(mbox: string): ReturnType<typeof triageBytes> {
  return triageBytes(Buffer.from(mbox), 1000);
}

test("each report says in which mail it stands, and lines are those of the decoded text", async () => {
  const body = REPORT.join("\n");
  const base64 = Buffer.from(body).toString("base64").replace(/.{76}/g, "$&\n");
  const document = await reportsOf(
    mail("one", "In-Reply-To: <zero@x>\n", body) +
      mail("two", "", "nothing\n") +
      mail("three", "Content-Transfer-Encoding:base64\n", `${base64}\n`),
  );
  const { reports, sources } = document;
  const mails = mailsOf(document);
  expect(mails.map((found) => found?.messageId)).toEqual(["one@x", "three@x"]);
  expect(mails[0]).toMatchObject({ subject: "one", inReplyTo: "zero@x", hasDiff: false });
  const [one, three] = withoutPlace(reports);
  expect(one).toMatchObject({ kind: "circular", complete: true, unparsed: 0 });
  expect(three).toEqual(one);
  // From, three headers, a blank line
  expect(reports[0]?.lines.first).toBe(6);
  expect(sources[0]?.bytes).toBeGreaterThan(0);
});

test("no report runs on from one mail into the next", async () => {
  const cut = REPORT.slice(0, 16).join("\n");
  const rest = REPORT.slice(16).join("\n");
  const document = await reportsOf(mail("one", "", cut) + mail("two", "", rest));
  const { reports } = document;
  expect(reports).toHaveLength(1);
  expect(mailsOf(document)[0]?.messageId).toBe("one@x");
  expect(reports[0]).toMatchObject({ complete: false, backtrace: [] });
  expect(reports[0]?.lines.last).toBeLessThanOrEqual(5 + 16);
});

test("no kernel, and no lockdep that is off, leaks from one mail into the next", async () => {
  const { reports, sources } = await reportsOf(
    mail("one", "", LOG.slice(0, REPORT_AT + 80).join("\n")) +
      mail("two", "", "[    1.0] BUG: nothing of ours\n"),
  );
  expect(reports[0]?.kernel).not.toBeNull();
  const boots = sources[0]?.boots ?? [];
  expect(boots.map(({ lockdep }) => lockdep.state)).toEqual(["off", "unknown"]);
  expect(boots[1]?.kernel).toBeNull();
});

test("a mailbox of very many mails keeps no boot for those that hold none", async () => {
  const prose = mail("prose", "", "Hello.\n").repeat(4200);
  const document = await reportsOf(prose + mail("last", "", REPORT.join("\n")));
  expect(mailsOf(document).map((found) => found?.messageId)).toEqual(["last@x"]);
  expect(document.sources[0]?.boots).toHaveLength(1);
});

const CLEAN = logLines("clean/kernfs").join("\n");
/** As a web page: every blank one that does not break. */
function page(lines: readonly string[]): string {
  const text = lines.map((line) =>
    line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(" ", "&nbsp;"),
  );
  return `<html><body>${text.map((line) => `<div>${line}</div>`).join("")}</body></html>`;
}

const HTML = "Content-Type: text/html; charset=utf-8\n";

test.each(["circular/abba", "irq-order/hardsafe"])("%s as a web page", async (name) => {
  const lines = logLines(name).map((line) => line.replace(/^\[[^\]]*\]\[[^\]]*\] /, ""));
  const [whole] = withoutPlace((await triageLines(lines)).reports);
  const { reports } = await reportsOf(mail("one", HTML, page(lines)));
  expect(withoutPlace(reports)).toEqual([whole]);
});

/** A mail as a text and as a web page. */
function both(text: string): string {
  return mail(
    "one",
    'Content-Type: multipart/alternative; boundary="b"\n',
    `--b\nContent-Type: text/plain\n\n${text}\n--b\n${HTML}\n${page(REPORT)}\n--b--`,
  );
}

describe("a mail as a text and as a web page", () => {
  test("the page is read where the text only says that one should", async () => {
    const { reports } = await reportsOf(both("This mail is in HTML."));
    expect(reports).toMatchObject([{ kind: "circular", complete: true }]);
  });

  test("else it is the same again", async () => {
    const { reports } = await reportsOf(both(REPORT.join("\n")));
    expect(reports).toHaveLength(1);
  });
});

test("a clear signature escapes dashes", async () => {
  const signed = REPORT.map((line) => (line.startsWith("-") ? `- ${line}` : line));
  const [whole] = withoutPlace((await triageLines(REPORT)).reports);
  const body = ["-----BEGIN PGP SIGNED MESSAGE-----", "Hash: SHA512", "", ...signed];
  const { reports } = await reportsOf(mail("one", "", body.join("\n")));
  expect(withoutPlace(reports)).toEqual([whole]);
});

const MIXED = "Content-Type: multipart/mixed; boundary=b\n";
const attached = (header: string, content: Buffer): string =>
  `--b\n${header}\nContent-Transfer-Encoding: base64\n\n${content.toString("base64").replace(/.{76}/g, "$&\n")}\n`;
const text = (body: string): string => `--b\nContent-Type: text/plain\n\n${body}\n`;

const LOG_PACKED: [string, string, Buffer][] = [
  ["gzip", 'Content-Type: application/gzip; name="dmesg.gz"', gzipSync(REPORT.join("\n"))],
  [
    "xz",
    'Content-Type: application/octet-stream\nContent-Disposition: attachment; filename="dmesg.xz"',
    execFileSync("xz", ["--stdout"], { input: REPORT.join("\n") }),
  ],
  ["bzip2, called a text", "Content-Type: text/x-log", execFileSync("bzip2", { input: REPORT.join("\n") })],
  [
    "UTF-16, with what a serial line leaves",
    "Content-Type: application/gzip",
    gzipSync(
      Buffer.concat([Buffer.from("fffe0000", "hex"), Buffer.from(`\n${REPORT.join("\n")}`, "utf16le")]),
    ),
  ],
];

test.each(LOG_PACKED)("a log that is attached packed is read: %s", async (_name, header, content) => {
  const document = await reportsOf(
    mail("one", MIXED, `${text("See the log.")}${attached(header, content)}--b--\n`),
  );
  expect(document.reports).toHaveLength(1);
  expect(document.sources).toMatchObject([{ result: "reported", unread: [] }]);
  expect(mailsOf(document).map((found) => found?.messageId)).toEqual(["one@x"]);
});

/** A tar archive of one file, as GNU's makes it. */
function tarOf(content: string): Buffer {
  const directory = mkdtempSync(join(tmpdir(), "splat-triage-"));
  writeFileSync(join(directory, "dmesg"), content);
  const tar = execFileSync("tar", ["--create", "--directory", directory, "dmesg"]);
  rmSync(directory, { recursive: true });
  return tar;
}

const TAR = tarOf(REPORT.join("\n"));
const UNREAD: [string, string, Buffer, string][] = [
  [
    "zip",
    "Content-Type: application/zip; name=a.zip",
    Buffer.from("504b03041400000008", "hex"),
    "attachment a.zip: packed, and not unpacked",
  ],
  [
    "tar",
    "Content-Type: application/x-tar; name=a.tar",
    TAR,
    "attachment a.tar: an archive of files, and not unpacked",
  ],
  [
    "what Outlook packs",
    "Content-Type: application/ms-tnef; name=winmail.dat",
    Buffer.from("789f3e22", "hex"),
    "attachment winmail.dat: sealed, and not opened",
  ],
  [
    "a file within the text",
    "Content-Type: text/plain",
    Buffer.from(`begin 644 dmesg.txt\nM${"+".repeat(60)}\n#86$*\n\`\nend\n`),
    "attachment dmesg.txt: uuencoded, and not decoded",
  ],
  [
    "a packed tar",
    "Content-Type: text/plain; name=a.tgz",
    gzipSync(TAR),
    "attachment a.tgz: an archive of files, and not unpacked",
  ],
  [
    "packed twice",
    "Content-Type: text/plain; name=a.gz",
    gzipSync(gzipSync("x")),
    "attachment a.gz: packed, and not unpacked",
  ],
  [
    "half an archive",
    "Content-Type: text/plain; name=a.gz",
    gzipSync(CLEAN).subarray(0, 900),
    "attachment a.gz: the gzip archive is truncated",
  ],
  [
    "a damaged one",
    "Content-Type: text/plain; name=a.xz",
    Buffer.from("fd377a585a000004e6d6b446", "hex"),
    "attachment a.xz: ",
  ],
  [
    "a large one",
    "Content-Type: text/plain; name=a.gz",
    gzipSync(`${CLEAN}\n${"[   99.000000][    T1] x\n".repeat(3_000_000)}`),
    "attachment a.gz: more than is unpacked of one mail (64 MiB): the rest is not read",
  ],
];

test.each(UNREAD)(
  "an attachment that cannot be unpacked is told, and nothing is clean: %s",
  async (_name, header, content, told) => {
    const body = `${text(CLEAN)}${attached(header, content)}--b--\n`;
    const { sources } = await reportsOf(mail("one", MIXED, body));
    const [source] = sources;
    expect(source).toMatchObject({ result: "unknown", because: "unread", moreUnread: 0 });
    expect(source?.unread.map((unread) => unread.text)).toEqual([expect.stringContaining(told) as string]);
    expect(source?.boots.at(-1)).toMatchObject({ result: "unknown", because: "unread", unread: 1 });
  },
);

test("it is of its own mail alone, and a picture is no log, packed or not", async () => {
  const png = Buffer.from("89504e470d0a1a0a", "hex");
  const pictures = [png, gzipSync(png)].map((bytes) =>
    attached("Content-Type: image/png; name=x.png", bytes),
  );
  const clean = mail("one", MIXED, `${text(CLEAN)}${pictures.join("")}--b--\n`);
  expect((await reportsOf(clean)).sources).toMatchObject([{ result: "clean", unread: [] }]);
  const packed = UNREAD.slice(0, 3).map(([, header, content]) => attached(header, content));
  const { sources } = await reportsOf(clean + mail("two", MIXED, `${packed.join("")}--b--\n`));
  expect(sources[0]?.unread).toHaveLength(3);
  expect(sources[0]?.boots).toMatchObject([{ result: "clean", unread: 0 }]);
  expect(sources[0]).toMatchObject({ result: "unknown", because: "unread" });
});

test("the rest of a mail that is too long to decode is told, once", async () => {
  const line = `${Buffer.from("x".repeat(54)).toString("base64")}\n`;
  const base64 = line.repeat(Math.ceil((20 << 20) / line.length));
  const bytes = Buffer.from(
    mail("one", "Content-Transfer-Encoding: base64\n", base64) + mail("two", "", CLEAN),
  );
  const [source] = (await triageBytes(bytes, 1 << 16)).sources;
  expect(source?.unread.map((unread) => unread.text)).toEqual([
    "the mail goes on for more than 16 MiB: from here on it is read as it stands, not decoded",
  ]);
  expect(source).toMatchObject({ result: "unknown", because: "unread" });
  expect(source?.boots).toMatchObject([{ result: "clean", mail: { messageId: "two@x" } }]);
});

test("the boot that goes on where a mail is too long is not clean", async () => {
  const more = "[   99.000000][    T1] usb 1-1: new device\n".repeat(420_000);
  const [source] = (await triageBytes(Buffer.from(mail("one", "", `${CLEAN}\n${more}`)), 1 << 16)).sources;
  expect(source).toMatchObject({ result: "unknown", because: "unread" });
  expect(source?.boots[0]).toMatchObject({ result: "unknown", because: "unread" });
});

describe("a headline that a mailer broke behind its tag is read, wherever it stands in a log", () => {
  const examples = HEADLINES.flatMap(({ kind, example }) => {
    const [, tag, words] = /^(\w+:) (.*)$/.exec(example) ?? [];
    return tag === undefined || words === undefined ? [] : [[kind, tag, words] as const];
  });
  test.each(examples)("%s, %s %s", async (kind, tag, words) => {
    const stamp = "Nov 22 12:20:06 host kernel: [    6.309448] ";
    const noise = Array.from({ length: 100 }, () => `${stamp}usb 1-1: new high-speed USB device`);
    const { reports, sources } = await triageLines([...noise, stamp + tag, words, ...noise]);
    expect(reports.map((report) => report.kind)).toEqual([kind]);
    expect(sources[0]?.unread).toEqual([]);
  });
});
