import { describe, expect, test } from "vitest";
import { renderMarkdown } from "../../../src/render/reports/markdown.ts";
import type { Document, Report } from "../../../src/report/schema.ts";
import { frameOf, reportOf } from "../../support/reports.ts";

function documentOf(partial: Partial<Report>): Document {
  const report = reportOf({
    kind: "circular",
    headline: "possible circular locking dependency detected",
    title: "possible deadlock in take_ba",
    cycle: ["lock_a", "lock_b"],
    edges: [
      {
        from: "lock_a",
        to: "lock_b",
        closes: false,
        acquired: null,
        stack: [
          frameOf("__mutex_lock"),
          { ...frameOf("take_ab"), module: "splat", file: "splat.c", line: 7 },
        ],
      },
      { from: "lock_b", to: "lock_a", closes: true, acquired: null, stack: [] },
    ],
    ...partial,
  });
  return {
    schema: "splat-triage/1",
    summary: { reports: 1, unique: 1, damaged: 0, byKind: { [report.kind]: 1 } },
    sources: [
      {
        name: "a.log",
        bytes: 1,
        lines: 100,
        transport: "dmesg",
        kernels: [],
        boots: [],
        lockdep: { state: "off", offAt: { line: 10, reason: "report", report: 0 } },
        result: "reported",
        because: null,
        unread: [],
        moreUnread: 0,
      },
    ],
    reports: [report],
  };
}

describe("markdown", () => {
  test("tells facts, cycle, edges and what the log proves", () => {
    const text = renderMarkdown(documentOf({ complete: false, damage: [{ code: "truncated", line: 20 }] }));
    expect(text).toBe(`1 report: circular

## possible deadlock in \`take_ba\` (\`0123456789ab\`)

| | \`0123456789ab\` |
| --- | --- |
| kind | circular |
| task | \`some task/7\` on \`6.12.1 #1\` |
| log | lines 10-20, at 1.500 s |
| damaged | cut off at line 20 |
| ask | Please send the whole log as a file, from the kernel's first line on (dmesg > log, or journalctl -k -b -o short-monotonic > log): the report at line 10 is incomplete. |

\`lock_a\` → \`lock_b\` → \`lock_a\`

\`lock_a\` → \`lock_b\`:

\`\`\`
take_ab+0x24/0x3e [splat] splat.c:7
\`\`\`

\`lock_b\` → \`lock_a\`, no stack in the log, closes the cycle

## Logs

- \`a.log\`: 100 lines, \`dmesg\`, kernel not named; lockdep off since line 10 (report above): no later deadlock would be reported
`);
  });

  test("a log cannot write Markdown", () => {
    const text = renderMarkdown(
      documentOf({
        kind: "rcu",
        title: "WARNING in <img src=x> @torvalds\n# title",
        task: { comm: "a|b`c", pid: 1, irq: null },
        cycle: ["[x](http://evil)", "```"],
        edges: [],
        backtrace: [frameOf("```"), frameOf("<b>\u202e")],
        rcu: {
          file: "a.c",
          line: 1,
          message: "www.evil.com\n\n# heading | cell",
          schedulerActive: null,
          debugLocks: null,
          notes: [],
        },
      }),
    );
    expect(text).toContain("## WARNING in `<img` `src=x>` `@torvalds\\x0a#` title (`0123456789ab`)\n");
    expect(text).toContain("| task | ``a\\x7cb`c/1`` on `6.12.1 #1` |\n");
    expect(text).toContain("| message | `www.evil.com\\x0a\\x0a# heading \\x7c cell` at `a.c:1` |\n");
    expect(text).toContain("`[x](http://evil)` → ```` ``` ```` → `[x](http://evil)`\n");
    expect(text).toContain("\n````\n```+0x24/0x3e\n<b>\\u{202e}+0x24/0x3e\n````\n");
  });
});
