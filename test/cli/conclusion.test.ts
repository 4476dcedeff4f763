import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Diff } from "../../src/compare/diff-schema.ts";
import { BootLine, Document } from "../../src/report/schema.ts";
import { bootFiles } from "../support/boots.ts";
import { FIXTURES, logLines } from "../support/fixtures.ts";

/** What the command concludes of logs, in its exit status, on standard error and in what it prints. */

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const path = (fixture: string): string => join(FIXTURES, fixture, "dmesg.txt");
const [ABBA, CLEAN, TWICE] = [path("circular/abba"), path("clean/kernfs"), path("rcu/twice")];
const LINES = logLines("clean/kernfs");

function run(args: readonly string[], input: string | Buffer = ""): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: "utf8",
    input,
    env: { PATH: process.env["PATH"] },
    maxBuffer: 1 << 28,
  });
}

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function file(name: string, content: string | Buffer): string {
  const made = join(directory, name);
  writeFileSync(made, content);
  return made;
}

const isHarmful = (text: string): boolean => text.includes("\u001b") || text.includes("\u202e");

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
const behind = (line: string): string => textOf([...LINES.slice(0, -2), line, ...LINES.slice(-2)]);
const stamped = (text: string): string => `[    5.210000][    T1] ${text}`;

function diffStatus(...args: readonly string[]): number | null {
  return run(["diff", "--exit-code", ...args]).status;
}

function ndjsonOf(args: readonly string[]): unknown[] {
  const { stdout } = run(["-f", "ndjson", ...args]);
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}

function names(result: SpawnSyncReturns<string>): string[] {
  return Document.parse(JSON.parse(result.stdout)).sources.map(({ name }) => name);
}

function documentOf(...args: readonly string[]): Document {
  return Document.parse(JSON.parse(run(args).stdout));
}

describe("--exit-code", () => {
  test("0 only for boots that could have shown a report, and that is all that is said", () => {
    expect(run(["--exit-code", CLEAN])).toMatchObject({ status: 0, stderr: "" });
    expect(run(["--exit-code", CLEAN, CLEAN])).toMatchObject({ status: 0, stderr: "" });
    expect(run(["--exit-code", ABBA])).toMatchObject({ status: 1, stderr: "" });
    expect(run(["--exit-code", CLEAN, ABBA]).status).toBe(1);
  });

  test.each<[string, string, string]>([
    ["a file that says hello", "hello\n", "nothing in the log is from a kernel"],
    ["nothing at all", "", "nothing in the log is from a kernel"],
    ["a log that is cut", textOf(LINES.slice(0, 150)).slice(0, -9), "the log is cut off"],
    ["lockdep off", behind(stamped("INFO: lockdep is turned off.")), "lockdep was off"],
    [
      "lockdep never on",
      textOf(LINES.filter((line) => !line.includes("Lock dep"))),
      "nothing shows that lockdep",
    ],
    ["a panic", behind(stamped("Kernel panic - not syncing: x")), "the kernel panicked"],
    ["dropped messages", behind("** 3 printk messages dropped **"), "messages were lost"],
    [
      "a headline written small",
      behind(stamped("warning: bad unlock balance detected!")),
      "could not be read",
    ],
    ["a telling line alone", behind(stamped("-> #1 (lock_b){+.+.}-{2:2}:")), "could not be read"],
  ])("%s: 125, in every format, and standard error says why", (_, log, why) => {
    for (const format of ["json", "table", "ndjson", "markdown", "kernel"]) {
      const { status: said, stderr } = run(["--exit-code", "-f", format], log);
      expect([format, said]).toEqual([format, 125]);
      expect(stderr).toContain(`splat-triage: cannot tell: standard input: `);
      expect(stderr).toContain(why);
    }
    const { status } = run(["--exit-code", "--jobs", "2", CLEAN, file("doubt.log", log)]);
    expect(status).toBe(125);
    expect(run([], log).status).toBe(0);
  });

  test("an archive that is truncated cannot be read: 2, and the document says that it is cut", () => {
    const packed = gzipSync(readFileSync(CLEAN));
    const { status, stdout } = run(["--exit-code", file("cut.gz", packed.subarray(0, -4))]);
    expect(status).toBe(2);
    expect(Document.parse(JSON.parse(stdout)).sources[0]).toMatchObject({
      result: "unknown",
      because: "cut",
    });
  });

  test("what is known does not count, nor that it turned lockdep off; all else does", () => {
    const known = file("known.yaml", "- kind: circular\n  note: known\n");
    const withKnown = (log: string): number | null => run(["--known", known, "--exit-code"], log).status;
    const reported = textOf(logLines("circular/abba"));
    expect(withKnown(reported)).toBe(0);
    expect(withKnown(`${reported}${textOf(LINES)}`)).toBe(0);
    expect(withKnown(`${reported}${textOf(LINES.slice(0, 150))}`)).toBe(125);
    expect(withKnown(`${reported}** 2 printk messages dropped **\n`)).toBe(125);
    expect(withKnown(`${reported}[    9.0] *** DEADLOCK ***\n`)).toBe(125);
    expect(withKnown(textOf(logLines("rcu/twice")))).toBe(1);
  });

  test("copies of /proc/lockdep beside a log are no logs without a report", () => {
    const boot = join(directory, "boot");
    mkdirSync(boot);
    for (const [name, text] of Object.entries(bootFiles("clean"))) writeFileSync(join(boot, name), text);
    expect(run(["--exit-code", boot]).status).toBe(0);
    rmSync(join(boot, "dmesg"));
    expect(run(["--exit-code", boot])).toMatchObject({
      status: 125,
      stderr: "splat-triage: cannot tell: no log was read\n",
    });
  });

  test("--follow concludes at the end of its input", () => {
    const logs = [textOf(LINES), readFileSync(ABBA, "utf8"), "hello\n"];
    expect(logs.map((log) => run(["--follow", "--exit-code"], log).status)).toEqual([0, 1, 125]);
  });
});

describe("lines that were not read", () => {
  const far = Array.from({ length: 40 }, (_, i) => stamped(`usb 1-1: new device number ${i}`));
  const farFrom = (line: string): Document["sources"][number] | undefined =>
    Document.parse(JSON.parse(run([], textOf([...LINES, ...far, stamped(line), ...far])).stdout)).sources[0];

  test.each([
    "bug: scheduling while atomic: swapper/0/1/0x00000002",
    "bug: sleeping function called from invalid context at mm/slab.h:12",
    "info: trying to register non-static key.",
    "info: possible recursive locking detected",
    "warning: bad unlock balance detected!",
  ])("a headline written small, far from any other line: %s", (text) => {
    const { length } = [...LINES, ...far];
    expect(farFrom(text)).toMatchObject({ because: "unread", unread: [{ line: length + 1, text }] });
  });

  test.each([
    "kworker debug: scheduling of atomic work",
    "app[1]: info: lock key registered",
    "x: bug: fixed",
    "info: task context",
  ])("other lines with such a tag are none: %s", (text) => {
    expect(farFrom(text)).toMatchObject({ result: "clean", unread: [] });
  });

  const hostile = behind(stamped("WARNING:  possible recursive locking detected \u001b[31m\u202e"));

  test("are told on standard error, harmless, by every command that reads logs", () => {
    const log = file("unread.log", hostile);
    for (const args of [
      [log],
      ["-f", "table", log],
      ["explain", log],
      ["graph", log],
      ["diff", CLEAN, log],
      ["bisect", "verdict", "--target", ABBA, log],
    ]) {
      const { stderr } = run(args);
      expect([args, stderr]).toEqual([
        args,
        expect.stringContaining(`${log}:236: may be a report's, and was not read`),
      ]);
      expect(isHarmful(stderr)).toBe(false);
    }
  });

  test("stand in the table and in Markdown", () => {
    const log = file("unread.log", hostile);
    for (const format of ["table", "markdown"]) {
      const { stdout } = run(["-f", format, log]);
      expect(stdout).toContain("could not be read");
      expect(stdout).toMatch(/not read: line 236:? +`?WARNING: +possible recursive locking detected/);
      expect(isHarmful(stdout)).toBe(false);
    }
  });

  test("make bisect say that it cannot tell, and keep diff from counting the boot", () => {
    const log = file("unread.log", hostile);
    expect(run(["bisect", "verdict", "--target", ABBA, log])).toMatchObject({
      status: 125,
      stderr: expect.stringContaining(
        "lines or attachments that may hold a report could not be read",
      ) as string,
    });
    const { changes } = JSON.parse(run(["diff", ABBA, log]).stdout) as { changes: unknown[] };
    expect(changes).toMatchObject([
      {
        status: "masked",
        new: { hits: 0, observed: 0 },
        unobserved: { new: [{ reason: "unread", boots: 1 }] },
      },
    ]);
  });
});

describe("diff --exit-code", () => {
  test("1 where something is new, 0 where nothing is", () => {
    expect([
      diffStatus(CLEAN, ABBA),
      diffStatus(ABBA, ABBA),
      diffStatus(CLEAN, CLEAN),
      diffStatus(ABBA, CLEAN),
    ]).toEqual([1, 0, 0, 0]);
  });

  test("125 where the old side could not have shown it, or the new side proves nothing", () => {
    const hello = file("hello.log", "hello\n");
    expect(diffStatus(hello, ABBA)).toBe(125);
    expect(diffStatus(CLEAN, hello)).toBe(125);
    expect(diffStatus(CLEAN, file("cut.log", textOf(LINES.slice(0, 100)).slice(0, -5)))).toBe(125);
    expect(run(["diff", "--exit-code", hello, ABBA]).stderr).toContain(
      "cannot tell: no boot of the old side could have shown possible deadlock in take_ba",
    );
  });

  test("what is known is not new", () => {
    const known = file("known.yaml", "- kind: circular\n  note: known\n");
    expect(diffStatus("--known", known, CLEAN, ABBA)).toBe(0);
    expect(diffStatus("--known", known, CLEAN, TWICE)).toBe(1);
    const { changes } = Diff.parse(JSON.parse(run(["diff", "--known", known, CLEAN, ABBA]).stdout));
    expect(changes.map((change) => change.known)).toEqual([{ entry: 0, note: "known" }]);
    expect(run(["diff", "--known", known, "-f", "table", CLEAN, ABBA]).stdout).toMatch(
      /new {2}known {2}circular[^]*\n +known +known\n/,
    );
    expect(run(["diff", "--known", known, "-f", "markdown", CLEAN, ABBA]).stdout).toMatch(
      /^## new, known: /m,
    );
    expect(run(["diff", "--known", known, "-f", "html", CLEAN, ABBA]).stdout).toContain(
      '<span class="tag known">known</span></header>',
    );
  });

  test("without it 0, whatever changed", () => {
    expect(run(["diff", CLEAN, ABBA]).status).toBe(0);
  });
});

describe("ndjson", () => {
  test("spells the source out without boots and unread lines, so that a line stays short", () => {
    const boots = Array.from(
      { length: 3000 },
      (_, i) => `[    0.000000] Linux version 6.${i}.${"1".repeat(50)} (a@b) #${i} SMP\n[    9.000000] x\n`,
    ).join("");
    const marks = "[    9.5] *** DEADLOCK ***\n".repeat(200);
    const log = `${boots}${marks}${readFileSync(ABBA, "utf8")}`;
    const report = run(["-f", "ndjson"], readFileSync(ABBA)).stdout;
    for (const args of [["-f", "ndjson"], ["--follow"]]) {
      const { stdout } = run(args, log);
      expect(stdout.length).toBeLessThan(report.length + 32_000);
      const { source } = JSON.parse(stdout) as { source: object };
      expect(Object.keys(source)).toEqual([
        "name",
        "bytes",
        "lines",
        "transport",
        "kernels",
        "lockdep",
        "result",
        "because",
      ]);
    }
  });

  test("--boots: a line for each boot, too, also where it shows nothing", () => {
    const all = ndjsonOf(["--boots", CLEAN, TWICE, file("hello.log", "hello\n")]);
    const found = all.map((line) => BootLine.safeParse(line).data).filter((line) => line !== undefined);
    const ids = ndjsonOf([TWICE]).map((line) => (line as { id: string }).id);
    expect(all).toHaveLength(ids.length + 2);
    expect(found.map(({ source, boot, reports }) => [source.name, boot.result, reports])).toEqual([
      [CLEAN, "clean", []],
      [TWICE, "reported", ids],
    ]);
    const followed = run(["--follow", "--boots"], readFileSync(CLEAN)).stdout;
    expect(BootLine.parse(JSON.parse(followed))).toMatchObject({ boot: { result: "clean" }, reports: [] });
    const schema = JSON.parse(run(["schema", "boot"]).stdout) as object;
    const validate = new Ajv2020({ strict: false }).compile(schema);
    const isValid = (line: unknown): boolean => validate(line);
    expect(all.filter(isValid)).toEqual(found);
    expect(schema).toMatchObject({ title: "splat-triage-boot/1" });
    expect(run(["--boots", CLEAN])).toMatchObject({
      status: 2,
      stderr: "splat-triage: --boots needs -f ndjson\n",
    });
  });
});

describe("which reports are printed", () => {
  const LOGS = [ABBA, TWICE, path("circular/kernfs"), CLEAN];
  const all = (): Document["reports"] => documentOf(...LOGS).reports;

  test("by kind, class and id; the summary counts what is printed, the exit status all that was found", () => {
    const kinds = documentOf("--kind", "rcu", ...LOGS);
    expect(kinds.reports).toEqual(all().filter(({ kind }) => kind === "rcu"));
    expect(kinds.summary).toMatchObject({ reports: 2, byKind: { rcu: 2 } });
    expect(documentOf("--class", "kn->active*", ...LOGS).reports).toEqual(
      all().filter(({ cycle }) => cycle.includes("kn->active")),
    );
    expect(documentOf("--class", "kn->active", ...LOGS).reports).toHaveLength(1);
    const id = all()[0]?.id ?? "";
    expect(documentOf("--id", id, "--kind", "circular", "--kind", "rcu", ...LOGS).reports).toEqual(
      all().filter((report) => report.id === id),
    );
    expect(run(["--exit-code", "--kind", "limit", ...LOGS]).status).toBe(1);
  });

  test("what a source says of a report is of its place in the document", () => {
    const { reports, sources } = documentOf("--kind", "circular", path("recursive/aa"), ABBA);
    expect(reports).toHaveLength(1);
    expect(sources.map(({ lockdep }) => lockdep.offAt?.report)).toEqual([null, 0]);
    const sorted = documentOf("--sort", "title", ...LOGS);
    for (const { lockdep } of sorted.sources.filter(({ lockdep: { offAt } }) => offAt?.reason === "report"))
      expect(sorted.reports[lockdep.offAt?.report ?? -1]?.lines.first).toBe(lockdep.offAt?.line);
  });

  test("in another order, and so many", () => {
    const titles = documentOf("--sort", "title", ...LOGS).reports.map(({ title }) => title);
    expect(titles).toEqual(
      all()
        .map(({ title }) => title)
        .toSorted(),
    );
    const times = documentOf("--sort", "time", ...LOGS).reports.map(({ time }) => time ?? 0);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const counted = documentOf("--sort", "count", ABBA, TWICE, TWICE, "--limit", "3");
    expect(new Set(counted.reports.slice(0, 2).map(({ id }) => id)).size).toBe(1);
    expect(counted.summary.reports).toBe(3);
    for (const format of ["ndjson", "kernel", "table", "markdown"]) {
      const { stdout } = run(["-f", format, "--limit", "1", "--sort", "title", ...LOGS]);
      expect([
        format,
        stdout.includes("take_ba"),
        stdout.length < run(["-f", format, ...LOGS]).stdout.length,
      ]).toEqual([format, titles[0]?.includes("take_ba"), true]);
    }
  });

  test.each([
    [["--kind", "nothing"], "It must be one of circular, recursive"],
    [["--limit", "-1"], "It must be a whole number"],
    [["--sort", "size"], "Allowed choices are count, time, title"],
    [["--follow", "--limit", "1"], "--sort and --limit need all reports"],
  ])("%j is wrong", (args, reason) => {
    const { status, stderr } = run(args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(reason)]);
  });
});

describe("--files-from", () => {
  test("names of inputs, one a line or each with a NUL behind it, beside those of the command line", () => {
    const list = file("list", `${ABBA}\n\n${CLEAN}\r\n`);
    expect(names(run(["--files-from", list]))).toEqual([ABBA, CLEAN]);
    expect(names(run([TWICE, "--files-from", "-"], `${ABBA}\n`))).toEqual([TWICE, ABBA]);
    const odd = file("a\nb.log", "hello\n");
    expect(names(run(["--files-from", "-", "-0"], `${odd}\0${ABBA}\0`))).toEqual([odd, ABBA]);
  });

  test.each<[string[], string, string]>([
    [["--files-from", "-"], "", "-: names no input"],
    [["--files-from", "/nowhere"], "", "/nowhere: no such file"],
    [["--files-from", "-", "-"], `${ABBA}\n`, "standard input can be read only once"],
    [["-0"], "", "-0 needs --files-from"],
    [["--follow", "--files-from", "-"], "x\n", "--follow reads standard input, not files"],
  ])("%j is told", (args, input, reason) => {
    expect(run(args, input)).toMatchObject({ status: 2, stderr: `splat-triage: ${reason}\n` });
  });
});
