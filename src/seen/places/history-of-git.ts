import { gitText } from "./git.ts";
import type { Place, PlaceType, UnitEntries } from "./place.ts";

/** Reads what the commits of a range hold, `A..B` or all up to `B`. */
type ReadRange = (range: string, count: (items: number) => void) => AsyncIterable<Omit<UnitEntries, "stamp">>;

/** A repository only grows: what was read up to a commit stays true as long as that is in its history. */
export function gitPlace(path: string, type: PlaceType, readRange: ReadRange): Place {
  return {
    path,
    type,
    plan: async (indexed) => {
      const position = indexed?.position ?? "";
      const head = (await gitText(path, ["rev-parse", "--verify", "HEAD^{commit}"])) ?? "";
      const isGrown =
        position !== "" && (await gitText(path, ["merge-base", "--is-ancestor", position, head])) !== null;
      return {
        position: head,
        gone: isGrown ? new Set() : null,
        read: async function* (count): AsyncGenerator<UnitEntries, void, undefined> {
          if (head === "" || (isGrown && position === head)) return;
          for await (const unit of readRange(isGrown ? `${position}..${head}` : head, count))
            if (unit.entries.length > 0 || unit.unread > 0) yield { ...unit, stamp: "" };
        },
      };
    },
  };
}

/** What git separates by a NUL. */
export async function* records(chunks: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = buffer.indexOf(0); end >= 0; end = buffer.indexOf(0, start)) {
      yield buffer.toString("utf8", start, end);
      start = end + 1;
    }
    rest = Buffer.from(buffer.subarray(start));
  }
  if (rest.length > 0) yield rest.toString("utf8");
}
