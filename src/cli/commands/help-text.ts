const WIDTH = 80;

/** A command line, and what it is for. */
export type Example = readonly [run: string, purpose?: string];

/** What is below a command's options: examples, each with its purpose under it, and what else there is to know. */
export function helpText(examples: readonly Example[], ...notes: readonly string[]): string {
  const shown = examples.flatMap(([run, purpose]) => [
    `  ${run.replaceAll("\n", "\n    ")}`,
    ...(purpose === undefined ? [] : [`      ${purpose}`]),
  ]);
  return ["", "Examples:", ...shown, ...notes.flatMap((note) => ["", ...wrapped(note)])].join("\n");
}

/** A paragraph in lines that fit a terminal. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
