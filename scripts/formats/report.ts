import { BODY, BY_HAND, HEADLINES } from "../../grammar/lines.ts";
import type { Allowed, TreeResult, Verdict } from "./check.ts";

/** Formats in which releases agree are told once. */
interface Finding {
  readonly verdict: Verdict;
  readonly releases: string[];
}

/**
 * The findings as text, and how many formats are neither matched nor allowed.
 *
 * @param all also tell which rows match each format
 */
export function report(
  results: readonly TreeResult[],
  allowed: Allowed,
  all: boolean,
): { readonly text: string; readonly unmatched: number } {
  const findings = gather(results);
  const unmatched = findings.filter(
    ({ verdict }) => verdict.unmatched.length > 0 && verdict.allowed === null,
  );
  const lines: string[] = [];
  if (all) lines.push(...findings.flatMap(toldWhole));
  else lines.push(...unmatched.flatMap(told));
  const reasons = new Map(allowed.rows.map(({ row, reason }) => [row, reason]));
  const silent = rowsWithout(results).filter(({ name }) => all || !reasons.has(name));
  if (silent.length > 0)
    lines.push(
      "Rows that none of these kernels prints (others may):",
      ...silent.map(({ name, printedBy }) => `  ${name}: ${reasons.get(name) ?? printedBy}`),
      "",
    );

  const used = new Set(results.flatMap(({ verdicts }) => verdicts.map((verdict) => verdict.allowed)));
  const idle = allowed.formats.filter((entry) => !used.has(entry));
  if (idle.length > 0)
    lines.push(
      "Allowed, but in none of these kernels:",
      ...idle.map((entry) => `  ${entry.function}() ${JSON.stringify(entry.format ?? "")}`),
      "",
    );
  lines.push(...results.map(summary));
  return { text: `${lines.join("\n")}\n`, unmatched: unmatched.length };
}

function gather(results: readonly TreeResult[]): Finding[] {
  const findings = new Map<string, Finding>();
  for (const { release, verdicts } of results)
    for (const verdict of verdicts) {
      const { file, function: name, format } = verdict.print;
      const key = JSON.stringify([file, name, format, verdict.rows, verdict.unmatched]);
      const known = findings.get(key);
      if (known === undefined) findings.set(key, { verdict, releases: [release] });
      else if (!known.releases.includes(release)) known.releases.push(release);
    }
  return [...findings.values()];
}

function told({ verdict, releases }: Finding): string[] {
  const { file, line, function: name, format } = verdict.print;
  return [
    `${file}:${line} ${name}() in ${releases.join(", ")}: no row matches ${JSON.stringify(format)}`,
    ...verdict.unmatched.map((text) => `  as in: ${JSON.stringify(text)}`),
    "",
  ];
}

function toldWhole(finding: Finding): string[] {
  const { verdict, releases } = finding;
  const { file, line, function: name, format } = verdict.print;
  if (verdict.unmatched.length > 0 && verdict.allowed === null) return told(finding);
  const rows = verdict.rows.length > 0 ? [`  read as: ${verdict.rows.join(", ")}`] : [];
  const reason = verdict.allowed === null ? [] : [`  allowed: ${verdict.allowed.reason}`];
  return [
    `${file}:${line} ${name}() in ${releases.join(", ")}: ${JSON.stringify(format)}`,
    ...rows,
    ...reason,
    "",
  ];
}

function rowsWithout(
  results: readonly TreeResult[],
): readonly { readonly name: string; readonly printedBy: string }[] {
  const printed = new Set<string>(results.flatMap(({ verdicts }) => verdicts.flatMap(({ rows }) => rows)));
  return [...HEADLINES, ...BODY, ...BY_HAND].filter(({ name }) => !printed.has(name));
}

function summary({ release, verdicts }: TreeResult): string {
  const bad = verdicts.filter(({ unmatched }) => unmatched.length > 0);
  const allowed = bad.filter((verdict) => verdict.allowed !== null).length;
  return `${release}: ${verdicts.length} prints, ${verdicts.length - bad.length} matched, ${allowed} allowed, ${bad.length - allowed} unmatched`;
}
