import { describe, expect, test } from "vitest";
import type { Report } from "../src/report/schema.ts";
import { fixtures, triageLines, withoutPlace } from "./support/fixtures.ts";

/**
 * A line that lockdep prints in several statements comes in pieces where another processor prints between two of them.
 * The seams are found here by what a line looks like, not by the table that the reader has of them.
 */
const CLASS = String.raw` ?\((?<name>[^ ].*?)(?<version>#\d+)?(?<subclass>\/\d+)?(?<usage>\)\{[^}]*\})(?:-\{\d+:\d+\})?`;
const FORMS: readonly RegExp[] = [
  new RegExp(
    String.raw`^ *(?:#\d+:)?(?<address> ?(?:[0-9a-f]{8,16}|\(____ptrval____\)))(?<class>${CLASS})(?<at>, at: )`,
  ),
  new RegExp(String.raw`^-> #\d+(?<class>${CLASS})(?<end>:)$`),
  new RegExp(String.raw`^ *->(?<class>${CLASS})(?<ops> ops: \d+)(?<end> \{)$`),
  new RegExp(String.raw`^(?<class>${CLASS})(?<arrow> ->) \(`),
  new RegExp(String.raw`^(?<class>${CLASS})$`),
  /^ +r?lock\((?<name>.+)(?<end>\);)$/,
  /^ {2}\S+(?<arrow> --> )(?<name>\S+)(?<arrow2> --> )(?<name2>\S+)$/,
  /^ +(?:IN-|INITIAL|[A-Z]+-ON-)[A-Z -]*(?<at> at:)$/,
  /trying to (?:release|contend) lock \((?<name>.+)(?<end>\) at:)$/,
];

/** Where statements of their own begin in this line. */
function seamsOf(text: string): number[] {
  for (const form of FORMS) {
    const match = new RegExp(form.source, "d").exec(text);
    if (match === null) continue;
    const starts = Object.values(match.indices?.groups ?? {}).flatMap((range) => (range ? [range[0]] : []));
    return [...new Set(starts)].filter((at) => at > 0).toSorted((a, b) => a - b);
  }
  return [];
}

const FOREIGN = ["random: crng init done", "EXT4-fs (sda1): mounted filesystem with ordered data mode"];

const prefixed = (caller: string | null, text: string): string =>
  caller === null ? `[    6.000000] ${text}` : `[    6.000000][${caller.padStart(6)}] ${text}`;

interface Log {
  readonly texts: readonly string[];
  readonly whole: Report;
}

async function logOf(name: string): Promise<Log> {
  const fixture = fixtures().find((one) => one.name === name);
  const texts = (fixture?.bytes.toString("latin1").split("\n") ?? []).map((line) =>
    line.replace(/^\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? ?/, ""),
  );
  const [found] = (await triageLines(texts)).reports;
  if (found === undefined) throw new Error(`${name} has no report`);
  const own = texts.slice(found.lines.first - 1, found.lines.last);
  const [whole] = (await triageLines(own.map((text) => prefixed("T42", text)))).reports;
  if (whole === undefined) throw new Error(`${name} has no report of its own`);
  return { texts: own, whole };
}

const bare = (report: Report | undefined): unknown =>
  report === undefined ? null : withoutPlace([{ ...report, damage: [] }]);

const LOGS = [
  "circular/abba",
  "circular/workqueue",
  "irq-order/hardsafe3",
  "inconsistent/hardirq",
  "unlock-balance/badunlock",
  "wait-context/waitctx",
  "held-user/userret",
];

describe.each(LOGS)("%s", (name) => {
  describe.each([
    ["with callers", "T42", "T9999"],
    ["without callers", null, null],
  ])("%s", (_, ours, others) => {
    test.each([0, 1, 2])("each seam of each line, %i foreign lines in it", async (count) => {
      const { texts, whole } = await logOf(name);
      for (const [i, text] of texts.entries())
        for (const at of seamsOf(text)) {
          const lines = [
            ...texts.slice(0, i).map((line) => prefixed(ours, line)),
            prefixed(ours, text.slice(0, at)),
            ...FOREIGN.slice(0, count).map((line) => prefixed(others, line)),
            prefixed(ours, text.slice(at)),
            ...texts.slice(i + 1).map((line) => prefixed(ours, line)),
          ];
          const { reports } = await triageLines(lines);
          expect(bare(reports[0]), `${text.slice(0, at)}|${text.slice(at)}`).toEqual(bare(whole));
          const codes = reports[0]?.damage.map(({ code }) => code);
          expect(codes, `${text.slice(0, at)}|${text.slice(at)}`).toEqual(
            count > 0 && ours === null ? ["foreign-lines"] : [],
          );
        }
    });

    test("every seam of every line at once", async () => {
      const { texts, whole } = await logOf(name);
      const lines = texts.flatMap((text) => {
        const cuts = [0, ...seamsOf(text), text.length];
        return cuts
          .slice(1)
          .flatMap((end, i) => [
            ...(i === 0 ? [] : [prefixed(others, FOREIGN[0] ?? "")]),
            prefixed(ours, text.slice(cuts[i], end)),
          ]);
      });
      const { reports } = await triageLines(lines);
      expect(bare(reports[0])).toEqual(bare(whole));
    });

    test("a message that is begun anew on another console counts once", async () => {
      const { texts, whole } = await logOf(name);
      for (const [i, text] of texts.entries()) {
        if (text.trim().length < 8) continue;
        const lines = texts.map((line) => prefixed(ours, line));
        const cutOff = prefixed(ours, text.slice(0, Math.ceil(text.length / 2)));
        const replayed = "** replaying previous printk message **";
        for (const begun of [[cutOff, replayed], [cutOff + replayed]]) {
          const { reports } = await triageLines([...lines.slice(0, i), ...begun, ...lines.slice(i)]);
          expect(bare(reports[0])).toEqual(bare(whole));
          expect(reports[0]?.damage).toEqual([]);
        }
      }
    });
  });
});

describe("pieces of which one is lost", () => {
  test.each([["T42"], [null]])("are told, caller %s", async (ours) => {
    const { texts } = await logOf("circular/abba");
    for (const [i, text] of texts.entries())
      for (const at of seamsOf(text)) {
        const lines = texts.map((line) => prefixed(ours, line));
        lines[i] = prefixed(ours, text.slice(0, at));
        const { reports } = await triageLines(lines);
        const codes = reports[0]?.damage.map(({ code }) => code) ?? [];
        expect([lines[i], codes.some((code) => code === "truncated" || code === "missing")]).toEqual([
          lines[i],
          true,
        ]);
      }
  });

  test("the name is none of several lines that could all be it", async () => {
    const { texts, whole } = await logOf("circular/abba");
    const i = texts.findIndex((text) => text.startsWith(" #0:"));
    const [, before = "", , after = ""] = /^(.* \()(.*)(\)\{.*)$/.exec(texts[i] ?? "") ?? [];
    const between = ["first", "second"].map((text) => prefixed(null, text));
    const { reports } = await triageLines([
      ...texts.slice(0, i).map((line) => prefixed(null, line)),
      prefixed(null, before),
      ...between,
      prefixed(null, after),
      ...texts.slice(i + 1).map((line) => prefixed(null, line)),
    ]);
    expect(whole.held[0]?.locks).toHaveLength(1);
    expect(reports[0]).toMatchObject({ complete: false });
  });
});
