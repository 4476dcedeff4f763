import { Ajv } from "ajv";
import * as z from "zod";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { validateXML } from "xmllint-wasm";
import { beforeAll, describe, expect, test } from "vitest";
import { diff } from "../../../src/compare/diff.ts";
import { githubSummary, renderGithub } from "../../../src/render/reports/github.ts";
import { formatsOf, render } from "../../../src/render/formats.ts";
import { renderGitlab } from "../../../src/render/reports/gitlab.ts";
import { renderJunit } from "../../../src/render/reports/junit.ts";
import { renderKcidb } from "../../../src/render/reports/kcidb.ts";
import { renderKtap } from "../../../src/render/reports/ktap.ts";
import { renderMail } from "../../../src/render/reports/mail.ts";
import { renderDiffSarif, renderSarif } from "../../../src/render/reports/sarif.ts";
import { relationOf } from "../../../src/kinds/index.ts";
import { renderSquad } from "../../../src/render/reports/squad.ts";
import { KINDS } from "../../../src/report/names.ts";
import type { Document } from "../../../src/report/schema.ts";
import { joinedDocument } from "../../../src/triage/document.ts";
import { fixtures, logLines, triageBytes, triageLines } from "../../support/fixtures.ts";

/** The receivers' own schemas, which may not be copied here. */
const SCHEMAS = fileURLToPath(new URL("../../../../shared/schemas/", import.meta.url));
const hasSchemas = existsSync(SCHEMAS);
const PAPER = { width: 80, color: false };

/** Names that each receiver takes for something of its own. */
const HOSTILE = "::error::owned %0A::set-output name=x::y <![CDATA[</failure>&\"' # SKIP\u202e not ok 1";

async function logOf(fixture: string, change = (line: string): string => line): Promise<Document> {
  const document = await triageLines(logLines(fixture).map(change));
  return { ...document, sources: document.sources.map((source) => ({ ...source, name: `${fixture}.log` })) };
}

/** It stops in the middle of a line, long before the machine does. */
async function cutLog(): Promise<Document> {
  const text = logLines("clean/kernfs").slice(0, -20).join("\n");
  return triageBytes(Buffer.from(text.slice(0, -10), "latin1"));
}

/** It looks whole and shows nothing: lockdep was off by then. */
async function maskedLog(): Promise<Document> {
  const lines = logLines("clean/kernfs");
  lines.splice(-3, 0, "[    9.900000][    T1] INFO: lockdep is turned off.");
  return triageLines(lines);
}

function joinedAll([first, ...rest]: readonly Document[]): Document {
  if (first === undefined) throw new Error("there are logs");
  return rest.reduce(joinedDocument, first);
}

/** A report of each kind there is a fixture of, a clean boot, a masked one, a cut one, and hostile names. */
async function everything(): Promise<Document> {
  const hostile = await logOf("circular/abba", (line) =>
    line.replaceAll("splat ba:1", `x${HOSTILE}`).replaceAll("(lock_a)", `(lock${HOSTILE})`),
  );
  const all = [
    ...(await Promise.all(fixtures().map(({ name }) => logOf(name)))),
    await cutLog(),
    await maskedLog(),
    { ...hostile, sources: hostile.sources.map((source) => ({ ...source, name: HOSTILE })) },
  ];
  return joinedAll(all);
}

/** What a night of a CI gives: 500 boots, of which most are clean, some cut or masked, and many show the same. */
async function manyBoots(): Promise<Document> {
  const reported = fixtures().flatMap(({ name }) => (name.startsWith("clean/") ? [] : [name]));
  const logs = await Promise.all([
    logOf("clean/kernfs"),
    cutLog(),
    maskedLog(),
    ...reported.map((name) => logOf(name)),
  ]);
  return joinedAll(
    Array.from({ length: 500 }, (_, boot) => {
      const log = logs[boot % 4 === 0 ? (boot / 4) % logs.length : 0];
      if (log === undefined) throw new Error("there are logs");
      return { ...log, sources: log.sources.map((source) => ({ ...source, name: `boots/${boot}.log` })) };
    }),
  );
}

let document: Document;
let boots: Document;
beforeAll(async () => {
  document = await everything();
  boots = await manyBoots();
}, 120_000);

/** @returns what a value lacks, null where it fits */
function validator(name: string): (value: unknown) => unknown {
  const ajv = new Ajv({ strict: false, validateFormats: false, meta: false });
  const schema = JSON.parse(readFileSync(SCHEMAS + name, "utf8")) as Record<string, unknown>;
  // their drafts differ in nothing that they use
  const own = Object.entries(schema).filter(([key]) => key !== "$schema" && key !== "id");
  const check = ajv.compile(Object.fromEntries(own));
  return (value) => (check(value) ? null : check.errors);
}

describe("junit", () => {
  test.skipIf(!hasSchemas).each([
    ["all kinds", () => document],
    ["500 boots", () => boots],
  ])("of %s fits the schema of Ant's task (../shared/schemas, where it lies)", async (_name, of) => {
    const { valid, errors } = await validateXML({
      xml: [{ fileName: "out.xml", contents: renderJunit(of()) }],
      schema: [readFileSync(`${SCHEMAS}junit-windyroad.xsd`, "utf8")],
      initialMemoryPages: 1024,
      maxMemoryPages: 8192,
    });
    expect({ valid, errors: errors.slice(0, 3) }).toEqual({ valid: true, errors: [] });
  });

  test("a kind that was reported fails; what lockdep's silence hides is skipped with the reason", async () => {
    const xml = renderJunit(await logOf("circular/abba"));
    expect(xml).toMatch(
      /<testcase name="circular"[^>]*><failure type="circular" message="possible deadlock in take_ba \(/,
    );
    expect(xml).toContain("-&gt; #1 (lock_b){+.+.}-{4:4}:");
    expect(xml).toMatch(
      /<testcase name="recursive"[^>]*><skipped message="lockdep was off since line 242, after possible deadlock in take_ba \([0-9a-f]+\)"\/>/,
    );
    // a kernel prints it whether lockdep is on or off
    expect(xml).toMatch(/<testcase name="sleeping"[^>]*\/>/);
  });

  test("in a clean log every kind passes", async () => {
    const xml = renderJunit(await logOf("clean/kernfs"));
    expect(xml).toContain('failures="0" errors="0" skipped="0"');
  });

  test("a known report is no failure", async () => {
    const log = await logOf("circular/abba");
    const known = { entry: 0, note: "being worked on" };
    const xml = renderJunit({ ...log, reports: log.reports.map((report) => ({ ...report, known })) });
    expect(xml).toContain('<skipped message="known: being worked on"/>');
    expect(xml).toContain('failures="0"');
  });
});

/** Results of KTAP version 1, read as its documentation says. */
function ktapOf(text: string): {
  plan: number;
  results: { ok: boolean; name: string; directive: string | null }[];
} {
  const [version, plan, ...rest] = text.split("\n");
  expect(version).toBe("KTAP version 1");
  const results = rest.flatMap((line) => {
    const [, not, number, name = "", directive] = /^(not )?ok (\d+) ([^#]*?)(?: # (.*))?$/.exec(line) ?? [];
    return number === undefined
      ? []
      : [{ number: Number(number), ok: not === undefined, name, directive: directive ?? null }];
  });
  expect(results.map(({ number }) => number)).toEqual(results.map((_, index) => index + 1));
  for (const line of rest) expect(line).toMatch(/^(?:$|# |(?:not )?ok \d+ )/);
  return { plan: Number(/^1\.\.(\d+)$/.exec(plan ?? "")?.[1]), results };
}

describe("ktap", () => {
  test("a test for each boot; nothing of a log is a result or a directive", () => {
    for (const of of [document, boots]) {
      const { plan, results } = ktapOf(renderKtap(of));
      expect(results).toHaveLength(plan);
      expect(plan).toBe(of.sources.reduce((sum, source) => sum + Math.max(1, source.boots.length), 0));
    }
    expect(ktapOf(renderKtap(document)).results.at(-1)).toMatchObject({ ok: false, directive: null });
  });

  test("reported, clean, and what proves nothing", async () => {
    const cut = await cutLog();
    const logs = joinedAll([
      await logOf("circular/abba"),
      await logOf("clean/kernfs"),
      cut,
      await maskedLog(),
    ]);
    const { results } = ktapOf(renderKtap(logs));
    expect(results.map(({ ok, directive }) => [ok, directive?.split(" ")[0] ?? null])).toEqual([
      [false, null],
      [true, null],
      [true, "SKIP"],
      [true, "SKIP"],
    ]);
  });
});

describe("github", () => {
  test.each([
    ["all kinds", () => document],
    ["500 boots", () => boots],
  ])(
    "of %s ten annotations at most, each on one line, and nothing of a log commands the runner",
    (_name, of) => {
      const lines = renderGithub(of()).trimEnd().split("\n");
      expect(lines.filter((line) => line.startsWith("::warning ")).length).toBeLessThanOrEqual(10);
      expect(Buffer.byteLength(githubSummary(of()))).toBeLessThan(2 ** 20);
      expect(lines.filter((line) => line.startsWith("::error "))).toHaveLength(10);
      expect(lines[9]).toMatch(
        /^::error title=splat-triage::and \d+ more bugs, in the summary of this step$/,
      );
      for (const line of lines) {
        const [, properties = "", data = ""] = /^::(?:error|warning) (.*?)::(.*)$/.exec(line) ?? [];
        for (const one of properties.split(",")) expect(one).toMatch(/^(?:file|line|endLine|title)=[^:,]*$/);
        expect(data).not.toContain("\u202e");
        // the runner takes %0A for a line break: only ours is one
        for (const text of data.split("%0A")) expect(text).not.toMatch(/^::/);
      }
    },
  );

  test("what is known is no error", async () => {
    const log = await logOf("circular/abba");
    const known = { entry: 0, note: "known" };
    expect(renderGithub({ ...log, reports: log.reports.map((report) => ({ ...report, known })) })).toBe("");
  });

  test("the summary stays within GitHub's bound, and ends between two sections", async () => {
    const { reports, ...rest } = await logOf("circular/abba");
    const many = Array.from({ length: 3000 }, (_, i) =>
      reports.map((report) => ({ ...report, id: String(i).padStart(12, "0") })),
    ).flat();
    const summary = githubSummary({ ...rest, reports: many });
    expect(Buffer.byteLength(summary)).toBeLessThan(2 ** 20);
    expect(summary).toMatch(/There is no room here for \d+ more sections\.\n$/);
    expect((summary.match(/^```/gm) ?? []).length % 2).toBe(0);
  });
});

function whole(parts: Iterable<string>): string {
  return [...parts].join("");
}

describe("sarif", () => {
  test("is written result by result, for all of them are larger than the reports", async () => {
    const { reports, ...rest } = await logOf("circular/abba");
    const longest = (count: number): number => {
      const many = Array.from({ length: count }, () => reports).flat();
      return Math.max(...Array.from(renderSarif({ ...rest, reports: many }), ({ length }) => length));
    };
    expect(longest(100)).toBe(longest(10));
  });

  test.skipIf(!hasSchemas)("fits the schema of SARIF 2.1.0 (../shared/schemas, where it lies)", () => {
    const lacks = validator("sarif-schema-2.1.0.json");
    for (const of of [document, boots]) expect(lacks(JSON.parse(whole(renderSarif(of))))).toBeNull();
  });

  test("the id is the fingerprint, the cycle a graph, the scenario a flow", async () => {
    const log = await logOf("circular/abba");
    const { runs } = JSON.parse(whole(renderSarif(log))) as {
      runs: [{ results: [Record<string, unknown> & { graphs: [{ nodes: unknown[]; edges: unknown[] }] }] }];
    };
    const [result] = runs[0].results;
    expect(result).toMatchObject({
      ruleId: "circular",
      level: "error",
      message: { text: "possible deadlock in take_ba: lock_a → lock_b → lock_a" },
      partialFingerprints: { "splatTriageId/v3": log.reports[0]?.id },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "circular/abba.log" },
            region: { startLine: 242, endLine: 319 },
          },
          logicalLocations: [{ fullyQualifiedName: "take_ba" }],
        },
      ],
      codeFlows: [{ threadFlows: [{ id: "CPU0" }, { id: "CPU1" }] }],
    });
    expect(result.graphs[0].nodes).toHaveLength(2);
    expect(result.graphs[0].edges).toHaveLength(2);
  });

  test.skipIf(!hasSchemas)("of a comparison it says what is new and what is gone", async () => {
    const [old, fresh] = [await logOf("circular/abba"), await logOf("clean/kernfs")];
    const compared = diff(
      { document: old, config: null, graph: null },
      { document: fresh, config: null, graph: null },
    );
    const sarif = JSON.parse(
      whole(renderDiffSarif({ diff: compared, both: joinedDocument(old, fresh) })),
    ) as {
      runs: [{ results: { baselineState?: string }[] }];
    };
    expect(validator("sarif-schema-2.1.0.json")(sarif)).toBeNull();
    expect(sarif.runs[0].results.map(({ baselineState }) => baselineState)).toEqual(
      compared.changes.map(
        ({ status }) => ({ new: "new", gone: "absent", both: "unchanged", masked: undefined })[status],
      ),
    );
  });
});

describe("gitlab", () => {
  /** doc/ci/testing/code_quality.md of gitlab-org/gitlab: what each entry must have. */
  const Entry = z.strictObject({
    description: z.string().min(1),
    check_name: z.string().min(1),
    fingerprint: z.string().min(1),
    severity: z.enum(["info", "minor", "major", "critical", "blocker"]),
    location: z.strictObject({
      path: z.string().regex(/^(?!\.\/)./),
      lines: z.strictObject({ begin: z.int().min(1) }),
    }),
  });
  const entriesOf = (of: Document): z.infer<typeof Entry>[] =>
    z.array(Entry).parse(JSON.parse([...renderGitlab(of)].join("")));

  test.each([
    ["all kinds", () => document],
    ["500 boots", () => boots],
  ])("of %s an entry for each bug, and each log that proves nothing", (_name, of) => {
    const entries = entriesOf(of());
    const silent = of().sources.filter(({ because }) => because !== null);
    expect(entries).toHaveLength(new Set(of().reports.map(({ id }) => id)).size + silent.length);
    // of two with one fingerprint GitLab shows one
    expect(new Set(entries.map(({ fingerprint }) => fingerprint)).size).toBe(entries.length);
  });

  test("the id is the fingerprint; a clean log has no entry, and one that proves nothing says why", async () => {
    const log = await logOf("circular/abba");
    expect(entriesOf(log)).toEqual([
      {
        description: "possible deadlock in take_ba: lock_a → lock_b → lock_a",
        check_name: "lockdep/circular",
        fingerprint: log.reports[0]?.id,
        severity: "major",
        location: { path: "circular/abba.log", lines: { begin: 242 } },
      },
    ]);
    expect(entriesOf(await logOf("clean/kernfs"))).toEqual([]);
    expect(entriesOf(await maskedLog())).toMatchObject([{ check_name: "lockdep/unknown", severity: "info" }]);
  });
});

/** As squad/core/data.py and parse_name() of Linaro/squad read it. */
function testsOf(text: string): { suite: string; name: string; pass: boolean | null; log: string | null }[] {
  const tests = z
    .record(z.string(), z.strictObject({ result: z.string(), log: z.string().optional() }))
    .parse(JSON.parse(text));
  return Object.entries(tests).map(([key, { result, log }]) => {
    const at = key.lastIndexOf("/");
    const pass = { pass: true, fail: false }[result.toLowerCase()] ?? null;
    return { suite: key.slice(0, at), name: key.slice(at + 1), pass, log: log ?? null };
  });
}

/** Whether `recursive` and `sleeping` pass in these logs together. */
const passes = async (...of: readonly Document[]): Promise<(boolean | null)[]> =>
  testsOf([...renderSquad(joinedAll(of))].join("")).flatMap(({ name, pass }) =>
    name === "recursive" || name === "sleeping" ? [pass] : [],
  );

describe("squad", () => {
  test.each([
    ["all kinds", () => document],
    ["500 boots", () => boots],
  ])("of %s a test for each kind, which fails where one was reported", (_name, of) => {
    const reported = new Set<string>(of().reports.map(({ kind }) => kind));
    const tests = testsOf([...renderSquad(of())].join(""));
    expect(tests.map(({ name }) => name)).toEqual([...KINDS]);
    for (const { suite, name, pass, log } of tests) {
      expect({ suite, name, pass }).toEqual({
        suite: "lockdep",
        name,
        pass: reported.has(name) ? false : null,
      });
      expect(log).toMatch(/./);
    }
  });

  test("what was not reported passed only where every boot could have shown it", async () => {
    expect(await passes(await logOf("clean/kernfs"))).toEqual([true, true]);
    // a kernel says it whether lockdep is on or off
    expect(await passes(await logOf("clean/kernfs"), await maskedLog())).toEqual([null, true]);
    expect(await passes(await cutLog())).toEqual([null, null]);
  });
});

test.each(formatsOf("reports").filter((format) => format !== "kernel"))(
  "%s says what is known, and why",
  async (format) => {
    const log = await logOf("circular/abba");
    const known = { entry: 0, note: "being worked on", link: "https://example.org/1" };
    const reports = log.reports.map((report) => ({ ...report, known }));
    const of = { ...log, summary: { ...log.summary, known: 1 }, reports };
    // what is known is no annotation, and stands in the summary of the step
    const text = format === "github" ? githubSummary(of) : await render("reports", format, of, PAPER);
    expect(text).toMatch(/being[ `]+worked[ `]+on/);
  },
);

describe("kcidb", () => {
  interface Submission {
    readonly tests: { id: string; build_id: string; status: string }[];
    readonly issues: { id: string }[];
    readonly incidents: { id: string; issue_id: string; test_id: string; present: boolean }[];
    readonly builds?: { id: string }[];
  }
  const submitted = (of: Document, submission = {}): Submission =>
    JSON.parse([...renderKcidb(of, { ...PAPER, ...submission })].join("")) as Submission;

  test.skipIf(!hasSchemas)("fits KCIDB's schema 5.3 (../shared/schemas, where it lies)", () => {
    const lacks = validator("kcidb-io.schema.v5.3.json");
    for (const of of [document, boots]) {
      expect(lacks(submitted(of))).toBeNull();
      expect(JSON.stringify(submitted(of))).not.toMatch(/[:,[]null[,}\]]/);
    }
  });

  test("500 boots are clean, masked, cut and reported", () => {
    expect(boots.sources).toHaveLength(500);
    const states = new Set(boots.sources.map(({ because, result }) => because ?? result));
    expect(states).toEqual(new Set(["clean", "cut", "lockdep-off", "reported"]));
  });

  test("ids of 500 boots are each one boot's, one bug's or one pair's", () => {
    const { tests, issues, incidents } = submitted(boots);
    expect(tests).toHaveLength(boots.sources.reduce((sum, source) => sum + source.boots.length, 0));
    for (const list of [tests, issues, incidents]) {
      const ids = list.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
    // a masked and a cut boot are no witness of what lockdep would have reported
    const ofLockdep = new Set(
      boots.reports.flatMap((report) =>
        relationOf(report).needsLockdep ? [`splat_triage:${report.id}`] : [],
      ),
    );
    const silent = new Set(tests.filter(({ status }) => status === "SKIP").map(({ id }) => id));
    expect(silent.size).toBeGreaterThan(0);
    expect(
      incidents.filter(({ test_id, issue_id }) => silent.has(test_id) && ofLockdep.has(issue_id)),
    ).toEqual([]);
  });

  test("an issue for each bug, and an incident only where something is known", async () => {
    const [abba, clean, other] = [
      await logOf("circular/abba"),
      await logOf("clean/kernfs"),
      await logOf("circular/fsreclaim"),
    ];
    const id = abba.reports[0]?.id ?? "";
    const { tests, issues, incidents } = submitted(joinedDocument(joinedDocument(abba, clean), other));
    expect(tests.map(({ status }) => status)).toEqual(["FAIL", "PASS", "FAIL"]);
    expect(issues).toHaveLength(2);
    // the third boot says nothing of the first bug: lockdep was off
    expect(
      incidents
        .filter(({ issue_id }) => issue_id === `splat_triage:${id}`)
        .map(({ test_id, present }) => [test_id, present]),
    ).toEqual([
      [tests[0]?.id, true],
      [tests[1]?.id, false],
    ]);
  });

  test("is called as the options say", async () => {
    const submission = { submission: { origin: "lab", build: "lab:b1", test: "lab:t1" } };
    const { tests, issues, builds } = submitted(await logOf("circular/abba"), submission);
    expect(builds).toBeUndefined();
    expect(tests).toMatchObject([{ id: "lab:t1", build_id: "lab:b1" }]);
    expect(issues[0]?.id).toMatch(/^lab:[0-9a-f]+$/);
  });
});

function trailers(mail: string): string[] {
  return mail.split("\n").filter((line) => /^(?:Reported-by|Link|Fixes|#regzbot)/.test(line));
}

describe("mail", () => {
  test("a bug report as one would write it: the subject is the title, the text the kernel's", async () => {
    const mail = renderMail(await logOf("circular/abba"));
    const [head = "", ...body] = mail.split("\n\n");
    expect(head).toContain("Subject: [BUG] possible deadlock in take_ba\n");
    expect(body.join("\n\n")).toContain("-> #1 (lock_b){+.+.}-{4:4}:\n");
    expect(mail).toContain("The cycle: lock_a → lock_b → lock_a");
    expect(mail).toContain("Lockdep was off afterwards");
    expect(mail).toContain("\n dump_stack+0x");
    expect(mail).not.toMatch(/^(?:RIP|RSP|RAX|RDX|R10|R13|Code): |^ *\? /m);
  });

  test("names of maintainers are encoded, and stand in To", async () => {
    const log = await logOf("circular/abba");
    const [report] = log.reports;
    if (report?.lookAt === null || report === undefined) throw new Error("it has an edge to look at");
    const section = {
      section: "S",
      status: null,
      people: ["Jörg Müller <j@example.org>"],
      lists: ["linux-mm@kvack.org"],
    };
    const mail = renderMail({
      ...log,
      reports: [{ ...report, lookAt: { ...report.lookAt, maintainers: [section] } }],
    });
    expect(mail).toMatch(
      /^To: =\?UTF-8\?B\?SsO2cmcgTcO8bGxlcg==\?= <j@example\.org>\nCc: linux-mm@kvack\.org\n/,
    );
  });

  test.each([
    ["helps", true],
    ["cannot-tell", false],
    ["unlikely", false],
  ] as const)("blames a suspected commit only where reverting it helps: %s", async (revert, isBlamed) => {
    const log = await logOf("circular/abba");
    const suspect = {
      asked: "0123456789ab",
      annotation: null,
      class: null,
      takesPart: "cycle" as const,
      edges: [0],
      commit: { sha: "0123456789ab", subject: "mm: a change", release: "v6.12" },
      because: { code: "adds-edge", args: {} },
      revert,
    };
    const mail = renderMail({
      ...log,
      reports: log.reports.map((report) => ({ ...report, suspects: [suspect] })),
    });
    expect(mail.includes('Fixes: 0123456789ab ("mm: a change")\n#regzbot introduced: 0123456789ab\n')).toBe(
      isBlamed,
    );
    expect(mail.includes("Fixes:")).toBe(isBlamed);
  });

  test("names the reporter, and links the mail in which the report stands, and the first in which it was met", async () => {
    const text = logLines("circular/abba").join("\n");
    const header =
      "From: =?utf-8?q?J=C3=B6rg?= <j@example.org>\nMessage-ID: <a/b@example.org>\nSubject: x\n\n";
    const mailed = await triageBytes(Buffer.from(header + text));
    const first = { type: "mail" as const, ref: "first@example.org", date: "2024-01-01T00:00:00.000Z" };
    const seen = { mails: 1, commits: 0, logs: 0, first, mends: [] };
    const known = { entry: 0, note: "n", link: "https://example.org/known" };
    const met = { ...mailed, reports: mailed.reports.map((report) => ({ ...report, seen, known })) };
    expect(trailers(renderMail(met))).toEqual([
      "Reported-by: Jörg <j@example.org>",
      "Link: https://lore.kernel.org/r/a%2Fb@example.org",
      "Link: https://lore.kernel.org/r/first@example.org",
      "Link: https://example.org/known",
    ]);
    const letter = { reporter: "Ada <ada@example.org>", bisected: null };
    expect(trailers(renderMail(mailed, { letter }))[0]).toBe("Reported-by: Ada <ada@example.org>");
    expect(trailers(renderMail(await logOf("circular/abba")))).toEqual([]);
    // half a character is no part of an address
    const odd = {
      ...met,
      reports: met.reports.map((report) => ({
        ...report,
        seen: { ...seen, first: { ...first, ref: "\udc80>\n@x" } },
      })),
    };
    expect(trailers(renderMail(odd))[2]).toBe("Link: https://lore.kernel.org/r/%5Cx80%3E%5Cx0a@x");
  });

  test.each([
    ["helps", true],
    ["cannot-tell", true],
    ["unlikely", false],
  ] as const)(
    "blames what a bisection led to, unless reverting it would hardly help: %s",
    async (revert, isBlamed) => {
      const log = await logOf("circular/abba");
      const suspect = {
        asked: "0123456",
        annotation: null,
        class: null,
        takesPart: "no" as const,
        edges: [],
        because: { code: "unknown-commit", args: { sha: "0123456" } },
        revert,
      };
      const sha = "0123456789abcdef0123456789abcdef01234567";
      const letter = { reporter: null, bisected: { asked: "0123456", sha, subject: "mm: a change" } };
      const mail = renderMail(
        { ...log, reports: log.reports.map((report) => ({ ...report, suspects: [suspect] })) },
        { letter },
      );
      expect(mail.replaceAll("\n", " ")).toContain(
        'A bisection led to 0123456789ab ("mm: a change"). It does not take part: ',
      );
      expect(mail.includes(`Fixes: 0123456789ab ("mm: a change")\n#regzbot introduced: ${sha}\n`)).toBe(
        isBlamed,
      );
      expect(mail.includes("regzbot")).toBe(isBlamed);
    },
  );

  test("several are an mbox, in which no line of a log begins a mail", () => {
    const mbox = renderMail(document);
    const starts = mbox.split("\n").filter((line) => line.startsWith("From "));
    expect(starts).toHaveLength(new Set(document.reports.map(({ id }) => id)).size);
    expect(new Set(starts)).toEqual(new Set(["From splat-triage Thu Jan  1 00:00:00 1970"]));
  });

  test("asks for what is missing", async () => {
    const lines = logLines("circular/abba");
    const cut = await triageLines(lines.slice(0, 290));
    expect(cut.reports[0]?.complete).toBe(false);
    expect(renderMail(cut).replaceAll("\n", " ")).toContain("Please send the whole log as a file");
  });
});
