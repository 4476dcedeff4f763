import { Command } from "commander";

/** What was perhaps meant by a word that is not a command, as commander says it of options: `(Did you mean diff?)`. */
export function commandMeant(program: Pick<Command, "commands">, word: string): string | null {
  // it knows commands that are alike, but asks only where a program takes nothing else
  const guess = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  for (const command of program.commands) guess.command(command.name());
  try {
    guess.parse([word], { from: "user" });
    return null;
  } catch (error) {
    const { message } = error instanceof Error ? error : { message: "" };
    const guessAt = message.indexOf("(Did you mean ");
    return guessAt < 0 ? null : message.slice(guessAt);
  }
}
