import { mayBeHeadline } from "../../../grammar/telling.ts";
import type { Line } from "../line.ts";
import { type DecodeLog, isStamped } from "./record.ts";

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u00([0-9a-fA-F]{2})|([nrt\\'"]))/g;
const NAMED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
const LIST = /^\[ ?['"]/;
const BYTES = /^b['"]/;

/**
 * A log that a program wrote as a value of its language: Python's `b'[    6.3] text\\n'` and `['[    6.3] text', …]`, a string
 * of YAML, a shell's `$'…'`.
 */
export function readLiterals(text: string, number: number, decode: DecodeLog): readonly Line[] | null {
  const isBytes = BYTES.test(text);
  const isList = LIST.test(text);
  if (!isBytes && !isList && !hasBreaks(text)) return null;
  const bodies = bodiesIn(text);
  const isOfLines = isBytes || (isList && bodies.some((body) => isStamped(body) || mayBeHeadline(body)));
  const logs = isOfLines ? bodies : bodies.filter(hasBreaks);
  if (logs.length === 0) return null;
  return logs.flatMap((body) => {
    const log = unescaped(body);
    return decode(log.endsWith("\n") ? log.slice(0, -1) : log, number, "ci");
  });
}

/** A path of Windows may hold one such escape. */
function hasBreaks(text: string): boolean {
  const first = text.indexOf("\\n");
  return first >= 0 && text.includes("\\n", first + 2);
}

/** What is between quotes. */
function bodiesIn(text: string): readonly string[] {
  const bodies: string[] = [];
  let from = -1;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\") at++;
    else if (from < 0 && (char === "'" || char === '"')) from = at;
    else if (from >= 0 && char === text.charAt(from)) {
      bodies.push(text.slice(from + 1, at));
      from = -1;
    }
  }
  return bodies;
}

/** What is beyond ASCII is written byte by byte, or as it is. */
function unescaped(body: string): string {
  let isOfBytes = false;
  const text = body.replace(
    ESCAPE,
    (_escape, byte: string | undefined, unit: string | undefined, name: string | undefined) => {
      if (byte === undefined && unit === undefined) return NAMED[name ?? ""] ?? name ?? "";
      const code = Number.parseInt(byte ?? unit ?? "", 16);
      isOfBytes ||= byte !== undefined && code > 0x7f;
      return String.fromCharCode(code);
    },
  );
  return isOfBytes ? Buffer.from(text, "latin1").toString("utf8") : text;
}
