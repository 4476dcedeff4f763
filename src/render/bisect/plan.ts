import type { Plan } from "../../bisect/plan.ts";
import { bold, wrap } from "../words/layout.ts";
import type { Paper } from "../words/paper.ts";
import { counted, plain } from "../words/parts.ts";
import { percent } from "../words/percent.ts";
import { TERMS } from "./verdict-prose.ts";
import { blanks, ended, type Safe, safe } from "../words/safe.ts";

const LABEL = "one commit  ".length;

/** How many runs a bisection takes, for a person. */
export function renderPlan(plan: Plan, { width, color }: Paper): Safe {
  const rows: readonly (readonly [string, readonly Safe[]])[] = [
    ["hit rate", rateLines(plan.rate)],
    ["one commit", commitLines(plan)],
    ["bisection", plan.bisection === null ? [] : bisectionLines(plan.bisection, TERMS[plan.find].bad)],
  ];
  const lines = rows.flatMap(([label, texts]) =>
    texts
      .flatMap((text) => wrap([plain(text)], Math.max(24, width - LABEL), color))
      .map((text, i) =>
        i === 0
          ? safe`${bold(label, color)}${blanks(LABEL - label.length)}${text}`
          : safe`${blanks(LABEL)}${text}`,
      ),
  );
  return ended(lines);
}

function rateLines({ known, hits, runs, mean, interval }: Plan["rate"]): Safe[] {
  if (known !== null) return [safe`${percent(known)}, as given`];
  if (interval === null || hits === null || runs === null) return [];
  const between = safe`with ${percent(interval.mass)} probability between ${percent(interval.low)} and ${percent(interval.high)}`;
  if (runs === 0) return [safe`nothing is known: no run was made; ${between}`];
  const seen = safe`${hits} of ${counted(runs, "run")}`;
  if (hits === 0) return [safe`${seen}: how often it shows is not known, only that it is rare; ${between}`];
  return [safe`${seen}; ${between}; the next run shows it with ${percent(mean)}`];
}

function commitLines({ find, runs, runsIfExact, confidence, rate }: Plan): Safe[] {
  const needed = safe`${counted(runs, "run")} without a hit until it may be called ${TERMS[find].good} with ${percent(confidence)}`;
  if (runsIfExact === null || rate.hits === null || rate.runs === null) return [needed];
  const exact = percent(rate.hits / rate.runs);
  return [needed, safe`(${runsIfExact} if the rate were exactly ${exact}, which so few runs do not tell)`];
}

function bisectionLines(bisection: NonNullable<Plan["bisection"]>, bad: Safe): Safe[] {
  const { commits, steps, confidence, runs, mostRuns, expectedRuns } = bisection;
  if (steps === 0) return [safe`${counted(commits, "commit")}: nothing to test`];
  return [
    safe`${counted(commits, "commit")}: ${counted(steps, "step")} of at most ${counted(runs, "run")}, all in all at most ${mostRuns}`,
    safe`about ${Math.round(expectedRuns)} where half of the steps are ${bad} and end at their first hit`,
    safe`each step with --confidence ${digitsOf(confidence)}, for all of them to be right`,
  ];
}

/** As many digits as make a difference, rounded to the safe side. */
function digitsOf(confidence: number): number {
  const digits = Math.min(12, 2 - Math.floor(Math.log10(1 - confidence)));
  const scale = 10 ** digits;
  return Math.ceil(confidence * scale) / scale;
}
