import type { History } from "../../../history/schema.ts";
import { counted } from "../../../render/words/parts.ts";
import { tell, tellFailure, UsageError } from "../../io/errors.ts";
import { formatFor, writeDocument } from "../../io/output.ts";
import type { Terminal } from "../../io/terminal.ts";
import type { AddCommand } from "../command.ts";
import { type Asked, formatOption } from "../options.ts";

interface ListOptions {
  readonly format: Asked<"history">;
  readonly since?: string;
  readonly job?: string;
  readonly id?: string;
}

/** `splat-triage history list STORE`: 2 where a part of the store could not be read. */
export const addList: AddCommand = (parent, { terminal, finish }) => {
  parent
    .command("list")
    .description(
      "list when each bug was first and last seen, and in how many of the boots that could have shown it",
    )
    .argument("<store>", "a store of `history add`")
    .option("--since <build>", "show what is new and what is gone since this build")
    .option("--job <name>", "count only the boots of this job")
    .option("--id <id>", "list only this bug")
    .addOption(formatOption("history"))
    .action(async (store: string, options: ListOptions) => {
      finish(await list(store, options, terminal));
    });
};

async function list(store: string, options: ListOptions, terminal: Terminal): Promise<number> {
  const { history, failed } = await ask(store, options, terminal);
  const format = formatFor(options.format, terminal);
  await writeDocument(terminal, "history", format, history);
  return failed ? 2 : 0;
}

async function ask(
  store: string,
  { since, job, id }: ListOptions,
  terminal: Terminal,
): Promise<{ readonly history: History; readonly failed: boolean }> {
  const { IDENTITY_VERSION } = await import("../../../identity/identity.ts");
  const { readStore } = await import("../../../history/store/reader.ts");
  const { Tally } = await import("../../../history/tally.ts");
  const tally = new Tally({ since: since ?? null, job: job ?? null, id: id ?? null });
  const damages: Error[] = [];
  let strange = 0;
  for await (const rows of readStore(store, (error) => damages.push(error)))
    for (const row of rows)
      if (row.identity === IDENTITY_VERSION) tally.add(row);
      else strange++;
  for (const damage of damages) await tellFailure(damage, terminal);
  if (strange > 0)
    await tell(
      `${store}: ${counted(strange, "boot")} left out: another version gave their ids, which mean something else. Add their logs to a new store`,
      terminal,
    );
  const { history } = tally;
  if (history === null) throw new UsageError(`${store}: no boot of build ${since ?? ""}`);
  return { history, failed: damages.length > 0 };
}
