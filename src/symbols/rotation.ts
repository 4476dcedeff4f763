/**
 * Where to start a cycle, so that it reads the same whichever of its elements came first: the start of its
 * smallest rotation, in linear time.
 */
export function smallestStart(names: readonly string[]): number {
  const count = names.length;
  const at = (index: number): string => names[index % count] ?? "";
  let [best, other, same] = [0, 1, 0];
  while (best < count && other < count && same < count) {
    const [left, right] = [at(best + same), at(other + same)];
    if (left === right) {
      same++;
      continue;
    }
    if (left > right) best += same + 1;
    else other += same + 1;
    if (best === other) other++;
    same = 0;
  }
  return Math.min(best, other);
}

/** The elements from that start on. */
export function turned<Element>(elements: readonly Element[], start: number): Element[] {
  return [...elements.slice(start), ...elements.slice(0, start)];
}
