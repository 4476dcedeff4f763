/**
 * A whole text in which `*` stands for any text. In linear time: each piece is taken where it comes first, and the last
 * one at the end.
 */
export function wildcard(pattern: string): (text: string) => boolean {
  const [start = "", ...rest] = pattern.split("*");
  const end = rest.pop();
  if (end === undefined) return (text) => text === start;
  return (text) => {
    if (!text.startsWith(start) || text.length < start.length + end.length) return false;
    let from = start.length;
    for (const piece of rest) {
      const at = text.indexOf(piece, from);
      if (at < 0) return false;
      from = at + piece.length;
    }
    return text.endsWith(end) && from <= text.length - end.length;
  };
}
