import { type Beginning, isOpen, isWhole, proceed } from "../../grammar/continued.ts";
import { type LineToken, tokenize } from "../../grammar/tokenize.ts";
import type { Line } from "../read/line.ts";

/** What a line became together with those before it. */
export interface Joined {
  /** The line, as far as it is one of the grammar already. */
  readonly token: LineToken | null;
  /** Whether the token stands for the one that the pieces before it made. */
  readonly replaces: boolean;
  /** The line before that was the name in its middle. */
  readonly name: Line | null;
}

type IsName = (text: string) => boolean;

/** So many lines are remembered as perhaps being the name that is awaited. */
const MOST_NAMES = 64;

/**
 * The line that a report prints in pieces, as far as it has come. Which pieces a line has is told by
 * grammar/continued.ts; what comes between them is not this report's.
 */
export class Pieces {
  #beginning: Beginning | null = null;
  /** What the pieces so far are by themselves. */
  #token: LineToken | null = null;
  /** Number of the latest piece. */
  #number = 0;
  /** Lines without a caller that may be the name that comes next. */
  #names: Line[] = [];

  get isIdle(): boolean {
    return this.#beginning === null;
  }

  /** Whether the rest of a line must come. */
  get isWaiting(): boolean {
    const beginning = this.#beginning;
    if (beginning === null || beginning.text === "") return false;
    return this.#token === null || !isWhole(beginning, this.#token.name);
  }

  /** Whether the line may be the name that comes next, although it begins like a class. */
  awaitsName(line: Line): boolean {
    return this.#names.at(-1) === line && line.text.trimStart().startsWith("(");
  }

  /** @param token what the beginning is by itself */
  set(beginning: Beginning, token: LineToken | null, number: number): void {
    this.#beginning = beginning;
    this.#token = token;
    this.#number = number;
    this.#names = [];
  }

  /**
   * The line as the next piece, or null.
   *
   * @param isKnown it is one of the report's lines alone
   * @param isKnownName whether the report has the name elsewhere
   */
  proceed(line: Line, isKnown: boolean, isKnownName: IsName): Joined | null {
    if (this.#beginning === null) return null;
    const next = proceed(this.#beginning, line.text);
    // a line that stands by itself is no name
    if (next !== null && !next.isName && !(isKnown && next.hasName))
      return this.#join(next.beginning, line, null);
    const named = this.#throughName(line, isKnownName);
    if (named !== null) return named;
    if (next === null || isKnown) return null;
    if (line.caller !== null) return this.#join(next.beginning, line, null);
    // without a caller it may be anyone's: the next piece tells whether there was only this one
    if (this.#names.length < MOST_NAMES) this.#names.push(line);
    return null;
  }

  /**
   * No more pieces come.
   *
   * @returns the line that they make with a name that was awaited last; the number of the latest piece where they
   *   make none
   */
  end(isKnownName: IsName): Joined | { readonly unread: number } | null {
    const beginning = this.#beginning;
    const token = this.#token;
    if (beginning === null) return null;
    const ends = this.#names.flatMap((name) => {
      const next = proceed(beginning, name.text);
      const whole = next === null ? null : tokenOf(next.beginning, name.number);
      return next !== null && whole !== null && isWhole(next.beginning, whole.name) ? [{ name, whole }] : [];
    });
    const name = oneOf(
      ends.map((end) => end.name),
      isKnownName,
    );
    const found = ends.find((end) => end.name === name);
    this.#clear();
    if (found !== undefined) return { token: found.whole, replaces: token !== null, name: found.name };
    if (beginning.text === "" || (token !== null && isWhole(beginning, token.name))) return null;
    return { unread: this.#number };
  }

  /** The message that this line is the beginning of is printed once more: the line is nothing. */
  retract(number: number): void {
    if (this.#number === number) this.#clear();
  }

  /** The line behind one of those that may be the name. */
  #throughName(line: Line, isKnownName: IsName): Joined | null {
    const beginning = this.#beginning;
    if (beginning === null) return null;
    const fit = this.#names.flatMap((name) => {
      const named = proceed(beginning, name.text);
      const next = named === null ? null : proceed(named.beginning, line.text);
      return next === null || next.isName ? [] : [{ name, next: next.beginning }];
    });
    const name = oneOf(
      fit.map((end) => end.name),
      isKnownName,
    );
    const found = fit.find((end) => end.name === name);
    return found === undefined ? null : this.#join(found.next, line, found.name);
  }

  #join(beginning: Beginning, line: Line, name: Line | null): Joined {
    const replaces = this.#token !== null;
    const token = tokenOf(beginning, line.number);
    if (isOpen(beginning)) this.set(beginning, token, line.number);
    else this.#clear();
    return { token, replaces, name };
  }

  #clear(): void {
    this.#beginning = null;
    this.#token = null;
    this.#names = [];
  }
}

/** The line that the pieces make, where they make one. */
function tokenOf({ text, states }: Beginning, number: number): LineToken | null {
  const token = tokenize(text, number);
  return token !== null && states.some(({ row }) => row.name === token.name) ? token : null;
}

/** The one that is a name: as the report has it elsewhere, or the only one that looks like the name of a class. */
function oneOf(lines: readonly Line[], isKnownName: IsName): Line | null {
  const like = lines.filter(({ text }) => isKnownName(text.trim()));
  const likely = like.length > 0 ? like : lines.filter(({ text }) => isClassName(text));
  return new Set(likely.map(({ text }) => text)).size === 1 ? (likely[0] ?? null) : null;
}

/** A class is named by an expression of C, or by what a driver calls its queue: blanks stand in brackets only. */
function isClassName(text: string): boolean {
  return !/[\s:]/.test(text.trim().replace(/[([][^()[\]]*[)\]]/g, ""));
}
