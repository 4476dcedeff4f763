import type { AddCommand } from "../command.ts";
import { addHelp } from "../help.ts";
import { addPlan } from "./plan.ts";
import { addRun } from "./run.ts";
import { addSuspects } from "./suspects.ts";
import { addVerdict, EXAMPLES } from "./verdict.ts";

const COMMANDS: readonly AddCommand[] = [addVerdict, addRun, addPlan, addSuspects];

/** `splat-triage bisect …` */
export const addBisect: AddCommand = (parent, session) => {
  const bisect = parent
    .command("bisect")
    .description("find the commit that introduced a report, with git bisect run")
    .addHelpText("after", EXAMPLES);
  for (const add of COMMANDS) add(bisect, session);
  addHelp(bisect);
};
