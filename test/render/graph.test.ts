import { instance } from "@viz-js/viz";
import { describe, expect, test } from "vitest";
import { REASONS } from "../../src/lock-graph/index.ts";
import type { GraphDocument } from "../../src/lock-graph/index.ts";
import { type FormatOf, render } from "../../src/render/formats.ts";
import { reasonParts } from "../../src/render/graph/prose.ts";
import { bootFiles, bootOf, documentOf, write } from "../support/boots.ts";
import { triageBytes, fixtures } from "../support/fixtures.ts";

const PAGE = { around: null, cyclesOnly: false, width: 100, color: false } as const;

async function drawn(
  format: FormatOf<"graph">,
  graph: GraphDocument,
  page: typeof PAGE | object = PAGE,
): Promise<string> {
  const { around, cyclesOnly, width, color } = { ...PAGE, ...page };
  return render("graph", format, { graph, around, cyclesOnly }, { width, color });
}

async function notifier(): Promise<GraphDocument> {
  return documentOf(await bootOf("mmunotifier", bootFiles("mmunotifier")));
}

async function reported(name: string): Promise<GraphDocument> {
  const fixture = fixtures().find((one) => one.name === name);
  if (fixture === undefined) throw new Error(`no fixture ${name}`);
  const { reports } = await triageBytes(fixture.bytes);
  return documentOf(await bootOf(name, {}, { dump: null, reports, lockdep: "off" }));
}

/** Names that would break out of whatever is careless. */
const HOSTILE = [
  `"]; n0 -> n1 [label="x`,
  `<script>alert(1)</script>`,
  `&lt;b&gt;&amp;&quot;`,
  `back\\slash\\N\\G`,
  `\x1b[2J\x1b]0;title\x07`,
  "`code` | bar",
  `end; %% subgraph x`,
  `]] --> evil{{"x"}}`,
  `\u202ebidi\u2066`,
  `--> ]]>`,
];

async function hostile(): Promise<GraphDocument> {
  const classes = Object.fromEntries(HOSTILE.map((name) => [name, "+.+."]));
  const lockdep = write({
    classes,
    dependencies: HOSTILE.map((name, i) => `${name} > ${HOSTILE[(i + 1) % HOSTILE.length] ?? ""}`),
  });
  return documentOf(
    await bootOf(`<img src=x onerror=1>"`, lockdep),
    await bootOf(`\x1b[31mred`, lockdep),
    await bootOf(`|"\``, lockdep),
  );
}

describe("dot", () => {
  test("draws the cycle in colour, contexts framed, and what stands between", async () => {
    const dot = await drawn("dot", await notifier(), PAGE);
    const ids = new Map(
      [...dot.matchAll(/^ {2}(n\d+) \[label="([^"\\]*)/gm)].map(([, id, name]) => [name, id]),
    );
    expect([...ids.keys()]).toEqual(["fs_reclaim", "lock_a", "mmu_notifier_invalidate_range_start", "srcu"]);
    const lineOf = (start: string): string =>
      dot.split("\n").find((line) => line.startsWith(`  ${start} [`)) ?? "";
    expect(lineOf(ids.get("fs_reclaim") ?? "")).toMatch(/peripheries=2.*color="#c81e1e"/);
    expect(lineOf(ids.get("lock_a") ?? "")).not.toContain("peripheries");
    expect(lineOf(ids.get("srcu") ?? "")).toContain("dashed");
    expect(lineOf(`${ids.get("mmu_notifier_invalidate_range_start")} -> ${ids.get("lock_a")}`)).toMatch(
      /label=" past srcu ".*style=dashed color="#c81e1e"/,
    );
    expect(lineOf(`${ids.get("mmu_notifier_invalidate_range_start")} -> ${ids.get("srcu")}`)).not.toContain(
      "c81e1e",
    );
  });

  test("is read by Graphviz, whatever the names are", async () => {
    const graphviz = await instance();
    const document = await hostile();
    const dot = await drawn("dot", document, PAGE);
    expect(dot).toMatch(/^[\n -~…→]*$/);
    const { objects = [], edges = [] } = JSON.parse(graphviz.renderString(dot, { format: "json" })) as {
      objects?: { label?: string }[];
      edges?: unknown[];
    };
    expect(objects.length).toBe(HOSTILE.length);
    expect(edges.length).toBe(HOSTILE.length);
  });

  test("names who took the lock, where a report shows it, and an interrupt", async () => {
    const dot = await drawn("dot", await reported("irq-order/hardsafe3"), PAGE);
    expect(dot.match(/label=" in s_hardsafe3 "/g)).toHaveLength(2);
    expect(dot.match(/label=" by an interrupt "/g)).toHaveLength(1);
  });

  test("draws the first cycles of many, and says how many there are", async () => {
    const pairs = Array.from({ length: 9 }, (_, i) => [`left${i}`, `right${i}`] as const);
    const classes = Object.fromEntries(pairs.flat().map((name) => [name, "+.+."]));
    const boots = [0, 1].map((side) =>
      write({ classes, dependencies: pairs.map((pair) => `${pair[side] ?? ""} > ${pair[1 - side] ?? ""}`) }),
    );
    const document = documentOf(await bootOf("x", boots[0] ?? {}), await bootOf("y", boots[1] ?? {}));
    const dot = await drawn("dot", document, { ...PAGE, cyclesOnly: true });
    expect(dot.match(/^ {2}n\d+ \[/gm)).toHaveLength(12);
    expect(dot).toContain("3 more cycles have no room");
  });

  test("cuts a neighbourhood to a readable size, and says so", async () => {
    const dot = await drawn("dot", await notifier(), { ...PAGE, around: "fs_reclaim" });
    const nodes = dot.match(/^ {2}n\d+ \[/gm)?.length ?? 0;
    expect(nodes).toBeGreaterThan(8);
    expect(nodes).toBeLessThanOrEqual(28);
    expect(dot).toMatch(/\d+ more classes have no room/);
    expect(dot).toContain("rankdir=LR");
    const srcu = await drawn("dot", await notifier(), { ...PAGE, around: "srcu" });
    // every box has an arrow
    for (const [, id = ""] of srcu.matchAll(/^ {2}(n\d+) \[/gm))
      expect(srcu).toMatch(new RegExp(`${id} ->|-> ${id} `));
  });

  test("a name of a thousand characters is cut on the drawing, and whole in its tooltip", async () => {
    const name = `(work_completion)(${"x".repeat(1000)})`;
    const dot = await drawn(
      "dot",
      documentOf(await bootOf("long", write({ classes: { [name]: "+.+." } }))),
      PAGE,
    );
    expect(dot).toContain(`label="(work_completion)(${"x".repeat(29)}…`);
    expect(dot).toContain(`tooltip="${name}"`);
  });
});

describe("svg", () => {
  test("holds nothing but drawing, whatever the names are", async () => {
    const svg = await drawn("svg", await hostile(), PAGE);
    expect(svg).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    // the name says &lt;, and so must the picture
    expect(svg).toContain("&amp;lt;b&amp;gt;");
    const tags = new Set(
      [...svg.replace(/^[^]*?<svg/, "<svg").matchAll(/<\/?([^\s/>]+)/g)].map(([, tag]) => tag),
    );
    const drawing = ["a", "ellipse", "g", "path", "polygon", "svg", "text", "title"];
    expect([...tags].filter((tag) => !drawing.includes(tag ?? ""))).toEqual([]);
    expect(svg).not.toMatch(/\son\w+=|javascript:|<script|<img|xlink:href/);
    expect(svg.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test("is the same every time", async () => {
    const document = await notifier();
    expect(await drawn("svg", document, PAGE)).toBe(await drawn("svg", document, PAGE));
  });

  test("of a graph without a class is a picture that says so", async () => {
    const svg = await drawn("svg", documentOf(), PAGE);
    expect(svg).toContain("0 boots, 0 lock classes");
  });
});

describe("mermaid", () => {
  test("draws the cycle", async () => {
    const lines = (await drawn("mermaid", await reported("circular/mmunotifier-6-1"), PAGE)).split("\n");
    expect(lines[0]).toBe("flowchart TD");
    expect(lines).toContain('  n0[["fs_reclaim<br/>#123;+.+.#125;"]]:::cycle');
    expect(lines.filter((line) => line.includes("linkStyle"))).toHaveLength(3);
  });

  test("writes every character that means something by its number", async () => {
    const text = await drawn("mermaid", await hostile(), PAGE);
    for (const line of text.split("\n").slice(2)) {
      const rest = line.replace(/"[^"]*"/g, '""');
      expect(rest).toMatch(
        /^(?:  n\d+(?:\[""\]|\[\[""\]\]|\(\[""\]\))(?::::cycle)?|  n\d+ -?-[.-]?->(?:\|""\|)? n\d+|  classDef cycle [\w:#,-]+|  linkStyle \d+ [\w:#,.-]+|)$/,
      );
    }
    for (const [, label = ""] of text.matchAll(/"([^"]*)"/g))
      expect(label.replaceAll("<br/>", "")).toMatch(/^(?:[A-Za-z0-9 ,.:()+_-]|#\d+;)*$/);
  });
});

describe("table", () => {
  test("tells why no kernel said it", async () => {
    const text = await drawn("table", await notifier(), PAGE);
    expect(text).toContain("fs_reclaim → mmu_notifier_invalidate_range_start → lock_a  likely, in one boot");
    expect(text.replaceAll(/\s+/g, " ")).toContain(
      "no kernel compared mmu_notifier_invalidate_range_start with lock_a: between the two srcu is held by a reader, and since v6.4",
    );
  });

  test("has no line that a terminal obeys, and none that is too wide without a reason", async () => {
    const text = await drawn("table", await hostile(), PAGE);
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    const narrow = await drawn("table", await notifier(), { ...PAGE, width: 60 });
    const wide = narrow.split("\n").filter((line) => line.length > 60);
    // a name is never cut, and the classes of a cycle stand on one line
    expect(wide.filter((line) => !/^\S+ → |^ *\S+$/.test(line))).toEqual([]);
  });

  test("around a class: what it is taken under, and what under it", async () => {
    const text = await drawn("table", await notifier(), { ...PAGE, around: "lock_a" });
    expect(text).toMatch(/taken under \d+ classes:\n(?: {4}.*\n)* {4}mmu_notifier_invalidate_range_start/);
    expect(text).toMatch(/held while taking \d+ classes:\n(?: {4}.*\n)* {4}fs_reclaim: dependency/);
  });

  test("around a reader that stands between: the cycle that leads past it", async () => {
    const text = await drawn("table", await notifier(), { ...PAGE, around: "srcu" });
    expect(text).toContain("fs_reclaim → mmu_notifier_invalidate_range_start → lock_a  likely");
    expect(text).toMatch(/^1 boot of 1 build, 484 lock classes, \d{4} edges: 1 cycle to look at/);
  });

  test("every reason has words of its own", () => {
    const texts = REASONS.map((code) =>
      reasonParts({ code, speaks: "for", args: {} })
        .map(({ text }) => text)
        .join(""),
    );
    expect(new Set(texts).size).toBe(REASONS.length);
  });
});

test("--cycles keeps what cycles need, and nothing else", async () => {
  const document = JSON.parse(
    await drawn("json", await notifier(), { ...PAGE, cyclesOnly: true }),
  ) as GraphDocument;
  const names = new Set(
    document.cycles.flatMap(({ classes, edges }) => [...classes, ...edges.flatMap(({ over }) => over)]),
  );
  expect(new Set(document.classes.map(({ name }) => name))).toEqual(names);
  expect(document.edges.length).toBe(
    new Set(document.cycles.flatMap(({ edges }) => edges.map(({ from, to }) => `${from} ${to}`))).size,
  );
});
