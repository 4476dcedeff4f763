import type { JournalRun, Search } from "../../bisect/journal.ts";
import type { KnownRate } from "../../bisect/learned-rate.ts";
import type { RunSummary } from "../../bisect/run-summary.ts";
import type { Progress, StopReason } from "../../bisect/sequence.ts";
import { counted } from "../words/parts.ts";
import { percent } from "../words/percent.ts";
import { TERMS } from "./verdict-prose.ts";
import { join, own, printable, type Safe, safe } from "../words/safe.ts";

/** What `bisect run` says of its runs on standard error, a line each. */

/** How the hit rate is known, and what follows: `hit rate as given, 30 %: 13 runs without it make a commit good with 99 %`. */
export function planText(known: KnownRate, needed: number, confidence: number): Safe {
  return safe`${rateText(known)}: ${counted(needed, "run")} without it make a commit good with ${percent(confidence)}`;
}

function rateText(known: KnownRate): Safe {
  switch (known.from) {
    case "given":
      return safe`hit rate as given, ${percent(known.rate.known)}`;
    case "counted":
      return safe`hit rate by ${counted(known.rate.hits, "hit")} in ${counted(known.rate.runs, "run")}`;
    case "learned":
      return safe`hit rate by ${counted(known.commits, "bad commit")} of the journal (${counted(known.rate.hits, "hit")} in ${counted(known.rate.runs, "run")})`;
    case "nothing":
      return own(
        "hit rate unknown, so any is as likely (--hit-rate, --hits with --runs, or a bad commit in the journal tell more)",
      );
    default:
      return known satisfies never;
  }
}

/**
 * `run 4 of 13: good (6.12.117 #1, 41 s); chance of a miss 24 %`. After a run that says nothing the number of the usable
 * ones is beside: `run 5, usable 4 of 13: good (…)`.
 */
export function runText(run: JournalRun, after: Progress): Safe {
  const { result, kernel, reason, seconds } = run;
  const build =
    kernel === null ? null : [kernel.release, kernel.build].filter((part) => part !== null).join(" ");
  const facts = [build === null ? null : printable(build), duration(seconds)].filter((fact) => fact !== null);
  const isAll = run.run === after.usable;
  const place =
    result === "unusable"
      ? safe`run ${run.run}`
      : isAll
        ? safe`run ${run.run} of ${after.needed}`
        : safe`run ${run.run}, usable ${after.usable} of ${after.needed}`;
  const head = safe`${place}: ${result} (${join(facts, ", ")})`;
  if (result !== "good") return safe`${head}: ${printable(reason)}`;
  return safe`${head}; chance of a miss ${percent(after.chanceOfMissing)}`;
}

function duration(seconds: number): Safe {
  if (seconds < 10) return safe`${printable(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  return whole < 600 ? safe`${whole} s` : safe`${Math.round(whole / 60)} min`;
}

/** The last line. */
export function summaryText(summary: RunSummary, search: Search = "bug"): Safe {
  const { reason, result, runs, usable, unusable, needed } = summary;
  const last = printable(runs.at(-1)?.reason ?? "");
  const label = { ...TERMS[search], unknown: own("cannot tell") }[result];
  const texts: Record<StopReason, () => Safe> = {
    hit: () => {
      const hit = runs.find((run) => run.result === "bad");
      return safe`run ${hit?.run ?? 0} shows ${printable(hit?.reason ?? "")}`;
    },
    sure: () =>
      safe`in none of ${counted(usable, "run")}; chance of a miss ${percent(summary.chanceOfMissing)}`,
    "max-runs": () =>
      safe`no more runs than ${runs.length} are allowed, and ${usable} of the ${needed} needed are done`,
    "max-unusable": () =>
      safe`too many runs in a row say nothing (${unusable} of ${runs.length}), the last because ${last}`,
    masked: () => safe`one other report masks it in run after run: ${last}`,
    untestable: () => last,
  };
  return safe`${label}: ${texts[reason]()}`;
}
