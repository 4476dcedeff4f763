import { journalReport } from "../../bisect/journal-report.ts";
import { CatalogueTouches, sitesOf, TouchReader } from "../../bisect/touches.ts";
import type { Report } from "../../report/schema.ts";
import type { Cut, GitRepository } from "./git.ts";

/** Commits whose changes are read, the newest; a range of more is not a suspicion. */
const MOST_CHANGES = 20_000;
export const LIMITS = { milliseconds: 30_000, bytes: 1 << 28 };

/**
 * Says of each report which commits of a range have to do with it: with the functions that take its locks, their files
 * or its annotations, as `bisect suspects` does.
 *
 * @returns why not all commits were looked at; null if all were
 * @throws InputError if the range is none
 */
export async function addTouching(
  repository: GitRepository,
  range: string,
  reports: readonly Report[],
): Promise<Cut | "likeliest-only"> {
  const commits = await repository.commits(range, await repository.ends(range));
  const readers = reports.map((report) => {
    const sites = sitesOf([journalReport(report)]);
    return { report, catalogue: new CatalogueTouches(sites), reader: new TouchReader(sites) };
  });
  const wanted = commits.slice(-MOST_CHANGES);
  const cut = await repository.changes(
    wanted.map(({ sha }) => sha),
    LIMITS,
    (text) => {
      for (const { reader } of readers) reader.line(text);
    },
  );
  for (const { report, catalogue, reader } of readers)
    report.touching = commits
      .map(({ sha, subject }) => {
        const touches = [...catalogue.of(sha, subject), ...(reader.touches(sha) ?? [])];
        return { sha, subject, touches };
      })
      .filter(({ touches }) => touches.length > 0);
  return cut ?? (wanted.length < commits.length ? "likeliest-only" : null);
}
