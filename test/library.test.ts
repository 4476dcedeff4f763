import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as library from "../src/index.ts";
import { FORMATS, formatsOf, partsOf } from "../src/render/formats.ts";
import type { LogData } from "../src/triage/log-input.ts";
import { FIXTURES } from "./support/fixtures.ts";
import { written } from "./support/written.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ABBA = join(FIXTURES, "circular/abba/dmesg.txt");
const GUIDE = readFileSync(join(ROOT, "docs/library.md"), "utf8");

/** Each example of the guide, and what it prints. */
const EXAMPLES = [...GUIDE.matchAll(/```js\n([^]*?)```\n\n```text\n([^]*?)```/g)].map(
  ([, code = "", prints = ""]) => ({ code, prints }),
);

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-library-"));
  mkdirSync(join(directory, "node_modules"));
  symlinkSync(ROOT, join(directory, "node_modules/splat-triage"));
  copyFileSync(ABBA, join(directory, "dmesg.txt"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe("the guide", () => {
  test.each(EXAMPLES)("example %# prints what it says", ({ code, prints }) => {
    writeFileSync(join(directory, "example.mjs"), code);
    expect(execFileSync(process.execPath, ["example.mjs"], { cwd: directory, encoding: "utf8" })).toBe(
      prints,
    );
  });

  test("has an example of every function that is exported", () => {
    const code = EXAMPLES.map((example) => example.code).join("\n");
    expect(Object.keys(library).filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
    expect(EXAMPLES.length).toBe(GUIDE.match(/```js/g)?.length);
  });
});

const BYTES = readFileSync(ABBA);
const TEXT = BYTES.toString("utf8");

function webStream(): LogData {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new Uint8Array(BYTES.subarray(0, 5000)));
      controller.enqueue(new Uint8Array(BYTES.subarray(5000)));
      controller.close();
    },
  });
}

describe("triage()", () => {
  test.each<readonly [string, () => LogData]>([
    ["a string", () => TEXT],
    ["a Buffer", () => BYTES],
    ["an ArrayBuffer", () => new Uint8Array(BYTES).buffer],
    ["a list of strings", () => [TEXT.slice(0, 5000), TEXT.slice(5000)]],
    ["a stream of Node", () => createReadStream(ABBA)],
    ["a stream of text of Node", () => createReadStream(ABBA, "utf8")],
    ["a stream of the web", webStream],
    ["a gzipped Buffer", () => gzipSync(BYTES)],
    ["a stream of a gzipped log", () => [gzipSync(BYTES).subarray(0, 3), gzipSync(BYTES).subarray(3)]],
  ])("reads %s", async (_name, chunks) => {
    const { reports } = await library.triage([{ name: "x", chunks: chunks() }]);
    expect(reports.map(({ title }) => title)).toEqual(["possible deadlock in take_ba"]);
    const streamed = [];
    for await (const report of library.triageStream({ name: "x", chunks: chunks() })) streamed.push(report);
    expect(streamed).toEqual(reports);
  });

  test.each<readonly [unknown, string]>([
    [undefined, "inputs: expected a list of logs, each { name, chunks }, not undefined"],
    [TEXT, "inputs: expected a list of logs, each { name, chunks }, not a string"],
    [BYTES, "inputs: expected a list of logs, each { name, chunks }, not a Buffer"],
    [{ name: "x", chunks: TEXT }, "inputs: expected a list of logs, each { name, chunks }, not a Object"],
    [[TEXT], "inputs[0]: a log is { name, chunks }, not a string"],
    [
      [
        { name: "x", chunks: TEXT },
        { name: 1, chunks: TEXT },
      ],
      "inputs[1].name: expected a string, not a number",
    ],
    [[{ name: "x", chunks: 1 }], "inputs[0].chunks: expected bytes, text, or a stream of them, not a number"],
    [
      [{ name: "x", chunks: Promise.resolve(TEXT) }],
      "inputs[0].chunks: expected bytes, text, or a stream of them, not a Promise",
    ],
    [[{ name: "x", chunks: [1] }], "inputs[0].chunks: it yields a number instead of bytes or text"],
  ])("refuses what is no log: %#", async (inputs, message) => {
    await expect(library.triage(inputs as never)).rejects.toThrow(new TypeError(message));
  });
});

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield BYTES;
  await Promise.resolve();
  throw new Error("the connection was lost");
}

describe("a stream that fails", () => {
  test("is named, and nothing that was read of it or of the others is lost", async () => {
    const logs = [
      { name: "a", chunks: breaking() },
      { name: "b", chunks: gzipSync(BYTES).subarray(0, -9) },
      { name: "c", chunks: BYTES },
    ];
    const error: unknown = await library.triage(logs).catch((thrown: unknown) => thrown);
    if (!(error instanceof library.TriageError)) throw error;
    expect(error).toBeInstanceOf(library.InputError);
    expect(error.failures.map(({ message }) => message)).toEqual([
      "a: the connection was lost",
      "b: the gzip archive is truncated",
    ]);
    expect({ message: error.message, cause: error.cause }).toEqual({
      message: "a: the connection was lost",
      cause: new Error("the connection was lost"),
    });
    expect(error.document.reports.map(({ source, title }) => [source, title])).toEqual(
      [0, 1, 2].map((source) => [source, "possible deadlock in take_ba"]),
    );
  });

  test("gives what it held, and then the error", async () => {
    const found: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const { title } of library.triageStream({ name: "a", chunks: breaking() }))
        found.push(title);
    };
    await expect(reading()).rejects.toThrow(new library.InputError("a", "the connection was lost"));
    expect(found).toEqual(["possible deadlock in take_ba"]);
  });
});

test.each(formatsOf("reports"))("render() writes reports as the command does: %s", async (format) => {
  const document = await library.triage([{ name: "a", chunks: BYTES }]);
  const text = await library.render("reports", format, document);
  const loaded = await FORMATS.reports[format]();
  const paper = { width: 80, color: false };
  expect(text).toBe(
    typeof loaded === "function"
      ? [...partsOf(await loaded(document, paper))].join("")
      : await written(loaded, document),
  );
});

test("a stream that has been read says so, and is no empty log", async () => {
  const chunks = createReadStream(ABBA);
  await library.triage([{ name: "a", chunks }]);
  await expect(library.triage([{ name: "a", chunks }])).rejects.toThrow(
    "inputs[0].chunks: this stream has been read to its end already",
  );
});

test("render() refuses a format that is none", async () => {
  expect(() => library.formatsOf("pdf" as never)).toThrow(new RangeError('no document "pdf"'));
  const document = await library.triage([]);
  await expect(library.render("reports", "pdf" as never, document)).rejects.toThrow(
    'no format "pdf" of "reports"',
  );
});
