import { addBisect } from "./bisect/index.ts";
import { addCatalogue } from "./catalogue.ts";
import type { AddCommand } from "./command.ts";
import { addDiff } from "./diff.ts";
import { addExplain } from "./explain.ts";
import { addGraph } from "./graph.ts";
import { addHistory } from "./history/index.ts";
import { addSame } from "./same.ts";
import { addSeen } from "./seen.ts";
import { addSchema } from "./schema.ts";
import { addCompletion, addMan } from "./shell.ts";

/** Every command but the one that needs no name, in the order of the help. */
export const COMMANDS: readonly AddCommand[] = [
  addExplain,
  addDiff,
  addSame,
  addBisect,
  addHistory,
  addSeen,
  addGraph,
  addCatalogue,
  addSchema,
  addCompletion,
  addMan,
];
