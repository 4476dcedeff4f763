import type { Change } from "../../compare/diff-schema.ts";
import { bugsOf } from "../../compare/matrix.ts";
import { IDENTITY_VERSION } from "../../identity/identity.ts";
import { definitionOf } from "../../kinds/index.ts";
import type { Document, Edge, Frame, Known, Report, ScenarioStep, Source } from "../../report/schema.ts";
import type { DiffView } from "../diff/view.ts";
import { jsonText } from "../words/json.ts";
import { printable, type Safe, safe, sliced } from "../words/safe.ts";

declare const __VERSION__: string;

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** The name of the fingerprint: its version is that of the definition of ids, docs/identity.md. */
const FINGERPRINT = `splatTriageId/v${IDENTITY_VERSION}`;

/** SARIF 2.1.0: a result for each report, its cycle as a graph, its scenario as a code flow. */
export function renderSarif({ reports, sources }: Document): Generator<Safe> {
  return sarifOf(reports, (report) => resultOf(report, sources, {}));
}

/** What the standard calls what `diff` finds; of what one side could not show it says nothing. */
const BASELINE: Readonly<Record<Change["status"], string | null>> = {
  new: "new",
  both: "unchanged",
  gone: "absent",
  masked: null,
};

/** The same of two builds, with what became of each bug: a result for each bug. */
export function renderDiffSarif({ diff, both }: DiffView): Generator<Safe> {
  const status = new Map(diff.changes.map((change) => [change.id, change.status]));
  return sarifOf(
    bugsOf(both.reports).map((bug) => bug.shown),
    (report) => {
      const baselineState = BASELINE[status.get(report.id) ?? "masked"];
      return resultOf(report, both.sources, baselineState === null ? {} : { baselineState });
    },
  );
}

/** Lists around a result indent it as the document does. */
const OPENED = "[\n  [\n    [\n      [\n        ";
const CLOSED = "\n      ]\n    ]\n  ]\n]";
/** What follows the results in the document. */
const END = "]\n    }\n  ]\n}";

/** Result by result: all of them are larger than the reports. */
function* sarifOf(reports: readonly Report[], resultFor: (report: Report) => object): Generator<Safe> {
  const kinds = new Map(reports.map(({ kind, headline }) => [kind, headline]));
  const rules = [...kinds].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const run = {
    tool: {
      driver: {
        name: "splat-triage",
        version: __VERSION__,
        rules: rules.map(([id, headline]) => ({ id, shortDescription: { text: printable(headline) } })),
      },
    },
    columnKind: "utf16CodeUnits",
    results: [],
  };
  yield sliced(jsonText({ $schema: SCHEMA, version: "2.1.0", runs: [run] }, 2), 0, -END.length);
  for (const [i, report] of reports.entries())
    yield safe`${i === 0 ? "" : ","}\n        ${sliced(jsonText([[[[resultFor(report)]]]], 2), OPENED.length, -CLOSED.length)}`;
  yield safe`${reports.length === 0 ? "" : "\n      "}${END}\n`;
}

function resultOf(report: Report, sources: readonly Source[], more: object): object {
  const { id, kind, title, lines, edges, scenario, backtrace, complete, known } = report;
  const artifact = { uri: uriOf(sources[report.source]?.name ?? "-") };
  return {
    ruleId: kind,
    level: definitionOf(kind).harmless === true ? "note" : complete ? "error" : "warning",
    message: { text: messageOf(report) },
    partialFingerprints: { [FINGERPRINT]: id },
    ...(known
      ? { suppressions: [{ kind: "external", status: "accepted", justification: printable(noteOf(known)) }] }
      : {}),
    ...more,
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifact,
          region: { startLine: lines.first, endLine: lines.last },
        },
        ...(report.lock?.at === null || report.lock === null
          ? {}
          : { logicalLocations: [functionOf(report.lock.at)] }),
      },
    ],
    ...(edges.length === 0 ? {} : { graphs: [graphOf(report.cycle, edges)] }),
    ...(backtrace.length === 0 ? {} : { stacks: [stackOf("where it was reported", backtrace)] }),
    ...(scenario.length === 0 ? {} : { codeFlows: [codeFlowOf(scenario, artifact, lines.first)] }),
    properties: { title: printable(title), complete, kernel: printable(report.kernel?.release ?? "unknown") },
  };
}

/** Why it is known, and where to read on. */
function noteOf({ note, link }: Known): string {
  return link === undefined ? note : `${note} (${link})`;
}

function messageOf({ title, cycle, complete }: Report): string {
  const [first] = cycle;
  const path = first === undefined ? "" : `: ${[...cycle, first].map(printable).join(" → ")}`;
  return `${printable(title)}${path}${complete ? "" : " (the report is damaged)"}`;
}

/** A path as a reference that leads nowhere else: each step encoded. */
function uriOf(name: string): string {
  return name === "-" ? "stdin" : printable(name).split("/").map(encodeURIComponent).join("/");
}

function functionOf({ symbol, demangled, module }: Frame): object {
  return {
    fullyQualifiedName: printable(
      module === null ? (demangled ?? symbol) : `${module}:${demangled ?? symbol}`,
    ),
    kind: "function",
  };
}

function graphOf(cycle: readonly string[], edges: readonly Edge[]): object {
  const names = [...new Set([...cycle, ...edges.flatMap(({ from, to }) => [from, to])])];
  const node = (name: string): string => String(names.indexOf(name));
  return {
    description: { text: "lock classes in the order in which they are taken" },
    nodes: names.map((name) => ({ id: node(name), label: { text: printable(name) } })),
    edges: edges.map(({ from, to, closes, by }, index) => ({
      id: String(index),
      sourceNodeId: node(from),
      targetNodeId: node(to),
      label: {
        text: by === "interrupt" ? "by an interrupt" : closes ? "closes the cycle" : "recorded before",
      },
    })),
  };
}

function stackOf(text: string, frames: readonly Frame[]): object {
  return {
    message: { text },
    frames: frames.map((frame) => ({ location: { logicalLocations: [functionOf(frame)] } })),
  };
}

/** A thread of the flow for each CPU, the steps numbered as the kernel drew them. */
function codeFlowOf(scenario: readonly ScenarioStep[], artifact: object, line: number): object {
  const cpus = [...new Set(scenario.map(({ cpu }) => cpu))];
  return {
    message: { text: "the scenario that the kernel drew" },
    threadFlows: cpus.map((cpu) => ({
      id: `CPU${cpu}`,
      locations: scenario.flatMap((step, index) =>
        step.cpu === cpu
          ? [
              {
                executionOrder: index,
                location: {
                  message: { text: stepText(step) },
                  physicalLocation: { artifactLocation: artifact, region: { startLine: line } },
                },
              },
            ]
          : [],
      ),
    })),
  };
}

function stepText({ operation, class: lockClass }: ScenarioStep): string {
  return lockClass === null ? operation : `${operation}(${printable(lockClass)})`;
}
