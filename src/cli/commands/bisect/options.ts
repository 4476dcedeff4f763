import { Option } from "commander";
import type { Search } from "../../../bisect/journal.ts";
import { confidenceOf, hitRateOf, wholeFrom } from "./numbers.ts";

/** Options that several commands of `bisect` have, each with one meaning. */

export function targetOption(): Option {
  return new Option("--target <target>", "the report that is looked for").makeOptionMandatory();
}

export function confidenceOption(): Option {
  return new Option("--confidence <share>", "how sure a good result must be")
    .argParser(confidenceOf)
    .default(0.99);
}

export function hitRateOption(): Option {
  return new Option(
    "--hit-rate <rate>",
    "in so many of the runs of a kernel with the bug it shows",
  ).argParser(hitRateOf);
}

export function hitsOption(): Option {
  return new Option("--hits <count>", "runs of a kernel with the bug that showed it").argParser(wholeFrom(0));
}

export function runsOption(): Option {
  return new Option("--runs <count>", "all runs of it").argParser(wholeFrom(0));
}

export const SEARCHES = ["bug", "fix"] satisfies Search[];

export function searchOption(): Option {
  return new Option(
    "--find <what>",
    "the commit that brought the report, or the one that mended it (then 0 says old, not mended yet, and 1 new, mended)",
  )
    .choices(SEARCHES)
    .default("bug");
}

/** What `git bisect run` is told: 0 good or old, 1 bad or new, 125 cannot tell. */
export function statusOf(result: "good" | "bad" | "unusable" | "unknown", search: Search): number {
  if (result !== "good" && result !== "bad") return 125;
  return (result === "bad") === (search === "bug") ? 1 : 0;
}
