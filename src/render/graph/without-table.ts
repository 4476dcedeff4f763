import type { GraphCycle, GraphEdge } from "../../lock-graph/schema.ts";
import type { GraphWithout } from "../../lock-graph/without-schema.ts";
import { fromTaker } from "../../symbols/who-took.ts";
import { callers } from "../words/frames.ts";
import { bold, wrap } from "../words/layout.ts";
import { settingFor } from "./lines.ts";
import { page } from "../words/page.ts";
import type { Paper } from "../words/paper.ts";
import { bad, caution, counted, good, joined, lock, type Part, plain, quiet } from "../words/parts.ts";
import type { Safe } from "../words/safe.ts";
import { standing } from "./table.ts";

/** Cycles that something speaks against, on either side. */
const MOST_POSSIBLE = 5;
const CALLERS = 3;

/** Which cycles an edge's end ends, for a person: `-` those that go, `+` those that are left. */
export function renderGraphWithoutTable({ without, gone, left, leftOut }: GraphWithout, paper: Paper): Safe {
  const { color } = paper;
  const setting = settingFor(paper);
  const { width } = setting;
  const lines = (parts: readonly Part[]): Safe[] => setting.lines(parts, 1);
  const section = (title: string, rows: readonly { cycle: GraphCycle; parts: Part[] }[]): Safe[] => {
    const possible = rows.filter(({ cycle }) => cycle.strength === "possible");
    const more = possible.length - MOST_POSSIBLE;
    const isShown = new Set(possible.slice(0, MOST_POSSIBLE));
    return [
      bold(`${title}: ${rows.length}`, color),
      ...rows
        .filter((row) => row.cycle.strength !== "possible" || isShown.has(row))
        .flatMap(({ parts }) => lines(parts)),
      ...(more > 0 ? lines([quiet(`and ${more} more that something speaks against (-f json has all)`)]) : []),
    ];
  };
  const strong = left.filter(({ strength }) => strength !== "possible").length;
  return page([
    [bold("without", color), ...without.flatMap((edge) => lines(edgeParts(edge)))],
    wrap(
      [
        plain(`${counted(gone.length, "cycle")} fewer; `),
        strong === 0
          ? good("no cycle is left that nothing speaks against")
          : bad(`${counted(strong, "cycle")} left to look at`),
        plain(left.length === strong ? "" : `, ${left.length - strong} that something speaks against`),
        plain(leftOut === 0 ? "" : `; ${counted(leftOut, "edge")} of large knots not looked through`),
      ],
      width,
      color,
    ),
    ...(gone.length === 0
      ? []
      : [
          section(
            "gone",
            gone.map((cycle) => ({ cycle, parts: [good("- "), ...cycleParts(cycle)] })),
          ),
        ]),
    ...(left.length === 0
      ? []
      : [
          section(
            "left",
            left.map((cycle) => ({
              cycle,
              parts: [
                bad("+ "),
                ...cycleParts(cycle),
                ...(cycle.wasHidden ? [caution(", hidden by a shorter one until now")] : []),
              ],
            })),
          ),
        ]),
  ]);
}

function edgeParts({ from, to, evidence, stack }: GraphEdge): Part[] {
  const path = callers(fromTaker(stack), CALLERS);
  return [
    lock(from),
    plain(" → "),
    lock(to),
    ...(path.length === 0 ? [quiet(`, ${evidence}`)] : [plain(" in "), ...path]),
  ];
}

function cycleParts(cycle: GraphCycle): Part[] {
  return [
    ...joined(
      cycle.classes.map((name) => [lock(name)]),
      plain(" → "),
    ),
    plain(": "),
    ...standing(cycle),
  ];
}
