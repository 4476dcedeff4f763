import type { CycleEdge, GraphClass, GraphCycle, GraphDocument, GraphEdge } from "../../lock-graph/schema.ts";
import { bold, type Ink, inline } from "../words/layout.ts";
import { page } from "../words/page.ts";
import type { Paper } from "../words/paper.ts";
import {
  bad,
  caution,
  commaed,
  counted,
  fn,
  good,
  lock,
  name,
  type Part,
  plain,
  quiet,
} from "../words/parts.ts";
import type { Safe } from "../words/safe.ts";
import { settingFor } from "./lines.ts";
import { reasonParts } from "./prose.ts";
import { type GraphView, selected } from "./view.ts";

/** Sources listed one by one. */
const MOST_SOURCES = 8;
/** Cycles that something speaks against, shown in full. */
const MOST_POSSIBLE = 3;
/** Neighbours of a class, on either side. */
const MOST_NEIGHBOURS = 20;

const SPANS = { boot: "in one boot", boots: "across boots", builds: "across builds" } as const;

/** Cycles and what speaks for and against them, for a person. */
export function renderGraphTable(view: GraphView, paper: Paper): Safe {
  const document = selected(view);
  const { around, graph: whole } = view;
  const { color } = paper;
  const setting = settingFor(paper);
  const lines = (parts: readonly Part[], steps = 0): Safe[] => setting.lines(parts, steps);
  const strong = document.cycles.filter(({ strength }) => strength !== "possible");
  const possible = document.cycles.filter(({ strength }) => strength === "possible");
  const told = [...strong, ...possible.slice(0, MOST_POSSIBLE)];
  const sections = [
    lines(summary(document, whole, strong.length, possible.length)),
    ...told.map((cycle) => [
      inline(
        [{ role: "lock", text: cycle.classes.join(" → "), whole: true }, plain("  "), ...standing(cycle)],
        color,
      ),
      ...cycle.edges.flatMap((edge) => lines(edgeParts(document, edge), 1)),
      ...cycle.reasons.flatMap((reason) => lines([sign(reason.speaks), ...reasonParts(reason)], 1)),
    ]),
    ...(possible.length > MOST_POSSIBLE
      ? [
          lines([
            quiet(
              `and ${possible.length - MOST_POSSIBLE} more that something speaks against (-f json has all)`,
            ),
          ]),
        ]
      : []),
    ...(around === null ? [] : [neighbourhood(document, around, lines, color)]),
    sources(document, lines),
  ];
  return page(sections);
}

type Lines = (parts: readonly Part[], indent?: number) => Safe[];

function summary(
  { sources: all }: GraphDocument,
  { classes, edges }: GraphDocument,
  strong: number,
  possible: number,
): Part[] {
  const builds = new Set(all.map(({ build }) => build)).size;
  return [
    plain(
      `${counted(all.length, "boot")} of ${counted(builds, "build")}, ${counted(classes.length, "lock class", "lock classes")}, ${counted(edges.length, "edge")}: `,
    ),
    strong === 0
      ? good("no cycle that nothing speaks against")
      : bad(`${counted(strong, "cycle")} to look at`),
    ...(possible === 0 ? [] : [plain(`, ${possible} that something speaks against`)]),
  ];
}

export function standing({ strength, span, reported }: GraphCycle): Part[] {
  const word =
    strength === "possible" ? quiet(strength) : strength === "certain" ? bad(strength) : caution(strength);
  const ids = reported.length === 0 ? plain("") : plain(`, reported as ${reported.join(", ")}`);
  return [word, quiet(`, ${SPANS[span]}`), ids];
}

export function sign(speaks: "for" | "against" | "neither"): Part {
  if (speaks === "neither") return quiet("· ");
  return speaks === "for" ? bad("+ ") : good("- ");
}

const EVIDENCE = {
  report: "as a report shows",
  dependency: "as lockdep recorded",
  chain: "as both stand in a chain",
} as const;

export function edgeParts({ sources: all }: GraphDocument, edge: CycleEdge): Part[] {
  const { from, to, by, evidence, sources: seen, over, site, contexts } = edge;
  const boots =
    all.length < 2
      ? []
      : seen.length === all.length
        ? [plain(", in all boots")]
        : seen.length > 3
          ? [plain(`, in ${seen.length} boots`)]
          : [plain(", in "), ...commaed(seen.map((i) => [name(all[i]?.name ?? "")]))];
  const inInterrupt = contexts.filter((context) => context !== "process");
  return [
    lock(from),
    plain(" → "),
    lock(to),
    plain(": "),
    quiet(by === "interrupt" ? "by an interrupt, as a report says" : EVIDENCE[evidence]),
    ...(over.length === 0 ? [] : [quiet(", past "), ...commaed(over.map((one) => [lock(one)]))]),
    ...boots,
    ...(inInterrupt.length === 0 ? [] : [plain(`, in ${inInterrupt.join(" and ")}`)]),
    ...(site === null ? [] : [plain(", in "), fn(site)]),
  ];
}

/** What is taken under a class, and under what it is taken. */
function neighbourhood(document: GraphDocument, around: string, lines: Lines, color: Ink): Safe[] {
  const own = document.classes.find((one) => one.name === around);
  const side = (edges: readonly GraphEdge[], of: "from" | "to"): Safe[] => [
    ...edges
      .slice(0, MOST_NEIGHBOURS)
      .flatMap((edge) =>
        lines(
          [
            lock(edge[of]),
            quiet(`: ${edge.evidence}${edge.waits ? "" : ", never waited for"}`),
            ...(document.sources.length < 2 ? [] : [quiet(`, ${counted(edge.sources.length, "boot")}`)]),
          ],
          2,
        ),
      ),
    ...(edges.length > MOST_NEIGHBOURS
      ? lines([quiet(`and ${edges.length - MOST_NEIGHBOURS} more`)], 2)
      : []),
  ];
  const after = document.edges.filter(({ from }) => from === around);
  const before = document.edges.filter(({ to }) => to === around);
  return [
    bold(around, color),
    ...(own === undefined ? [] : lines(knownOf(own), 1)),
    ...lines([plain(`taken under ${counted(before.length, "class", "classes")}:`)], 1),
    ...side(before, "from"),
    ...lines([plain(`held while taking ${counted(after.length, "class", "classes")}:`)], 1),
    ...side(after, "to"),
  ];
}

function knownOf({ usage, reads, writes, waited, annotations }: GraphClass): Part[] {
  const ways = [
    ...(writes === true ? ["written"] : []),
    ...(reads === true ? ["read"] : []),
    ...(waited === false ? ["never waited for"] : []),
    ...annotations,
  ];
  return [
    plain(usage === null ? "usage unknown" : `{${usage}}`),
    quiet(ways.length === 0 ? "" : `, ${ways.join(", ")}`),
  ];
}

function sources({ sources: all }: GraphDocument, lines: Lines): Safe[] {
  const shown = all.slice(0, MOST_SOURCES).flatMap((source) => {
    const { kernel, dump, classes, edges, chains, keys, lockdep, damage } = source;
    const facts = [
      kernel ?? "kernel unknown",
      counted(classes, "class", "classes"),
      counted(edges, "edge"),
      ...(!dump ? ["reports of a log only"] : chains === null ? ["no chains"] : [counted(chains, "chain")]),
      ...(dump && keys === "hidden" ? ["names alone tell classes apart"] : []),
      ...(lockdep === "off" ? ["lockdep off at the end"] : []),
    ];
    return [
      ...lines([name(source.name), plain(`: ${facts.join(", ")}`)]),
      ...damage
        .slice(0, 3)
        .flatMap(({ code, what, line }) =>
          lines([bad(code), plain(`${line > 0 ? ` at line ${line}` : ""}: ${what ?? ""}`)], 1),
        ),
    ];
  });
  return all.length > MOST_SOURCES
    ? [...shown, ...lines([quiet(`and ${all.length - MOST_SOURCES} more boots`)])]
    : shown;
}
