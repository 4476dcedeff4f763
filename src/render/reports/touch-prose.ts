import type { Touch } from "../../report/code-schema.ts";
import { commaed, fn, name, type Part, plain } from "../words/parts.ts";

const ROLES: Record<Extract<Touch, { code: "catalogue" }>["role"], string> = {
  introduces: "introduces",
  extends: "extends",
  primes: "primes",
  renames: "renames",
  removes: "removes",
  fixes: "fixed a report with",
};

const RECOGNISED = { sha: "", subject: ", by its subject" } as const;

/** Every way to touch a report has its words; a missing one is a type error. */
const TOUCH_PROSE: { readonly [Code in Touch["code"]]: (touch: Extract<Touch, { code: Code }>) => Part[] } = {
  catalogue: ({ annotation, role, by }) => [
    plain(`${ROLES[role]} `),
    name(annotation),
    plain(` (catalogue${RECOGNISED[by]})`),
  ],
  function: ({ functions }) => [plain("changes lines at "), ...commaed(functions.map((one) => [fn(one)]))],
  call: ({ functions }) => [plain("names "), ...commaed(functions.map((one) => [fn(one)]))],
  file: ({ files }) => [plain("changes "), ...commaed(files.map((one) => [name(one)]))],
};

/** What a commit has to do with the report. */
export function touchParts(touch: Touch): Part[] {
  return (TOUCH_PROSE[touch.code] as (touch: Touch) => Part[])(touch);
}
