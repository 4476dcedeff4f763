const BLANK = 0x20;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const POINT = 0x2e;
const LESS = 0x3c;
const PAREN = 0x28;
const ZERO = 0x30;
const NINE = 0x39;
const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/** Seconds and a fraction of this many digits are exact in a double. */
const MOST_SECONDS = 1e6;

export interface ConsoleStamp {
  time: number;
  caller: string | null;
  /** Where the text begins; behind the end of a line that has none. */
  start: number;
}

/**
 * Reads `[    6.309448][   T41] text`, as printk.c (print_time, print_caller) writes it, by hand: nearly every line of
 * nearly every log has this form. Returns false, and leaves the rest to the table of prefixes, for anything else.
 */
export function readConsoleStamp(line: string, stamp: ConsoleStamp): boolean {
  if (line.charCodeAt(0) !== OPEN) return false;
  let at = 1;
  while (line.charCodeAt(at) === BLANK) at++;
  const secondsAt = at;
  let value = 0;
  let code = line.charCodeAt(at);
  while (code >= ZERO && code <= NINE) {
    value = value * 10 + (code - ZERO);
    code = line.charCodeAt(++at);
  }
  if (at === secondsAt || code !== POINT || value >= MOST_SECONDS) return false;
  const fractionAt = at + 1;
  code = line.charCodeAt(++at);
  while (code >= ZERO && code <= NINE) {
    value = value * 10 + (code - ZERO);
    code = line.charCodeAt(++at);
  }
  const scale = POWERS[at - fractionAt];
  if (code !== CLOSE || at === fractionAt || scale === undefined) return false;
  code = line.charCodeAt(++at);
  let caller: string | null = null;
  if (code === OPEN) {
    at++;
    while (line.charCodeAt(at) === BLANK) at++;
    const callerAt = at;
    const kind = line.charCodeAt(at);
    if (kind !== 0x54 && kind !== 0x43) return false; // T, C
    code = line.charCodeAt(++at);
    while (code >= ZERO && code <= NINE) code = line.charCodeAt(++at);
    if (code !== CLOSE || at === callerAt + 1) return false;
    caller = line.slice(callerAt, at);
    code = line.charCodeAt(++at);
  }
  if (at < line.length && code !== BLANK) return false;
  if (mayHoldPrefix(line, at + 1)) return false;
  stamp.time = value / scale;
  stamp.caller = caller;
  stamp.start = at + 1;
  return true;
}

/** Another stamp, a level, a host, or vendors' fields may follow: the table knows. */
function mayHoldPrefix(line: string, at: number): boolean {
  const first = line.charCodeAt(at);
  if (first === OPEN || first === LESS || first === PAREN || first === 1) return true;
  if (first === BLANK) {
    // Kernel text is often indented, and frames of old kernels are " [<ffffffff81d28d58>] symbol".
    let next = at + 1;
    while (line.charCodeAt(next) === BLANK) next++;
    const bracket = line.charCodeAt(next);
    const inside = line.charCodeAt(next + 1);
    return (bracket === OPEN && inside !== LESS) || (bracket === PAREN && inside >= ZERO && inside <= NINE);
  }
  if (line.startsWith("kernel", at)) return true;
  const blank = line.indexOf(" ", at);
  return blank > 0 && line.startsWith("kernel", blank + 1);
}
