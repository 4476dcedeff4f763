// Measures the whole command on made logs, beside the tools that one would use without it.
//
//   npm run bench [-- --rounds N] [--largest BYTES] [--node PATH]... [--write]
//
// Takes some minutes, and as much room in the directory for temporary files as the largest log (1 GB). --node measures
// other versions of Node, too. --write puts the tables into docs/performance.md, between its two marks.
import { execFileSync, spawnSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { COMMAND, costsOf } from "./cost.mjs";
import { HEADLINES } from "./headlines.mjs";
import { logOf } from "./logs.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const page = join(here, "..", "..", "docs", "performance.md");
const BEGIN = "<!-- measured: begin -->";
const END = "<!-- measured: end -->";
const ONE_IN = 100_000;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    largest: { type: "string", default: "1e9" },
    node: { type: "string", multiple: true, default: [] },
    write: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const largest = Number(values.largest);
const directory = mkdtempSync(join(tmpdir(), "splat-triage-bench-"));
const isHere = (program) => spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;

/** @param {Parameters<typeof logOf>[0]} wanted */
function makeLog(name, wanted) {
  const path = join(directory, name);
  const file = openSync(path, "w");
  for (const piece of logOf(wanted)) writeSync(file, piece, null, "latin1");
  closeSync(file);
  return path;
}

/** Makes a log, gives it to a function, and removes it. */
function withLog(name, wanted, use) {
  const path = makeLog(name, wanted);
  try {
    return use(path);
  } finally {
    rmSync(path);
  }
}

const triageBy = (node, ...args) => [node, COMMAND, "-f", "json", ...args];
const triage = (...args) => triageBy(process.execPath, ...args);
const grep = (...args) => ["grep", "-cE", HEADLINES, ...args];

/** Every Node that is measured, with its version. */
const nodes = [process.execPath, ...values.node].map((path) => ({
  path,
  version: execFileSync(path, ["-p", "process.versions.node"], { encoding: "utf8" }).trim(),
}));

/** A program in C that looks for tags of headlines and counts newlines; null without a compiler. */
function compiledScanner() {
  const program = join(directory, "scan");
  const { status } = spawnSync("cc", ["-O2", "-o", program, join(here, "scan.c")], { stdio: "ignore" });
  return status === 0 ? program : null;
}

const line = (cells) => `| ${cells.join(" | ")} |`;

function table(head, rows) {
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

const seconds = (value) => value.toFixed(2);
const times = (value) => `${value.toFixed(1)} ×`;
const megabytes = (value) => (value === null ? "" : value.toFixed(0));

/** What else can be done with a log of this name, or with a directory of logs. */
function others(path, isDirectory) {
  const scanner = compiledScanner();
  const all = isDirectory ? ["-r"] : [];
  return [
    ["`LC_ALL=C grep -cE` of all headlines", grep(...all, path)],
    ...(isHere("rg") ? [["`rg -c` of all headlines", ["rg", "-c", HEADLINES, path]]] : []),
    ...(isDirectory
      ? []
      : [
          ["`wc -l`", ["wc", "-l", path]],
          ...(scanner === null ? [] : [["a scanner in C: three tags, newlines", [scanner, path]]]),
          ["Node that reads it, and does nothing", [process.execPath, join(here, "reading.mjs"), path]],
        ]),
  ];
}

function besideOthers(title, path, isDirectory = false) {
  const subjects = [
    ...others(path, isDirectory),
    ...nodes.map(({ path: node, version }) => [
      `\`splat-triage -f json\`, Node ${version}`,
      triageBy(node, path),
    ]),
    ...(isDirectory ? [["the same with `--jobs 1`", triage("--jobs", "1", path)]] : []),
  ];
  const costs = costsOf(
    subjects.map(([, command]) => command),
    rounds,
  );
  const rows = subjects.map(([name], i) => [
    name,
    seconds(costs[i].cpu),
    times(costs[i].cpu / costs[0].cpu),
    seconds(costs[i].wall),
    megabytes(costs[i].peak),
  ]);
  return `**${title}**\n\n${table(["", "CPU s", "grep", "wall s", "peak MB"], rows)}`;
}

function large(title, wanted) {
  return withLog("large.log", { bytes: 200e6, ...wanted }, (path) => besideOthers(title, path));
}

/** 10,000 boots of a farm, every twentieth with a report. */
function manySmall() {
  const path = join(directory, "small");
  mkdirSync(path);
  for (let boot = 1; boot <= 10_000; boot++)
    makeLog(join("small", `${boot}.log`), { bytes: 30e3, reports: boot % 20 === 0 ? 1 : 0, seed: boot });
  try {
    return besideOthers("10,000 logs of 30 KB, 500 of them with a report", path, true);
  } finally {
    rmSync(path, { recursive: true });
  }
}

/** One row a log, with its own grep beside it. */
function growth(head, logs) {
  const rows = logs.map(([name, wanted]) =>
    withLog("growth.log", wanted, (path) => {
      const [base, cost] = costsOf([grep(path), triage(path)], rounds);
      return [
        name,
        seconds(cost.cpu),
        (cost.cpu / (wanted.bytes / 1e8)).toFixed(3),
        times(cost.cpu / base.cpu),
        megabytes(cost.peak),
      ];
    }),
  );
  return table([head, "CPU s", "CPU s per 100 MB", "grep", "peak MB"], rows);
}

function ofSizes(more) {
  return [10e6, 100e6, 1e9]
    .filter((bytes) => bytes <= largest)
    .map((bytes) => [`${bytes / 1e6} MB`, { bytes, ...more(bytes) }]);
}

function frames() {
  const rows = [10, 1000, 100_000].map((count) =>
    withLog("frames.log", { bytes: 10e6, frames: count }, (path) => {
      const [cost] = costsOf([triage(path)], rounds);
      return [count.toLocaleString("en"), seconds(cost.cpu), megabytes(cost.peak)];
    }),
  );
  return table(["frames", "CPU s", "peak MB"], rows);
}

function severalFiles() {
  const paths = [1, 2, 3, 4].map((seed) => makeLog(`file-${seed}.log`, { bytes: 50e6, every: ONE_IN, seed }));
  const costs = costsOf([triage("--jobs", "1", ...paths), triage(...paths)], rounds);
  const rows = ["`--jobs 1`", "as many as there are cores"].map((name, i) => [
    name,
    seconds(costs[i].wall),
    seconds(costs[i].cpu),
    megabytes(costs[i].peak),
  ]);
  return table(["", "wall s", "CPU s", "peak MB"], rows);
}

/** What the command offers for `-f`. */
function formatNames() {
  const help = execFileSync(process.execPath, [COMMAND, "--help"], { encoding: "utf8" });
  const [, choices = ""] = /--format <format>[^]*?choices:([^)]*?), default/.exec(help) ?? [];
  return [...choices.matchAll(/"([^"]+)"/g)].map(([, name]) => name).filter((name) => name !== "auto");
}

/** Every format once: which of them holds all reports in memory. */
function everyFormat(wanted) {
  return withLog("formats.log", { bytes: 200e6, every: ONE_IN, ...wanted }, (path) => {
    const named = [...formatNames().map((name) => ["-f", name]), ["explain"]];
    const costs = costsOf(
      named.map((args) => [process.execPath, COMMAND, ...args, path]),
      1,
    );
    return table(
      ["", "CPU s", "peak MB"],
      named.map((args, i) => [`\`${args.join(" ")}\``, seconds(costs[i].cpu), megabytes(costs[i].peak)]),
    );
  });
}

/** Many boots: their lock graphs, and their logs on two sides. */
function manyBoots() {
  const path = join(directory, "boots");
  execFileSync(process.execPath, [join(here, "boots.mjs"), path, "100"], { stdio: "ignore" });
  const sides = ["old", "new"].map((side) => {
    mkdirSync(join(directory, side));
    for (let boot = 1; boot <= 500; boot++)
      makeLog(join(side, `${boot}.log`), { bytes: 30e3, reports: 2, seed: boot });
    return join(directory, side);
  });
  const subjects = [
    ["`graph` of 100 boots", triageWith("graph", path)],
    ["`diff` of 1,000 logs with two reports each", triageWith("diff", ...sides)],
  ];
  const costs = costsOf(
    subjects.map(([, command]) => command),
    1,
  );
  for (const made of [path, ...sides]) rmSync(made, { recursive: true });
  return table(
    ["", "CPU s", "peak MB"],
    subjects.map(([name], i) => [name, seconds(costs[i].cpu), megabytes(costs[i].peak)]),
  );
}

const triageWith = (name, ...args) => [process.execPath, COMMAND, name, "-f", "json", ...args];

const startup = ({ path, version }) =>
  `Node ${version}\n\n${execFileSync(path, [join(here, "startup.mjs")], { encoding: "utf8" })
    .split("\n")
    .filter((text) => text.startsWith("|"))
    .join("\n")}`;

try {
  const [{ model }] = cpus();
  const sections = [
    `Node ${process.versions.node} on ${cpus().length} cores of ${model.trim()}; the median of ${rounds} interleaved rounds, peak memory the largest.`,
    large("A clean log of 200 MB", {}),
    large("The same with 2,000 reports, as of a farm: they come again, with other addresses and pids", {
      every: ONE_IN,
      differ: "values",
    }),
    large("The same, every report another", { every: ONE_IN, differ: "all" }),
    large("The same as of a farm, `[time]` without callers", {
      every: ONE_IN,
      differ: "values",
      style: "plain",
    }),
    manySmall(),
    `**Clean logs**\n\n${growth(
      "size",
      ofSizes(() => ({})),
    )}`,
    `**One report in 100 kB**\n\n${growth(
      "size",
      ofSizes(() => ({ every: ONE_IN })),
    )}`,
    `**Reports in 100 MB**\n\n${growth(
      "reports",
      [1, 10, 100, 10_000].map((reports) => [reports.toLocaleString("en"), { bytes: 100e6, reports }]),
    )}`,
    `**One report in 10 MB, and the frames of its last stack**\n\n${frames()}`,
    `**Four logs of 50 MB with 500 reports each**\n\n${severalFiles()}`,
    `**Every format, every report another**\n\n${everyFormat({ differ: "all" })}`,
    `**Every format, as of a farm**\n\n${everyFormat({ differ: "values" })}`,
    `**Many boots**\n\n${manyBoots()}`,
    `**Start-up**, beside \`node -e 0\`\n\n${nodes.map(startup).join("\n\n")}`,
  ];
  const text = sections.join("\n\n");
  console.log(text);
  if (values.write) {
    const [before, , after] = readFileSync(page, "utf8").split(new RegExp(`${BEGIN}|(?=${END})`));
    writeFileSync(page, `${before}${BEGIN}\n\n${text}\n\n${after}`);
  }
} finally {
  rmSync(directory, { recursive: true });
}
