import type { Gist } from "../report/gist-schema.ts";
import { isCommonClass } from "../symbols/class-names.ts";
import type { Entry } from "./entry.ts";

/** By what a report is found again: each aspect is a set of names. */
export const ASPECTS = ["classes", "edges", "functions", "held", "marks", "comms", "subjects"] as const;

export type Aspect = (typeof ASPECTS)[number];

export interface Features extends Readonly<Record<Aspect, ReadonlySet<string>>> {
  /** Kinds that it may be of; none where a text does not say. */
  readonly kinds: ReadonlySet<string>;
  /** null if it names no function. */
  readonly title: string | null;
  /** null if the log lacks what the id rests on. */
  readonly id: string | null;
  readonly isMention: boolean;
}

/** How much one name of each aspect tells, where nobody else has it. */
export const WEIGHT: Readonly<Record<Aspect, number>> = {
  classes: 1,
  edges: 0.7,
  functions: 0.6,
  held: 0.15,
  marks: 0.8,
  comms: 0.15,
  subjects: 0.4,
};

/** A name in all aspects that mean one thing: a class is as rare where it is held. */
export function keyOf(aspect: Aspect, name: string): string {
  return `${aspect === "held" ? "classes" : aspect}\n${name}`;
}

/** `&p->lock` of one driver is not that of another. */
export function shareOf(aspect: Aspect, name: string): number {
  return (aspect === "classes" || aspect === "held") && isCommonClass(name) ? 0.5 : 1;
}

const REPLY = /^\s{0,80}(?:(?:re|fwd?|aw):\s{0,80}|\[[^\]]{0,200}\]\s{0,80})/i;

/** A subject without what replies, versions and lists put before it. */
function plainSubject(subject: string): string {
  let text = subject.toLowerCase().slice(0, 1000);
  for (let next = text.replace(REPLY, ""); next !== text; next = text.replace(REPLY, "")) text = next;
  return text.trim().replace(/ \(\d{1,4}\)$/, "");
}

export function featuresOfGist(gist: Gist, subject: string | null): Features {
  const { classes, edges, functions, held, marks, kind, title, id, lacks } = gist;
  const comms = marks.filter((mark) => mark.startsWith("comm "));
  return {
    classes: new Set(classes),
    edges: new Set(edges.map(({ from, to }) => `${from} -> ${to}`)),
    functions: new Set([...functions, ...edges.flatMap(({ taker }) => taker ?? [])]),
    held: new Set(held),
    marks: new Set(marks.filter((mark) => !mark.startsWith("comm "))),
    comms: new Set(comms),
    subjects: subjectsOf(subject),
    kinds: new Set([kind === "irq-order" || kind === "irq-inversion" ? "irq" : kind]),
    title: title.endsWith(" in corrupted") || !/ in \S+$/.test(title) ? null : title,
    id: lacks.length === 0 ? id : null,
    isMention: false,
  };
}

export function featuresOf({ gist, mention, where }: Entry): Features {
  if (gist !== null) return featuresOfGist(gist, where.subject);
  const none: ReadonlySet<string> = new Set();
  return {
    classes: new Set(mention?.classes),
    edges: none,
    functions: new Set(mention?.functions),
    held: none,
    marks: none,
    comms: none,
    subjects: subjectsOf(where.subject),
    kinds: new Set(mention?.kinds.map((kind) => (kind === "irq-order" ? "irq" : kind))),
    title: null,
    id: null,
    isMention: true,
  };
}

function subjectsOf(subject: string | null): ReadonlySet<string> {
  const plain = plainSubject(subject ?? "");
  return new Set(plain === "" ? [] : [plain]);
}
