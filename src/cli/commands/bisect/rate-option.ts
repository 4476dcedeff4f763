import type { Rate } from "../../../compare/rates.ts";
import { UsageError } from "../../io/errors.ts";

export interface RateOptions {
  readonly hitRate?: number;
  readonly hits?: number;
  readonly runs?: number;
}

/**
 * The hit rate that a user gives: as it is, or as it was seen.
 *
 * @returns null: none
 * @throws UsageError if it is given twice, or by half
 */
export function givenRate({ hitRate, hits, runs }: RateOptions): Rate | null {
  if (hitRate !== undefined) {
    if (hits !== undefined || runs !== undefined)
      throw new UsageError("--hit-rate replaces --hits and --runs: give one or the other");
    return { known: hitRate };
  }
  if (hits === undefined && runs === undefined) return null;
  if (hits === undefined || runs === undefined) throw new UsageError("--hits and --runs go together");
  if (hits > runs) throw new UsageError(`--hits ${hits}: cannot be more than --runs ${runs}`);
  return { hits, runs };
}
