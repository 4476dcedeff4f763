import { isCorrupted } from "../../src/identity/title.ts";
import { printReport } from "../../src/render/reports/kernel.ts";
import type { Damage, Report } from "../../src/report/schema.ts";
import { triage } from "../../src/triage/triage.ts";

/** What the log around the report did to it, and a quiet console does not: half a line is not printed, either. */
const NOISE: ReadonlySet<string> = new Set([
  "control-sequences",
  "doubled-lines",
  "dropped-messages",
  "foreign-lines",
  "repeated",
  "truncated",
  "unparsed",
]);

function seriousDamage(damage: readonly Damage[]): Pick<Damage, "code" | "what">[] {
  return damage.filter(({ code }) => !NOISE.has(code)).map(({ code, what = "" }) => ({ code, what }));
}

/** A report as far as its printed form tells it: without place, time and caller. */
export function printedPart({
  source: _source,
  lines: _lines,
  time: _time,
  caller: _caller,
  ...report
}: Report): unknown {
  const damage = seriousDamage(report.damage);
  const complete = report.complete || report.damage.every(({ code }) => NOISE.has(code));
  // a report that nothing tells from others is known by where it stood
  const alone = isCorrupted(report.title) ? { id: "", siteId: "" } : {};
  return { ...report, ...alone, kernel: printedKernel(report), damage, complete };
}

/** The boot's banner names the kernel of a report that does not name it itself. */
function printedKernel({ kernel, kind, dumps }: Pick<Report, "kernel" | "kind" | "dumps">): Report["kernel"] {
  return kind === "held-dump" || (dumps.length > 0 && dumps.every((dump) => dump.kernel === null))
    ? null
    : kernel;
}

/** The reports in what `-f kernel` prints of one. */
export async function readAgain(report: Report): Promise<Report[]> {
  const chunks = [Buffer.from(printReport(report))];
  return (await triage([{ name: "dmesg.txt", chunks }])).reports;
}
