import type { Reason, ReasonCode } from "../../lock-graph/schema.ts";
import { lock, name, type Part, plain } from "../words/parts.ts";

/** What each reason of a cycle means, in words; a code without is a type error. */
const REASON_PROSE: Record<ReasonCode, (args: Args) => Part[]> = {
  reported: () => [plain("a kernel has reported it")],
  "never-in-one-boot": ({ boots }) => [
    plain("no boot has shown all of it, and lockdep compares orders only within a boot: "),
    ...list(boots, name),
  ],
  "reader-between": ({ from, to, over, since }) => [
    plain("no kernel compared "),
    lock(text(from)),
    plain(" with "),
    lock(text(to)),
    plain(": between the two "),
    ...list(over, lock),
    plain(` is held by a reader, and since ${text(since)} lockdep does not look past that`),
  ],
  "lockdep-off": ({ sources }) => [
    plain("lockdep had turned itself off at the end of "),
    ...list(sources, name),
  ],
  "blind-spot": ({ id, since, until, classes }) => [
    plain(`these kernels cannot report it (${text(id)}`),
    plain(since === undefined ? "" : `, since ${text(since)}`),
    plain(until === undefined ? "" : `, until ${text(until)}`),
    plain("): "),
    ...list(classes, lock),
  ],
  "same-name": ({ class: of }) => [
    lock(text(of)),
    plain(" may be another lock in another boot: only the name is the same"),
  ],
  "gate-lock": ({ class: of }) => [
    lock(text(of)),
    plain(" was held around all of it: no two tasks were in it at once"),
  ],
  "checked-by-kernel": ({ sources }) => [
    plain("lockdep compared all of it and reported nothing, in "),
    ...list(sources, name),
  ],
  "recursive-read": ({ class: of }) => [
    lock(text(of)),
    plain(" has readers that do not wait for waiting writers"),
  ],
  "subclass-nesting": ({ classes }) => [
    ...list(classes, lock),
    plain(": subclasses of one class, whose order was declared"),
  ],
  novalidate: ({ class: of }) => [lock(text(of)), plain(" is not validated: its order means nothing")],
  "known-false-positive": ({ class: of, annotation }) => [
    lock(text(of)),
    plain(` is not part of any order (${text(annotation)})`),
  ],
  "read-only-class": ({ class: of }) => [
    lock(text(of)),
    plain(" was only ever read: nobody waits for readers"),
  ],
  "trylock-possible": ({ from, to }) => [
    lock(text(to)),
    plain(" was never waited for under "),
    lock(text(from)),
    plain(", only with a trylock or with checks disabled"),
  ],
  "hidden-keys": ({ sources }) => [plain("only names distinguish classes in "), ...list(sources, name)],
  "single-context": ({ context }) => [plain(`all of it in ${text(context)} context`)],
  "one-boot-each": ({ boots }) => [plain("each edge was seen in one boot only: "), ...list(boots, name)],
  "known-annotation": ({ class: of, annotation }) => [
    lock(text(of)),
    plain(` is known: splat-triage catalogue ${text(annotation)}`),
  ],
};

type Args = Reason["args"];

function text(value: Args[string] | undefined): string {
  return Array.isArray(value) ? value.join(", ") : String(value ?? "");
}

/** More than these fill a screen. */
const MOST = 6;

function list(value: Args[string] | undefined, as: (text: string) => Part): Part[] {
  const all = [...new Set(Array.isArray(value) ? value : [text(value)])];
  const shown = all.slice(0, MOST).flatMap((one, i) => (i === 0 ? [as(one)] : [plain(", "), as(one)]));
  return all.length > MOST ? [...shown, plain(` and ${all.length - MOST} more`)] : shown;
}

export function reasonParts({ code, args }: Reason): Part[] {
  return REASON_PROSE[code](args);
}
