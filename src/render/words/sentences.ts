import type { Frame } from "../../report/schema.ts";
import { siteName } from "../../symbols/functions.ts";
import { fromTaker } from "../../symbols/who-took.ts";
import { callers } from "./frames.ts";
import { fn, joined, type Part, plain } from "./parts.ts";

/** What explanations are made of: sentences around names from the log, lists, drawings. */

/** A paragraph, an item of a list, something under a name, a drawing, or lines as they are. */
export type Block =
  | { readonly type: "text" | "item"; readonly parts: readonly Part[] }
  | { readonly type: "entry"; readonly head: readonly Part[]; readonly body: readonly Part[] }
  | { readonly type: "drawing"; readonly drawing: Drawing }
  | { readonly type: "code"; readonly lines: readonly string[] };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** Columns side by side, time running down. */
export interface Drawing {
  readonly columns: readonly (readonly Part[])[];
  readonly events: readonly DrawnEvent[];
}

export interface DrawnEvent {
  readonly column: number;
  readonly lines: readonly (readonly Part[])[];
}

/** Our sentence around names from the log. */
export function say(
  strings: TemplateStringsArray,
  ...values: readonly (Part | readonly Part[] | string | number)[]
): Part[] {
  const parts: Part[] = [];
  for (const [i, own] of strings.entries()) {
    if (own !== "") parts.push(plain(own));
    const value = values[i];
    if (value === undefined) continue;
    if (typeof value === "string" || typeof value === "number") parts.push(plain(String(value)));
    else if ("role" in value) parts.push(value);
    else parts.push(...value);
  }
  return parts;
}

/** Sentences in one paragraph. */
export function sentences(...all: readonly (readonly Part[] | null)[]): Part[] {
  return joined(
    all.filter((one) => one !== null && one.length > 0).map((one) => one ?? []),
    plain(" "),
  );
}

export function text(...parts: readonly Part[]): Block {
  return { type: "text", parts };
}

/** `a`, `a and b`, `a, b and c` */
export function listed(items: readonly (readonly Part[])[], last = " and "): Part[] {
  return items.flatMap((item, i) => {
    if (i === 0) return item;
    return [plain(i === items.length - 1 ? last : ", "), ...item];
  });
}

/** `, in take_ba` with the function; nothing where the log has none. */
export function inFrame(frame: Frame | null | undefined, before = ", in "): Part[] {
  if (!frame) return [];
  return [plain(before), fn(siteName(frame))];
}

/** The function that took a lock, and who called it. */
export function path(stack: readonly Frame[], most = 2): Part[] {
  return callers(fromTaker(stack), most);
}

/** The same within a sentence: `take_ba (called by job_thread)`. */
export function pathInWords(stack: readonly Frame[]): Part[] {
  const [first, caller] = fromTaker(stack);
  if (first === undefined) return [];
  return [
    ...inFrame(first, ""),
    ...(caller === undefined ? [] : [...inFrame(caller, " (called by "), plain(")")]),
  ];
}
