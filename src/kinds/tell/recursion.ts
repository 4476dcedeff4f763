import type { Report } from "../../report/schema.ts";
import { lock, name, type Part, plain, quiet } from "../../render/words/parts.ts";
import { taskName } from "../../render/words/locks.ts";
import { type Block, inFrame, say, text } from "../../render/words/sentences.ts";

/** How taking a second lock of one class becomes a deadlock. */
export function recursionBlocks(report: Report): Block[] {
  const { lock: second, holding: first, task } = report;
  if (second === null || first === null) return [];
  const sure = report.findings.some(
    ({ code }) => code === "same-lock-twice" || code === "work-waits-for-itself",
  );
  const site = (of: typeof first): Part[][] => (of.at === null ? [] : [inFrame(of.at, "in ")]);
  const who = task === null ? plain("the task") : name(taskName(task));
  if (sure || (first.address !== null && first.address === second.address))
    return [
      {
        type: "drawing",
        drawing: {
          columns: [[who]],
          events: [
            { column: 0, lines: [say`holds ${lock(first.class)}`, ...site(first)] },
            {
              column: 0,
              lines: [say`wants ${lock(second.class)} again`, ...site(second), [plain("waits for itself")]],
            },
          ],
        },
      },
    ];
  return [
    text(
      plain(
        "It is a deadlock if both are the same object, or if two tasks take two objects in opposite orders. If there is a fixed order, it is not a deadlock, and needs a lockdep annotation:",
      ),
    ),
    {
      type: "drawing",
      drawing: {
        columns: [say`CPU 0: ${who}${quiet(" (now)")}`, say`CPU 1${quiet(" (hypothetical)")}`],
        events: [
          { column: 0, lines: [say`holds ${lock(first.class)} of X`, ...site(first)] },
          { column: 1, lines: [say`holds ${lock(first.class)} of Y`] },
          {
            column: 0,
            lines: [say`wants ${lock(second.class)} of Y`, ...site(second), say`waits for CPU 1`],
          },
          { column: 1, lines: [say`wants ${lock(second.class)} of X`, say`waits for CPU 0`] },
        ],
      },
    },
  ];
}
