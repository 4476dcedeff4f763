import { openInputs } from "../../read/inputs/index.ts";
import type { Source } from "../../report/schema.ts";
import { readEach } from "./read-each.ts";
import type { Terminal } from "./terminal.ts";

/** The inputs that are not logs: a directory of logs may have copies of /proc/lockdep beside them. */
export async function dumpsOf(sources: readonly Source[], terminal: Terminal): Promise<Set<string>> {
  const names = sources
    .filter(({ name, boots }) => boots.length === 0 && name !== "-")
    .map(({ name }) => name);
  const dumps = new Set<string>();
  if (names.length === 0) return dumps;
  const { isDump } = await import("../../lock-graph/boot-files.ts");
  await readEach(openInputs(names, terminal.stdin), terminal, async (input) => {
    if (await isDump(input)) dumps.add(input.name);
  });
  return dumps;
}
