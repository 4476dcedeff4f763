import { BODY, type LineName } from "./lines.ts";
import { waysOf } from "./literals.ts";

/** Less may be the beginning of anything. */
const LEAST = 4;

/** What the lines of each name begin with. Made when it is first needed: few logs lose the end of a line. */
let beginnings: readonly { readonly name: LineName; readonly words: string }[] | undefined;

/**
 * Whether the text is the beginning of a line whose end was lost, so short that no pattern tells it: `Tainte`.
 *
 * @param prints whether a line of this name may come
 */
export function isCutOff(text: string, prints: (name: LineName) => boolean): boolean {
  const cut = text.trim();
  if (cut.length < LEAST) return false;
  beginnings ??= BODY.flatMap(({ name, pattern }) =>
    waysOf(pattern.source).flatMap(([words = ""]) => (words.length > LEAST ? [{ name, words }] : [])),
  );
  return beginnings.some(
    ({ name, words }) => words.length > cut.length && words.startsWith(cut) && prints(name),
  );
}
