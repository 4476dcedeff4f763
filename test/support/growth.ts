/**
 * How time grows with the size of what is done, by what the processor spends on this process: what else the machine
 * does, and how fast it is, does not matter.
 */

/** More than linear, and less than the square: of ten times as much the one takes 10 times as long, the other 100. */
const LIMIT = 40;

/** So much is spent at least before a time is believed, in microseconds. */
const ENOUGH = 5_000;
const TRIES = 5;

function spentOn(run: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < TRIES; i++) {
    const before = process.cpuUsage();
    let times = 0;
    let spent = 0;
    while (spent < ENOUGH) {
      run();
      times++;
      const { user, system } = process.cpuUsage(before);
      spent = user + system;
    }
    least = Math.min(least, spent / times);
  }
  return least;
}

/**
 * Whether ten times as much takes no more than a few tens of times as long.
 *
 * @param prepare makes what is done with `size` things; making it does not count
 */
export function isLinear(size: number, prepare: (size: number) => () => unknown): boolean {
  const small = prepare(size);
  const large = prepare(10 * size);
  // what is compiled in time runs faster
  small();
  // a busy cache, a collection of garbage: a second look tells
  return [1, 2, 3].some(() => spentOn(large) <= LIMIT * spentOn(small));
}
