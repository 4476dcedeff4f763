// How often the edge to look at is the one that the real fix broke, and what it got wrong.
//
//   npm run bench:triage [-- DIR...]      each with mails and a truth.json (default: fixtures/fixes)
import { join } from "node:path";
import { judgeFixes } from "../analyze/known-fixes.ts";

function share(part: readonly unknown[], of: readonly unknown[]): string {
  return `${part.length} of ${of.length}`;
}

const directories = process.argv.slice(2);
for (const directory of directories.length > 0 ? directories : [join(process.cwd(), "fixtures/fixes")]) {
  const judged = await judgeFixes(directory);
  const right = judged.filter(({ isEdge }) => isEdge);
  const soon = judged.filter(({ isEdge, isNext }) => isEdge || isNext);
  const named = right.filter(({ isFunction }) => isFunction);
  for (const { fix, lookAt, findings, isEdge, isNext } of judged) {
    if (isEdge) continue;
    const { from, to } = fix.fixedEdge;
    console.log(`${fix.file}: the fix broke ${from} → ${to}${isNext ? " (second guess)" : ""}`);
    console.log(
      lookAt === null
        ? "  no edge to look at"
        : `  looks at ${lookAt.from} → ${lookAt.to}: ${lookAt.reasons.join(", ")}`,
    );
    console.log(`  ${findings.join(", ")}`);
  }
  console.log(
    `${directory}: the edge ${share(right, judged)}, among the first two ${share(soon, judged)}; a function of the fix ${share(named, right)}`,
  );
}
