import { Option } from "commander";
import type { Search } from "../../../bisect/journal.ts";
import { confidenceOf, hitRateOf, wholeFrom } from "./numbers.ts";

/** Options that several commands of `bisect` have, each with one meaning. */

export function targetOption(): Option {
  return new Option("--target <target>", "look for this report").makeOptionMandatory();
}

export function confidenceOption(): Option {
  return new Option("--confidence <share>", "be this sure before calling a commit good")
    .argParser(confidenceOf)
    .default(0.99);
}

export function hitRateOption(): Option {
  return new Option(
    "--hit-rate <rate>",
    "assume that a kernel with the bug shows it in this share of runs (0 to 1)",
  ).argParser(hitRateOf);
}

export function hitsOption(): Option {
  return new Option(
    "--hits <count>",
    "count this many runs of a kernel with the bug that showed it",
  ).argParser(wholeFrom(0));
}

export function runsOption(): Option {
  return new Option("--runs <count>", "out of this many runs").argParser(wholeFrom(0));
}

export const SEARCHES = ["bug", "fix"] satisfies Search[];

export function searchOption(): Option {
  return new Option(
    "--find <what>",
    "find the commit that introduced the report, or the one that fixed it (then 0 means old, not fixed yet, and 1 new, fixed)",
  )
    .choices(SEARCHES)
    .default("bug");
}

/** What `git bisect run` is told: 0 good or old, 1 bad or new, 125 cannot tell. */
export function statusOf(result: "good" | "bad" | "unusable" | "unknown", search: Search): number {
  if (result !== "good" && result !== "bad") return 125;
  return (result === "bad") === (search === "bug") ? 1 : 0;
}
