import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LookAt } from "../../src/report/analysis-schema.ts";
import { triage } from "../../src/triage/triage.ts";

/** Reports out of mails whose patch fixed them, and what that patch changed. */
export interface KnownFix {
  readonly file: string;
  readonly kind: string;
  readonly fixedEdge: { readonly from: string; readonly to: string };
  readonly fixedIn: { readonly files: readonly string[]; readonly functions: readonly string[] };
}

/** What the triage says of one, against what the fix did. */
export interface Judged {
  readonly fix: KnownFix;
  readonly lookAt: LookAt | null;
  readonly findings: readonly string[];
  readonly isEdge: boolean;
  readonly isNext: boolean;
  readonly isFunction: boolean;
}

/** @param directory with the mails and truth.json */
export async function judgeFixes(directory: string): Promise<Judged[]> {
  const fixes = JSON.parse(readFileSync(join(directory, "truth.json"), "utf8")) as KnownFix[];
  return Promise.all(
    fixes.map(async (fix) => {
      const chunks = [readFileSync(join(directory, fix.file))];
      const { reports } = await triage([{ name: fix.file, chunks }]);
      const report = reports.find(({ kind, lookAt: found }) => kind === fix.kind && found !== null);
      const lookAt = report?.lookAt ?? null;
      const fits = (edge: { from: string; to: string } | null | undefined): boolean =>
        edge?.from === fix.fixedEdge.from && edge.to === fix.fixedEdge.to;
      return {
        fix,
        lookAt,
        findings: (report?.findings ?? []).map(({ code, certainty }) => `${code} (${certainty})`),
        isEdge: fits(lookAt),
        isNext: fits(lookAt?.next),
        isFunction: lookAt?.functions.some((name) => fix.fixedIn.functions.includes(name)) ?? false,
      };
    }),
  );
}
