import { type Plan, planOf } from "../../../bisect/plan.ts";
import type { Rate } from "../../../compare/rates.ts";
import { jsonText } from "../../../render/words/json.ts";
import { renderPlan } from "../../../render/bisect/plan.ts";
import { UsageError } from "../../io/errors.ts";
import { formatFor, paperFor, write } from "../../io/output.ts";
import type { Terminal } from "../../io/terminal.ts";
import { givenRate, type RateOptions } from "./rate-option.ts";

export interface PlanCommandOptions extends RateOptions {
  readonly confidence: number;
  readonly commits?: number;
  readonly format: "auto" | "table" | "json";
}

/** `splat-triage bisect plan --hits K --runs N` */
export async function planCommand(options: PlanCommandOptions, terminal: Terminal): Promise<void> {
  const plan = planned(rateOf(options), options);
  const asTable = formatFor(options.format, terminal) === "table";
  const text = asTable ? renderPlan(plan, paperFor(terminal)) : `${jsonText(plan, 2)}\n`;
  await write(terminal.stdout, text);
}

function rateOf(options: PlanCommandOptions): Rate {
  const rate = givenRate(options);
  if (rate !== null) return rate;
  throw new UsageError("give --hits and --runs as seen on a kernel with the bug, or --hit-rate");
}

function planned(rate: Rate, options: PlanCommandOptions): Plan {
  try {
    return planOf(rate, options);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`no plan for that: ${error.message}`);
    throw error;
  }
}
