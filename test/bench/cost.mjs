import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const preload = join(root, "test", "bench", "cost.cjs");
const report = join(tmpdir(), `splat-triage-cost-${process.pid}`);

export const COMMAND = join(root, "bin", "splat-triage.js");

/** @typedef {{ cpu: number, wall: number, peak: number | null }} Cost CPU and wall seconds; resident MB, of Node alone */

/**
 * Runs a program and gives its cost. The CPU time is what the system charged it, with all its threads and children.
 *
 * @param {readonly string[]} command program and arguments
 * @returns {Cost}
 */
export function costOf(command) {
  const isNode = basename(command[0]) === "node";
  const all = isNode ? [command[0], "--require", preload, ...command.slice(1)] : command;
  // not to /dev/null: grep notices, and stops at the first match
  const output = openSync(`${report}.out`, "w");
  const { stdout, status } = spawnSync(
    "bash",
    ["-c", `TIMEFORMAT='%3U %3S %3R'; { time LC_ALL=C "$@" >&3 2>&4; } 2>&1; exit $?`, "bash", ...all],
    {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit", output, 2],
      env: { ...process.env, COST_REPORT: report },
    },
  );
  closeSync(output);
  rmSync(`${report}.out`);
  // grep exits with 1 where it finds nothing
  if (status !== 0 && !(command[0] === "grep" || command[0] === "rg"))
    throw new Error(`${all.join(" ")} ended with ${status}`);
  const [user, system, wall] = stdout.trim().split(" ").map(Number);
  let peak = null;
  if (isNode) {
    peak = Number(readFileSync(report, "utf8")) / 1024;
    rmSync(report);
  }
  return { cpu: user + system, wall, peak };
}

/**
 * The median costs of several commands, run in turn within each round, so that a busy moment of the machine hits
 * all of them alike.
 *
 * @param {readonly (readonly string[])[]} commands
 * @param {number} rounds
 * @returns {Cost[]}
 */
export function costsOf(commands, rounds) {
  const all = commands.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, command] of commands.entries()) all[i].push(costOf(command));
  return all.map((costs) => ({
    cpu: median(costs.map(({ cpu }) => cpu)),
    wall: median(costs.map(({ wall }) => wall)),
    peak: costs.some(({ peak }) => peak === null) ? null : Math.max(...costs.map(({ peak }) => peak)),
  }));
}

/** @param {readonly number[]} numbers */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
