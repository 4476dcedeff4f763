import { isGarbledLockdep } from "../../grammar/telling.ts";
import { kindOf, type LineToken, tokenize } from "../../grammar/tokenize.ts";
import type { Line } from "../read/line.ts";

/** At most this many lines of a caller are between `[ cut here ]` and the dump: a message may take several. */
const MOST_BETWEEN = 12;
/** More callers do not warn at a time. */
const MOST_CALLERS = 64;
/** Another caller's line may be the last that comes. */
const LONGEST_WAIT = 64;

/** Behind the line that says where, a warning goes on with these. */
const DUMP: ReadonlySet<string> = new Set(["DumpNote", "Cpu", "Registers", "CallTrace"]);

interface Begun {
  readonly first: number;
  /** The line before the next. */
  readonly last: Line;
  readonly count: number;
}

/**
 * Warnings of which the line that says where was lost, or garbled: nothing else tells whether it is one of lockdep's. Only
 * what is between `[ cut here ]` and the dump is looked at.
 */
export class LostPlaces {
  readonly #begun = new Map<string, Begun>();

  /** Whether lines are wanted because a warning has begun. */
  get isWaiting(): boolean {
    return this.#begun.size > 0;
  }

  /** @returns the line that is where the place should be, if no line has it */
  line(line: Line): Line | null {
    if (line.text.includes("[ cut here ]")) {
      if (tokenize(line.text, line.number)?.name === "CutHere" && this.#begun.size < MOST_CALLERS)
        this.#begun.set(line.caller ?? "", { first: line.number, last: line, count: 0 });
      return null;
    }
    if (this.#begun.size === 0) return null;
    for (const [caller, { first }] of this.#begun)
      if (line.number - first > LONGEST_WAIT) this.#begun.delete(caller);
    const caller = line.caller ?? "";
    const begun = this.#begun.get(caller) ?? this.#adopted(line);
    if (begun === undefined || line.text.trim() === "") return null;
    const token = tokenize(line.text, line.number);
    const isDump = token !== null && DUMP.has(token.name);
    const isOpened = token !== null && opens(token);
    if (isDump || isOpened || begun.count >= MOST_BETWEEN || goesOn(begun.last, line))
      this.#begun.delete(caller);
    else this.#begun.set(caller, { ...begun, last: line, count: begun.count + 1 });
    return isDump ? begun.last : null;
  }

  /** Where a warning is a trap that counts as an interrupt, as on riscv, the processor goes on with what a task began. */
  #adopted({ caller, number }: Line): Begun | undefined {
    if (caller?.startsWith("C") !== true) return undefined;
    for (const [other, begun] of this.#begun)
      if (other.startsWith("T") && begun.last.number === number - 1) {
        this.#begun.delete(other);
        return begun;
      }
    return undefined;
  }
}

/** In any form. */
const PLACE = /(?:^| )([\w./+-]{1,200}\.[a-z]{1,3}):\d/;

/** Whether the line says what it is that was cut here, and that is not garbled. */
function opens(token: LineToken): boolean {
  if (kindOf(token) !== null) return true;
  if (token.name !== "OtherWarning" && token.name !== "OtherSplat") return false;
  const file = token.groups["file"] ?? PLACE.exec(token.text)?.[1];
  if (file !== undefined) return !isGarbledLockdep(file);
  // a kernel that knows no files names the function alone
  return /^[\w.$]+$/.test(token.frame?.symbol ?? "") || !token.text.startsWith("WARNING: ");
}

/** Whether a mailer broke the line that says where. */
function goesOn({ text: before }: Line, { text }: Line): boolean {
  const file = before.startsWith("WARNING: ") ? PLACE.exec(text)?.[1] : undefined;
  return file !== undefined && !isGarbledLockdep(file);
}
