import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FIXTURES, fixtures, triageBytes, withoutPlace } from "./support/fixtures.ts";

type Wrapper = (lines: readonly string[]) => readonly string[];

const each =
  (wrap: (line: string, index: number) => string): Wrapper =>
  (lines) =>
    lines.map(wrap);

const TIME = "2026-11-22T12:20:06.123456789Z";

/** One field of a row, as RFC 4180 writes it. */
function field(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** As Python's html.escape() writes it. */
function escaped(text: string): string {
  const angles = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return angles.replaceAll('"', "&quot;").replaceAll("'", "&#x27;");
}

/** What programs put around a log that they pass on. */
const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  "Docker's json-file": each((line) => JSON.stringify({ log: `${line}\n`, stream: "stdout", time: TIME })),
  "an OpenTelemetry record": each((line) => JSON.stringify({ timestamp: TIME, body: line })),
  "OpenTelemetry's exporter": each((line) => JSON.stringify({ body: { stringValue: line } })),
  Elasticsearch: each((line) => JSON.stringify({ "@timestamp": TIME, message: line })),
  Loki: each((line) => JSON.stringify({ labels: { host: "testbox" }, line, timestamp: TIME })),
  logcli: each((line) => `2026-11-22T12:20:06Z {host="testbox"} ${line}`),
  fluentd: each((line) => `2026-11-22 12:20:06 +0000 kernel.log: ${JSON.stringify({ message: line })}`),
  "Kubernetes CRI": each((line) => `${TIME} stdout F ${line}`),
  "Kubernetes CRI in parts": (lines) =>
    lines.flatMap((line) => [`${TIME} stdout P ${line.slice(0, 30)}`, `${TIME} stdout F ${line.slice(30)}`]),
  "GitHub Actions": each((line) => `2026-11-22T12:20:06.1234567Z ${line}`),
  GitLab: each((line) => `2026-11-22T12:20:06.123456Z 01O ${line}`),
  Jenkins: each((line) => `[2026-11-22T12:20:06.123Z] ${line}`),
  "moreutils ts": each((line) => `Nov 22 12:20:06 ${line}`),
  LAVA: each((line) => `2026-11-22T18:09:10.000012  ${line}`),
  "a JSON array of lines": (lines) => ["[", ...lines.map((line) => ` ${JSON.stringify(line)},`), ' ""', "]"],
  "Ansible's stdout_lines": (lines) => [
    '    "stdout_lines": [',
    ...lines.map((line) => `        ${JSON.stringify(line)},`),
    "    ]",
  ],
  "one JSON string": (lines) => [JSON.stringify({ log: lines.map((line) => `${line}\n`).join("") })],
  "Python's bytes": (lines) => [
    `b'${lines.map((line) => `${line.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}\\n`).join("")}'`,
  ],
  "a string of YAML": (lines) => [`log: ${JSON.stringify(lines.map((line) => `${line}\n`).join(""))}`],
  "a value of Google's or Amazon's": (lines) => [
    "{",
    `  "contents": ${JSON.stringify(lines.map((line) => `${line}\r\n`).join(""))},`,
    '  "next": "5"',
    "}",
  ],
  "a page in a value of JSON": (lines) => [
    JSON.stringify({ id: 1, html: `<pre>\n${lines.map(escaped).join("\n")}\n</pre>` }),
  ],
  "a page in a value of pretty JSON": (lines) => [
    "{",
    `  "html": ${JSON.stringify(`<p>${lines.map(escaped).join("<br>")}</p>`)},`,
    '  "id": 1',
    "}",
  ],
  "a page escaped twice": each((line) => escaped(escaped(line))),
  "a table of which the text is not the last column": (lines) => [
    '"Time","Line","labels"',
    ...lines.map((line) => `"${TIME}",${field(line)},"{""host"":""testbox""}"`),
  ],
  "a table with commas": (lines) => [
    "timestamp,host,message",
    ...lines.map((line) => `${TIME},testbox,${field(line)}`),
  ],
  "a table with tabs": each((line) => `${TIME}\ttestbox\t${line}`),
  "a mail's quote": each((line) => `> ${line}`.trimEnd()),
  "a quote of a quote": each((line) => `> > ${line}`.trimEnd()),
  "carriage returns": each((line) => `${line}\r`),
  "a fence": (lines) => ["It says", "```", ...lines, "```"],
};

/** A form that no table knows; the kernel's lines have a stamp behind it, or none. */
const UNKNOWN: Readonly<Record<string, Wrapper>> = {
  "a stage of Jenkins": each((line) => `[qemu-x86] ${line}`),
  "Open Build Service": each((line, i) => `[${String(i).padStart(5)}s] ${line}`),
  Zuul: each((line, i) => `2026-11-22 12:20:06.${100000 + i} | ubuntu-jammy | ${line}`),
  "a step of GitHub's": each((line) => `boot\tRun qemu\t2026-11-22T12:20:06.1234567Z ${line}`),
  "a clock of Go's": each((line, i) => `2026/11/22 12:20:${String(i % 60).padStart(2, "0")} ${line}`),
  "Tera Term": each((line) => `[Sun Nov 22 12:20:06.123 2026] ${line}`),
  Log4j: each((line) => `2026-11-22 12:20:06,123 [main] INFO  org.example.Console - ${line}`),
  "a comment": each((line) => `# ${line}`.trimEnd()),
  "a chat": each((line) => `<tester> ${line}`),
  grep: each((line) => `dmesg.txt:${line}`),
  numbers: each((line, i) => `${String(i + 1).padStart(6)}\t${line}`),
  "a vendor's field": each((line) => line.replace(/^(\[ *\d[^\]]*\])(?:\[[^\]]*\])? ?/, "$1 -(1)[41:init]")),
  logfmt: each((line) => `time="2026-11-22T12:20:06Z" level=info msg=${JSON.stringify(line)}`),
  Fluent: each(
    (line, i) => `[${i}] kmsg.0: [1795350006.123, {"priority"=>4, "msg"=>${JSON.stringify(line)}}]`,
  ),
  "a list of YAML": each((line) => `- '${line.replaceAll("'", "''")}'`),
  "a list of Python": (lines) => [
    `[${lines.map((line) => `'${line.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`).join(", ")}]`,
  ],
  XML: each(
    (line, i) =>
      `<line n="${i}">${line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")}</line>`,
  ),
  "the bytes of journald": each(
    (line) => `{"MESSAGE":${JSON.stringify([...Buffer.from(line)])},"_TRANSPORT":"kernel"}`,
  ),
  "an editor's ends": each((line) => `${line}$`),
  "pytest's captured output": each((line) => `E         ${line}`.trimEnd()),
  "pytest's captured log": each((line) => `INFO     root:console.py:12 ${line}`),
  "pytest's live log": each((line) => `2026-11-22 12:20:06 [    INFO] ${line} (console.py:12)`),
  Nexus: each(
    (line, i) => `2026-11-22 12:20:06,123+0000 INFO  [qtp-${i % 7}] *UNKNOWN org.example.Console - ${line}`,
  ),
  "bold in Markdown": each((line) => `**${line}**`),
  "bold in a chat": each((line) => `*${line}*`),
};

const TRANSPORTS = join(FIXTURES, "transports");

/** One of each form in which a kernel's log reaches a program that passes it on. */
const FORMS = [
  "devkmsg.txt",
  "dmesg_T.txt",
  "dmesg_iso.txt",
  "dmesg_kmsg_multiline.txt",
  "dmesg_x.txt",
  "journal_json.txt",
  "journal_short-iso.txt",
  "journal_short-monotonic.txt",
  "journal_short.txt",
  "noprefix.txt",
  "rsyslog_escaped.txt",
];

function isWhole(directory: string): boolean {
  return readFileSync(join(directory, "report.json"), "utf8").includes('"complete": true');
}

/** Of each kind one real log, as a console printed it. */
const kinds = new Map(
  fixtures()
    .filter(({ bytes }) => /^\[ *\d+\.\d{6}\]\[ *[TC]\d+\] /m.test(bytes.toString("latin1")))
    .filter(({ name, directory }) => !/^(?:clean|selftest|fixes|proc)\//.test(name) && isWhole(directory))
    .map((fixture) => [fixture.name.split("/")[0] ?? "", fixture] as const),
);

function linesOf(bytes: Buffer): string[] {
  return bytes.toString("utf8").replaceAll("\r", "").split("\n").slice(0, -1);
}

/** The first report, and some lines before it. */
async function around({ bytes }: { readonly bytes: Buffer }): Promise<string[]> {
  const { reports } = await triageBytes(bytes);
  const { first, last } = reports[0]?.lines ?? { first: 1, last: 1 };
  return linesOf(bytes).slice(Math.max(0, first - 12), last);
}

async function reportsIn(lines: readonly string[]): Promise<unknown[]> {
  const { reports } = await triageBytes(Buffer.from(lines.map((line) => `${line}\n`).join("")));
  return withoutPlace(reports);
}

/** As vmcore-dmesg prints: a record's first line with stamp and caller, the others bare. */
function asOfVmcore(lines: readonly string[]): string[] {
  return lines.map((line, i) => {
    const [prefix] = /^\[[^\]]*\]\[[^\]]*\]/.exec(line) ?? [];
    const isOfRecord = prefix !== undefined && lines[i - 1]?.trimEnd() === prefix;
    return isOfRecord ? line.slice(prefix.length + 1) : line;
  });
}

/** As `git log` indents a message, without stamps. */
function asOfGit(lines: readonly string[]): string[] {
  return lines.map((line) => `    ${line.replace(/^\[[^\]]*\](?:\[[^\]]*\])? ?/, "")}`.trimEnd());
}

test("the kinds are many", () => {
  expect(kinds.size).toBeGreaterThan(15);
});

test.each([...kinds])("a report of kind %s, of which records have one stamp each", async (_kind, fixture) => {
  const lines = await around(fixture);
  expect(await reportsIn(asOfVmcore(lines))).toEqual(await reportsIn(lines));
});

test.each([...kinds])("a report of kind %s in a commit message", async (_kind, fixture) => {
  const lines = await around(fixture);
  expect(await reportsIn(["commit 0123456789ab", "", ...asOfGit(lines)])).toEqual(
    await reportsIn(asOfGit(lines).map((line) => line.slice(4))),
  );
});

describe.each(Object.entries(WRAPPERS))("%s", (_name, wrap) => {
  test.each([...kinds])("around a console with a report of kind %s", async (_kind, fixture) => {
    const lines = await around(fixture);
    expect(await reportsIn(wrap(lines))).toEqual(await reportsIn(lines));
  });

  test.each(FORMS)("around %s", async (file) => {
    const lines = linesOf(readFileSync(join(TRANSPORTS, file)));
    expect(await reportsIn(wrap(lines))).toEqual(await reportsIn(lines));
  });
});

describe.each(Object.entries(UNKNOWN))("%s, which no table knows", (_name, wrap) => {
  test.each([...kinds])("around a report of kind %s", async (_kind, fixture) => {
    const lines = await around(fixture);
    expect(await reportsIn(wrap(lines))).toEqual(await reportsIn(lines));
    const bare = lines.map((line) => line.replace(/^\[[^\]]*\](?:\[[^\]]*\])? ?/, ""));
    expect(await reportsIn(wrap(bare))).toEqual(await reportsIn(bare));
  });
});

test("a headline that a person put in bold is read", async () => {
  const lines = linesOf(kinds.get("circular")?.bytes ?? Buffer.alloc(0));
  const stressed = lines.map((line) => (line.includes("WARNING: ") ? `**${line}**` : line));
  expect(await reportsIn(stressed)).toEqual(await reportsIn(lines));
});
