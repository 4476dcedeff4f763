import { describe, expect, test } from "vitest";
import { analyze, RULES } from "../../src/analyze/index.ts";
import {
  Annotated,
  type Finding,
  Finding as FindingSchema,
  Suspect,
} from "../../src/report/analysis-schema.ts";
import { FINDING_PROSE, findingTitle } from "../../src/render/reports/findings/index.ts";
import { fillIn, type Prose } from "../../src/render/reports/findings/prose.ts";
import { corpusReports, fixtureReports, Golden, hasCorpus, type LoggedReport } from "../catalogue/corpus.ts";
import { CASES } from "./cases.ts";
import type { Frame, Report } from "../../src/report/schema.ts";
import { circular, frame, frames, lock as lockOf, makeReport } from "./report.ts";

describe("the first finding of a made report", () => {
  test.each(CASES)("$code: $name", ({ report, code, certainty }) => {
    const { findings } = analyze(report);
    expect(findings[0]).toMatchObject({ code, certainty });
    expect(findings[0]?.edges.every((edge) => edge < report.edges.length)).toBe(true);
  });
});

describe("what a finding says of the edges", () => {
  test("a mask without __GFP_FS is told from the edge, and that it does not help", () => {
    const report = circular([
      ["lock_a → mmu_notifier_invalidate_range_start", "lock_acquire fs_reclaim_acquire __kmalloc drv_ioctl"],
      [
        "mmu_notifier_invalidate_range_start → lock_a",
        "mutex_lock drv_invalidate __mmu_notifier_invalidate_range_start",
      ],
    ]);
    const [finding] = analyze(report).findings;
    expect(finding).toMatchObject({
      code: "mmu-notifier-recursion",
      args: {
        lock: "lock_a",
        callback: "drv_invalidate",
        allocator: "__kmalloc",
        caller: "drv_ioctl",
        mask: "without __GFP_FS",
        noHelp: ["GFP_NOFS", "GFP_NOIO", "memalloc_nofs_save()", "memalloc_noio_save()"],
      },
      edges: [0, 1],
    });
    expect(fillIn(FINDING_PROSE["mmu-notifier-recursion"].explanation, finding?.args ?? {})).toContain(
      "GFP_NOFS, GFP_NOIO, memalloc_nofs_save(), memalloc_noio_save() do not help: they keep reclaim out of file systems and I/O, but pages are unmapped all the same. Only __GFP_DIRECT_RECLAIM matters.",
    );
  });

  test("findings that contradict each other are ranked", () => {
    const [first, second] = analyze(
      circular([
        [
          "fs_reclaim → sb_internal",
          "percpu_down_read xfs_trans_alloc evict prune_icache_sb super_cache_scan do_shrink_slab kswapd",
        ],
        ["sb_internal → fs_reclaim", "fs_reclaim_acquire __kmalloc xfs_log_quiesce freeze_super"],
      ]),
    ).findings;
    expect(first).toMatchObject({ code: "freeze-against-reclaim" });
    expect(second).toMatchObject({ code: "alloc-under-reclaim-lock", certainty: "possible" });
  });

  test("no finding is certain that rests on a declaration, or is told of a long cycle or a damaged report", () => {
    const declared = circular([
      ["fs_reclaim → &drv->lock", "mutex_lock drv_scan do_shrink_slab kswapd"],
      ["&drv->lock → fs_reclaim", "fs_reclaim_acquire __kmalloc drv_ioctl"],
    ]);
    expect(analyze(declared).findings[0]).toMatchObject({ certainty: "certain" });
    const [edge] = declared.edges;
    if (edge !== undefined) edge.stack = frames("mutex_lock i915_gem_shrinker_taints_mutex drv_probe");
    expect(analyze(declared).findings[0]).toMatchObject({ certainty: "likely" });
    const flush = CASES.find(({ name }) => name === "a cancelled work")?.report ?? makeReport();
    expect(analyze(flush).findings[0]).toMatchObject({ certainty: "certain" });
    expect(analyze({ ...flush, complete: false }).findings[0]).toMatchObject({ certainty: "likely" });
    const long = circular([
      ["&a->lock → &mm->mmap_lock", "__might_fault _copy_from_user a_ioctl"],
      ["&mm->mmap_lock → &b->lock", "mutex_lock b_mmap"],
      ["&b->lock → &c->lock", "mutex_lock c"],
      ["&c->lock → &a->lock", "mutex_lock d"],
    ]);
    expect(analyze(long).findings[0]).toMatchObject({ code: "fault-under-lock", certainty: "likely" });
  });

  test("a flush as the kernel's own order has it is not what is wrong", () => {
    const { findings } = analyze(
      circular([
        [
          "&q->q_usage_counter(queue) → (work_completion)(&(&wb->dwork)->work)",
          "__flush_work wb_shutdown bdi_unregister del_gendisk sd_remove",
        ],
        [
          "(work_completion)(&(&wb->dwork)->work) → &fs->io_lock",
          "mutex_lock fs_writepages wb_workfn process_one_work worker_thread",
        ],
        ["&fs->io_lock → &q->q_usage_counter(queue)", "blk_queue_enter blk_mq_alloc_request fs_zones"],
      ]),
    );
    expect(findings.map(({ code }) => code)).toEqual(["queue-freeze-order"]);
  });

  test("of printing the driver's edge is told, too", () => {
    const [finding] = analyze(
      circular([
        [
          "&pool->lock → console_owner",
          "console_lock_spinning_enable console_unlock vprintk_emit _printk drv_warn",
        ],
        ["console_owner → &port_lock_key", "_raw_spin_lock_irqsave drv_console_write console_unlock"],
        ["&port_lock_key → &pool->lock", "_raw_spin_lock __queue_work drv_rx drv_irq"],
      ]),
    ).findings;
    expect(finding).toMatchObject({
      code: "printk-under-lock",
      args: { port: "&port_lock_key", under: "&pool->lock" },
      edges: [0, 2],
    });
  });

  test("under a tree of btrfs the lock is the one to look at, whichever came last; not the block that is read", () => {
    const searches = "down_read_nested btrfs_search_slot btrfs_update_device btrfs_chunk_alloc";
    const { lookAt } = analyze(
      circular([
        [
          "btrfs-chunk-00 → &fs_info->chunk_mutex",
          "mutex_lock btrfs_chunk_alloc find_free_extent btrfs_cow_block",
        ],
        ["&fs_info->chunk_mutex → btrfs-chunk-00", searches],
      ]),
    );
    expect(lookAt).toMatchObject({ from: "btrfs-chunk-00", reason: "breaks" });
    const { findings } = analyze(
      circular([
        ["btrfs-tree-00 → &q->q_usage_counter(io)", "bio_queue_enter submit_bio read_extent_buffer_pages"],
        ["&q->q_usage_counter(io) → btrfs-tree-00", "down_read_nested btrfs_search_slot drv_freeze"],
      ]),
    );
    expect(findings.map(({ code }) => code)).not.toContain("lock-under-tree");
  });

  test("none of several is certain that break another edge each", () => {
    const { findings } = analyze(
      circular([
        ["kn->active → &mm->mmap_lock", "__might_fault _copy_from_user drv_store kernfs_fop_write vfs_write"],
        ["&mm->mmap_lock → cpu_hotplug_lock", "cpus_read_lock static_key_slow_inc drv_collapse drv_thread"],
        [
          "cpu_hotplug_lock → kn->active",
          "kernfs_drain __kernfs_remove device_del drv_dead cpuhp_invoke_callback _cpu_down",
        ],
      ]),
    );
    expect(findings.slice(0, 2).map(({ certainty }) => certainty)).toEqual(["likely", "likely"]);
    expect(findings.some(({ certainty }) => certainty === "certain")).toBe(false);
  });

  test("the edge that lies off the path of all others is the one to look at", () => {
    const path = "cb_complete cb_event cb_rx_work process_one_work";
    const { lookAt } = analyze(
      circular([
        ["&sk->lock → &hdev->lock", "mutex_lock drv_connect __sys_connect"],
        ["&hdev->lock → cb_list_lock", `mutex_lock ${path}`],
        ["cb_list_lock → &sk->lock", `mutex_lock drv_confirm ${path}`],
      ]),
    );
    expect(lookAt).toMatchObject({ from: "&sk->lock", reason: "off-path", next: { reason: "closes" } });
  });

  test("who took the lock that is held is told with the edge, however far out in its stack", () => {
    const { lookAt } = analyze(
      circular(
        [
          ["lock_b → lock_a", "mutex_lock one_take one_run"],
          ["lock_a → lock_b", "mutex_lock two_take two_ask two_compute two_check two_show seq_read_iter"],
        ],
        {
          held: [
            {
              task: { comm: "two", pid: 2, irq: null },
              count: 1,
              locks: [lockOf("lock_a", { at: frame("two_show") })],
            },
          ],
        },
      ),
    );
    expect(lookAt).toMatchObject({
      from: "lock_a",
      functions: ["two_take", "two_ask", "two_compute", "two_show"],
    });
  });

  test("an order between notifiers and fences that was declared is a matter of fences", () => {
    const { findings } = analyze(booting("do_one_initcall kernel_init_freeable"));
    expect(findings.map(({ code }) => code)).toEqual(["fence-signalling-alloc", "declared-edge"]);
    expect(findings[0]?.args).toMatchObject({ allocates: "qos_add_request", lock: "qos_mtx" });
  });

  test("who disabled preemption is told by a function, not by an address or what does it for others", () => {
    expect(disabledIn(frames("preempt_count_add _raw_spin_lock drv_take"))).toBe("drv_take");
    expect(disabledIn([{ ...frame("0x0"), offset: null }])).toBeNull();
  });

  test("a gate on every edge is told, beside what else was found", () => {
    const boot = "drv_init do_one_initcall kernel_init_freeable kernel_init";
    const { findings } = analyze(
      circular([
        ["lock_a → lock_b", `mutex_lock take_ab ${boot}`],
        ["lock_b → lock_a", `mutex_lock take_ba ${boot}`],
      ]),
    );
    expect(findings.map(({ code }) => code)).toEqual(["gate-on-every-edge", "lock-order-inversion"]);
    expect(findings[0]?.args["frames"]).toEqual(["kernel_init_freeable"]);
  });

  test("a report after a warning says so, last", () => {
    const report = makeReport({ kind: "sleeping", kernel: { release: "6.1", build: null, taint: "G W" } });
    expect(analyze(report).findings.map(({ code }) => code)).toEqual(["sleep-in-atomic", "earlier-problem"]);
  });

  test("where a file is removed under a lock of all devices, its method gives way; under one of its own, the remover", () => {
    expect(analyze(cycle("bus_rescan_lock")).lookAt).toMatchObject({ from: "kn->active", reason: "breaks" });
    expect(analyze(cycle("&drv->lock")).lookAt).toMatchObject({ from: "&drv->lock", reason: "breaks" });
    const adviceFor = (lock: string): string[] =>
      fillIn(FINDING_PROSE["sysfs-removal-under-lock"].fixes, analyze(cycle(lock)).findings[0]?.args ?? {});
    expect(adviceFor("bus_rescan_lock")).toEqual([
      expect.stringMatching(/^in drv_store: sysfs_break_active/),
    ]);
    expect(adviceFor("&drv->lock")[0]).toBe("remove the file outside &drv->lock");
    const { args } = analyze(cycle("&drv->lock")).findings[0] ?? { args: {} };
    expect(fillIn(FINDING_PROSE["sysfs-removal-under-lock"].explanation, args).join(" ")).not.toContain(
      "within",
    );
  });

  test("an allocation under a lock counts even while booting; so does what a module does as it is loaded", () => {
    const { lookAt } = analyze(booting("do_one_initcall kernel_init_freeable"));
    expect(lookAt).toMatchObject({ from: "qos_mtx", to: "fs_reclaim", reason: "breaks" });
    expect(analyze(registering("do_one_initcall do_init_module load_module")).lookAt).toMatchObject({
      from: "drv_mutex",
      reason: "breaks",
    });
    expect(analyze(registering("do_one_initcall kernel_init_freeable")).lookAt?.reasons).not.toContain(
      "breaks",
    );
  });

  test("in a long cycle a device that a mount opens under a lock goes before a fault", () => {
    const { lookAt, findings } = analyze(
      circular([
        [
          "&mm->mmap_lock → sb_pagefaults",
          "__sb_start_write fs_page_mkwrite do_page_mkwrite handle_mm_fault",
        ],
        [
          "sb_pagefaults → &fs->log_mutex",
          "mutex_lock fs_start fs_page_mkwrite do_page_mkwrite handle_mm_fault",
        ],
        ["&fs->log_mutex → &fs->devices", "mutex_lock fs_stats fs_commit fs_sync"],
        [
          "&fs->devices → &disk->open_mutex",
          "mutex_lock __blkdev_get blkdev_get blkdev_get_by_path fs_get_bdev open_fs open_devices fs_mount_root",
        ],
        ["&disk->open_mutex → &cd->lock", "mutex_lock drv_open __blkdev_get blkdev_get"],
        ["&cd->lock → &mm->mmap_lock", "__might_fault _copy_from_user drv_ioctl block_ioctl"],
      ]),
    );
    expect(lookAt).toMatchObject({ from: "&fs->devices", reasons: ["breaks", "set-up"] });
    expect(findings.map(({ code }) => code).slice(0, 2)).toEqual([
      "device-opened-under-lock",
      "fault-under-lock",
    ]);
  });

  test("the edge to look at is the one that a fix breaks, that of a module, or the newest", () => {
    const flush = CASES.find(({ name }) => name === "a cancelled work")?.report ?? makeReport();
    expect(analyze(flush).lookAt).toMatchObject({ edge: 1, reason: "breaks" });
    const plain = circular([
      ["lock_a → lock_b", "mutex_lock_nested take_ab"],
      ["lock_b → lock_a", "mutex_lock_nested take_ba"],
    ]);
    expect(analyze(plain).lookAt).toMatchObject({ edge: 1, reason: "closes" });
    const [edge] = plain.edges;
    for (const one of edge?.stack ?? []) one.module = "drv";
    expect(analyze(plain).lookAt).toMatchObject({ edge: 0, reason: "module" });
    expect(analyze(makeReport()).lookAt).toBeNull();
  });
});

describe("findings of all logs, against the list that was read by eye", () => {
  test("of the fixtures, and something is found of every report but a list of held locks", async () => {
    const golden = new Golden(new URL("findings.golden.txt", import.meta.url));
    const logged = await fixtureReports();
    const lines = linesOf(logged);
    expect(
      logged.filter(({ report }) => report.kind !== "held-dump" && analyze(report).findings.length === 0),
    ).toEqual([]);
    golden.write(lines);
    expect(lines).toEqual(golden.lines());
  });

  test.skipIf(!hasCorpus)("of the corpus beside the checkout", async () => {
    const golden = new Golden(new URL("findings.corpus.golden.txt", import.meta.url));
    const logged = await corpusReports();
    const lines = linesOf(logged);
    expect(
      logged.filter(({ report }) => report.kind !== "held-dump" && analyze(report).findings.length === 0),
    ).toEqual([]);
    golden.write(lines);
    expect(lines).toEqual(golden.lines());
  });
});

describe("the prose", () => {
  test("names only arguments that its rule gives, and every rule is tried", async () => {
    const given = new Map<string, Set<string>>();
    const findings = CASES.flatMap(({ report }) => analyze(report).findings);
    for (const { report } of await fixtureReports()) findings.push(...analyze(report).findings);
    for (const { code, args } of findings)
      for (const name of Object.keys(args)) given.set(code, (given.get(code) ?? new Set()).add(name));
    const tried = new Set(findings.map(({ code }) => code));
    expect(Object.keys(RULES).filter((code) => !tried.has(code))).toEqual([]);
    const prose: [string, Prose][] = Object.entries(FINDING_PROSE);
    for (const [code, { title, explanation, questions, fixes, silences = [], doubts = [] }] of prose)
      for (const sentence of [title, ...explanation, ...questions, ...fixes, ...silences, ...doubts])
        for (const [, name = ""] of sentence.matchAll(/\{(\w+)\}/g))
          expect({ code, name, given: given.get(code)?.has(name) }).toEqual({
            code,
            name,
            given: true,
          });
  });

  test("of a title has its arguments, in the table, too", () => {
    const titles = CASES.flatMap(({ report }) => analyze(report).findings.map(findingTitle));
    expect(titles.filter((title) => /[{}…]/.test(title))).toEqual([]);
    expect(titles).toContain("an allocation in a NOFS scope was recorded as one that may reclaim");
  });

  test("leaves out what is not known", () => {
    const sentences = ["{a} is held.", "It sleeps ({b}).", "By {c}."];
    expect(fillIn(sentences, { a: "x", b: true, c: ["y", "z"] })).toEqual([
      "x is held.",
      "It sleeps.",
      "By y, z.",
    ]);
    expect(fillIn(sentences, { a: null, b: false, c: [] })).toEqual([]);
  });
});

function cycle(lock: string): Report {
  return circular([
    [`kn->active → ${lock}`, "mutex_lock drv_store dev_attr_store sysfs_kf_write kernfs_fop_write_iter"],
    [`${lock} → kn->active`, "kernfs_drain __kernfs_remove device_del drv_remove drv_unplug"],
  ]);
}

function booting(start: string): Report {
  return circular([
    ["qos_mtx → fs_reclaim", `fs_reclaim_acquire __kmalloc qos_add_request cpu_init ${start}`],
    [
      "fs_reclaim → mmu_notifier_invalidate_range_start",
      `fs_reclaim_acquire __kmalloc parse_cluster ${start}`,
    ],
    ["mmu_notifier_invalidate_range_start → dma_fence_map", `dma_resv_lockdep ${start}`],
    ["dma_fence_map → qos_mtx", "mutex_lock drv_boost drv_submit drv_job_run"],
  ]);
}

function registering(start: string): Report {
  return circular([
    ["minor_rwsem → drv_mutex", "mutex_lock drv_open usb_open"],
    ["drv_mutex → minor_rwsem", `down_write usb_register_dev drv_probe ${start}`],
  ]);
}

function disabledIn(preemptionDisabledAt: Frame[]): unknown {
  const report = makeReport({
    kind: "atomic-scheduling",
    preemptionDisabledAt,
    backtrace: frames("drv_wait"),
  });
  return analyze(report).findings[0]?.args["since"];
}

/** One line a finding: the log, what it is, how sure, and on which edges it rests. */
function linesOf(logged: readonly LoggedReport[]): string[] {
  const lines = new Set<string>();
  for (const { log, report } of logged) {
    const { annotations, findings, suspects } = analyze(report, ["f920e413ff9c", "lock_a"]);
    for (const annotation of annotations) Annotated.parse(annotation);
    for (const finding of findings) FindingSchema.parse(finding);
    for (const suspect of suspects) Suspect.parse(suspect);
    for (const finding of findings) lines.add([placeOf(log), report.kind, lineOf(finding)].join("\t"));
  }
  return [...lines].toSorted();
}

/** The self-test makes every report in every form of lock: its kinds are enough. */
function placeOf(log: string): string {
  return log.startsWith("transports/") ? "transports" : log;
}

function lineOf({ code, certainty, edges }: Finding): string {
  return [code, certainty, edges.join(",")].join("\t");
}
