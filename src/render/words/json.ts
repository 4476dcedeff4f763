import { own, type Safe, trusted } from "./safe.ts";

/** What JSON.stringify() leaves as it is, although a terminal would obey it or hide it. */
const HARMFUL = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** JSON of nothing but ASCII, in which JSON.stringify() has escaped all control characters but DEL. */
function isPlain(text: string): boolean {
  return Buffer.byteLength(text) === text.length && !text.includes("\x7f");
}

/**
 * JSON that is safe to look at: control, bidirectional and invisible characters are written as `\u202e`. Who reads it
 * as JSON gets exactly the text of the log; a byte that was not UTF-8 is `\udc80` to `\udcff`.
 */
export function jsonText(value: unknown, indent?: number): Safe {
  const text = JSON.stringify(value, null, indent);
  // nearly every log is ASCII, and the large classes of HARMFUL take long to build
  if (isPlain(text)) return trusted(text);
  return trusted(
    text.replace(HARMFUL, (character) =>
      character
        .split("")
        .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
        .join(""),
    ),
  );
}

/** A document, indented by two, and a line break: apart, as to put one behind a long text is to copy it. */
export function* jsonDocument(value: unknown): Generator<Safe> {
  yield jsonText(value, 2);
  yield own("\n");
}

/** A value on one line. */
export function jsonLine(value: unknown): Safe {
  return trusted(`${jsonText(value)}\n`);
}
