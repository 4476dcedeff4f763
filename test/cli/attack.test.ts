import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IDENTITY_VERSION } from "../../src/identity/identity.ts";
import { type DocumentName, FORMATS, formatsOf } from "../../src/render/formats.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { TestRepository } from "../support/git.ts";

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));

/** What a terminal would obey, or hide; a line break is ours. */
const HARMFUL = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * An attack as a log holds it, and as it is to be seen. A whole sequence for a terminal is taken for what dmesg or a
 * recorded terminal put around the kernel's text, and is left out like other prefixes.
 */
const ATTACKS: readonly (readonly [name: string, bytes: Buffer, shown: string])[] = [
  ["title", Buffer.from("\x1b]0;owned\x07"), ""],
  ["hyperlink", Buffer.from("\x1b]8;;http://evil\x1b\\"), ""],
  ["clipboard", Buffer.from("\x1b]52;c;ZXZpbA==\x07"), ""],
  ["C1", Buffer.from("\u009b2J"), "\\u{9b}2J"],
  ["bidi", Buffer.from("\u202egpj"), "\\u{202e}gpj"],
  ["no-utf8", Buffer.from([0xff, 0x9b]), "\\xff\\x9b"],
];

function run(args: readonly string[]): { stdout: string; stderr: string; status: number | null } {
  return spawnSync(process.execPath, [COMMAND, ...args], { encoding: "utf8", maxBuffer: 1 << 28 });
}

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-attack-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** A real report whose task and lock are named by an attacker. */
function logWith(attack: Buffer): Buffer {
  const log = readFileSync(join(FIXTURES, "circular/abba/dmesg.txt"), "latin1");
  const name = attack.toString("latin1");
  return Buffer.from(
    log.replaceAll("splat ba:1", `x${name}`).replaceAll("(lock_a)", `(lock${name})`),
    "latin1",
  );
}

test("a line from which a whole sequence was taken stays in the JSON as it was", () => {
  const path = join(directory, "whole.log");
  writeFileSync(path, logWith(Buffer.from("\x1b]52;c;ZXZpbA==\x07")));
  const { stdout } = run([path]);
  expect(HARMFUL.exec(stdout)).toBeNull();
  const { reports } = JSON.parse(stdout) as { reports: [{ complete: boolean; damage: { what?: string }[] }] };
  expect(reports[0].complete).toBe(true);
  const raw = reports[0].damage.map(({ what }) => what ?? "");
  expect(raw).toContainEqual(expect.stringContaining("-> #0 (lock\x1b]52;c;ZXZpbA==\x07)"));
  // colours are no part of what the kernel printed
  writeFileSync(path, logWith(Buffer.from("\x1b[31m")));
  expect(run([path]).stdout).not.toContain("control-sequences");
});

describe.each(ATTACKS)("%s in a comm and a class", (name, bytes, shown) => {
  let path = "";
  beforeAll(() => {
    path = join(directory, `${name}.log`);
    writeFileSync(path, logWith(bytes));
  });

  test.each([
    ["-f", "table"],
    ["-f", "markdown"],
    ["-f", "kernel"],
    ["explain"],
    ["explain", "-f", "markdown"],
  ])("is only shown: %s %s", (...args) => {
    const { stdout, stderr, status } = run([...args.filter((arg) => arg !== undefined), path]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(HARMFUL.exec(stdout)).toBeNull();
    expect(stdout).toContain(`lock${shown}`);
  });

  test.each(["json", "ndjson"])("is recoverable from %s, which is plain text itself", (format) => {
    const { stdout } = run(["-f", format, path]);
    expect(HARMFUL.exec(stdout)).toBeNull();
    const value = JSON.parse(stdout) as { reports?: [{ cycle: string[] }]; cycle?: string[] };
    const lock = (value.reports?.[0].cycle ?? value.cycle ?? []).find((text) => text !== "lock_b") ?? "";
    // U+DC80 to U+DCFF are bytes that were no UTF-8
    const parts = Array.from(lock, (character) =>
      /[\udc80-\udcff]/.test(character) && character.length === 1
        ? Buffer.from([character.charCodeAt(0) - 0xdc00])
        : Buffer.from(character),
    );
    const kept = shown === "" ? [] : [bytes];
    expect(Buffer.concat(parts)).toEqual(Buffer.concat([Buffer.from("lock"), ...kept]));
  });
});

/** What no format may let through, all at once: in a comm, a class, the name of a file and the subject of a commit. */
const NASTY = "\u202e\u009b2J";
const NASTY_NAME = `a\x1b]0;owned\x07${NASTY}.log`;

interface Attack {
  readonly args: readonly string[];
  /** What is written beside standard output, where that is what counts. */
  readonly file?: string;
  /** Nothing of an input is shown. */
  readonly isOurs?: boolean;
}

/** How each document is made of what an attacker writes: a document that is missing here is a type error. */
const ATTACKED: Record<DocumentName, (format: string, log: string) => Attack> = {
  reports: (format, log) => ({ args: ["-f", format, log] }),
  explanation: (format, log) => ({ args: ["explain", "-f", format, log] }),
  diff: (format, log) => ({ args: ["diff", "-f", format, CLEAN, log] }),
  graph: (format, log) => ({ args: ["graph", "-f", format, log] }),
  "graph-diff": (format, log) => ({ args: ["graph", "-f", format, "--against", ABBA, log] }),
  "graph-order": (format, log) => ({ args: ["graph", "-f", format, log, "--order"] }),
  "graph-without": (format, log) => ({
    args: ["graph", "-f", format, log, "--without", `lock${NASTY}→lock_b`],
  }),
  plan: (format) => ({ args: ["bisect", "plan", "-f", format, "--hits", "1", "--runs", "2"], isOurs: true }),
  run: (format, log) => ({ args: ["bisect", "run", ...TARGET, "-f", format, "--", "cat", log] }),
  journal: (_format, log) => {
    const file = join(directory, "journal");
    const commit = repository.git("rev-parse", "HEAD");
    return {
      args: ["bisect", "run", ...TARGET, "--commit", commit, "--journal", file, "--", "cat", log],
      file,
    };
  },
  suspects: (format, log) => {
    const [good = "", bad = ""] = repository.git("rev-list", "--reverse", "HEAD").split("\n");
    const tested = {
      commit: bad,
      run: 1,
      result: "bad",
      reason: NASTY,
      kernel: null,
      seconds: 1,
      time: null,
    };
    const journal = join(directory, "suspects.journal");
    const head = { schema: "splat-triage-journal/1", target: NASTY, identity: IDENTITY_VERSION };
    writeFileSync(journal, `${JSON.stringify(head)}\n${JSON.stringify(tested)}\n`);
    const inputs = ["--journal", journal, "--repo", repository.directory, "--report", log];
    return { args: ["bisect", "suspects", ...inputs, "-f", format, `${good}..${bad}`] };
  },
  history: (format, log) => {
    const store = join(directory, "store");
    run(["history", "add", store, log, "--build", NASTY, "--job", NASTY]);
    return { args: ["history", "list", "-f", format, store] };
  },
  answer: (format, log) => {
    const store = join(directory, "store");
    run(["history", "add", store, log, "--build", NASTY, "--job", NASTY]);
    return { args: ["history", "query", "-f", format, store, `SELECT build AS "${NASTY}", * FROM reports`] };
  },
  seen: (format, log) => ({ args: ["seen", "-f", format, log, "--in", join(directory, "nasty")] }),
  catalogue: (format) => ({ args: ["catalogue", "-f", format, NASTY], isOurs: format === "table" }),
};

const ABBA = join(FIXTURES, "circular/abba/dmesg.txt");
const CLEAN = join(FIXTURES, "clean/kernfs/dmesg.txt");
const TARGET = ["--target", `class:lock${NASTY}`];

let repository: TestRepository;
beforeAll(() => {
  repository = new TestRepository();
  repository.commit("the good end");
  repository.commit(`the bad one ${NASTY}`);
  mkdirSync(join(directory, "nasty"));
  writeFileSync(join(directory, "nasty", NASTY_NAME), logWith(Buffer.from(NASTY)));
});
afterAll(() => {
  repository.remove();
});

describe.each(Object.keys(FORMATS) as DocumentName[])("%s", (document) => {
  test.each(formatsOf(document))("shows what is hostile, and does not do it, as %s", (format) => {
    const { args, file, isOurs = false } = ATTACKED[document](format, join(directory, "nasty", NASTY_NAME));
    const { stdout, stderr, status } = run(args);
    const written = file === undefined ? stdout : readFileSync(file, "utf8");
    expect({ wrong: status === 2, stderr: HARMFUL.exec(stderr) }).toEqual({ wrong: false, stderr: null });
    expect(HARMFUL.exec(written)).toBeNull();
    expect(written).not.toBe("");
    expect(isOurs || /u(?:202e|\{202e\}|#123;202e)/.test(written)).toBe(true);
  });
});

describe("names of files", () => {
  const NAME = "a\x1b]0;owned\x07\u202eb.log";

  test("in errors", () => {
    const { stderr, status } = run([join(directory, "none", NAME)]);
    expect(status).toBe(2);
    expect(HARMFUL.exec(stderr)).toBeNull();
    expect(stderr).toContain("a\\x1b]0;owned\\x07\\u{202e}b.log: no such file");
  });

  test("that look like options", () => {
    const { stderr, status } = run([`--${NAME}`]);
    expect(status).toBe(2);
    expect(HARMFUL.exec(stderr)).toBeNull();
  });
});
