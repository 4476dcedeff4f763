import type { AddCommand } from "../command.ts";
import { addHelp } from "../help.ts";
import { addAdd } from "./add.ts";
import { addExport } from "./export.ts";
import { addList } from "./list.ts";
import { addQuery } from "./query.ts";

/** `splat-triage history`: a store of boots and reports. */
export const addHistory: AddCommand = (parent, session) => {
  const history = parent
    .command("history")
    .description("keep boots and reports: first seen, last seen, rate per build");
  for (const add of [addAdd, addList, addQuery, addExport]) add(history, session);
  addHelp(history);
};
