import type { BootWithReports } from "../../compare/boots.ts";
import { bootsOf } from "../../compare/boots.ts";
import type { Document, Source } from "../../report/schema.ts";
import { UNOBSERVED_PROSE } from "../bisect/verdict-prose.ts";
import { ended, own, printable, type Safe, safe } from "../words/safe.ts";
import { sourceName } from "./overview.ts";

/** KTAP version 1 (Documentation/dev-tools/ktap.rst): a test for each boot, skipped where it proves nothing. */
export function renderKtap({ sources, ...document }: Document): Safe {
  const boots = bootsOf({ sources, ...document });
  return ended([
    own("KTAP version 1"),
    safe`1..${boots.length}`,
    ...boots.flatMap((boot, index) => testLines(boot, index + 1, sources[boot.source])),
  ]);
}

function testLines(boot: BootWithReports, number: number, source: Source | undefined): Safe[] {
  const isOneOfMany = (source?.boots.length ?? 0) > 1;
  const place = isOneOfMany && boot.boot !== null ? `, boot at line ${boot.boot.lines.first}` : "";
  // what follows a # is a directive
  const name = printable(`${sourceName(boot)}${place}`.replaceAll("#", "_"));
  const told = boot.reports.map(
    ({ title, cycle, id, lines, known }) =>
      safe`# ${printable([title, ...cycle].join(", "))}, id ${printable(id)}, line ${lines.first}${known ? safe`, known: ${printable(known.note)}` : own("")}`,
  );
  const fresh = boot.reports.filter(({ known }) => (known ?? null) === null);
  if (fresh.length > 0) return [...told, safe`not ok ${number} ${name}`];
  if (boot.reports.length > 0) return [...told, safe`not ok ${number} ${name} # XFAIL all of it is known`];
  const because = boot.boot === null ? (source?.because ?? "no-kernel") : boot.boot.because;
  return [
    because === null
      ? safe`ok ${number} ${name}`
      : safe`ok ${number} ${name} # SKIP ${UNOBSERVED_PROSE[because]}`,
  ];
}
