import { REPORTS } from "../../../grammar/reports.ts";
import type { ReportTree } from "../../../grammar/tree.ts";
import type { Damage, Kernel, Kind, Report, Untitled } from "../../report/schema.ts";
import { definitionOf } from "../index.ts";
import type { Common } from "../kind.ts";
import { isComplete, missingParts } from "./completeness.ts";
import { dumpsOf } from "./dump.ts";
import { chainExistsOf, heldOf, kernelOf, Parts, scenarioOf, textOf } from "./parts.ts";

/** Where a report stood in its log. */
export interface Place {
  readonly source: number;
  readonly lines: { readonly first: number; readonly last: number; readonly unparsed: number };
  readonly time: number | null;
  readonly caller: string | null;
  /** The kernel of the boot, for reports that do not name it. */
  readonly kernel: Kernel | null;
  readonly damage: readonly Damage[];
}

/** Makes the typed report of a syntax tree. */
export function buildReport(kind: Kind, tree: ReportTree, place: Place): Untitled {
  const definition = definitionOf(kind);
  const { dumps, others } = dumpsOf(tree.sections);
  const parts = new Parts({ headline: tree.headline, sections: others });
  const common = commonOf(
    parts,
    dumps.map(({ dump }) => dump),
    place.kernel,
  );
  const details = definition.build(parts, common);
  const chainExists = chainExistsOf(parts);
  const { headline = textOf(parts.headline, "headline") ?? parts.headline.text, ...more } = details;
  const lockdepOff = parts.line("LockdepIsOff") === null ? {} : { lockdepOff: true as const };
  // of a literal V8 copies what is spread behind its first field ten times as slowly
  const built = Object.assign(lockdepOff, common, more, chainExists.length === 0 ? {} : { chainExists });
  const isTorn = dumps.some((dump) => dump.isTorn);
  const found = [
    ...place.damage,
    ...straysOf(parts),
    ...missingParts(built, definition, REPORTS[kind], place.lines.last, isTorn, place.damage),
  ];
  const { kernel, task, lock, holding, cycle, edges, held, scenario, backtrace } = built;
  return Object.assign(
    {
      kind,
      headline,
      tag: tagOf(parts.headline.text),
      source: place.source,
      lines: { ...place.lines },
      time: place.time,
      caller: place.caller,
      // before what else there is
      kernel,
      task,
      lock,
      holding,
      cycle,
      edges,
      held,
      scenario,
      backtrace,
    },
    built,
    {
      complete: isComplete(found),
      damage: found,
      annotations: [],
      findings: [],
      suspects: [],
      lookAt: null,
    },
  );
}

/** Lines of the report that stand where they say nothing: what they belong to was lost. */
function straysOf(parts: Parts): Damage[] {
  return parts.all("stray").map(({ line }) => ({ code: "unparsed", line: line.number, what: "1 line" }));
}

/** `WARNING: x`, `[ INFO: x ]`, …; none where the message stands alone. */
function tagOf(text: string): Report["tag"] {
  const tag = /^(?:\[ )?(WARNING|BUG|INFO): /.exec(text)?.[1];
  return tag === "WARNING" || tag === "BUG" || tag === "INFO" ? tag : null;
}

function commonOf(parts: Parts, dumps: Report["dumps"], bootKernel: Kernel | null): Common {
  const kernelLine = parts.line("Kernel");
  const held = heldOf(parts.all("held"));
  const { task, lock } = parts.acting;
  return {
    kernel:
      (kernelLine === null ? null : kernelOf(kernelLine)) ??
      dumps.find((dump) => dump.kernel !== null)?.kernel ??
      bootKernel,
    task: task ?? dumps.find((dump) => dump.task !== null)?.task ?? held[0]?.task ?? null,
    lock,
    holding: parts.holding,
    cycle: [],
    edges: [],
    held,
    scenario: scenarioOf(parts),
    // a task that waits is shown without a header, before the one that reports: debug_rt_mutex_print_deadlock()
    backtrace: (dumps.find((dump) => dump.task !== null && dump.frames.length > 0) ?? dumps[0])?.frames ?? [],
    dumps,
  };
}
