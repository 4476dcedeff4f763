import type { Transport } from "../line.ts";
import { PREFIXES, type Prefix } from "./prefixes.ts";

/** What comes before the kernel's text on one line. */
export interface Stripped {
  /** Where the text begins. */
  start: number;
  /** Columns before the text that belong to the record: wrappers are on its other lines too, dmesg's stamp is not. */
  width: number;
  time: number | null;
  caller: string | null;
  /** The transport that the line proves; null if it has a bare "[ seconds ]" at most. */
  transport: Transport | null;
  /** The stamp and the caller were separated by a blank, as dmesg does and printk does not. */
  callerApart: boolean;
  /** The kernel, or dmesg, put a stamp or a level on it. */
  stamped: boolean;
  /** Journal or syslog say which program it came from: null, "kernel" or another one. */
  program: string | null;
  host: string | null;
}

/** Quotes of quotes of quotes: more prefixes than this are not taken off one line. */
const MOST_PREFIXES = 24;

/** A record's transport hides those of lower rank that stand inside it; of one rank the outermost counts. */
function rank(prefix: Prefix): number {
  if (prefix.transport === null) return 0;
  if (prefix.transport === "raw") return 1;
  return prefix.role === "stamp" ? 2 : 3;
}

const LEADS: ReadonlyMap<string, readonly Prefix[]> = (() => {
  const leads = new Map<string, Prefix[]>();
  for (const prefix of PREFIXES) {
    for (const lead of prefix.lead) {
      const listed = leads.get(lead);
      if (listed === undefined) leads.set(lead, [prefix]);
      else listed.push(prefix);
    }
  }
  // Letters with a meaning of their own (logcat's levels) are letters as well.
  for (const [lead, listed] of leads) {
    if (lead !== "a" && /[A-Za-z]/.test(lead)) listed.push(...(leads.get("a") ?? []));
  }
  return leads;
})();

function prefixesFor(text: string, at: number): readonly Prefix[] {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return LEADS.get("9") ?? [];
  const own = LEADS.get(text.charAt(at));
  if (own !== undefined) return own;
  const letter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code >= 0xaa;
  return letter ? (LEADS.get("a") ?? []) : [];
}

function skipBlanks(text: string, at: number): number {
  while (text.charCodeAt(at) === 0x20 || text.charCodeAt(at) === 0x09) at++;
  return at;
}

function take(text: string, at: number, stamped: boolean): { prefix: Prefix; match: RegExpExecArray } | null {
  for (const prefix of prefixesFor(text, at)) {
    if (stamped ? prefix.role === "wrapper" : prefix.afterStamp) continue;
    prefix.pattern.lastIndex = at;
    const match = prefix.pattern.exec(text);
    if (match !== null) return { prefix, match };
  }
  return null;
}

/** Finds the text of a line behind any number of prefixes, in any order. Linear in their length. */
export function strip(text: string): Stripped {
  const found: Stripped = {
    start: 0,
    width: 0,
    time: null,
    caller: null,
    transport: null,
    callerApart: false,
    stamped: false,
    program: null,
    host: null,
  };
  let best = 0;
  let at = 0;
  let spaced = false;
  let wrapped = 0;
  for (let count = 0; count < MOST_PREFIXES; count++) {
    const begin = skipBlanks(text, at);
    const taken = take(text, begin, found.stamped);
    if (taken === null) break;
    const { prefix, match } = taken;
    const { time, caller, host, tag } = match.groups ?? {};
    at = begin + match[0].length;
    spaced = prefix.spaced;
    if (prefix.role === "wrapper") wrapped = spaced ? at + 1 : at;
    if (prefix.role === "stamp") found.stamped = true;
    if (time !== undefined) found.time = Number(time);
    if (caller !== undefined) {
      found.caller = caller;
      found.callerApart = text.charCodeAt(begin - 1) === 0x20;
    }
    if (host !== undefined) found.host = host;
    if (prefix.role === "origin") found.program = tag ?? "kernel";
    else if (tag !== undefined && found.program === null) found.program = tag;
    if (rank(prefix) > best) {
      best = rank(prefix);
      found.transport = prefix.transport;
    } else if (found.transport === "journal" && time !== undefined) {
      // The journal takes the kernel's stamp off, syslog leaves it behind "kernel:".
      found.transport = "syslog";
    }
  }
  // The blank after a prefix is lost with the text of a blank line, but counts for the lines below it.
  if (spaced && (at === text.length || text.charCodeAt(at) === 0x20)) at++;
  found.start = at;
  found.width = Math.max(0, at - wrapped);
  return found;
}
