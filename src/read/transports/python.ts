import type { Line } from "../line.ts";
import type { DecodeLog } from "./record.ts";

const LITERAL = /^b(['"])(.*)\1,?$/s;
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|([nrt\\'"]))/g;
const NAMED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** What Python prints of bytes that nobody decoded: `b'[    6.3] text\\n'`, a whole log in one line. */
export function readPythonBytes(text: string, number: number, decode: DecodeLog): readonly Line[] | null {
  if (!text.startsWith("b'") && !text.startsWith('b"')) return null;
  const body = LITERAL.exec(text)?.[2];
  if (body === undefined) return null;
  const bytes = body.replace(ESCAPE, (_escape, hex: string | undefined, name: string | undefined) =>
    hex === undefined ? (NAMED[name ?? ""] ?? name ?? "") : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const log = Buffer.from(bytes, "latin1").toString("utf8");
  return decode(log.endsWith("\n") ? log.slice(0, -1) : log, number, "ci");
}
