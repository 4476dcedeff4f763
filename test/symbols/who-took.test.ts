import { describe, expect, test } from "vitest";
import { journalReport } from "../../src/bisect/journal-report.ts";
import { path } from "../../src/render/words/sentences.ts";
import { factsOf } from "../../src/render/reports/facts.ts";
import type { Frame, Report } from "../../src/report/schema.ts";
import { siteName } from "../../src/symbols/functions.ts";
import { fromTaker, takerOf, whoTook } from "../../src/symbols/who-took.ts";
import { bootOf, documentOf } from "../support/boots.ts";
import { fixtures, triageBytes } from "../support/fixtures.ts";
import { frameOf } from "../support/reports.ts";

/** `a b~ c?`: innermost first; `~` inlined, `?` a guess of the unwinder. */
function stackOf(text: string): Frame[] {
  return text
    .split(" ")
    .map((word) =>
      frameOf(word.replace(/[~?]$/, ""), { inline: word.endsWith("~"), uncertain: word.endsWith("?") }),
    );
}

function fromTakerOf(text: string): string[] {
  return fromTaker(stackOf(text)).map(({ symbol }) => symbol);
}

describe("who took the lock", () => {
  test.each([
    // stacks of circular/abba, circular/fsreclaim, circular/mmunotifier-6-1, circular/workqueue, recursive/…
    ["take_ba", "__mutex_lock mutex_lock_nested take_ba job_thread kthread"],
    ["s_fsreclaim", "__fs_reclaim_acquire fs_reclaim_acquire might_alloc __kmalloc s_fsreclaim splat_write"],
    [
      "kmalloc_under_a",
      "__lock_acquire lock_acquire fs_reclaim_acquire __kmalloc kmalloc_under_a s_mmunotifier",
    ],
    ["mn_start", "__mutex_lock mutex_lock_nested mn_start __mmu_notifier_invalidate_range_start unmap_vmas"],
    ["s_workqueue", "__lock_acquire lock_acquire __flush_work flush_work s_workqueue splat_write"],
    ["s_mmap_lock", "__lock_acquire lock_acquire __might_fault s_mmap_lock splat_write"],
    [
      "s_srcu",
      "__lock_acquire lock_sync __synchronize_srcu synchronize_srcu_expedited synchronize_srcu s_srcu",
    ],
    ["s_cpuhp", "__lock_acquire lock_acquire cpus_read_lock s_cpuhp splat_write"],
    ["s_aa", "dump_stack_lvl dump_stack print_deadlock_bug __lock_acquire lock_acquire __mutex_lock s_aa"],
    ["smc_tx_work", "lock_acquire lock_sock_nested smc_tx_work process_one_work"],
    [
      "unregister_netdevice_notifier",
      "__mutex_lock mutex_lock_nested rtnl_lock unregister_netdevice_notifier",
    ],
    [
      "__imx_uart_rxint.constprop.0",
      "_raw_spin_lock __queue_work queue_work_on __imx_uart_rxint.constprop.0",
    ],
    [
      "btrfs_search_slot",
      "lock_acquire down_read_nested __btrfs_tree_read_lock~ btrfs_tree_read_lock_nested btrfs_search_slot",
    ],
    ["hub_event", "__mutex_lock usb_lock_port~ hub_port_connect~ hub_event process_one_work"],
    ["take_ba", "__mutex_lock take_ab? take_ba"],
    // ppc64 (ELFv1)
    [".kw_i2c_open", ".mutex_lock_nested .kw_i2c_open .pmac_i2c_open"],
    // functions whose names only begin or end like those that work for others
    ["shmctl_do_lock", "_raw_spin_lock shmctl_do_lock ksys_shmctl"],
    ["console_lock_spinning_enable", "lock_acquire console_lock_spinning_enable console_flush_all"],
    // where all of them work for somebody, the outermost of them
    ["__kmalloc", "lock_acquire fs_reclaim_acquire __kmalloc"],
    [null, "__lock_acquire lock_acquire"],
    [null, ""],
  ])("%s, of %s", (taker, text) => {
    const stack = text === "" ? [] : stackOf(text);
    expect(whoTook(stack)?.symbol ?? null).toBe(taker);
  });

  test("is named without what compilers and system calls add", () => {
    expect(takerOf(stackOf("mutex_lock __x64_sys_splat.cold do_syscall_64"))).toBe("splat");
    expect(takerOf(stackOf(".mutex_lock_nested .kw_i2c_open"))).toBe("kw_i2c_open");
    expect(takerOf([])).toBeNull();
  });

  test("and from there outwards nothing is guessed", () => {
    expect(fromTakerOf("__mutex_lock take_ba inlined~ guess? job")).toEqual(["take_ba", "inlined", "job"]);
    expect(fromTakerOf("__lock_acquire lock_acquire")).toEqual(["__lock_acquire", "lock_acquire"]);
  });
});

/** The first name of parts that say where a lock is taken. */
function firstFunction(parts: ReturnType<typeof path>): string | undefined {
  return parts.find(({ role }) => role === "function")?.text;
}

const REPORTS = await Promise.all(
  fixtures().map(async ({ name, bytes }) => ({ name, reports: (await triageBytes(bytes)).reports })),
);

/** What every room says of each edge of a report whose stack is in the log. */
async function answersOf(name: string, report: Report): Promise<unknown[]> {
  const graph = documentOf(await bootOf(name, {}, { dump: null, reports: [report], lockdep: "off" }));
  const rows = factsOf(report).find(({ label }) => label === "edges")?.rows ?? [];
  const { functions } = journalReport(report);
  return report.edges.map((edge, index) => {
    const taker = whoTook(edge.stack);
    if (taker === null) return null;
    const drawn = graph.cycles[0]?.edges.find(({ from, to }) => from === edge.from && to === edge.to);
    const row = rows[index];
    return {
      taker: siteName(taker),
      story: firstFunction(path(edge.stack)),
      ...(row === undefined ? {} : { table: firstFunction([...row.body]) }),
      ...(drawn === undefined ? {} : { graph: drawn.site }),
      journal: functions.includes(takerOf(edge.stack) ?? ""),
      ...(report.lookAt?.edge === index ? { lookAt: report.lookAt.functions[0] } : {}),
    };
  });
}

describe.each(REPORTS)("$name", ({ name, reports }) => {
  const cycles = reports.filter(({ edges }) => edges.some(({ stack }) => stack.length > 0));
  test.skipIf(cycles.length === 0)("has one answer to who took each lock", async () => {
    for (const report of cycles)
      for (const answer of await answersOf(name, report)) {
        if (answer === null) continue;
        const {
          taker,
          story,
          journal,
          table = taker,
          graph = taker,
          lookAt,
        } = answer as Record<string, string>;
        expect({ taker, story, table, graph, journal }).toEqual({
          taker,
          story: taker,
          table: taker,
          graph: taker,
          journal: true,
        });
        const plain = (taker ?? "").replace(/ \[.*/, "");
        expect(lookAt ?? plain).toBe(plain);
      }
  });
});
