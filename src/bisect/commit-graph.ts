/** A commit of a range, as `git rev-list --parents` tells it. */
export interface RangeCommit {
  readonly sha: string;
  /** All of them; those outside of the range are ends of it. */
  readonly parents: readonly string[];
  readonly subject: string;
}

/** The commits of a range by their number in it, in which parents come before children. */
export class CommitGraph {
  readonly commits: readonly RangeCommit[];
  readonly #numbers = new Map<string, number>();
  /** Of each commit its parents within the range. */
  readonly #parents: readonly (readonly number[])[];

  /** @param commits parents before children, as `git rev-list --topo-order --reverse` lists them */
  constructor(commits: readonly RangeCommit[]) {
    this.commits = commits;
    this.#parents = commits.map(({ sha, parents }, i) => {
      this.#numbers.set(sha, i);
      return [...new Set(parents)]
        .map((parent) => this.#numbers.get(parent))
        .filter((at) => at !== undefined);
    });
  }

  get size(): number {
    return this.commits.length;
  }

  /** @param sha in full */
  numberOf(sha: string): number | null {
    return this.#numbers.get(sha) ?? null;
  }

  /** Calls back with a commit and all its ancestors within the range, the youngest first. */
  eachAncestor(commit: number, callback: (ancestor: number) => void): void {
    this.#walk(commit, new Int32Array(this.size).fill(-1), callback);
  }

  /**
   * What the ancestors of each commit add up to, the commit itself among them.
   *
   * A commit with one parent adds itself to its parent's sum. The histories that a merge joins may share commits, so
   * each merge walks its own: the time grows with merges times commits, the memory with commits alone.
   */
  sumsOverAncestors(weights: Float64Array): Float64Array {
    const sums = new Float64Array(this.size);
    const seen = new Int32Array(this.size).fill(-1);
    for (const [i, parents] of this.#parents.entries()) {
      const [only] = parents;
      if (parents.length < 2) sums[i] = (weights[i] ?? 0) + (only === undefined ? 0 : (sums[only] ?? 0));
      else {
        let sum = 0;
        this.#walk(i, seen, (ancestor) => {
          sum += weights[ancestor] ?? 0;
        });
        sums[i] = sum;
      }
    }
    return sums;
  }

  /** @param seen of each commit the last walk that came by */
  #walk(from: number, seen: Int32Array, callback: (ancestor: number) => void): void {
    seen[from] = from;
    let open = 1;
    for (let i = from; open > 0; i--) {
      if (seen[i] !== from) continue;
      open--;
      callback(i);
      for (const parent of this.#parents[i] ?? [])
        if (seen[parent] !== from) {
          seen[parent] = from;
          open++;
        }
    }
  }
}
