import { Option } from "commander";
import type { SuspectsInputs } from "../../bisect/suspects-of-range.ts";
import { formatFor, writeDocument } from "../../io/output.ts";
import type { AddCommand } from "../command.ts";
import { type Asked, formatOption } from "../options.ts";
import { helpText } from "../help-text.ts";
import { hitRateOption, SEARCHES } from "./options.ts";

const EXAMPLES = helpText(
  [
    ["splat-triage bisect suspects --journal bisect.ndjson v6.11..v6.12"],
    [
      "splat-triage bisect suspects --journal bisect.ndjson --repo ~/linux \\\n  --report bad.log v6.11..HEAD",
    ],
    [
      "splat-triage bisect suspects --find fix --journal bisect.ndjson \\\n  v6.12..v6.13",
      "which commit fixed it?",
    ],
  ],
  "The range is GOOD..BAD, and both ends are taken as given, as git bisect does. With --find fix it is OLD..NEW: " +
    "the old end has the bug, the new one does not.",
);

interface SuspectsOptions extends SuspectsInputs {
  readonly format: Asked<"suspects">;
}

/** `splat-triage bisect suspects --journal FILE RANGE` */
export const addSuspects: AddCommand = (parent, { terminal }) => {
  parent
    .command("suspects")
    .description("rank the commits of a range, given noisy tests, and pick the next to test")
    .argument("<range>", "GOOD..BAD (with --find fix OLD..NEW), as git takes it")
    .addOption(
      new Option("--journal <file>", "read the tests from this journal of bisect run").makeOptionMandatory(),
    )
    .option("--repo <dir>", "use this git repository", ".")
    .addOption(
      new Option(
        "--find <what>",
        "rank commits that may have introduced the report, or fixed it (default: what the journal says)",
      ).choices(SEARCHES),
    )
    .addOption(hitRateOption())
    .option("--report <log>", "favour commits that touch the code of the report in this log")
    .addOption(formatOption("suspects"))
    .addHelpText("after", EXAMPLES)
    .action(async (range: string, options: SuspectsOptions) => {
      const { suspectsOf } = await import("../../bisect/suspects-of-range.ts");
      const suspects = await suspectsOf(range, options, terminal);
      const format = formatFor(options.format, terminal);
      await writeDocument(terminal, "suspects", format, suspects);
    });
};
