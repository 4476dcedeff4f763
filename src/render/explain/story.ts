import { definitionOf } from "../../kinds/index.ts";
import type { KindDefinition } from "../../kinds/kind.ts";
import type { Frame, Report } from "../../report/schema.ts";
import { rolesOfStack } from "../../symbols/roles.ts";
import { tellingBacktrace } from "../words/frames.ts";
import { taskName } from "../words/locks.ts";
import { fn, name, type Part, plain } from "../words/parts.ts";
import { pathInWords, say, sentences } from "../words/sentences.ts";

/** What happened, in one paragraph: who, running what, holding what, wanted or did what, where. */
export function story(report: Report): Part[] {
  const definition = definitionOf(report.kind);
  return sentences(definition.lists === true ? null : who(report, definition), ...definition.story(report));
}

function who(report: Report, { strayStack = false }: KindDefinition): Part[] {
  const { task, kernel } = report;
  const running = strayStack ? [] : pathInWords(guilty(report));
  const call = rolesOfStack(report.backtrace).roles.find(({ role }) => role === "system-call")?.whose;
  const on = kernel === null ? [] : say`, on ${name(kernel.release)}`;
  const irq = task?.irq;
  const context = irq?.hardirqContext ? " in a hard interrupt" : irq?.softirqContext ? " in a softirq" : "";
  const by =
    call === undefined || call === null || context !== "" ? [] : say` for the system call ${fn(call)}`;
  const subject = task === null ? [plain("A task")] : [name(taskName(task))];
  if (running.length === 0) return say`The task was ${subject}${context}${on}.`;
  return say`${subject} ran ${running}${by}${context}${on}.`;
}

/** The backtrace; from the function of the title on, where that is none of an allocator's. */
function guilty(report: Report): readonly Frame[] {
  const own = tellingBacktrace(report);
  return own.length === 0 ? report.backtrace : own;
}
