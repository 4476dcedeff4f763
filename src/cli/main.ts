import { CommanderError } from "commander";
import { tellFailure } from "./io/errors.ts";
import { isClosedPipe } from "./io/output.ts";
import { RedirectedTerminal } from "./io/redirected.ts";
import type { Terminal } from "./io/terminal.ts";
import { programFor } from "./program.ts";

declare const __VERSION__: string;

/**
 * Runs the command.
 *
 * @param args without the program's name
 * @returns the exit status
 */
async function main(args: readonly string[], process: Terminal): Promise<number> {
  let status = 0;
  const terminal = new RedirectedTerminal(process);
  const program = programFor(__VERSION__, {
    terminal,
    finish: (value) => {
      status = value;
    },
  });
  try {
    await program.parseAsync(args, { from: "user" });
    await terminal.finish(true);
    return status;
  } catch (error) {
    await terminal.finish(false);
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (isClosedPipe(error)) return 0;
    await tellFailure(error, terminal);
    return 2;
  }
}

// A reader that goes away is not an error: the write under way says so, and all ends there.
process.stdout.on("error", () => undefined);
void (async () => {
  process.exitCode = await main(process.argv.slice(2), process);
})();
