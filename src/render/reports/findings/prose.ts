import type { FindingArgs } from "../../../report/analysis-schema.ts";

/**
 * The sentences behind the codes of the analyzer. `{name}` stands for an argument; a sentence with an argument
 * that is not there, null, false or an empty list is left out.
 */
export interface Prose {
  readonly title: string;
  readonly explanation: readonly string[];
  /** What to ask next. */
  readonly questions: readonly string[];
  /** How to fix it. */
  readonly fixes: readonly string[];
  /** What only silences lockdep: right where the alarm is false, and never where a finding is certain. */
  readonly silences?: readonly string[];
  /** Why it may be a false alarm. */
  readonly doubts?: readonly string[];
}

/** @returns the sentences whose arguments are all there, with them */
export function fillIn(sentences: readonly string[], args: FindingArgs): string[] {
  return sentences.flatMap((sentence) => {
    let whole = true;
    const text = sentence.replaceAll(/ ?\(?\{(\w+)\}\)?/g, (placeholder: string, name: string) => {
      const value = args[name];
      if (
        value === undefined ||
        value === null ||
        value === false ||
        (Array.isArray(value) && value.length === 0)
      ) {
        whole = false;
        return "";
      }
      // a yes is told by the sentence being there
      if (value === true) return "";
      return placeholder.replace(`{${name}}`, () =>
        Array.isArray(value) ? value.join(", ") : String(value),
      );
    });
    return whole ? [text] : [];
  });
}
