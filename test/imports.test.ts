import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Which room may import what: other rooms, and packages by name. `node` stands for what touches nothing outside the
 * process (path, util, crypto, url), `io` for files, streams, processes and threads. CONTRIBUTING.md shows this table
 * and says what each room knows; a room that is missing here fails the test.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  grammar: [],
  report: ["grammar", "zod"],
  symbols: ["report"],
  catalogue: ["report", "zod"],
  "render/words": ["grammar", "report", "symbols", "cli-table3"],
  kinds: ["grammar", "report", "symbols", "catalogue", "render/words"],
  identity: ["report", "symbols", "kinds", "node"],
  read: ["grammar", "report", "postal-mime", "node", "io"],
  blocks: ["grammar", "read", "report", "symbols"],
  boots: ["report", "kinds"],
  known: ["report", "symbols", "identity", "yaml", "zod"],
  patch: [],
  source: ["read", "report", "symbols", "patch", "zod", "node", "io"],
  analyze: ["report", "symbols", "catalogue", "patch"],
  triage: ["grammar", "read", "report", "blocks", "kinds", "identity", "boots", "analyze"],
  "lock-graph": ["grammar", "read", "report", "symbols", "catalogue", "triage", "graphology", "zod"],
  compare: ["report", "symbols", "kinds", "boots", "catalogue", "lock-graph", "zod"],
  history: [
    "report",
    "kinds",
    "identity",
    "compare",
    "zod",
    "node",
    "io",
    "hyparquet-writer",
    "@duckdb/node-api",
  ],
  seen: ["read", "report", "symbols", "identity", "triage", "history", "zod", "node", "io"],
  bisect: ["report", "symbols", "catalogue", "compare", "zod"],
  render: [
    "report",
    "symbols",
    "render/words",
    "kinds",
    "identity",
    "catalogue",
    "analyze",
    "lock-graph",
    "compare",
    "history",
    "seen",
    "bisect",
    "@viz-js/viz",
    "node",
  ],
  cli: [
    "read",
    "report",
    "symbols",
    "identity",
    "known",
    "source",
    "seen",
    "catalogue",
    "patch",
    "analyze",
    "boots",
    "triage",
    "lock-graph",
    "compare",
    "history",
    "bisect",
    "render/words",
    "render",
    "commander",
    "supports-hyperlinks",
    "zod",
    "node",
    "io",
  ],
  "index.ts": ["read", "report", "catalogue", "triage", "lock-graph", "compare", "render/words", "render"],
};

const NODE = new Set(["node:path", "node:util", "node:crypto", "node:url", "node:os", "node:v8"]);
const IMPORT = /^(?:import|export)\b[^"';]*?\bfrom "([^"]+)"|^import "([^"]+)"|\bimport\("([^"]+)"\)/gm;

function sources(): string[] {
  return ["grammar", "src"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, name)),
  );
}

/** The words of render are a room of their own, since kinds use them, too. */
const WORDS = "render/words";

/** The room of a path from the checkout: `grammar`, or the first step below src. */
function roomOf(path: string): string {
  const [top = "", room = "", below] = path.split("/");
  if (top !== "src") return top;
  return `${room}/${below}` === WORDS ? WORDS : room;
}

function importsOf(path: string): { readonly what: string; readonly specifier: string }[] {
  const text = readFileSync(join(ROOT, path), "utf8");
  return [...text.matchAll(IMPORT)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? "";
    if (specifier.startsWith("."))
      return { specifier, what: roomOf(relative(ROOT, join(ROOT, dirname(path), specifier))) };
    if (specifier.startsWith("node:")) return { specifier, what: NODE.has(specifier) ? "node" : "io" };
    const [scope = "", name = ""] = specifier.split("/");
    const family = scope.startsWith("@") ? `${scope}/${name}` : scope;
    return { specifier, what: family.startsWith("graphology") ? "graphology" : family };
  });
}

const ROOMS = [...new Set(sources().map(roomOf))].toSorted();

test("every room stands in the table, and every row is a room", () => {
  expect(Object.keys(MAY_IMPORT).toSorted()).toEqual(ROOMS);
});

test.each(ROOMS)("%s imports only what the table allows", (room) => {
  const allowed = new Set([room, ...(MAY_IMPORT[room] ?? [])]);
  const outlaws = sources()
    .filter((path) => roomOf(path) === room)
    .flatMap((path) =>
      importsOf(path)
        .filter(({ what }) => !allowed.has(what))
        .map(({ specifier }) => `${path} imports ${specifier}`),
    );
  expect(outlaws).toEqual([]);
});

test("the rooms of the table stand in an order in which each imports only those before it", () => {
  const seen = new Set<string>();
  for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
    const later = allowed.filter((what) => ROOMS.includes(what) && !seen.has(what));
    expect({ room, later }).toEqual({ room, later: [] });
    seen.add(room);
  }
});

test("every row's packages and rooms are used: none is allowed for nothing", () => {
  for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
    const used = new Set(
      sources()
        .filter((path) => roomOf(path) === room)
        .flatMap((path) => importsOf(path).map(({ what }) => what)),
    );
    expect({ room, unused: allowed.filter((what) => !used.has(what)) }).toEqual({ room, unused: [] });
  }
});
