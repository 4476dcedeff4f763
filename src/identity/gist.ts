import type { Gist } from "../report/gist-schema.ts";
import type { Frame, Report } from "../report/schema.ts";
import { comparableClass } from "../symbols/class-names.ts";
import { plainSymbol, withoutCallPrefix } from "../symbols/functions.ts";
import { fromTaker, takerOf } from "../symbols/who-took.ts";
import { classesAbout, heldClasses } from "./about.ts";
import { lacksOf } from "./lacks.ts";

/** Deep stacks say how a system call came there, which is the same for many bugs. */
const FRAMES_OF_STACK = 4;
const MOST_FUNCTIONS = 24;
const MOST_CLASSES = 64;

/** Takes of a report what tells which bug it is. */
export function gistOf(report: Report): Gist {
  const { id, siteId, kind, title, kernel, complete } = report;
  const classes = unique(classesAbout(report)).slice(0, MOST_CLASSES);
  const held = unique(heldClasses(report));
  return {
    id,
    siteId,
    kind,
    title,
    classes,
    edges: report.edges.slice(0, MOST_CLASSES).map(({ from, to, by, stack }) => ({
      from: comparableClass(from),
      to: comparableClass(to),
      ...(by === undefined ? {} : { by }),
      taker: takerOf(stack),
    })),
    held: held.filter((name) => !classes.includes(name)).slice(0, MOST_CLASSES),
    functions: functionsOf(report),
    marks: marksOf(report),
    release: kernel?.release ?? null,
    complete,
    lacks: [...lacksOf(report)],
  };
}

/** Where nothing names a class there is an address in its place, of this boot alone. */
const ADDRESS = /^(?:0x)?[0-9a-f]{8,16}$/;

function unique(classes: readonly string[]): string[] {
  return [...new Set(classes.filter((name) => !ADDRESS.test(name)).map(comparableClass))];
}

/** Before these stand the names of works and threads, after them numbers of queues and processors. */
const COMM_NUMBERS = /[\d:]/;

/** What tells a bug where no lock and no function does: the line of the check, what it says, and whose task it was. */
function marksOf({ rcu, sleeping, warning, spinlock, leaked, limit, preemptible, task }: Report): string[] {
  const places = [rcu, sleeping, warning].flatMap((at) =>
    at?.file ? [`${at.file}:${at.line ?? ""}`, at.file] : [],
  );
  const comm = task?.comm.split(COMM_NUMBERS, 1)[0] ?? "";
  const marks = [
    ...places,
    rcu?.message,
    warning?.message,
    spinlock?.object?.symbol,
    leaked?.function,
    limit?.name,
    preemptible?.operation,
    comm === "" ? null : `comm ${comm}`,
  ];
  return [...new Set(marks.flatMap((mark) => mark ?? []))];
}

/** The function of the title, who takes the locks, and the innermost callers in each stack. */
function functionsOf(report: Report): string[] {
  const { title, lock, holding, edges, backtrace, registered, safe, unsafe, held } = report;
  const guilty = / in ([\w.]+)$/.exec(title)?.[1];
  const stacks = [
    ...edges.map(({ stack }) => stack),
    ...[registered, safe, unsafe].flatMap((trace) => (trace === undefined ? [] : [trace.stack])),
    backtrace,
  ];
  const sites = [lock?.at, holding?.at, ...held.flatMap(({ locks }) => locks.map((one) => one?.at))];
  const names = [
    ...(guilty === undefined || guilty === "corrupted" ? [] : [guilty]),
    ...[...sites, ...stacks.flatMap(tellingOf)].flatMap((frame) => (frame ? [frame.symbol] : [])),
  ];
  const plain = names
    .filter((name) => !ADDRESS.test(name))
    .map((name) => withoutCallPrefix(plainSymbol(name)));
  return [...new Set(plain)].slice(0, MOST_FUNCTIONS);
}

function tellingOf(stack: readonly Frame[]): Frame[] {
  return fromTaker(stack).slice(0, FRAMES_OF_STACK);
}
