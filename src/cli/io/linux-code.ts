import type { InputError } from "../../read/inputs/index.ts";
import type { CodeExcerpt } from "../../report/code-schema.ts";
import type { Frame, Report } from "../../report/schema.ts";
import { functionIn, type LineRange, onlyCall } from "../../source/code.ts";
import { plainSymbol } from "../../symbols/functions.ts";
import { fromTaker } from "../../symbols/who-took.ts";
import type { GitRepository } from "../bisect/git.ts";
import type { LinuxTree } from "./linux-tree.ts";

/** Lines on either side. */
const AROUND = 3;
/** Of a longer cycle the edge to look at and the first ones. */
const MOST_PLACES = 8;
const LONGEST_LINE = 200;

/** A frame that tells, with what it called. */
interface Place {
  readonly edge: number | null;
  readonly frame: Frame;
  readonly inner: string | null;
  /** The class that is taken there. */
  readonly taken: string | null;
}

/**
 * Puts the lines round the telling frames into reports: by the frame's own line where it has one and the tree is of the
 * kernel's release, else the one line of the function that makes the call that the stack shows. Where several lines do,
 * there is none.
 *
 * @param history of the tree, where it is asked who changed the line of the edge to look at
 * @returns why some functions could not be looked for
 */
export async function addCode(
  tree: LinuxTree,
  history: GitRepository | null,
  reports: readonly Report[],
): Promise<InputError | null> {
  const places = reports.map(placesOf);
  const failure = await tree.search(places.flat().map(({ frame }) => plainSymbol(frame.symbol)));
  const release = await tree.release();
  for (const [i, report] of reports.entries()) {
    const isSame = isRelease(release, report.kernel?.release ?? null);
    const excerpts = await Promise.all(
      (places[i] ?? []).map((place) => excerptOf(tree, report, place, isSame)),
    );
    const code = excerpts.filter((excerpt) => excerpt !== null);
    const looked = code.find(({ edge }) => edge !== null && edge === report.lookAt?.edge);
    if (history !== null && looked !== undefined) {
      const blame = await history.blame(looked.file, looked.line);
      if (blame !== null) looked.blame = blame;
    }
    report.code = code;
  }
  return failure;
}

function placesOf(report: Report): Place[] {
  const { edges, backtrace, lock, lookAt } = report;
  if (edges.length === 0) return placeIn(backtrace, null, lock?.class ?? null);
  const all = edges.flatMap(({ stack, to }, i) => placeIn(stack, i, to));
  const isFirst = ({ edge }: Place): boolean => edge === lookAt?.edge;
  return [...all.filter(isFirst), ...all.filter((place) => !isFirst(place))].slice(0, MOST_PLACES);
}

function placeIn(stack: readonly Frame[], edge: number | null, taken: string | null): Place[] {
  const [frame] = fromTaker(stack);
  if (frame === undefined) return [];
  const inner = stack[stack.indexOf(frame) - 1];
  return [{ edge, frame, inner: inner?.symbol ?? null, taken }];
}

async function excerptOf(
  tree: LinuxTree,
  report: Report,
  { edge, frame, inner, taken }: Place,
  isSameRelease: boolean,
): Promise<CodeExcerpt | null> {
  const name = plainSymbol(frame.symbol);
  const path = frame.file ?? tree.fileOf(name, frame.module, report);
  const source = path === null ? null : await tree.code(path);
  if (source === null) return null;
  const lines = source.text.split("\n");
  const within = functionIn(lines, name);
  if (within === null) return null;
  const told = isSameRelease && frame.line !== null && contains(within, frame.line) ? frame.line : null;
  const line = told ?? onlyCall(lines, within, inner, taken);
  if (line === null) return null;
  const first = Math.max(within.first, line - AROUND);
  const last = Math.min(within.last, line + AROUND);
  return {
    edge,
    symbol: frame.symbol,
    file: source.file,
    line,
    by: told === null ? "only-call" : "debug-info",
    first,
    lines: lines.slice(first - 1, last).map((text) => text.slice(0, LONGEST_LINE)),
  };
}

function contains({ first, last }: LineRange, line: number): boolean {
  return first <= line && line <= last;
}

/** `6.12.117-amd64` is of the tree 6.12.117, and `6.13.0-rc2` not of 6.13.0: its lines are others. */
function isRelease(tree: string | null, kernel: string | null): boolean {
  return tree !== null && /^\d+\.\d+\.\d+(?:-rc\d+)?/.exec(kernel ?? "")?.[0] === tree;
}
