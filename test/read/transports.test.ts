import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Line } from "../../src/read/line.ts";
import { createLineDecoder } from "../../src/read/transports/index.ts";

const DIRECTORY = new URL("../../fixtures/transports/", import.meta.url);
const FILES = readdirSync(DIRECTORY).filter((name) => name.endsWith(".txt"));

function bytesOf(name: string): Buffer {
  return readFileSync(new URL(name, DIRECTORY));
}

function decoded(name: string, firstLine = 1): Line[] {
  const physical = bytesOf(name).toString("utf8").split("\n");
  if (physical.at(-1) === "") physical.pop();
  const decoder = createLineDecoder();
  const lines = physical.flatMap((raw, index) =>
    index + 1 < firstLine ? [] : [...decoder.push(raw, index + 1)],
  );
  return [...lines, ...decoder.flush()];
}

/** What the report says, from its first rule to its last line, whatever the blanks. */
function reportIn(lines: readonly Line[]): string[] {
  const texts = lines.map((line) => line.text.trim()).filter((text) => text !== "");
  return texts.slice(
    texts.findIndex((text) => text.startsWith("=====")),
    texts.indexOf("</TASK>") + 1,
  );
}

function lineWith(text: string, name: string): Line {
  const found = decoded(name).find((line) => line.text.trim() === text);
  if (found === undefined) throw new Error(`${name} has no line "${text}"`);
  return found;
}

/** noprefix.txt is kernel text and nothing else: no decoder is needed to read it. */
const PLAIN = bytesOf("noprefix.txt")
  .toString("utf8")
  .split("\n")
  .map((line) => line.trim())
  .filter((line) => line !== "");
const REPORT = PLAIN.slice(PLAIN.indexOf("=".repeat(53)), PLAIN.indexOf("</TASK>") + 1);

describe("one report through each transport", () => {
  test("the files are those that origin.json names", () => {
    const { files } = JSON.parse(bytesOf("origin.json").toString("utf8")) as {
      files: Record<string, string>;
    };
    const digests = FILES.map((name) => [name, createHash("sha256").update(bytesOf(name)).digest("hex")]);
    expect(Object.fromEntries(digests)).toEqual(files);
  });

  test("the report has its 222 lines", () => {
    expect(REPORT).toHaveLength(222);
    expect(REPORT[1]).toBe("WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected");
  });

  test.each(FILES)("%s says the same", (name) => {
    expect(reportIn(decoded(name))).toEqual(REPORT);
  });

  test.each(FILES)("%s says the same when reading begins shortly before the report", (name) => {
    const physical = bytesOf(name).toString("utf8").split("\n");
    const headline = physical.findIndex((line) => line.includes("WARNING: HARDIRQ-safe"));
    // Three records of the form with the most lines a record, the journal's export.
    expect(reportIn(decoded(name, Math.max(1, headline - 40)))).toEqual(REPORT);
  });

  test.each(FILES)("%s keeps line numbers in order and within the file", (name) => {
    const numbers = decoded(name).map((line) => line.number);
    const count = bytesOf(name).toString("utf8").split("\n").length;
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(numbers[0]).toBeGreaterThanOrEqual(1);
    expect(numbers.at(-1)).toBeLessThanOrEqual(count);
  });
});

describe("time, caller and transport of a line in the middle of the report", () => {
  const SECONDS = 6.321139;
  test.each([
    ["ansi_color.txt", SECONDS, null, "dmesg"],
    ["console_caller.txt", SECONDS, "T41", "console"],
    ["devkmsg.txt", SECONDS, "T41", "kmsg"],
    ["dmesg.txt", SECONDS, null, "dmesg"],
    ["dmesg_J.txt", SECONDS, "T41", "dmesg-json"],
    ["dmesg_T.txt", null, null, "dmesg-ctime"],
    ["dmesg_caller.txt", SECONDS, "T41", "dmesg"],
    ["dmesg_d.txt", SECONDS, null, "dmesg-delta"],
    ["dmesg_e.txt", null, null, "dmesg-delta"],
    ["dmesg_iso.txt", null, null, "dmesg-iso"],
    ["dmesg_kmsg_multiline.txt", SECONDS, null, "dmesg"],
    ["dmesg_r.txt", SECONDS, null, "raw"],
    ["dmesg_t.txt", null, null, "plain"],
    ["dmesg_x.txt", SECONDS, null, "dmesg"],
    ["email_quoted.txt", SECONDS, "T41", "email"],
    ["journal_cat.txt", null, null, "plain"],
    ["journal_export.txt", SECONDS, null, "journal-export"],
    ["journal_json.txt", SECONDS, null, "journal-json"],
    ["journal_short-full.txt", null, null, "journal"],
    ["journal_short-iso-precise.txt", null, null, "journal"],
    ["journal_short-iso.txt", null, null, "journal"],
    ["journal_short-monotonic.txt", SECONDS, null, "journal"],
    ["journal_short-precise.txt", null, null, "journal"],
    ["journal_short-unix.txt", null, null, "journal"],
    ["journal_short.txt", null, null, "journal"],
    ["lava_crlf.txt", SECONDS, "T41", "lava"],
    ["noprefix.txt", null, null, "plain"],
    ["rsyslog_escaped.txt", SECONDS, null, "syslog"],
    ["rsyslog_iso.txt", SECONDS, null, "syslog"],
    ["serial_level.txt", SECONDS, "T41", "raw"],
  ])("%s", (name, time, caller, transport) => {
    // Its only leading blank is the kernel's.
    expect(lineWith("(raw_a){-...}-{2:2} -> (raw_b){....}-{2:2}", name)).toMatchObject({
      text: " (raw_a){-...}-{2:2} -> (raw_b){....}-{2:2}",
      time,
      caller,
      transport,
    });
  });

  test.each([
    ["devkmsg.txt", "T41"],
    ["dmesg_J.txt", "T41"],
    ["dmesg_caller.txt", "T41"],
    ["dmesg_kmsg_multiline.txt", null],
    ["journal_export.txt", null],
    ["journal_json.txt", null],
    ["journal_short-monotonic.txt", null],
    ["rsyslog_escaped.txt", null],
  ])("%s: the second line of a record has its time", (name, caller) => {
    const line = lineWith("and this task is already holding:", name);
    expect(line).toMatchObject({ text: "and this task is already holding:", time: 6.320405, caller });
  });
});
