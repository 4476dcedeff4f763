/**
 * Every line that the kernel prints in several statements (pr_cont(), KERN_CONT, printk() without a newline), one row a
 * line: its pieces, the functions that print them, and an example cut at each of its seams. Where another processor
 * prints between two of them, printk stores the rest as a record of its own (prb_reopen_last() fails; up to v5.9
 * struct cont), and the line comes as two or more. Kernels around v4.9 stored every piece alone.
 *
 * What such kernels print in two lines that are also printed alone (`Held locks:` and its depth, `comm/pid:` and what
 * print_collision() says) has rows in lines.ts.
 */
import { POINTER } from "./lock.ts";
import type { LineName } from "./lines.ts";
import type { LineToken } from "./tokenize.ts";

interface Piece {
  /** Anchored on both sides; blanks at its ends are left out. */
  readonly form: string;
  /** Not every line has it. */
  readonly optional?: true;
  /** A blank comes before it. */
  readonly blank?: true;
  /** A name, so that any text would do. */
  readonly free?: true;
}

interface ContinuedRow {
  readonly name: LineName;
  readonly printedBy: string;
  readonly pieces: readonly Piece[];
  /** Nothing else tells the first piece: it is one only behind this line. */
  readonly behind?: LineName;
  readonly example: readonly string[];
}

const OPEN: Piece = { form: String.raw`\(`, blank: true };
const VERSION: Piece = { form: String.raw`#\d{1,9}`, optional: true };
const SUBCLASS: Piece = { form: String.raw`\/\d{1,3}`, optional: true };
/** It ends with no blank, and goes over no arrow: else there were many ways to match what does not match. */
const NAME: Piece = { form: String.raw`(?!-->)\S(?:(?:(?!-->).){0,511}\S)?`, free: true };
/** __print_lock_name(). */
const FULL_NAME: readonly Piece[] = [NAME, VERSION, SUBCLASS];
const USAGE: Piece = { form: String.raw`\)\{[^{}\s]{2,12}\}(?:-\{-?\d{1,9}:-?\d{1,9}\})?` };
/** print_lock_name(). */
const CLASS: readonly Piece[] = [OPEN, ...FULL_NAME, USAGE];
const PLACE: Piece = {
  form: String.raw`(?:\[<[0-9a-f]{4,16}>\](?:.{0,511}\S)?|\S{1,512}\+0x[0-9a-f]{1,13}\/0x[0-9a-f]{1,16}(?:.{0,511}\S)?|0x[0-9a-f]{1,16}|\S{1,512} \(?[\w./+-]{1,512}\.[chS]:\d(?:.{0,511}\S)?)`,
  blank: true,
};
/** print_lock(): the address since v4.17, the place by print_ip_sym() before. */
const LOCK: readonly Piece[] = [
  {
    form: `(?:${POINTER})`,
    blank: true,
    optional: true,
  },
  ...CLASS,
  // one statement, but mailers break lines at its blank
  { form: "," },
  { form: "at:", blank: true },
  PLACE,
];
const ARROW: Piece = { form: "-->", blank: true };

export const CONTINUED: readonly ContinuedRow[] = [
  {
    name: "HeldLock",
    printedBy: "lockdep_print_held_locks()",
    pieces: [{ form: String.raw`#\d{1,4}:` }, ...LOCK],
    example: [
      " #0:",
      " ffffffff81d2b4e8",
      " (",
      "lock_b",
      "#2",
      "/1",
      "){+.+.}-{4:4}",
      ", at:",
      " f+0x16/0x3e",
    ],
  },
  {
    name: "HeldLock",
    printedBy: "lockdep_print_held_locks(), print_lock() of a lock that was released meanwhile",
    pieces: [{ form: String.raw`#\d{1,4}:` }, { form: "<RELEASED>", blank: true }],
    example: [" #0:", " <RELEASED>"],
  },
  {
    name: "Lock",
    printedBy: "print_lock()",
    pieces: LOCK,
    example: [
      "ffffffff81d2b588",
      " (",
      "lock_a",
      "#2",
      "/1",
      "){+.+.}-{4:4}",
      ",",
      " at:",
      " take_ba+0x24/0x3e",
    ],
  },
  {
    name: "ClassPair",
    printedBy: "print_bad_irq_dependency()",
    pieces: [...CLASS, { form: "->", blank: true }, ...CLASS],
    example: [" (", "raw_a", "){-...}-{2:2}", " ->", " (", "raw_b", "#3", "){....}-{2:2}"],
  },
  {
    name: "Class",
    printedBy: "print_lock_name() in print_bad_irq_dependency()",
    pieces: CLASS,
    example: [" (", "raw_a", "#2", "/1", "){-...}-{2:2}"],
  },
  {
    name: "ChainLink",
    printedBy: "print_circular_bug_entry()",
    pieces: [{ form: String.raw`-> #\d{1,6}` }, ...CLASS, { form: ":" }],
    example: ["-> #1", " (", "lock_b", "#2", "/1", "){+.+.}-{4:4}", ":"],
  },
  {
    name: "ClassHead",
    printedBy: "print_lock_class_header()",
    pieces: [
      { form: "->" },
      ...CLASS,
      { form: String.raw`ops: \d{1,15}`, blank: true, optional: true },
      { form: String.raw`\{`, blank: true },
    ],
    example: [" ->", " (", "raw_a", "#2", "/1", "){-...}-{2:2}", " ops: 2", " {"],
  },
  {
    name: "UsageAt",
    printedBy: "print_lock_class_header()",
    pieces: [
      {
        form: String.raw`(?:(?:IN-|in-)?(?:HARDIRQ|SOFTIRQ|RECLAIM_FS|hardirq|softirq|reclaim_fs)(?:-(?:ON|on))?(?:-[WR])?|INITIAL (?:READ )?USE|initial-use)`,
      },
      { form: "at:", blank: true },
    ],
    example: ["    IN-HARDIRQ-W", " at:"],
  },
  {
    name: "Key",
    printedBy: "print_lock_class_header(), print_ip_sym() up to v4.16",
    pieces: [{ form: String.raw`\.\.\. key +at:` }, PLACE],
    example: [" ... key      at:", " [<ffffffff81d2b2f8>] raw_a+0x18/0x40"],
  },
  {
    name: "ScenarioLock",
    printedBy: "print_circular_lock_scenario(), print_deadlock_scenario(), print_usage_bug_scenario(), …",
    pieces: [{ form: String.raw`(?:lock|rlock|sync|unlock)\(` }, ...FULL_NAME, { form: String.raw`\);` }],
    example: ["                               lock(", "lock_b", "#2", "/1", ");"],
  },
  {
    name: "ChainOfThree",
    printedBy: "print_circular_lock_scenario(), print_irq_lock_scenario()",
    pieces: [
      ...FULL_NAME,
      ARROW,
      { ...NAME, blank: true },
      VERSION,
      SUBCLASS,
      ARROW,
      { ...NAME, blank: true },
      VERSION,
      SUBCLASS,
    ],
    behind: "ChainExists",
    example: ["  raw_a", " -->", " raw_b", "#2", " -->", " raw_c"],
  },
  {
    name: "Releases",
    printedBy: "print_unlock_imbalance_bug(), print_lock_contention_bug(), with print_lockdep_cache()",
    pieces: [
      { form: String.raw`.{0,80}\/-?\d{1,15} is trying to (?:release|contend) lock \(` },
      NAME,
      { form: String.raw`\) at:` },
    ],
    example: ["init/41 is trying to release lock (", "spin_a", ") at:"],
  },
  {
    name: "CollisionLock",
    printedBy: "print_chain_key_iteration(), then print_lock() or print_lock_name()",
    pieces: [
      { form: String.raw`(?:hlock_id|class_idx):-?\d{1,15} -> chain_key:[0-9a-f]{16}` },
      ...LOCK.map((piece): Piece => (CLASS.includes(piece) ? piece : { ...piece, optional: true })),
    ],
    example: ["hlock_id:12 -> chain_key:00000000deadbeef", " (", "lock_a", "){+.+.}-{4:4}"],
  },
  {
    name: "IrqEvent",
    printedBy: "print_irqtrace_events(), print_ip_sym() up to v4.16",
    pieces: [{ form: String.raw`(?:hard|soft)irqs last +(?:en|dis)abled at +\(\d{1,15}\):` }, PLACE],
    example: ["hardirqs last  enabled at (91):", " [<ffffffff814e01f0>] fn+0x26/0x31"],
  },
];

/** The beginning of a line of which the rest is still to come. */
export interface Beginning {
  /** As it would have been printed, its indentation included. */
  readonly text: string;
  readonly states: readonly State[];
}

interface State {
  readonly row: ContinuedRow;
  /** How many of the row's pieces are there, those left out included. */
  readonly seam: number;
}

/** What a line makes of a beginning. */
interface Continued {
  readonly beginning: Beginning;
  /** The line was taken for a name, which any other could be, too. */
  readonly isName: boolean;
  /** The line begins with what was taken for a name. */
  readonly hasName: boolean;
}

/** By row, first piece and last piece; made when first asked for. */
const compiled = new Map<ContinuedRow, (RegExp | undefined)[]>();

function patternOf(row: ContinuedRow, start: number, end: number): RegExp {
  let patterns = compiled.get(row);
  if (patterns === undefined) compiled.set(row, (patterns = []));
  const at = start * (row.pieces.length + 1) + end;
  let pattern = patterns[at];
  if (pattern === undefined) {
    // the first and the last are there, whatever is left out between them, with the blanks before it
    const source = row.pieces
      .slice(start, end)
      .map(({ form, optional }, i) => {
        const piece = ` *(?:${form})`;
        return optional === true && i > 0 && i < end - start - 1 ? `(?:${piece})?` : piece;
      })
      .join("");
    pattern = new RegExp(`^${source} *$`);
    patterns[at] = pattern;
  }
  return pattern;
}

/** Where a row may go on after a seam: at the next piece, or after those that not every line has. */
function startsOf(row: ContinuedRow, seam: number): number[] {
  const starts: number[] = [];
  for (let start = seam; start < row.pieces.length; start++) {
    starts.push(start);
    if (row.pieces[start]?.optional !== true) break;
  }
  return starts;
}

interface Step {
  readonly end: number;
  readonly blank: boolean;
  readonly isName: boolean;
  readonly hasName: boolean;
}

/** PRINTK_MESSAGE_MAX in kernel/printk/internal.h: nothing that printk stores is longer. */
const LONGEST = 2048;

/** Whether the text is the row's next pieces, as many as can be. */
function step({ row, seam }: State, text: string): Step | null {
  if (text.length > LONGEST) return null;
  for (const start of startsOf(row, seam))
    for (let end = row.pieces.length; end > start; end--) {
      if (!patternOf(row, start, end).test(text)) continue;
      const pieces = row.pieces.slice(start, end);
      const [first, ...more] = pieces;
      const isName = first?.free === true && more.every(({ optional }) => optional === true);
      return { end, blank: first?.blank === true, isName, hasName: first?.free === true };
    }
  return null;
}

/** Whether more may come after a line that is one already. */
export function mayGoOn({ name, text, lock }: LineToken): boolean {
  if (name === "Class" || name === "ChainOfThree") return true;
  if (name === "Lock" || name === "HeldLock")
    return (lock?.at ?? null) === null && !text.endsWith("<RELEASED>");
  return name === "CollisionLock" && (lock?.at ?? null) === null;
}

/** Is asked of nearly every line of a report, so it is cheap. */
const MAY_BEGIN =
  /^ *(?:#\d{1,4}:|-> ?(?:#|\(|$)|\(|(?:0x)?[0-9a-f]{8,16}(?: \(|$)|(?:r?lock|sync|unlock)\(|\.\.\. key|[hs](?:ard|oft)irqs last|(?:IN-|in-)?(?:HARDIRQ|SOFTIRQ|RECLAIM_FS|hardirq|softirq|reclaim_fs)|INITIAL |initial-use|hlock_id|class_idx)/;

/**
 * The line as the beginning of one that is continued; null if it begins none, or has all its pieces.
 *
 * @param prints whether this line may come now
 */
export function begin(text: string, prints: (name: LineName) => boolean): Beginning | null {
  if (!MAY_BEGIN.test(text) && !text.includes(" lock (")) return null;
  const states: State[] = [];
  for (const row of CONTINUED) {
    if (row.behind !== undefined || !prints(row.name)) continue;
    const found = step({ row, seam: 0 }, text);
    if (found !== null) states.push({ row, seam: found.end });
  }
  const beginning = { text, states };
  return isOpen(beginning) ? beginning : null;
}

const BEHIND: ReadonlySet<LineName> = new Set(CONTINUED.flatMap(({ behind }) => behind ?? []));

/** What begins with this line although none of its own text is there yet: a name, behind `Chain exists of:`. */
export function beginBehind(before: LineName): Beginning | null {
  if (!BEHIND.has(before)) return null;
  const rows = CONTINUED.filter(({ behind }) => behind === before);
  return { text: "", states: rows.map((row) => ({ row, seam: 0 })) };
}

/** The line as what comes next; null if it does not fit. */
export function proceed({ text: before, states }: Beginning, text: string): Continued | null {
  const found = states.flatMap((state) => {
    const next = step(state, text);
    return next === null ? [] : [{ row: state.row, ...next }];
  });
  // of two rows the one that knows what it sees
  const sure = found.filter(({ isName }) => !isName);
  const [first, ...more] = sure.length > 0 ? sure : found;
  if (first === undefined) return null;
  const whole = before === "" ? text : before.trimEnd() + (first.blank ? " " : "") + text.trim();
  const next = [first, ...more].map(({ row, end }): State => ({ row, seam: end }));
  return { beginning: { text: whole, states: next }, isName: first.isName, hasName: first.hasName };
}

/** Whether this line has all that it always has. */
export function isWhole({ states }: Beginning, name: LineName): boolean {
  return states.some(
    ({ row, seam }) => row.name === name && row.pieces.slice(seam).every(({ optional }) => optional === true),
  );
}

/** Whether more of it may come. */
export function isOpen({ states }: Beginning): boolean {
  return states.some(({ row, seam }) => seam < row.pieces.length);
}
