import type { EdgeChange, GraphDiff } from "../../lock-graph/diff-schema.ts";
import { fromTaker } from "../../symbols/who-took.ts";
import { callers } from "../words/frames.ts";
import { bold, type Ink, wrap } from "../words/layout.ts";
import { settingFor } from "./lines.ts";
import { page } from "../words/page.ts";
import { bad, counted, good, joined, lock, type Part, plain, quiet } from "../words/parts.ts";
import type { Safe } from "../words/safe.ts";

/** Of one weight, or of classes. */
const MOST = 12;
const CALLERS = 3;

const WEIGHTS: Record<EdgeChange["weight"], string> = {
  cycle: "edges in a cycle",
  annotated: "edges between classes that the catalogue knows",
  "known-classes": "edges between classes that both have",
  "new-class": "edges with a class that only one has",
};

/** What only one of two graphs has, for a person: `+` for the new one. */
export function renderGraphDiffTable(
  diff: GraphDiff,
  options: { readonly width: number; readonly color: Ink },
): Safe {
  const setting = settingFor(options);
  const { width } = setting;
  const { color } = options;
  const lines = (parts: readonly Part[]): Safe[] => setting.lines(parts, 1);
  const section = (title: string, rows: readonly (readonly Part[])[]): Safe[] =>
    rows.length === 0
      ? []
      : [
          bold(`${title}: ${rows.length}`, color),
          ...rows.slice(0, MOST).flatMap(lines),
          ...(rows.length > MOST ? lines([quiet(`and ${rows.length - MOST} more (-f json has all)`)]) : []),
        ];
  const weighed = (weight: EdgeChange["weight"]): Safe[] =>
    section(WEIGHTS[weight], diff.edges.filter((edge) => edge.weight === weight).map(edgeRow));
  const sections = [
    wrap(summary(diff), width, color),
    section(
      "cycles",
      diff.cycles.map(({ only, cycle }) => [
        sign(only),
        ...joined(
          cycle.classes.map((name) => [lock(name)]),
          plain(" → "),
        ),
        quiet(`, ${cycle.strength}`),
      ]),
    ),
    weighed("cycle"),
    weighed("annotated"),
    weighed("known-classes"),
    weighed("new-class"),
    section(
      "classes",
      diff.classes.map(({ only, name }) => [sign(only), lock(name)]),
    ),
  ].filter((rows) => rows.length > 0);
  return page(sections);
}

function summary({ old, new: now, edges, classes }: GraphDiff): Part[] {
  const side = (only: "old" | "new"): string =>
    `${counted(edges.filter((edge) => edge.only === only).length, "edge")} and ${counted(classes.filter((one) => one.only === only).length, "class", "classes")}`;
  return [
    plain(
      `only the ${counted(now.sources.length, "new boot")}: ${side("new")}; only the ${counted(old.sources.length, "old boot")}: ${side("old")}`,
    ),
  ];
}

function sign(only: "old" | "new"): Part {
  return only === "new" ? bad("+ ") : good("- ");
}

function edgeRow({ only, from, to, stack }: EdgeChange): Part[] {
  const path = callers(fromTaker(stack), CALLERS);
  return [
    sign(only),
    lock(from),
    plain(" → "),
    lock(to),
    ...(path.length === 0 ? [] : [plain(" in "), ...path]),
  ];
}
