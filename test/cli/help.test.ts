import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { RedirectedTerminal } from "../../src/cli/io/redirected.ts";
import { readEach } from "../../src/cli/io/read-each.ts";
import { programFor } from "../../src/cli/program.ts";
import { openInputs } from "../../src/read/inputs/index.ts";

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));

function run(args: readonly string[], cwd = "."): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [COMMAND, ...args], { cwd, encoding: "utf8", input: "" });
}

const written: string[] = [];
const stdout = Object.assign(new PassThrough(), { write: (text: string) => written.push(text) > 0 });
const program = programFor("0", {
  terminal: new RedirectedTerminal({ stdin: Readable.from([]), stdout, stderr: stdout, env: {} }),
  finish: () => undefined,
});

function commandsOf(command: Command, path: readonly string[] = []): [name: string, command: Command][] {
  const own = command.commands.flatMap((sub) => commandsOf(sub, [...path, sub.name()]));
  return [[path.join(" ") || "splat-triage", command], ...own];
}

/** What the help prints, with what stands below the options. */
function helpOf(command: Command): string {
  written.length = 0;
  command.outputHelp();
  return written.join("");
}

/** The verbs with which a text tells what a command or an option does. */
const VERBS = new Set(
  (
    "accept add assume be call colour count do exit expect favour find give keep list look mark name plan print rank read " +
    "record say show sort stop suggest take tell use write out"
  ).split(" "),
);

describe.each(commandsOf(program))("the help of %s", (_name, command) => {
  test("fits a terminal of 80 columns", () => {
    expect(
      helpOf(command)
        .split("\n")
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  test("says of each option, in the imperative, what it does", () => {
    const texts = command.options.map(({ long, description }) => [long, description] as const);
    expect(
      texts.filter(([, text]) => !VERBS.has(text.replace(/^also /, "").split(/[ ,]/, 1)[0] ?? "")),
    ).toEqual([]);
    expect(texts.filter(([, text]) => text === "" || text.endsWith("."))).toEqual([]);
  });
});

test("help leads to the help of each command", () => {
  expect(helpOf(program)).toContain("help [command...]");
  const { status, stdout: shown } = run(["help", "same"]);
  expect({ status, shown }).toEqual({ status: 0, shown: run(["same", "--help"]).stdout });
  expect(run(["bisect", "help", "plan"]).stdout).toBe(run(["bisect", "plan", "--help"]).stdout);
  expect(run(["help", "history", "list"]).stdout).toBe(run(["history", "list", "--help"]).stdout);
  expect(run(["help", "history", "lst"])).toMatchObject({
    status: 2,
    stdout: "",
    stderr: "splat-triage: no command lst (Did you mean list?)\n",
  });
});

describe("a word that is no file", () => {
  test.each([
    [["explian", "x.log"], "explian: no such file, and no command (Did you mean explain?)"],
    [["dif", "a", "b"], "dif: no such file, and no command (Did you mean diff?)"],
    [["bisect", "verdct"], "unknown command 'verdct' (Did you mean verdict?)"],
    [["--formt", "json"], "unknown option '--formt' (Did you mean --format?)"],
  ])("%j may be a command or an option that was mistyped", (args, told) => {
    expect(run(args)).toEqual(
      expect.objectContaining({ status: 2, stdout: "", stderr: `splat-triage: ${told}\n` }),
    );
  });

  test("is an input where nothing is like it, or where it is a file", () => {
    expect(run(["boot"]).stderr).toBe("splat-triage: boot: no such file\n");
    const directory = mkdtempSync(join(tmpdir(), "splat-triage-help-"));
    writeFileSync(join(directory, "dif"), "");
    expect(run(["dif"], directory)).toMatchObject({ status: 0, stderr: "" });
    rmSync(directory, { recursive: true });
  });
});

test.each([true, false])("who reads standard input from a terminal (%j) is told so", async (isTTY) => {
  const stdin = Object.assign(Readable.from([Buffer.from("x\n")]), { isTTY });
  const stderr = new PassThrough();
  await readEach(openInputs([], stdin), { stdin, stdout, stderr, env: {} }, async ({ chunks }) => {
    for await (const chunk of chunks) expect(chunk).toHaveLength(2);
  });
  expect(String(stderr.read())).toBe(
    isTTY ? "splat-triage: reading standard input from the terminal: end it with ^D\n" : "null",
  );
});
