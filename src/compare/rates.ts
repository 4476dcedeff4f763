/** How often something showed, over the boots or runs that could have shown it. */
export interface Tally {
  readonly hits: number;
  readonly runs: number;
}
