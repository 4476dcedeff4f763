import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { analyze } from "../../src/analyze/index.ts";
import { LinuxTree } from "../../src/cli/io/linux-tree.ts";
import { LookAt } from "../../src/report/analysis-schema.ts";
import { Document } from "../../src/report/schema.ts";
import { circular, frame, makeReport } from "../analyze/report.ts";
import { FIXTURES } from "../support/fixtures.ts";

const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));
const LOG = join(FIXTURES, "circular/fsreclaim/dmesg.txt");

const TREE: Record<string, string> = {
  MAINTAINERS: `Maintainers List

SPLATS
M:	Ada <ada@example.org>
S:	Maintained
F:	drivers/splat/

THE REST
L:	all@example.org
F:	*
F:	*/
`,
  Makefile: "",
  "include/linux/splat.h":
    "extern int s_fsreclaim(struct splat *);\nstatic inline int splat_write(void) { }\n",
  "kernel/other.c": "\ts_fsreclaim();\nint other(void)\n{\n\treturn s_fsreclaim(1);\n}\n",
  "drivers/splat/main.c": `int s_fsreclaim(struct splat *s);
static ssize_t splat_write(struct file *file, const char __user *buf,
			   size_t count)
{
}
int s_fsreclaim(struct splat *s)
{
}
`,
  "arch/x86/two.c": "void of_arch(void)\n{\n",
  "arch/arm64/two.c": "void of_arch(void)\n{\n",
  "drivers/a/twice.c": "int twice(int a)\n{\n",
  "drivers/b/twice.c": "int twice(int a)\n{\n",
  "drivers/rust/x.rs": 'impl X {\n    pub(crate) unsafe extern "C" fn rusty(a: u8) {\n',
  "Documentation/splat.c": "int only_documented(void)\n{\n",
};

let directory = "";
let tree = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-triage-linux-"));
  tree = join(directory, "linux");
  for (const [name, text] of Object.entries(TREE)) {
    mkdirSync(dirname(join(tree, name)), { recursive: true });
    writeFileSync(join(tree, name), text);
  }
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function run(args: readonly string[], input = ""): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [COMMAND, ...args], {
    encoding: "utf8",
    input,
    env: { PATH: process.env["PATH"] },
  });
}

async function filled(...functions: readonly string[]): Promise<LookAt | null> {
  const report = circular([
    ["b → a", "x"],
    ["a → b", `mutex_lock_nested ${functions.join(" ")} do_syscall_64`],
  ]);
  report.lookAt = analyze(report).lookAt;
  expect(await (await LinuxTree.open(tree)).addMaintainers([report])).toBeNull();
  return report.lookAt;
}

function functionsOf(stack: string): string[] | undefined {
  const { lookAt } = analyze(
    circular([
      ["b → a", "x"],
      ["a → b", stack],
    ]),
  );
  return LookAt.parse(lookAt).functions;
}

function at(file: string, symbol: string): ReturnType<typeof frame> {
  return { ...frame(symbol), file };
}

const SPLATS = { section: "SPLATS", status: "Maintained", people: ["Ada <ada@example.org>"], lists: [] };

describe("--linux", () => {
  test("names the people of the files of the edge", () => {
    const result = run(["--linux", tree, LOG]);
    expect(result).toMatchObject({ status: 0, stderr: "" });
    const [report] = Document.parse(JSON.parse(result.stdout)).reports;
    expect(report?.lookAt).toMatchObject({
      from: "lock_a",
      to: "fs_reclaim",
      reason: "breaks",
      files: ["drivers/splat/main.c"],
      maintainers: [SPLATS],
    });
    expect(report?.lookAt?.functions.slice(0, 2)).toEqual(["s_fsreclaim", "splat_write"]);
  });

  test("in the table and in Markdown", () => {
    const table = run(["-f", "table", "--linux", tree, LOG]).stdout;
    expect(table).toMatch(/look at +lock_a → fs_reclaim: it is the edge that a fix usually breaks/);
    expect(table).toContain("SPLATS (Maintained): Ada <ada@example.org>");
    expect(run(["-f", "table", LOG]).stdout).not.toContain("SPLATS");
    expect(run(["-f", "markdown", "--linux", tree, LOG]).stdout).toContain("`Ada <ada@example.org>`");
  });

  test("with --follow", () => {
    const result = run(["--follow", "--linux", tree], readFileSync(LOG, "latin1"));
    expect(result).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(result.stdout)).toMatchObject({ lookAt: { maintainers: [SPLATS] } });
  });

  test.each([
    ["/nowhere/at/all", "no such file"],
    [LOG, "is not a directory"],
    [FIXTURES, "not a Linux kernel tree: it has no MAINTAINERS"],
  ])("%s is no kernel tree: one line, exit 2", (where, reason) => {
    expect(run(["--linux", where, LOG])).toMatchObject({
      status: 2,
      stdout: "",
      stderr: `splat-triage: ${where}: ${reason}\n`,
    });
  });
});

test("the functions of an edge: those of the subsystem that uses a service stand behind the service's", () => {
  const service = "blk_queue_enter blk_mq_alloc_request scsi_execute_cmd sd_zbc_report_zones";
  const user = "btrfs_get_dev_zones btrfs_load_zone_info btrfs_make_block_group btrfs_create_chunk";
  expect(functionsOf(`${service} ${user} kthread ret_from_fork`)).toEqual([
    "blk_queue_enter",
    "blk_mq_alloc_request",
    "scsi_execute_cmd",
    "btrfs_get_dev_zones",
    "btrfs_load_zone_info",
  ]);
  // one that is named already is not named again; three functions make no subsystem
  expect(functionsOf("x_lock_a btrfs_a btrfs_b btrfs_c btrfs_d kthread")).toEqual([
    "x_lock_a",
    "btrfs_a",
    "btrfs_b",
  ]);
  expect(functionsOf("blk_queue_enter scsi_a scsi_b btrfs_a btrfs_b btrfs_c")).toHaveLength(3);
});

describe("the files of an edge", () => {
  test.each([
    ["of the architecture that ran", ["of_arch"], ["arch/x86/two.c"]],
    ["of a function of Rust", ["rusty"], ["drivers/rust/x.rs"]],
    ["not told where several define it", ["twice"], []],
    ["not in the documentation", ["only_documented"], []],
    ["not of what is no name", ["0xffff(", "a|b"], []],
    ["in the order of the stack", ["rusty", "s_fsreclaim"], ["drivers/rust/x.rs", "drivers/splat/main.c"]],
  ])("%s", async (_what, functions, files) => {
    expect((await filled(...functions))?.files).toEqual(files);
  });

  test("of a module: where the path has its name", async () => {
    const report = makeReport({
      edges: [
        { from: "a", to: "b", closes: true, acquired: null, stack: [frame("caller"), frame("twice", "b")] },
      ],
    });
    report.lookAt = analyze(report).lookAt;
    await (await LinuxTree.open(tree)).addMaintainers([report]);
    expect(report.lookAt).toMatchObject({ functions: ["caller", "twice"], files: ["drivers/b/twice.c"] });
  });

  test("are those of the log where it is symbolised, and then nothing is looked for", async () => {
    const report = makeReport({
      edges: [
        {
          from: "a",
          to: "b",
          closes: true,
          acquired: null,
          stack: [
            at("../include/linux/splat.h", "helper"),
            at("/build/linux/drivers/x/../splat/main.c", "s_fsreclaim"),
            at("drivers/a/twice.c", "twice"),
          ],
        },
      ],
    });
    report.lookAt = analyze(report).lookAt;
    expect(report.lookAt?.files).toEqual(["/build/linux/drivers/splat/main.c", "drivers/a/twice.c"]);
    await (await LinuxTree.open(tree, { searchMilliseconds: 0 })).addMaintainers([report]);
    expect(report.lookAt).toMatchObject({
      files: ["drivers/splat/main.c", "drivers/a/twice.c"],
      maintainers: [SPLATS],
    });
  });

  test("a search that takes too long is told in one line, and the rest is done", async () => {
    const report = circular([
      ["b → a", "x"],
      ["a → b", "s_fsreclaim"],
    ]);
    report.lookAt = analyze(report).lookAt;
    // a search that never ends
    const slow = mkdtempSync(join(tmpdir(), "splat-triage-slow-"));
    writeFileSync(join(slow, "grep"), "#!/bin/sh\nexec sleep 600\n", { mode: 0o755 });
    vi.stubEnv("PATH", `${slow}:${process.env["PATH"]}`);
    try {
      const opened = await LinuxTree.open(tree, { searchMilliseconds: 50 });
      const failure = await opened.addMaintainers([report]);
      expect(failure?.message).toBe(`${tree}: looking for functions took more than 0.05 s`);
      expect(report.lookAt).toMatchObject({ files: [], maintainers: [] });
    } finally {
      vi.unstubAllEnvs();
      rmSync(slow, { recursive: true });
    }
  });
});

describe("whose code an edge is", () => {
  test.each([
    [
      "who allocates",
      "fs_reclaim_acquire __kmalloc_noprof drv_new drv_open vfs_open",
      ["drv_new", "drv_open"],
    ],
    [
      "who flushes",
      "touch_wq_lockdep_map __flush_work flush_work drv_stop drv_close __x64_sys_close",
      ["drv_stop", "drv_close"],
    ],
    ["who takes a lock by a wrapper", "__mutex_lock rtnl_lock drv_stop kthread", ["drv_stop"]],
    ["nobody, where only what runs anything is seen", "process_one_work worker_thread kthread", []],
    ["the innermost three", "__mutex_lock a b c d", ["a", "b", "c"]],
  ])("%s", (_what, stack, functions) => {
    expect(functionsOf(stack)).toEqual(functions);
  });

  test("a report without edges has none", () => {
    expect(analyze(makeReport()).lookAt).toBeNull();
  });
});
