// How often the triage is right: the edge to look at against the one that the real fix broke, the first finding against
// what the fix did, and what is certain against what maintainers said; and what it got wrong.
//
//   npm run bench:triage [-- DIR...]      each with mails and a truth.json (default: fixtures/fixes, and verdicts of mailboxes)
import { join } from "node:path";
import { type Judged, type JudgedVerdict, judgeFixes, judgeVerdicts } from "../analyze/known-fixes.ts";

function share(part: readonly unknown[], of: readonly unknown[]): string {
  const percent = of.length === 0 ? 0 : Math.round((100 * part.length) / of.length);
  return `${part.length} of ${of.length} (${percent} %)`;
}

function tellWrong({ name, did, edge, report, isEdge, isNext, isCategory }: Judged): void {
  if (report === null) {
    console.log(`${name}: no such report`);
    return;
  }
  if (edge !== null && !isEdge) {
    const { lookAt } = report;
    console.log(`${name}: the fix broke ${edge.join(" → ")}${isNext ? " (second guess)" : ""}`);
    console.log(
      lookAt === null
        ? "  no edge to look at"
        : `  looks at ${lookAt.from} → ${lookAt.to}: ${lookAt.reasons.join(", ")}`,
    );
  }
  if (!isCategory)
    console.log(
      `${name}: the fix was of ${did ?? "no sort"}, found was ${report.findings
        .map(({ code, certainty }) => `${code} (${certainty})`)
        .join(", ")}`,
    );
}

function tellEdges(of: string, judged: readonly Judged[]): void {
  const withEdge = judged.filter(({ edge }) => edge !== null);
  const right = withEdge.filter(({ isEdge }) => isEdge);
  const soon = withEdge.filter(({ isEdge, isNext }) => isEdge || isNext);
  const named = right.filter(({ isFunction }) => isFunction);
  console.log(
    `${of}: the edge ${share(right, withEdge)}, among the first two ${share(soon, withEdge)}; a function of the fix ` +
      `${share(named, right)}; the category ${share(
        judged.filter(({ isCategory }) => isCategory),
        judged,
      )}`,
  );
}

function tellVerdicts(judged: readonly JudgedVerdict[]): void {
  for (const { name, contradicted, verdict } of judged)
    for (const { code } of contradicted)
      console.log(
        `${name}: ${code} is certain; ${verdict.real ? `the fix was of ${verdict.did}` : "the alarm was false"}`,
      );
  const sure = judged.filter(({ report }) =>
    report?.findings.some(({ certainty }) => certainty === "certain"),
  );
  console.log(
    `verdicts: of ${judged.length}, certain findings on ${sure.length}, contradicted on ` +
      `${judged.filter(({ contradicted }) => contradicted.length > 0).length}`,
  );
}

const directories = process.argv.slice(2);
for (const directory of directories.length > 0 ? directories : [join(process.cwd(), "fixtures/fixes")]) {
  const judged = await judgeFixes(directory);
  judged.forEach(tellWrong);
  tellEdges(directory, judged);
}
if (directories.length === 0) {
  const archive = join(process.cwd(), "../shared/corpus/archive");
  const judged = await judgeVerdicts(archive);
  judged.forEach(tellWrong);
  if (judged.length === 0) console.log(`verdicts: skipped, their mailboxes are not in ${archive}`);
  else {
    tellEdges("mailboxes", judged);
    tellVerdicts(judged);
  }
}
