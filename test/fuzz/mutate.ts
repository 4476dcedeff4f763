import { BODY, HEADLINES } from "../../grammar/lines.ts";
import type { randomOf } from "../support/random.ts";

type Random = ReturnType<typeof randomOf>;

function below(random: Random, end: number): number {
  return Math.floor(random() * end);
}

function pick<Value>(random: Random, values: readonly [Value, ...Value[]]): Value {
  return values[below(random, values.length)] ?? values[0];
}

/** Bytes that mean something to a terminal, to a decoder or to a transport. */
const ATTACKS = [
  "\x1b]0;owned\x07",
  "\x1b]8;;http://evil\x1b\\x\x1b]8;;\x1b\\",
  "\x1b]52;c;ZXZpbA==\x07",
  "\x1b[2J\x1b[31m",
  "\u202e",
  "\u2066",
  "\ufeff",
  "\r",
  "\0",
  "\x7f",
  "\x9b",
  "&lt;script&gt;",
  "<script>alert(1)</script>",
  "![x](http://evil)",
  "\n::error::owned",
  "```",
  "\\x1b[31m",
  "#033[31m",
  "=1B=5B",
] as const;

/** A line that lockdep prints, or a part of one. */
const DICTIONARY: readonly string[] = [
  ...[...HEADLINES, ...BODY].flatMap(({ example }) => [example, example.slice(0, example.length >> 1)]),
  "){+.+.}-{4:4}, at: ",
  "-> #0 (",
  "} -> (",
  " <IRQ>",
  " </TASK>",
  "Linux version 9.9.9 (",
  "[    0.000000][    T1] ",
  "kernel: ",
  '{"MESSAGE":"',
  "MESSAGE\n",
  "> > > ",
  "[<ffffffff>] ",
  "+0x1/0x2",
];

type Mutation = (lines: Buffer[], random: Random, others: readonly Buffer[]) => void;

function lineAt(lines: readonly Buffer[], random: Random): number {
  return below(random, Math.max(1, lines.length));
}

function inserted(line: Buffer, at: number, what: Buffer): Buffer {
  return Buffer.concat([line.subarray(0, at), what, line.subarray(at)]);
}

const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  // a byte flipped
  (lines, random) => {
    const line = lines[lineAt(lines, random)];
    if (line === undefined || line.length === 0) return;
    const at = below(random, line.length);
    line[at] = (line[at] ?? 0) ^ (1 << below(random, 8));
  },
  // lines shuffled
  (lines, random) => {
    const start = lineAt(lines, random);
    for (let i = Math.min(lines.length, start + 20) - 1; i > start; i--) {
      const j = start + below(random, i - start + 1);
      const [a, b] = [lines[i], lines[j]];
      if (a !== undefined && b !== undefined) [lines[i], lines[j]] = [b, a];
    }
  },
  // a piece of another log between
  (lines, random, others) => {
    const start = below(random, Math.max(1, others.length));
    lines.splice(lineAt(lines, random), 0, ...others.slice(start, start + 1 + below(random, 30)));
  },
  // lines repeated
  (lines, random) => {
    const start = lineAt(lines, random);
    const some = lines.slice(start, start + 1 + below(random, 6));
    for (let times = below(random, 12); times > 0; times--) lines.splice(start, 0, ...some);
  },
  // lines lost
  (lines, random) => lines.splice(lineAt(lines, random), 1 + below(random, 8)),
  // a line broken, or two joined
  (lines, random) => {
    const at = lineAt(lines, random);
    const line = lines[at] ?? Buffer.alloc(0);
    const middle = below(random, line.length + 1);
    if (random() < 0.5) lines.splice(at, 1, line.subarray(0, middle), line.subarray(middle));
    else lines.splice(at, 2, Buffer.concat(lines.slice(at, at + 2)));
  },
  // words of the grammar in a line
  (lines, random) => {
    const at = lineAt(lines, random);
    const word = Buffer.from(DICTIONARY[below(random, DICTIONARY.length)] ?? "");
    const line = lines[at] ?? Buffer.alloc(0);
    lines[at] = inserted(line, below(random, line.length + 1), word);
  },
  // and as a line
  (lines, random) =>
    lines.splice(lineAt(lines, random), 0, Buffer.from(DICTIONARY[below(random, DICTIONARY.length)] ?? "")),
  // bytes that attack
  (lines, random) => {
    const at = lineAt(lines, random);
    const line = lines[at] ?? Buffer.alloc(0);
    const attack = Buffer.from(pick(random, ATTACKS), random() < 0.5 ? "utf8" : "latin1");
    lines[at] = inserted(line, below(random, line.length + 1), attack);
  },
  // a character very often
  (lines, random) => {
    const at = lineAt(lines, random);
    const line = lines[at] ?? Buffer.alloc(0);
    const many = Buffer.alloc(
      below(random, 3000),
      pick(random, [" ", "(", "/", "#", "-", "a", "[", "9", "f", ":", "="]),
    );
    lines[at] = inserted(line, below(random, line.length + 1), many);
  },
];

function linesOf(log: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < log.length;) {
    const end = log.indexOf(10, start);
    lines.push(Buffer.from(log.subarray(start, end < 0 ? log.length : end)));
    start = end < 0 ? log.length : end + 1;
  }
  return lines;
}

/** A part of a log, damaged in a few ways, as the random numbers say. */
export function mutated(log: Buffer, other: Buffer, random: Random): Buffer {
  const all = linesOf(log);
  const start = below(random, Math.max(1, all.length - 40));
  const lines = all.slice(start, start + 40 + below(random, 160));
  const others = linesOf(other);
  for (let count = 1 + below(random, 6); count > 0; count--) pick(random, MUTATIONS)(lines, random, others);
  return Buffer.concat(lines.flatMap((line) => [line, Buffer.from(random() < 0.02 ? "\r\n" : "\n")]));
}
