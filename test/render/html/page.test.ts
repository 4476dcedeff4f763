import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { render } from "../../../src/render/formats.ts";
import type { Document } from "../../../src/report/schema.ts";
import { CHROMIUM, Page } from "../../support/chromium.ts";
import { joinedDocument } from "../../../src/triage/document.ts";
import { logLines, triageLines } from "../../support/fixtures.ts";

const directory = mkdtempSync(join(tmpdir(), "splat-triage-html-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** What would be markup, a command of a script, or the end of an attribute. */
const HOSTILE = `</code><img src=x onerror=alert(1)>"'<script>document.title="owned"</script>`;

async function documentOf(fixture: string, change = (line: string): string => line): Promise<Document> {
  return triageLines(logLines(fixture).map(change));
}

/** Two boots that show take_ba, two in which another report turned lockdep off, and a clean one. */
async function boots(): Promise<Document> {
  const names = ["circular/abba", "circular/fsreclaim", "irq-order/hardsafe", "clean/kernfs", "rcu/twice"];
  const [first, ...rest] = await Promise.all(names.map((name) => documentOf(name)));
  if (first === undefined) throw new Error("there is one");
  return rest.reduce(joinedDocument, first);
}

function hash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

describe("the page as text", () => {
  test("loads nothing, and its policy names the hashes of its own style and script", async () => {
    const html = await render("reports", "html", await boots());
    const [, style = ""] = /<style>([^]*?)<\/style>/.exec(html) ?? [];
    const scripts = [...html.matchAll(/<script>([^]*?)<\/script>/g)].map(([, script = ""]) => script);
    expect(scripts).toHaveLength(1);
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src ${hash(style)}`);
    expect(policy).toContain(`script-src ${hash(scripts[0] ?? "")}`);
    expect(html).not.toMatch(/\b(?:src|href|action)=["']?(?!#)[^"'>\s]/);
    expect(html).not.toMatch(/ style=| on\w+=/);
  });

  test("tells the bugs, the most frequent first, with the cycle drawn and the kernel's text", async () => {
    const html = await render("reports", "html", await boots());
    const titles = [...html.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, title]) => title);
    // rcu/twice reports take_ba once more
    expect(titles[0]).toBe("possible deadlock in take_ba");
    const ids = [...html.matchAll(/<article id="b([0-9a-f]+)"/g)].map(([, id]) => id);
    expect(new Set(ids)).toEqual(new Set((await boots()).reports.map(({ id }) => id)));
    expect(new Set(ids).size).toBe(ids.length);
    expect(html).toContain("lock_a → lock_b → lock_a");
    expect(html).toMatch(/<svg [^]*in take_ba[^]*<\/svg>/);
    expect(html).toContain("-&gt; #1 (lock_b){+.+.}-{4:4}:");
  });

  test("a boot that says nothing is not drawn as one that could have shown the bug", async () => {
    const html = await render("reports", "html", await boots());
    const row =
      /<tr><th scope="row"><a href="#b[0-9a-f]+">possible deadlock in take_ba<\/a>.*/.exec(html)?.[0] ?? "";
    // boots 0 and 4 show it; lockdep was off in 1 and 2; 3 was clean to its end
    expect(row).toContain("2 of 3");
    expect(row).toContain("2 prove nothing");
    expect(row).toContain('<path class="reported" d="M0 0h4v16h-4zM16 0h4v16h-4z"/>');
    expect(row).toContain('<path class="absent" d="M12 4h4v8h-4z"/>');
    expect(row).toContain('<path class="unknown" d="M4 4h8v8h-8z"/>');
  });

  test("labels of the picture say how wide they are, whatever fonts there are", async () => {
    const html = await render("reports", "html", await documentOf("circular/abba"));
    const label = /<text [^>]*textLength="([\d.]+)"[^>]*>\s*lock_a\s*<\/text>/.exec(html);
    // six characters of 0.6 × 12
    expect(Number(label?.[1])).toBeCloseTo(43.2, 1);
  });

  test("500 boots and 2,000 reports of 100 bugs stay within 5 MB", async () => {
    const [one] = (await documentOf("circular/abba")).reports;
    const source = (await documentOf("circular/abba")).sources[0];
    if (one === undefined || source === undefined) throw new Error("the fixture has a report");
    const many: Document = {
      schema: "splat-triage/1",
      summary: { reports: 2000, unique: 100, damaged: 0, byKind: { circular: 2000 } },
      sources: Array.from({ length: 500 }, (_, i) => ({ ...source, name: `boot-${i}.log` })),
      reports: Array.from({ length: 2000 }, (_, i) => ({
        ...one,
        id: String(i % 100).padStart(12, "0"),
        source: i % 500,
      })),
    };
    const html = await render("reports", "html", many);
    expect(Buffer.byteLength(html)).toBeLessThan(5e6);
    expect(html.match(/<article id="b/g)).toHaveLength(100);
  });
});

describe.skipIf(CHROMIUM === undefined)("the page in Chromium", () => {
  let page: Page;
  beforeAll(async () => {
    const path = join(directory, "page.html");
    writeFileSync(path, await render("reports", "html", await boots()));
    page = await Page.open(path);
  });
  afterAll(async () => {
    await page.close();
  });
  const focused = (): Promise<string> =>
    page.value("document.activeElement.querySelector('h2')?.textContent ?? ''");
  const shown = (): Promise<number> =>
    page.value("[...document.querySelectorAll('article')].filter((a) => !a.hidden).length");

  test("complains of nothing", () => {
    expect(page.complaints).toEqual([]);
  });

  test("j and k go from bug to bug, Enter opens and folds all of one", async () => {
    await page.press("j");
    const first = await focused();
    expect(first).toBe("possible deadlock in take_ba");
    await page.press("j");
    expect(await focused()).not.toBe(first);
    await page.press("k");
    expect(await focused()).toBe(first);
    const open = "document.activeElement.querySelectorAll('details[open]').length";
    expect(await page.value(open)).toBe(0);
    await page.press("Enter");
    expect(await page.value(`${open} === document.activeElement.querySelectorAll('details').length`)).toBe(
      true,
    );
    await page.press("Enter");
    expect(await page.value(open)).toBe(0);
  });

  test("/ searches, a kind filters, and what is left is said", async () => {
    const all = await shown();
    await page.press("/");
    for (const key of "fs_reclaim") await page.press(key);
    expect(await shown()).toBe(1);
    expect(await page.value("document.querySelector('#count').textContent")).toBe(`1 of ${all} shown`);
    for (let i = 0; i < 10; i++)
      await page.value(
        "document.querySelector('#search').value = document.querySelector('#search').value.slice(0, -1), document.querySelector('#search').dispatchEvent(new Event('input'))",
      );
    await page.press("Escape");
    expect(await shown()).toBe(all);
    await page.value(
      "document.querySelector('#kind').value = 'circular', document.querySelector('#kind').dispatchEvent(new Event('input'))",
    );
    expect(await shown()).toBe(
      await page.value("document.querySelectorAll('article[data-kind=circular]').length"),
    );
    await page.value(
      "document.querySelector('#kind').value = '', document.querySelector('#kind').dispatchEvent(new Event('input'))",
    );
  });

  test("? shows the keys, Escape closes them", async () => {
    await page.press("?");
    expect(await page.value("document.querySelector('#help').open")).toBe(true);
    await page.press("Escape");
    expect(await page.value("document.querySelector('#help').open")).toBe(false);
  });

  test("tabs are tabs: arrow keys change them, and one panel is shown", async () => {
    await page.value("document.querySelector('nav a').focus()");
    await page.press("ArrowRight");
    expect(await page.value("[...document.querySelectorAll('main > section')].map((s) => s.hidden)")).toEqual(
      [true, false],
    );
    await page.press("ArrowLeft");
    expect(await page.value("[...document.querySelectorAll('main > section')].map((s) => s.hidden)")).toEqual(
      [false, true],
    );
  });

  test("an edge of the picture lights its stack", async () => {
    await page.value(
      "document.querySelector('.edge.e1').dispatchEvent(new MouseEvent('mouseover', { bubbles: true }))",
    );
    expect(await page.value("document.querySelector('article details[data-edge=\"1\"]').className")).toBe(
      "hot",
    );
    await page.value(
      "document.querySelector('.edge.e1').dispatchEvent(new MouseEvent('mouseout', { bubbles: true }))",
    );
    expect(await page.value("document.querySelector('article details[data-edge=\"1\"]').className")).toBe("");
  });

  test("a screen reader is told headings, tabs and pictures", async () => {
    const { nodes } = (await page.send("Accessibility.getFullAXTree")) as {
      nodes: { role?: { value: string }; name?: { value: string } }[];
    };
    const named = (role: string): string[] =>
      nodes.filter((node) => node.role?.value === role).map((node) => node.name?.value ?? "");
    expect(named("tab")).toHaveLength(2);
    expect(named("searchbox")).toEqual(["Search"]);
    expect(named("image").filter((name) => name.startsWith("cycle: lock_a → lock_b"))).not.toEqual([]);
    expect(named("heading")).toContain("possible deadlock in take_ba");
  });

  test("hostile names are only shown", async () => {
    const path = join(directory, "hostile.html");
    const hostile = await documentOf("circular/abba", (line) =>
      line.replaceAll("(lock_a)", `(lock${HOSTILE})`).replaceAll("splat ba:1", `x${HOSTILE}`),
    );
    writeFileSync(path, await render("reports", "html", hostile));
    const other = await Page.open(path);
    try {
      expect(other.complaints).toEqual([]);
      expect(await other.value("document.title")).toBe("splat-triage");
      expect(await other.value("document.querySelectorAll('img, main script').length")).toBe(0);
      expect(await other.value("document.body.textContent.includes('<img src=x onerror=alert(1)>')")).toBe(
        true,
      );
    } finally {
      await other.close();
    }
  });
});
