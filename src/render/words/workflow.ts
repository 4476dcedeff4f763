import { join, printable, type Safe, trusted } from "./safe.ts";

/** Texts of workflow commands as the runner of GitHub Actions takes the escapes off again (actions/toolkit, command.ts). */

/** Lines behind the second `::` of a command. */
export function commandData(texts: readonly string[]): Safe {
  const escaped = texts.map((text) => trusted(printable(text).replaceAll("%", "%25")));
  return join(escaped, "%0A");
}

/** The value of a property, before the second `::`. */
export function commandProperty(text: string): Safe {
  return trusted(commandData([text]).replaceAll(":", "%3A").replaceAll(",", "%2C"));
}
