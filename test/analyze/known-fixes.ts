import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { FindingCode } from "../../src/analyze/index.ts";
import type { Finding } from "../../src/report/analysis-schema.ts";
import type { Document, Report } from "../../src/report/schema.ts";
import { triage } from "../../src/triage/triage.ts";
import { type Act, type Verdict, VERDICTS } from "./verdicts.ts";

/** Reports out of mails whose patch fixed them, and what that patch changed. */
interface KnownFix {
  readonly file: string;
  readonly kind: string;
  /** `?`: a class that the mail does not name. */
  readonly fixedEdge: { readonly from: string; readonly to: string };
  readonly fixedIn: { readonly functions: readonly string[] };
}

/** What each of those patches did. */
const DID: Readonly<Record<string, Act>> = {
  "05b5b01720": "print",
  "11064e0bb6": "order",
  "1e52b95f63": "order",
  "38204733d5": "hotplug",
  "413a50bec3": "wait",
  "436e9fdda8": "order",
  "5a482992b8": "order",
  "60cab637bc": "class",
  "6aa6544802fa": "order",
  "70dc0e38f1": "order",
  "737ad6f129": "allocation",
  "7692554fabd8": "freeze",
  "7b83acd66c": "freeze",
  "81f2d0ea00": "allocation",
  "86dfc64a30": "open",
  "889c69044e": "allocation",
  "9d705641f5": "open",
  a620552a33: "allocation",
  ac25212fc4: "copy",
  b827ceb4fe: "wait",
  c82125b1a8: "allocation",
  d2c33f3970: "order",
  d34f60b8b2: "allocation",
  eafe5b26d1: "class",
};

/** What the advice under a finding comes to. A finding that is not here says nothing of how a report is mended. */
const ADVISES: Readonly<Partial<Record<FindingCode, readonly Act[]>>> = {
  "alloc-under-reclaim-lock": ["allocation"],
  "btrfs-wait": ["order"],
  "cpu-hotplug-order": ["hotplug"],
  "device-opened-under-lock": ["open"],
  "fault-under-lock": ["copy"],
  "fence-signalling-alloc": ["allocation"],
  "flush-under-lock": ["wait"],
  "freeze-against-reclaim": ["allocation"],
  "irq-lock-inversion": ["irqs", "order"],
  "irq-safe-lock-irqs-on": ["irqs"],
  "lock-not-released": ["unlock"],
  "lock-order-inversion": ["order"],
  "lock-under-tree": ["order"],
  "missing-nesting": ["class"],
  "mmu-notifier-recursion": ["allocation"],
  "notifier-keeps-lock": ["notifier"],
  "per-cpu-preemptible": ["preemption"],
  "percpu-alloc-bridge": ["allocation"],
  "printk-under-lock": ["print"],
  "queue-freeze-order": ["freeze"],
  "raw-over-spinlock": ["raw", "order"],
  "rcu-not-watching": ["watching"],
  "rcu-without-lock": ["condition"],
  "reclaim-edge-in-scope": ["allocation"],
  "reclaim-of-unreferenced-inode": ["allocation"],
  "registered-under-lock": ["registration"],
  "rtnl-order": ["order"],
  "same-lock-twice": ["twice"],
  "sleep-in-atomic": ["sleep", "atomic"],
  "sleep-in-rcu": ["sleep"],
  "sleeping-lock-in-atomic": ["sleep"],
  "spinlock-misused": ["twice"],
  "stacked-objects": ["class"],
  "sysfs-removal-under-lock": ["removal"],
  "teardown-under-open": ["open"],
  "uninitialised-lock": ["init"],
  "unrelated-objects": ["class"],
};

interface Fix {
  readonly name: string;
  readonly did: Act | undefined;
  readonly edge: readonly [from: string, to: string] | null;
  readonly functions: readonly string[];
}

/** What the triage says of a report, against what its fix did. */
export interface Judged extends Fix {
  readonly report: Report | null;
  /** The first finding that advises something does that, and rests on the edge. */
  readonly isCategory: boolean;
  readonly isEdge: boolean;
  readonly isNext: boolean;
  readonly isFunction: boolean;
}

/** @param directory with the mails and truth.json */
export async function judgeFixes(directory: string): Promise<Judged[]> {
  const fixes = JSON.parse(readFileSync(join(directory, "truth.json"), "utf8")) as KnownFix[];
  return Promise.all(
    fixes.map(async ({ file, kind, fixedEdge, fixedIn }) => {
      const chunks = [readFileSync(join(directory, file))];
      const { reports } = await triage([{ name: file, chunks }]);
      const report = reports.find((one) => one.kind === kind && one.lookAt !== null) ?? null;
      return judge(report, {
        name: file,
        did: DID[file.replace(".eml", "")],
        edge: [fixedEdge.from, fixedEdge.to],
        functions: fixedIn.functions,
      });
    }),
  );
}

export interface JudgedVerdict extends Judged {
  readonly verdict: Verdict;
  /** Certain of what the maintainers did not find: a deadlock that is none, or another cause. */
  readonly contradicted: readonly Finding[];
}

/**
 * All verdicts of the mailboxes that VERDICTS was written from; none where they are not there, or are others.
 *
 * @param archive directory with them, which is not in this repository
 */
export async function judgeVerdicts(archive: string): Promise<JudgedVerdict[]> {
  const judged: JudgedVerdict[] = [];
  for (const [list, { sha256, verdicts }] of Object.entries(VERDICTS)) {
    const path = join(archive, `${list}.mbox.gz`);
    if (!existsSync(path)) continue;
    const bytes = readFileSync(path);
    if (createHash("sha256").update(bytes).digest("hex") !== sha256) continue;
    const mails = reportsOfMails(await triage([{ name: list, chunks: [gunzipSync(bytes)] }]));
    for (const verdict of verdicts) {
      const { message, kind, nth, did, edge = null, functions = [] } = verdict;
      const report = (mails.get(message) ?? []).filter((one) => one.kind === kind)[nth] ?? null;
      const sure = (report?.findings ?? []).filter(({ certainty }) => certainty === "certain");
      judged.push({
        ...judge(report, { name: `${list} ${message}`, did, edge, functions }),
        verdict,
        contradicted: sure.filter((finding) => !verdict.real || advice(finding)?.includes(did) === false),
      });
    }
  }
  return judged;
}

function reportsOfMails({ sources, reports }: Document): ReadonlyMap<string, Report[]> {
  const mails = new Map<string, Report[]>();
  for (const { lines, mail } of sources.flatMap(({ boots }) => boots)) {
    if (!mail?.messageId) continue;
    const own = reports.filter((one) => lines.first <= one.lines.first && one.lines.first <= lines.last);
    mails.set(mail.messageId, [...(mails.get(mail.messageId) ?? []), ...own]);
  }
  return mails;
}

function judge(report: Report | null, fix: Fix): Judged {
  const lookAt = report?.lookAt ?? null;
  const fits = (edge: { from: string; to: string } | null | undefined): boolean =>
    fix.edge !== null && (fix.edge[0] === "?" || edge?.from === fix.edge[0]) && edge?.to === fix.edge[1];
  const finding = report?.findings.find((one) => advice(one) !== undefined);
  const rests = fix.edge === null || finding?.edges.some((index) => fits(report?.edges[index])) === true;
  return {
    ...fix,
    report,
    isCategory:
      finding !== undefined && fix.did !== undefined && advice(finding)?.includes(fix.did) === true && rests,
    isEdge: fits(lookAt),
    isNext: fits(lookAt?.next),
    isFunction: lookAt?.functions.some((name) => fix.functions.includes(name)) ?? false,
  };
}

function advice({ code }: Finding): readonly Act[] | undefined {
  return Object.entries(ADVISES).find(([known]) => known === code)?.[1];
}
