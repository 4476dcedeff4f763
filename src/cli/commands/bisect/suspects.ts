import { Option } from "commander";
import { render } from "../../../render/formats.ts";
import type { SuspectsInputs } from "../../bisect/suspects-of-range.ts";
import { formatFor, paperFor, write } from "../../io/output.ts";
import type { AddCommand } from "../command.ts";
import { type Asked, formatOption } from "../options.ts";
import { hitRateOption, SEARCHES } from "./options.ts";

const EXAMPLES = `
Examples:
  splat-triage bisect suspects --journal bisect.ndjson v6.11..v6.12
  splat-triage bisect suspects --journal bisect.ndjson --repo ~/linux --report bad.log v6.11..HEAD

  splat-triage bisect suspects --find fix --journal bisect.ndjson v6.12..v6.13   which commit mended it?

The range is GOOD..BAD, and both ends are taken at their word, as git bisect does. With --find fix it is OLD..NEW: the old
end has the bug, the new one has not.`;

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
      new Option("--journal <file>", "what was tested, as bisect run writes it").makeOptionMandatory(),
    )
    .option("--repo <dir>", "the git repository", ".")
    .addOption(
      new Option(
        "--find <what>",
        "rank commits that may have brought the report, or mended it (default: what the journal says)",
      ).choices(SEARCHES),
    )
    .addOption(hitRateOption())
    .option("--report <log>", "a log with the report, for the commits that touch its code")
    .addOption(formatOption("suspects"))
    .addHelpText("after", EXAMPLES)
    .action(async (range: string, options: SuspectsOptions) => {
      const { suspectsOf } = await import("../../bisect/suspects-of-range.ts");
      const suspects = await suspectsOf(range, options, terminal);
      const format = formatFor(options.format, terminal);
      await write(terminal.stdout, await render("suspects", format, suspects, paperFor(terminal)));
    });
};
