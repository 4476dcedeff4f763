// Writes docs/sinks/examples/: what the command prints in each format for pipelines of a log with a report and of one
// without. `npm run examples` makes them anew; test/examples.test.ts holds them equal to what the command prints.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
export const EXAMPLES = join(root, "docs/sinks/examples");

/** Ends of file names by format. */
const FORMATS = {
  html: "html",
  junit: "xml",
  ktap: "ktap",
  github: "txt",
  sarif: "sarif",
  kcidb: "json",
  mail: "eml",
  gitlab: "json",
  squad: "json",
};
const LOGS = { report: "fixtures/circular/abba/dmesg.txt", clean: "fixtures/clean/kernfs/dmesg.txt" };

/** Every example: its file, and its text. */
export function* examples() {
  for (const [format, end] of Object.entries(FORMATS))
    for (const [name, log] of Object.entries(LOGS)) {
      const args = ["bin/splat-triage.js", "-f", format, log];
      const text = execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" });
      yield { file: `${format}-${name}.${end}`, text };
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(EXAMPLES, { recursive: true });
  for (const { file, text } of examples()) writeFileSync(join(EXAMPLES, file), text);
}
