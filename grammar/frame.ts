import { Recent } from "./recent.ts";

/**
 * Places in the code, as `%pS`, `%pB` and print_ip_sym() write them and as symbolisers extend them.
 *
 *     take_ba+0x24/0x3e                         most machines since v4.10
 *     ? take_ba+0x24/0x3e [mod] file.c:12       unreliable, module, symbolised
 *     take_ba+0x24/0x3e [mod 7c20db180e94b6c03b17a81ede2527aac2f9118a]  with the module's build id
 *     [<ffffffff814e01f0>] _raw_spin_lock+0x2e/0x3d
 *     lock_acquire include/linux/x.h:45 [inline]
 *     take_ba (lib/inlined.h:3 file.c:12) mod   scripts/decode_stacktrace.sh
 *     [c0000000f] [c00000000] fn+0x1/0x2 (unreliable)     powerpc
 *     [0000000000493ce0] fn+0x1/0x2             sparc
 *     fn from caller+0x1/0x2                    arm, 32 bit, since v5.18
 *     fn from caller (file.c:12)                the same by scripts/decode_stacktrace.sh
 *     [<c0101>] (fn [mod]) from [<c0102>] (caller+0x1/0x2 [mod])      arm, 32 bit
 */
export interface FrameText {
  readonly symbol: string;
  readonly offset: number | null;
  readonly size: number | null;
  readonly module: string | null;
  /** CONFIG_STACKTRACE_BUILD_ID: the module's. */
  readonly buildId?: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly inline: boolean;
  readonly uncertain: boolean;
  readonly address: string | null;
  /** Who called the function, where the line says so. */
  readonly caller?: CallerText;
}

export interface PlaceText {
  readonly symbol: string;
  readonly offset: number | null;
  readonly size: number | null;
}

/** The place of a call, with its line in symbolised logs. */
export interface CallerText extends PlaceText {
  readonly file?: string;
  readonly line?: number | null;
}

const POWERPC = /^\[[0-9a-f]{8,16}\] \[([0-9a-f]{8,16})\] /;
const SPARC = /^\[([0-9a-f]{8,16})\] /;
const ARM =
  /^(?:\((\S+)( \[[^\]]*\])?\) from \[<[0-9a-f]+>\] \((\S+)( \[[^\]]*\])?( [\w./+-]{1,200}:\d{1,9}(?: \[inline\])?)?\)|(\S+)( \[[^\]]*\])? from (\S+))(.*)$/;
const PLACE = /^([0-9a-f]{1,13})\/0x([0-9a-f]{1,16})$/;
const RAW_ADDRESS = /^0x[0-9a-f]{1,16}$/;
const MODULE = /^\[([\w-]+)(?:\([A-Z+-]*\))?(?: ([0-9a-f]+))?\]/;
const SOURCE = /^\(?([^\s():]+):(\d{1,9})(?: \(discriminator \d{1,9}\))?\)?/;
/** All that is inlined at the place, the function's own line last. */
const DECODED =
  /^\((?:[^\s()]+:(?:\d{1,9}|\?)(?: \(discriminator \d{1,9}\))? )*([^\s()]+):(\d{1,9}|\?)(?: \(discriminator \d{1,9}\))?\)(?: +([\w-]+)$)?/;
/** powerpc names the place that a traced function returns to. */
const REMARK = /^\((?:unreliable|discriminator \d{1,9}|[A-Z]+|[^()\s]+\+0x[0-9a-f]+\/0x[0-9a-f]+)\)/;

/** What a person wrote after a frame, to point at it. */
const POINTER = /^(?:<[-=<]|\/\/ |\/\* |# |[\u2190\u21d0])[^]*$/;

interface Rest {
  readonly module: string | null;
  readonly buildId: string | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly inline: boolean;
  /** By decode_stacktrace.sh, which takes offset and size away. */
  readonly decoded: boolean;
}

/** What may follow a symbol, each part at most once: module, source line, remarks. */
function readRest(text: string): Rest | null {
  let module: string | null = null;
  let buildId: string | null = null;
  let file: string | null = null;
  let line: number | null = null;
  let inline = false;
  let decoded = false;
  let rest = text.trimStart();
  while (rest !== "") {
    let part: RegExpExecArray | null;
    if (rest.startsWith("[inline]")) {
      inline = true;
      rest = rest.slice("[inline]".length).trimStart();
      continue;
    } else if (module === null && (part = MODULE.exec(rest)) !== null) {
      module = part[1] ?? null;
      buildId = part[2] ?? null;
    } else if (file === null && (part = DECODED.exec(rest)) !== null) {
      decoded = true;
      file = part[1] ?? null;
      line = part[2] === "?" ? null : Number(part[2]);
      module ??= part[3] ?? null;
    } else if (file === null && (part = SOURCE.exec(rest)) !== null) {
      file = part[1] ?? null;
      line = Number(part[2]);
    } else if ((part = REMARK.exec(rest) ?? POINTER.exec(rest)) === null) {
      return null;
    }
    rest = rest.slice(part[0].length).trimStart();
  }
  return { module, buildId, file, line, inline, decoded };
}

const NOWHERE: Rest = { module: null, buildId: null, file: null, line: null, inline: false, decoded: false };

/** Frames that were read before: stacks of one kernel have most of theirs in common. */
const framesKnown = new Recent<FrameText | null>(4096);
const LONGEST_KNOWN = 256;

/** A place of which a person took the offset, or a pager all behind the edge of its screen. */
const BARE_PLACE =
  /^(?<symbol>[A-Za-z_][\w.$]{1,200})(?:\+0x[0-9a-f]*)?(?<cut>(?:\/(?:0x?)?[0-9a-f]*)?(?: \[?[\w-]{0,60})?>)?(?: \[(?<module>[\w-]{1,60})\])?$/;

/**
 * Reads a place of which less is left than the kernel prints: `take_ba`, `take_ba+0x24 [mod]`, and what `less -S` and
 * `journalctl` end with `>` at their last column. Null when the text is something else. What is not all there is null.
 */
export function parseBarePlace(text: string): FrameText | null {
  const uncertain = text.startsWith("? ");
  const { symbol, module, cut } = BARE_PLACE.exec(uncertain ? text.slice(2) : text)?.groups ?? {};
  if (symbol === undefined) return null;
  // only the module was cut off
  const whole = cut === undefined ? null : parseFrame(text.replace(/ \[?[\w-]*>$/, ""));
  if (whole !== null) return whole;
  const place = { symbol, offset: null, size: null, module: module ?? null };
  return { ...place, file: null, line: null, inline: false, uncertain, address: null };
}

/** Whether a person, or the edge of a screen, took what the kernel prints after the name. */
export function isBarePlace({
  symbol,
  offset,
  file,
  address,
  caller,
}: Pick<FrameText, "symbol" | "offset" | "file" | "address"> & { readonly caller?: unknown }): boolean {
  return (
    offset === null && file === null && address === null && caller === undefined && !symbol.startsWith("0x")
  );
}

/** Reads one place; null when the text is something else. `text` is trimmed. */
export function parseFrame(text: string): FrameText | null {
  let frame = framesKnown.get(text);
  if (frame !== undefined) return frame;
  frame = readFrame(text);
  if (text.length > LONGEST_KNOWN) return frame;
  framesKnown.set(text, frame);
  return frame;
}

function readFrame(text: string): FrameText | null {
  let s = text;
  let address: string | null = null;
  if (s.startsWith("([<") && s.endsWith(")")) s = s.slice(1, -1);
  if (s.startsWith("[<")) {
    const end = s.indexOf(">]");
    if (end < 0 || end > 24) return null;
    address = s.slice(2, end).trim();
    s = s.slice(end + 2).trimStart();
    if (address === "inline") return inlined(s);
  } else if (s.startsWith("[] ")) {
    // a web page took `<ffffffff81000000>` for a tag
    s = s.slice(3);
  } else if (s.startsWith("[")) {
    const bare = POWERPC.exec(s) ?? SPARC.exec(s);
    if (bare !== null) {
      address = bare[1] ?? null;
      s = s.slice(bare[0].length);
    }
  }
  const arm = s.includes(" from ") ? ARM.exec(s) : null;
  if (arm !== null) {
    const callee = readSymbol(unwrapped(arm[1] ?? arm[6] ?? ""));
    const place = readSymbol(arm[3] ?? arm[8] ?? "");
    const rest = readRest((arm[5] ?? "") + (arm[9] ?? ""));
    if (rest === null || (place.offset === null && !rest.decoded)) return null;
    const module = readRest(arm[2] ?? arm[7] ?? arm[4] ?? "")?.module ?? rest.module;
    // a line of the source is the caller's, as the offset is
    const { file, line } = rest;
    const caller = file === null ? place : { ...place, file, line };
    const site = { ...rest, module, file: null, line: null, inline: false };
    return { ...frameAt(callee, site, false, address), caller };
  }
  const uncertain = s.startsWith("? ");
  if (uncertain) s = s.slice(2);
  if (s.startsWith("(") && s.endsWith(")") && address !== null) s = s.slice(1, -1);

  const blank = s.indexOf(" ");
  const word = blank < 0 ? s : s.slice(0, blank);
  const place = readSymbol(word);
  const known = place.offset !== null || RAW_ADDRESS.test(word);
  if (!known && blank < 0) return null;
  const rest = blank < 0 ? NOWHERE : readRest(s.slice(blank + 1));
  if (rest === null) return null;
  if (!known && !(rest.inline && rest.file !== null) && !rest.decoded) return null;
  return frameAt(place, rest, uncertain || s.endsWith("(unreliable)"), address);
}

/** decode_stacktrace.sh leaves `(fn) from caller (file.c:12)` of a line with addresses. */
function unwrapped(word: string): string {
  return word.startsWith("(") && word.endsWith(")") ? word.slice(1, -1) : word;
}

/** `[<     inline     >] fn dir/file.c:12`, as syzkaller's symboliser wrote it up to 2017. */
function inlined(text: string): FrameText | null {
  const blank = text.indexOf(" ");
  const rest = blank < 0 ? null : readRest(text.slice(blank + 1));
  if (rest === null) return null;
  return frameAt(readSymbol(text.slice(0, blank)), { ...rest, inline: true }, false, null);
}

function frameAt(
  { symbol, offset, size }: PlaceText,
  { module, buildId, file, line, inline }: Rest,
  uncertain: boolean,
  address: string | null,
): FrameText {
  const frame = { symbol, offset, size, module, file, line, inline, uncertain, address };
  return buildId === null ? frame : { ...frame, buildId };
}

/**
 * Bytes, below zero for the data of a module up to 6.1: find_kallsyms_symbol() took the end of the text, which lies before
 * it, for where the next symbol begins.
 */
function sizeOf(digits: string): number | null {
  const size =
    digits.length > 13 ? Number(BigInt.asIntN(64, BigInt(`0x${digits}`))) : Number.parseInt(digits, 16);
  return Number.isSafeInteger(size) ? size : null;
}

function readSymbol(word: string): PlaceText {
  const plus = word.lastIndexOf("+0x");
  if (plus > 0) {
    const place = PLACE.exec(word.slice(plus + 3));
    const size = place === null ? null : sizeOf(place[2] ?? "");
    // two places that lost the blank between them are none
    if (place !== null && size !== null && word.indexOf("+0x") === plus)
      return { symbol: word.slice(0, plus), offset: Number.parseInt(place[1] ?? "", 16), size };
  }
  return { symbol: word, offset: null, size: null };
}
