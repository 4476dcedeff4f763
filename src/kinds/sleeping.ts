import { commaed, name, type Part, plain } from "../render/words/parts.ts";
import { listed, pathInWords, say } from "../render/words/sentences.ts";
import { BUG } from "./bug/banner.ts";
import { tracedFunction } from "./bug/culprit.ts";
import { functionLacks } from "./bug/lacks.ts";
import { lockAndSite } from "./bug/marks.ts";
import { numberOf, taskOf, textOf } from "./assemble/parts.ts";
import { contextOf } from "./assemble/preemption.ts";
import { APART, type KindDefinition } from "./kind.ts";
import { allDumps, headlineText, preemptionLines } from "./print/boxes.ts";
import { irqEventLines } from "./print/frames.ts";
import { given } from "./print/lines.ts";
import { heldLines } from "./print/locks.ts";
import { oneFact, place, preemptionFact, preemptionOffIn } from "./tell/facts.ts";
import { fileLine, heldSentence } from "./tell/story.ts";

/** __might_resched() in kernel/sched/core.c. */
export const sleeping: KindDefinition = {
  requires: ["task", "sleeping", "backtrace"],
  lost: ({ sleeping: state }) => ((state?.inAtomic ?? null) === null ? ["sleeping"] : []),
  throughout: [/^\.?_*might_(?:resched|sleep)/],
  build(parts, { task }) {
    const atomic = parts.line("InAtomic");
    const count = parts.line("PreemptCount");
    const rcu = parts.line("RcuDepth");
    return {
      ...contextOf(parts),
      task: (atomic === null ? null : taskOf(atomic)) ?? task,
      sleeping: {
        file: textOf(parts.headline, "file") ?? "",
        line: numberOf(parts.headline, "line") ?? 0,
        inAtomic: atomic === null ? null : numberOf(atomic, "atomic"),
        irqsDisabled: atomic === null ? null : numberOf(atomic, "irqs"),
        nonBlock: atomic === null ? null : numberOf(atomic, "nonblock"),
        preemptCount: count === null ? null : textOf(count, "count"),
        preemptExpected: count === null ? null : textOf(count, "expected"),
        rcuDepth: rcu === null ? null : numberOf(rcu, "depth"),
        rcuExpected: rcu === null ? null : numberOf(rcu, "expected"),
        stackOverrun: parts.line("StackOverrun") !== null,
      },
    };
  },

  banner: BUG,
  title: ({ report }) => `BUG: sleeping function called from invalid context in ${tracedFunction(report)}`,
  bug: lockAndSite,
  lacks: functionLacks,

  lockdep: APART,

  print: (report) => [
    headlineText(report),
    ...given(report.sleeping, (state) => [
      ...given(report.task, ({ comm, pid }) =>
        given(state.inAtomic, (inAtomic) => [
          `in_atomic(): ${inAtomic}, irqs_disabled(): ${state.irqsDisabled ?? 0}` +
            (state.nonBlock === null ? "" : `, non_block: ${state.nonBlock}`) +
            `, pid: ${pid}, name: ${comm}`,
        ]),
      ),
      ...given(state.preemptCount, (count) => [
        `preempt_count: ${count}, expected: ${state.preemptExpected ?? "0"}`,
      ]),
      ...given(state.rcuDepth, (depth) => [`RCU nest depth: ${depth}, expected: ${state.rcuExpected ?? 0}`]),
      ...(state.stackOverrun ? ["Thread overran stack, or stack corrupted"] : []),
    ]),
    ...heldLines(report),
    ...irqEventLines(report.irqEvents),
    ...given(report.preemptionDisabledAt, preemptionLines),
    ...allDumps(report),
  ],
  facts(report) {
    const { sleeping: state } = report;
    if (state === undefined) return preemptionFact(report);
    const { inAtomic, irqsDisabled, preemptCount, preemptExpected, rcuDepth, rcuExpected } = state;
    const why: Part[][] = [
      place(state.file, state.line).slice(1),
      ...(inAtomic === 1 ? [[plain("in atomic context")]] : []),
      ...(irqsDisabled === 1 ? [[plain("interrupts off")]] : []),
      ...(preemptCount === null || preemptCount === preemptExpected
        ? []
        : [[plain("preempt count "), name(preemptCount)]]),
      ...(rcuDepth === null || rcuDepth === rcuExpected ? [] : [[plain(`RCU depth ${rcuDepth}`)]]),
    ];
    return [...oneFact("sleeps", ...commaed(why)), ...preemptionFact(report)];
  },
  story(report) {
    const { sleeping: state } = report;
    const disabledIn = preemptionOffIn(report);
    const held = heldSentence(report);
    if (state === undefined) return [held];
    const why = [
      ...(state.irqsDisabled === 1 ? [say`interrupts were disabled`] : []),
      ...(state.preemptCount !== null && state.preemptCount !== (state.preemptExpected ?? "0")
        ? [say`preemption was disabled (count ${name(state.preemptCount)})`]
        : []),
      ...((state.rcuDepth ?? 0) > (state.rcuExpected ?? 0)
        ? [say`it was in an RCU read-side critical section`]
        : []),
    ];
    if (why.length === 0 && state.inAtomic === 1) why.push(say`it was in atomic context`);
    return [
      held,
      say`The code at ${fileLine(state.file, state.line)} may sleep${
        why.length === 0 ? [] : say`, but ${listed(why)}`
      }.`,
      disabledIn.length === 0 ? null : say`Preemption was disabled in ${pathInWords(disabledIn)}.`,
    ];
  },
  consequence: () =>
    "A task that sleeps with preemption or interrupts disabled, or in an RCU read-side critical section, blocks others until it wakes up, and may hang the CPU.",
};
