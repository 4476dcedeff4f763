import type { Writable } from "node:stream";
import { type DocumentName, type Documents, type FormatOf, renderParts } from "../../render/formats.ts";
import type { Paper } from "../../render/words/paper.ts";
import type { Safe } from "../../render/words/safe.ts";
import type { Terminal } from "./terminal.ts";

/** Raised where nobody reads standard output any more: there is nothing left to do, and nothing to say. */
class ClosedPipe extends Error {
  override readonly name = "ClosedPipe";
}

/** Whatever part of the program raised it. */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && error.name === "ClosedPipe";
}

/**
 * Writes text, or bytes of it, and waits until it is taken, so that memory stays flat whatever reads it.
 *
 * @throws ClosedPipe where the reader has gone, as `| head -1` does; else what the system says, as a full disk
 */
export async function write(stream: Writable, text: Safe | Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => {
      if (!error) resolve();
      else reject("code" in error && error.code === "EPIPE" ? new ClosedPipe() : error);
    });
  });
}

/**
 * Writes a document in one of its formats, part by part.
 *
 * @throws ClosedPipe as `write` does
 */
export async function writeDocument<Name extends DocumentName>(
  terminal: Pick<Terminal, "stdout" | "env">,
  name: Name,
  format: FormatOf<Name>,
  document: Documents[Name],
  paper: Paper = paperFor(terminal),
): Promise<void> {
  for (const part of await renderParts(name, format, document, paper)) await write(terminal.stdout, part);
}

/** The width to write for: of the terminal, else what COLUMNS says, else the usual. */
function widthOf(stream: { columns?: number }, env: NodeJS.ProcessEnv): number {
  const columns = stream.columns ?? Number(env["COLUMNS"]);
  return Number.isInteger(columns) && columns > 0 ? columns : 80;
}

/** Colour on a terminal, unless NO_COLOR is set; FORCE_COLOR decides where it is set. See no-color.org. */
function isColored(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (env["NO_COLOR"]) return false;
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** What text is made for. */
export function paperFor({ stdout, env }: Pick<Terminal, "stdout" | "env">): {
  readonly width: number;
  readonly color: boolean;
} {
  return { width: widthOf(stdout, env), color: isColored(stdout, env) };
}

/** The format that was asked for; `auto` is a table on a terminal, and JSON elsewhere. */
export function formatFor<Format extends string>(
  asked: Format | "auto",
  { stdout }: Pick<Terminal, "stdout">,
): Format | "table" | "json" {
  if (asked !== "auto") return asked;
  return stdout.isTTY === true ? "table" : "json";
}
