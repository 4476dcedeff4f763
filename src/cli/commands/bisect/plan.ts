import { Option } from "commander";
import type { Search } from "../../../bisect/journal.ts";
import type { Plan } from "../../../bisect/plan.ts";
import type { Rate } from "../../../compare/rates.ts";
import { UsageError } from "../../io/errors.ts";
import { formatFor, writeDocument } from "../../io/output.ts";
import type { AddCommand } from "../command.ts";
import { type Asked, formatOption } from "../options.ts";
import { wholeFrom } from "./numbers.ts";
import { confidenceOption, hitRateOption, hitsOption, runsOption, searchOption } from "./options.ts";
import { givenRate, type RateOptions } from "./rate-option.ts";
import { helpText } from "../help-text.ts";

const EXAMPLES = helpText([
  ["splat-triage bisect plan --hits 3 --runs 10", "3 of 10 boots of the bad build showed it"],
  ["splat-triage bisect plan --hits 3 --runs 10 --commits 4000", "the same, and the whole bisection"],
  ["splat-triage bisect plan --hit-rate 0.2 --confidence 0.999"],
]);

interface PlanCommandOptions extends RateOptions {
  readonly confidence: number;
  readonly commits?: number;
  readonly find: Search;
  readonly format: Asked<"plan">;
}

/** `splat-triage bisect plan --hits K --runs N` */
export const addPlan: AddCommand = (parent, { terminal }) => {
  parent
    .command("plan")
    .description("work out how many runs without a hit make a commit good")
    .addOption(hitsOption())
    .addOption(runsOption())
    .addOption(hitRateOption())
    .addOption(confidenceOption())
    .addOption(
      new Option("--commits <count>", "plan the whole bisection of this many commits").argParser(
        wholeFrom(1),
      ),
    )
    .addOption(searchOption())
    .addOption(formatOption("plan"))
    .addHelpText("after", EXAMPLES)
    .action(async (options: PlanCommandOptions) => {
      const plan = await planned(rateOf(options), options);
      const format = formatFor(options.format, terminal);
      await writeDocument(terminal, "plan", format, plan);
    });
};

function rateOf(options: PlanCommandOptions): Rate {
  const rate = givenRate(options);
  if (rate !== null) return rate;
  throw new UsageError("give --hits and --runs as seen on a kernel with the bug, or --hit-rate");
}

async function planned(rate: Rate, options: PlanCommandOptions): Promise<Plan> {
  const { planOf } = await import("../../../bisect/plan.ts");
  try {
    return planOf(rate, options);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`cannot plan that: ${error.message}`);
    throw error;
  }
}
