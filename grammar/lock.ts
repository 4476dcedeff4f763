import { type ClassName, parseClassName } from "./class-name.ts";
import { type FrameText, parseBarePlace, parseFrame } from "./frame.ts";

/**
 * Lock classes and locks, as print_lock_name() and print_lock() in kernel/locking/lockdep.c write them:
 *
 *     (lock_a){+.+.}-{4:4}
 *     ffffffff81d2b588 (lock_a#3/1){+.+.}-{4:4}, at: take_ba+0x24/0x3e
 *     (&rq->lock){-.-.-.}, at: [<ffffffff8105bbd0>] schedule+0x1/0x2      up to v4.16
 *     <RELEASED>
 *
 * Names hold blanks, commas, parentheses, brackets, quotes, '#', '/' and '->': the name ends at the last
 * "){", and it begins at the first "(" after the address.
 */
export interface ClassText extends ClassName {
  readonly usage: string | null;
  readonly wait: { readonly outer: number; readonly inner: number } | null;
}

export interface LockText extends ClassText {
  readonly address: string | null;
  readonly at: FrameText | null;
}

/** Or as a person has made it unreadable: `ffffxxxxxxxxxxxx`. */
/** %p: an address, plain or hashed, or what stands for it early in the boot, before the kernel can hash. */
export const POINTER = String.raw`(?:0x)?[0-9a-f]{8,16}|\(____ptrval____\)|\(ptrval\)|\(null\)`;
const ADDRESS = new RegExp(String.raw`^(${POINTER}|(?:0x)?[0-9a-f]{0,8}[xX]{4,16}) +\(`);
/** What a person has made unreadable is not an address: two of them are not one. */
const REDACTED = /[xX]{4}$/;
const USAGE = /^\{([^{}\s]{2,12})\}(?:-\{(-?\d{1,9}):(-?\d{1,9})\})?$/;
const AT = ", at: ";

/** Reads `(name){usage}-{outer:inner}`; null when the text is something else. */
export function parseClass(text: string): ClassText | null {
  if (!text.startsWith("(")) return null;
  const close = text.lastIndexOf("){");
  if (close < 1) return null;
  // "-{4:4}" also begins with a brace, but never right after a parenthesis
  const usage = USAGE.exec(text.slice(close + 1));
  if (usage === null) return null;
  const wait = usage[2] === undefined ? null : { outer: Number(usage[2]), inner: Number(usage[3]) };
  return { ...parseClassName(text.slice(1, close).trim()), usage: usage[1] ?? null, wait };
}

/** Reads a lock with its instance address and acquisition site, each where printed. */
export function parseLock(text: string): LockText | null {
  let s = text;
  let address: string | null = null;
  let at: FrameText | null = null;
  const site = s.indexOf(AT, Math.max(0, s.lastIndexOf("){")));
  if (site >= 0) {
    const place = s.slice(site + AT.length).trim();
    at = parseFrame(place) ?? parseBarePlace(place);
    s = s.slice(0, site);
  }
  const found = ADDRESS.exec(s);
  if (found !== null) {
    const printed = found[1] ?? null;
    address = printed !== null && REDACTED.test(printed) ? null : printed;
    s = s.slice(found[0].length - 1);
  }
  const lockClass = parseClass(s) ?? (at === null ? parseShortened(s) : null);
  return lockClass === null ? null : { at, ...lockClass, address };
}

/** `(lock_a) at take_ba+0x24/0x3e`, as people shorten it; null when the text is something else. */
function parseShortened(text: string): Pick<LockText, keyof ClassText | "at"> | null {
  const end = text.lastIndexOf(") at ");
  if (!text.startsWith("(") || end < 2) return null;
  const at = parseFrame(text.slice(end + ") at ".length).trim());
  return at === null ? null : { ...parseClassName(text.slice(1, end)), usage: null, wait: null, at };
}

/** Reads `(a){..} -> (b){..}`, the new dependency of print_bad_irq_dependency(). */
export function parseClassPair(text: string): { readonly from: ClassText; readonly to: ClassText } | null {
  const arrow = text.indexOf("} -> (");
  if (arrow < 0) return null;
  const from = parseClass(text.slice(0, arrow + 1));
  const to = parseClass(text.slice(arrow + "} -> ".length));
  return from === null || to === null ? null : { from, to };
}
