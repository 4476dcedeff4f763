// What starting the command costs, beside starting Node with nothing to do.
//
//   npm run bench:startup [-- CLEAN_LOG REPORT_LOG] [--rounds N]
//
// The three are run in turn within each round, so that a busy moment of the machine hits all of them alike.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const command = join(root, "bin", "splat-triage.js");
const preload = join(root, "test", "bench", "cpu.cjs");

const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "20" } },
  allowPositionals: true,
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) giveUp(`--rounds wants a whole number, not "${values.rounds}"`);

const clean = positionals[0] === undefined ? firstClean() : resolve(positionals[0]);
const report =
  positionals[1] === undefined
    ? join(root, "fixtures", "circular", "abba", "dmesg.txt")
    : resolve(positionals[1]);

for (const [what, path] of [
  ["the command (npm run build makes it)", join(root, "dist", "cli.cjs")],
  ["a clean log", clean],
  ["a log with one report", report],
]) {
  if (path === undefined || !existsSync(path))
    giveUp(`missing: ${what}: ${path ?? "fixtures/clean/*/dmesg.txt"}`);
}

const subjects = [
  { name: "`node -e 0`", args: ["-e", "0"] },
  { name: `clean log (${short(clean)})`, args: [command, "-f", "json", clean] },
  { name: `one report (${short(report)})`, args: [command, "-f", "json", report] },
].map((subject) => ({ ...subject, wall: [], cpu: [] }));

for (let round = -3; round < rounds; round++) {
  for (const subject of subjects) {
    const cost = run(subject.args);
    if (round < 0) continue; // warm-up: the page cache
    subject.wall.push(cost.wall);
    subject.cpu.push(cost.cpu);
  }
}

const [base] = subjects;
console.log(`Node ${process.versions.node}, median of ${rounds} rounds\n`);
console.log("| | wall ms | above | CPU ms | above |");
console.log("| --- | ---: | ---: | ---: | ---: |");
for (const { name, wall, cpu } of subjects) {
  const cells = [wall, cpu].flatMap((times, i) => {
    const time = median(times);
    return [time.toFixed(1), (time - median(i === 0 ? base.wall : base.cpu)).toFixed(1)];
  });
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}

/** Wall and CPU milliseconds of one `node ...args`. The CPU time is the process's own account, with all its threads. */
function run(args) {
  const start = process.hrtime.bigint();
  const { status, signal, error, output } = spawnSync(process.execPath, ["--require", preload, ...args], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
  const wall = Number(process.hrtime.bigint() - start) / 1e6;
  if (error) throw error;
  if (status !== 0) giveUp(`node ${args.join(" ")} ended with ${signal ?? status}\n${output[2]}`);
  return { wall, cpu: Number(output[3]) };
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function firstClean() {
  const folder = join(root, "fixtures", "clean");
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .toSorted()
    .map((slug) => join(folder, slug, "dmesg.txt"))
    .find((path) => existsSync(path));
}

function short(path) {
  const inside = relative(root, path);
  return inside.startsWith("..") ? path : inside;
}

function giveUp(message) {
  console.error(`startup: ${message}`);
  process.exit(2);
}
