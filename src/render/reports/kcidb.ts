import type { BootWithReports } from "../../compare/boots.ts";
import { type Bug, type Cell, Matrix } from "../../compare/matrix.ts";
import type { Document } from "../../report/schema.ts";
import { unobservedText } from "../bisect/verdict-prose.ts";
import { jsonDocument } from "../words/json.ts";
import { ANONYMOUS, type Paper } from "../words/paper.ts";
import { printable, type Safe } from "../words/safe.ts";

/** An excerpt is 16384 characters at most (kcidb-io, test.log_excerpt). */
const LONGEST_EXCERPT = 16_384;

/**
 * KCIDB's I/O format 5.3: a test run for each boot, an issue for each bug, an incident for each boot and bug of
 * which something is known. `present: false` stands only where the boot could have shown the bug.
 */
export function renderKcidb(document: Document, { submission = ANONYMOUS }: Paper): Generator<Safe> {
  const { origin, build, test } = submission;
  const matrix = new Matrix(document);
  const boots = matrix.boots.map((boot, index) => ({
    boot,
    id:
      test === null
        ? `${origin}:${idText(boot.name)}.${index + 1}`
        : index === 0
          ? test
          : `${test}.${index + 1}`,
    kernel: kernelOf(boot),
  }));
  const kernels = [...new Set(boots.map(({ kernel }) => kernel))];
  const madeFor = (kernel: string): string => `${origin}:splat-triage.${idText(kernel)}`;
  const submitted = {
    version: { major: 5, minor: 3 },
    ...(build === null
      ? {
          checkouts: kernels.map((kernel) => ({
            id: madeFor(kernel),
            origin,
            comment: printable(kernel),
          })),
          builds: kernels.map((kernel) => ({
            id: madeFor(kernel),
            checkout_id: madeFor(kernel),
            origin,
            comment: printable(kernel),
          })),
        }
      : {}),
    tests: boots.map(({ boot, id, kernel }) => ({
      id,
      origin,
      build_id: build ?? madeFor(kernel),
      path: "boot.lockdep",
      ...testOf(boot, matrix),
    })),
    issues: matrix.bugs.map((bug) => issueOf(bug, origin)),
    incidents: boots.flatMap(({ boot, id }) =>
      matrix.bugs.flatMap((bug) => incidentOf(bug, matrix.ofBug(boot, bug), id, origin)),
    ),
  };
  return jsonDocument(submitted);
}

/** What may be in an id after its origin. */
function idText(text: string): string {
  return printable(text).replaceAll(/[^\w.+/@-]/g, "_");
}

function kernelOf({ boot, reports }: BootWithReports): string {
  const kernel = boot?.kernel ?? reports[0]?.kernel ?? null;
  return kernel === null
    ? "unknown"
    : [kernel.release, ...(kernel.build === null ? [] : [kernel.build])].join(" ");
}

function testOf(boot: BootWithReports, matrix: Matrix): object {
  const [first] = boot.reports;
  if (first !== undefined)
    return {
      status: "FAIL",
      comment: printable(boot.reports.map(({ title }) => title).join("; ")).slice(0, LONGEST_EXCERPT),
    };
  const cell = matrix.ofKind(boot, "circular");
  return cell.state === "unknown"
    ? { status: "SKIP", comment: unobservedText(cell.why, boot.boot?.lockdep.offAt?.line ?? null) }
    : { status: "PASS", comment: "lockdep was on to the end and reported nothing" };
}

function issueOf({ id, shown, reports }: Bug, origin: string): object {
  const { kind, title, cycle, siteId } = shown;
  return {
    id: `${origin}:${id}`,
    version: 1,
    origin,
    report_subject: printable(title),
    comment: printable(title),
    culprit: { code: true, tool: false, harness: false },
    categories: ["runtime.lockdep"],
    misc: {
      kind,
      cycle: cycle.map(printable),
      siteId,
      reports: reports.length,
      ...(shown.known
        ? {
            known: printable(shown.known.note),
            ...(shown.known.link === undefined ? {} : { link: printable(shown.known.link) }),
          }
        : {}),
    },
  };
}

function incidentOf({ id }: Bug, cell: Cell, test: string, origin: string): object[] {
  // what proves nothing is not an incident, neither present nor absent
  if (cell.state === "unknown") return [];
  const lines = cell.state === "reported" ? cell.reports.map(({ lines: { first } }) => first) : [];
  return [
    {
      id: `${origin}:${id}.${idText(test.slice(test.indexOf(":") + 1))}`,
      origin,
      issue_id: `${origin}:${id}`,
      issue_version: 1,
      test_id: test,
      present: cell.state === "reported",
      ...(lines.length === 0 ? {} : { comment: `line ${lines.join(", ")}` }),
    },
  ];
}
