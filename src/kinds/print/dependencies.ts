import type { ClassDump, Dependencies, Edge, Report } from "../../report/schema.ts";
import { frameText, stackLines } from "./frames.ts";
import { given, type Lines } from "./lines.ts";
import { classText } from "./locks.ts";

/** The chain of circular reports and the dependency blocks of those about interrupts. */

/**
 * print_circular_bug_entry(), N to 0. The report's edges begin anywhere in the cycle; the edge that closes it
 * runs from class N to class 0.
 */
export function chainLines(edges: readonly Edge[]): Lines {
  const closing = edges.findIndex(({ closes }) => closes);
  const links = [...edges.slice(closing), ...edges.slice(0, Math.max(closing, 0))];
  return links.map(linkLines).toReversed().flat();
}

function linkLines({ acquired, stack }: Edge, index: number): Lines {
  return given(acquired, (lock) => ["", `-> #${index} ${classText(lock)}:`, ...stackLines(stack, 6)]);
}

/** print_lock_class_header(), and the `... acquired at:` of print_shortest_lock_dependencies(). */
function classDumpLines({ lock, ops, usages, key, acquiredAt }: ClassDump, depth: number): Lines {
  const indent = " ".repeat(depth);
  return [
    `${indent}-> ${classText(lock)}${ops === null ? "" : ` ops: ${ops}`} {`,
    ...usages.flatMap(({ state, stack }) => {
      const head = `${indent}   ${state}`;
      // the kernel adds the depth once more to the length of what it printed
      return [`${head} at:`, ...stackLines(stack, depth + head.length + " at:".length)];
    }),
    `${indent} }`,
    ...given(key, (place) => [`${indent} ... key      at: ${frameText(place)}`]),
    ...given(acquiredAt, (stack) => [`${indent} ... acquired at:`, ...stackLines(stack, 2), ""]),
  ];
}

function titlesOf({ safe, unsafe, headline }: Report): Record<Dependencies["between"], Lines> {
  const printed = /^([\w-]+)-safe -> ([\w-]+)-unsafe /.exec(headline);
  const safely = `${safe?.state ?? printed?.[1] ?? ""}-irq-safe`;
  const unsafely = `${unsafe?.state ?? printed?.[2] ?? ""}-irq-unsafe`;
  return {
    "safe-and-holding": [`the dependencies between ${safely} lock and the holding lock:`],
    "wanted-and-unsafe": ["the dependencies between the lock to be acquired", ` and ${unsafely} lock:`],
    "second-and-first": ["the shortest dependencies between 2nd lock and 1st lock:"],
    // up to v2.6.30
    safe: [`the ${safely} lock's dependencies:`],
    unsafe: [`the ${unsafely} lock's dependencies:`],
  };
}

/** print_shortest_lock_dependencies() and its backward twin, each class one blank less indented. */
export function dependencyLines(report: Report): Lines {
  const titles = titlesOf(report);
  return (report.dependencies ?? []).flatMap(({ between, classes }) => [
    "",
    ...titles[between],
    ...classes.flatMap((dump, i) => classDumpLines(dump, classes.length - 1 - i)),
  ]);
}
