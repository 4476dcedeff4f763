/** What is printed, line by line: the console's own line ends and the escapes come last. */
export type Lines = readonly string[];

/** Lines for what is there, none for what is not. */
export function given<Value, Line = string>(
  value: Value | null | undefined,
  print: (value: Value) => readonly Line[],
): readonly Line[] {
  return value === null || value === undefined ? [] : print(value);
}
