import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Frame, Report } from "../../src/report/schema.ts";
import { Binary } from "../../src/source/binary.ts";
import { placesOf } from "../../src/source/places.ts";
import { type SourceFiles, SourceLines } from "../../src/source/source-lines.ts";
import { TOOLS } from "../../src/source/symbolizer.ts";
import { triage } from "../../src/triage/triage.ts";
import { frameOf, reportOf } from "../support/reports.ts";

/** A kernel and a module of a few functions; build.sh there makes them, and shows how. */
const KERNEL = fileURLToPath(new URL("kernel/", import.meta.url));
const BUILT = join(KERNEL, "built");
const VMLINUX = join(BUILT, "vmlinux");
const LOG = readFileSync(join(KERNEL, "dmesg.txt"), "utf8");
/** Of built/splat.ko. */
const MODULE_ID = "6fe716a8b6f9ce523db3c828c6000001051eefd2";
const COMMAND = fileURLToPath(new URL("../../bin/splat-triage.js", import.meta.url));

const hasTool = (tool: string, ...args: string[]): boolean => spawnSync(tool, args).status === 0;
const hasAddr2line = hasTool("addr2line", "--version");
const hasCompiler =
  process.arch === "x64" &&
  hasAddr2line &&
  hasTool("gcc", "--version") &&
  hasTool("objdump", "--version") &&
  hasTool("nm", "--version");

const PACKERS = [
  ["xz", "xz"],
  ["zst", "zstd"],
] as const;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "splat-source-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

async function reportIn(log: string): Promise<{ report: Report; kernel: Report["kernel"] }> {
  const { reports, sources } = await triage([{ name: "log", chunks: [Buffer.from(log)] }]);
  const [report] = reports;
  if (report === undefined) throw new Error("no report");
  return { report, kernel: sources[0]?.boots[0]?.kernel ?? null };
}

/** The log as a kernel prints it that has build ids in backtraces. */
const inBacktrace = (id: string): string =>
  LOG.replace("5.200050]  splat_take+0xc/0x1e [splat]", `5.200050]  splat_take+0xc/0x1e [splat ${id}]`);

/** What became of the log's report, as text, and what was told. */
async function lined(
  log: string,
  files: Partial<SourceFiles> = {},
): Promise<{ report: Report; remarks: string[] }> {
  const printed = await reportIn(log);
  const source = await SourceLines.open({ vmlinux: VMLINUX, modules: BUILT, caches: directory, ...files });
  const remarks = await source.add([printed]);
  await source.close();
  return { report: printed.report, remarks };
}

function text({ symbol, offset, file, line, inline }: Frame): string {
  const place = file === null ? "" : ` ${file}:${line}`;
  return `${symbol}${offset === null ? "" : `+0x${offset.toString(16)}`}${place}${inline ? " [inline]" : ""}`;
}

/** All frames anywhere in a value, whatever the field. */
function framesIn(value: unknown): Frame[] {
  if (typeof value !== "object" || value === null) return [];
  if ("symbol" in value && "uncertain" in value) return [value as Frame];
  return Object.values(value).flatMap(framesIn);
}

/** What is told of a log whose report stays as it is. */
async function toldWithoutLines(log: string, files: Partial<SourceFiles>): Promise<string[]> {
  const { report, remarks } = await lined(log, { modules: null, ...files });
  expect(report).toEqual((await reportIn(log)).report);
  return remarks;
}

function outputOf(command: string, ...args: string[]): string {
  return spawnSync(command, args, { encoding: "utf8" }).stdout;
}

describe.skipIf(!hasAddr2line)("places of a log (addr2line)", () => {
  test("get the lines of the source, inlined functions before", async () => {
    const { report } = await lined(LOG);
    // read against main.c, module.c and locks.h, and the same as addr2line -i -f prints
    expect(report.edges[1]?.stack.map(text)).toEqual([
      "lock_acquire+0x10 init/main.c:11",
      "take_inner locks.h:7 [inline]",
      "take_middle locks.h:12 [inline]",
      "splat_take+0xc module.c:8",
      "splat_exit+0x9 module.c:13",
      "take_twice+0xc",
      "take_inner locks.h:7 [inline]",
      "take_middle locks.h:12 [inline]",
      "take_ba+0x17 init/main.c:17",
      "start_kernel+0x16 init/main.c:31",
    ]);
    expect(report.edges[0]?.stack.map(text)).toEqual([
      "lock_acquire+0x10 init/main.c:11",
      "take_ab+0x12 init/main.c:25",
      "start_kernel+0xa init/main.c:31",
    ]);
  });

  test.each(TOOLS.filter((tool) => hasTool(tool, "--version")))("are the same by %s", async (tool) => {
    const { report } = await lined(LOG, { modules: null });
    const found = spawnSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).stdout.trim();
    symlinkSync(found, join(directory, tool));
    vi.stubEnv("PATH", directory);
    const by = await lined(LOG, { modules: null, caches: join(directory, "other") });
    expect(framesIn(by.report).map(text)).toEqual(framesIn(report).map(text));
    expect(by.remarks).toContain(`${VMLINUX}: lines of 12 of 14 places, by ${tool}`);
  });

  test("are read as eu-addr2line of elfutils 0.188 wrote them", async () => {
    const answers = `0x400146) echo "0x0000000000400146
take_inner inlined at /build/linux/locks.h:12:9 in take_ba
/build/linux/locks.h:7:9
take_middle
/build/linux/locks.h:12:9
take_ba
/build/linux/init/main.c:17:9" ;;`;
    const script = `while read a; do case $a in ${answers} *) echo "$a"; echo "??"; echo "??:0" ;; esac; done`;
    writeFileSync(join(directory, "eu-addr2line"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    vi.stubEnv("PATH", directory);
    const { report } = await lined(LOG, { modules: null });
    expect(report.edges[1]?.stack.slice(-4, -1).map(text)).toEqual([
      "take_inner /build/linux/locks.h:7 [inline]",
      "take_middle /build/linux/locks.h:12 [inline]",
      "take_ba+0x17 /build/linux/init/main.c:17",
    ]);
  });

  test("of held locks have the inlined functions beside them", async () => {
    const { report } = await lined(LOG);
    const [lock] = report.held[0]?.locks ?? [];
    expect(lock?.at === null || lock?.at === undefined ? null : text(lock.at)).toBe(
      "take_ba+0x17 init/main.c:17",
    );
    expect(lock?.inlined?.map(text)).toEqual([
      "take_inner locks.h:7 [inline]",
      "take_middle locks.h:12 [inline]",
    ]);
  });

  test("below an interrupt are where it came, and registers stay between the same frames", async () => {
    const { report } = await lined(LOG);
    const [dump] = report.dumps;
    const at = dump?.registers[0]?.afterFrame ?? 0;
    expect(dump?.frames.slice(at - 1, at + 1).map(text)).toEqual([
      "asm_exc_page_fault+0x26",
      // the call before it, of line 24, returns to 0xb; this is the one of line 25
      "take_ab+0xd init/main.c:25",
    ]);
  });

  test("change nothing else of a report", async () => {
    const { report: without } = await reportIn(LOG);
    const { report } = await lined(LOG);
    for (const field of ["id", "siteId", "title", "cycle", "damage", "findings", "lines"] as const)
      expect(report[field]).toEqual(without[field]);
    const bare = framesIn(report).filter(({ inline }) => !inline);
    expect(bare.map(({ file: _, line: __, ...frame }) => frame)).toEqual(
      framesIn(without).map(({ file: _, line: __, ...frame }) => frame),
    );
  });

  test("in a function that is there twice have no line", async () => {
    const { remarks } = await lined(LOG);
    expect(remarks).toContain(
      `${VMLINUX}: no line for take_twice: several functions have this name and size`,
    );
  });

  test("are known from then on, whatever is installed", async () => {
    const { report } = await lined(LOG);
    vi.stubEnv("PATH", join(directory, "nothing"));
    const again = await lined(LOG);
    expect(again.report).toEqual(report);
  });

  test.each(PACKERS.filter(([, tool]) => hasTool(tool, "--version")))(
    "are found in a module and a vmlinux packed as .%s",
    async (suffix, tool) => {
      const { report } = await lined(LOG);
      const packed = join(directory, "packed");
      mkdirSync(packed);
      const [vmlinux, module] = [`vmlinux.${suffix}`, `splat.ko.${suffix}`].map((name) => join(packed, name));
      for (const [from, to] of [
        [VMLINUX, vmlinux],
        [join(BUILT, "splat.ko"), module],
      ] as const)
        writeFileSync(to ?? "", spawnSync(tool, ["-c", from]).stdout);
      const files = { vmlinux: vmlinux ?? null, modules: packed, caches: join(directory, "other") };
      expect((await lined(LOG, files)).report).toEqual(report);
    },
  );

  test.skipIf(!hasTool("objcopy", "--version"))(
    "are found where a module's debug information is apart",
    async () => {
      const { report } = await lined(LOG);
      const apart = join(directory, "apart");
      const byId = join(directory, "by-id", ".build-id", MODULE_ID.slice(0, 2));
      for (const made of [apart, byId]) mkdirSync(made, { recursive: true });
      const module = join(BUILT, "splat.ko");
      const debug = join(byId, `${MODULE_ID.slice(2)}.debug`);
      expect(spawnSync("objcopy", ["--only-keep-debug", module, debug]).status).toBe(0);
      expect(spawnSync("objcopy", ["--strip-debug", module, join(apart, "splat.ko")]).status).toBe(0);
      // beside the module, as debuginfo packages have it: the module says which release it is of
      cpSync(debug, join(apart, "splat.ko.debug"));
      expect((await lined(LOG, { modules: apart, caches: join(directory, "other") })).report).toEqual(report);
      // alone, under the build id that the log prints
      const named = LOG.replaceAll("[splat]", `[splat ${MODULE_ID}]`);
      const alone = await lined(named, {
        modules: join(directory, "by-id"),
        caches: join(directory, "another"),
      });
      expect(framesIn(alone.report).map(text)).toEqual(framesIn(report).map(text));
      // the module alone has none
      rmSync(join(apart, "splat.ko.debug"));
      expect((await lined(LOG, { modules: apart, caches: join(directory, "third") })).remarks).toContain(
        "module splat: has no debug information (CONFIG_DEBUG_INFO); no lines of it",
      );
    },
  );

  test("of another machine's module are asked of that machine's addr2line", async () => {
    const bytes = readFileSync(join(BUILT, "splat.ko"));
    // e_machine: EM_AARCH64, or EM_X86_64 where that is this machine
    bytes.writeUInt16LE(process.arch === "arm64" ? 62 : 183, 18);
    const prefix = process.arch === "arm64" ? "x86_64-linux-gnu-" : "aarch64-linux-gnu-";
    mkdirSync(join(directory, "modules"));
    mkdirSync(join(directory, "bin"));
    writeFileSync(join(directory, "modules/splat.ko"), bytes);
    const tool = (name: string, line: number): void => {
      const answer = `while read address; do printf '0x%016x\\nsplat\\nmodule.c:${line}\\n' "$address" 2>/dev/null; done`;
      writeFileSync(join(directory, "bin", name), `#!/bin/sh\n${answer}\n`, { mode: 0o755 });
    };
    // this one cannot relocate it, and says what it likes
    tool("addr2line", 1);
    vi.stubEnv("PATH", join(directory, "bin"));
    const files = { vmlinux: null, modules: join(directory, "modules"), caches: join(directory, "other") };
    const { report, remarks } = await lined(LOG, files);
    expect(report.edges[1]?.stack.map(text)).toContain("splat_take+0xc");
    expect(remarks.join("\n")).toContain(`no ${prefix}addr2line or eu-addr2line is installed`);
    tool(`${prefix}addr2line`, 8);
    const again = await lined(LOG, files);
    expect(again.report.edges[1]?.stack.map(text)).toContain("splat_take+0xc module.c:8");
  });

  test("are found in compressed files and under a module's build id", async () => {
    const { report } = await lined(LOG);
    const packed = join(directory, "packed");
    mkdirSync(packed);
    writeFileSync(join(packed, "vmlinux.gz"), gzipSync(readFileSync(VMLINUX)));
    writeFileSync(join(packed, "splat.ko.gz"), gzipSync(readFileSync(join(BUILT, "splat.ko"))));
    const files = { vmlinux: join(packed, "vmlinux.gz"), modules: packed, caches: join(directory, "other") };
    expect((await lined(LOG, files)).report).toEqual(report);

    const id = MODULE_ID;
    const named = LOG.replaceAll("[splat]", `[splat ${id}]`);
    expect(framesIn((await lined(named)).report).map(text)).toEqual(framesIn(report).map(text));
    const other = await lined(LOG.replaceAll("[splat]", `[splat ${id.replace("6f", "00")}]`));
    expect(other.remarks).toContain(
      `module splat: its build id is not ${id.replace("6f", "00")}; no lines of it`,
    );
    expect(other.report.edges[1]?.stack.map(text)).toContain("splat_take+0xc");
  });

  test("take a module for the one whose build id the backtrace prints", async () => {
    const ours = await lined(inBacktrace(MODULE_ID));
    expect(ours.report.lock?.at?.file).toBe("module.c");
    expect(ours.remarks.filter((remark) => remark.includes("splat.ko"))).toHaveLength(1);

    const id = MODULE_ID.replace("6f", "00");
    const files = { vmlinux: null, modules: BUILT };
    expect(await toldWithoutLines(inBacktrace(id), files)).toEqual([
      `module splat: its build id is not ${id}; no lines of it`,
    ]);
  });
});

describe("no lines, but a line that says why, and the report as without", () => {
  test("where the kernel has another release or another build", async () => {
    expect(await toldWithoutLines(LOG.replaceAll("6.12.0-splat", "6.13.0"), {})).toContain(
      `${VMLINUX}: is of 6.12.0-splat #7, and the log of 6.13.0 #7; no lines`,
    );
    expect(await toldWithoutLines(LOG.replaceAll("#7", "#8"), {})).toContain(
      `${VMLINUX}: is of 6.12.0-splat #7, and the log of 6.12.0-splat #8; no lines`,
    );
    const id = "00112233445566778899aabbccddeeff00112233";
    expect(
      await toldWithoutLines(
        LOG.replace("Not tainted 6.12.0-splat #7", `Not tainted 6.12.0-splat #7 ${id}`),
        {},
      ),
    ).toContain(`${VMLINUX}: has another build id than the log's kernel, ${id}; no lines`);
  });

  test.skipIf(!hasAddr2line)(
    "where functions have other sizes: the same release, built once more",
    async () => {
      expect(await toldWithoutLines(LOG.replaceAll("take_ab+0x12/0x20", "take_ab+0x12/0x70"), {})).toContain(
        `${VMLINUX}: is of another build, for functions have other sizes there: take_ab; no lines`,
      );
    },
  );

  test("where the file has no debug information, or no release", async () => {
    const path = join(directory, "vmlinux");
    const bytes = readFileSync(VMLINUX).toString("latin1");
    writeFileSync(path, bytes.replaceAll(".debug_", ".xebug_"), "latin1");
    expect(await toldWithoutLines(LOG, { vmlinux: path })).toContain(
      `${path}: has no debug information (CONFIG_DEBUG_INFO); no lines`,
    );
    writeFileSync(path, bytes.replaceAll("Linux version", "Other version"), "latin1");
    expect(await toldWithoutLines(LOG, { vmlinux: path })).toContain(
      `${path}: holds no release, so that nothing tells whether it is of the log's kernel; no lines`,
    );
  });

  test("where no symboliser is installed", async () => {
    vi.stubEnv("PATH", directory);
    expect(await toldWithoutLines(LOG, {})).toContain(
      `${VMLINUX}: no llvm-symbolizer, addr2line or eu-addr2line is installed (Debian: llvm, binutils, elfutils); no lines`,
    );
  });

  test("where a module is missing, or of another kernel", async () => {
    expect(await toldWithoutLines(LOG, { vmlinux: null, modules: directory })).toContain(
      `module splat: no such module in ${directory}; no lines of it`,
    );
    expect(
      await toldWithoutLines(LOG.replaceAll("6.12.0-splat", "6.13.0"), { vmlinux: null, modules: BUILT }),
    ).toContain("module splat: not of 6.13.0 (6.12.0-splat); no lines of it");
  });

  test("where the file is none, which is an error, or was cut", async () => {
    const path = join(directory, "vmlinux");
    writeFileSync(path, "Linux\n");
    await expect(lined(LOG, { vmlinux: path })).rejects.toThrow(`${path}: is not an ELF file`);
    const bytes = readFileSync(VMLINUX);
    for (const size of [3, 20, 64, 100, bytes.length - 64, bytes.length - 1]) {
      writeFileSync(path, bytes.subarray(0, size));
      await expect(lined(LOG, { vmlinux: path })).rejects.toThrow(
        /is not an ELF file|is a broken ELF file|is truncated/,
      );
    }
    const log = join(directory, "dmesg.txt");
    writeFileSync(log, LOG);
    const run = spawnSync(process.execPath, [COMMAND, "-f", "json", "--vmlinux", path, log], {
      encoding: "utf8",
    });
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/^splat-triage: \S+\/vmlinux: is truncated: it ends before its tables do\n$/);
    expect(JSON.parse(run.stdout)).toMatchObject({ summary: { reports: 1 } });
  });
});

test("looks at every frame of a report that can have a line", async () => {
  const { report } = await reportIn(LOG);
  expect(new Set(placesOf(report).map(({ frame }) => frame))).toEqual(new Set(framesIn(report)));
  const stacks = reportOf({
    preemptionDisabledAt: [frameOf("disabled")],
    registered: { state: "x", lock: null, stack: [frameOf("registered")] },
    preemptible: { operation: "x", caller: frameOf("caller") },
    irqEvents: {
      stamp: 1,
      hardirqsEnabled: { event: 1, at: frameOf("enabled") },
      hardirqsDisabled: null,
      softirqsEnabled: null,
      softirqsDisabled: null,
    },
  });
  const symbols = placesOf(stacks).map(({ frame }) => frame.symbol);
  expect(symbols.toSorted()).toEqual(["caller", "disabled", "enabled", "registered"]);
});

describe.skipIf(!hasCompiler)("a kernel built here (gcc)", () => {
  test("says of each call what addr2line -i -f says", async () => {
    cpSync(KERNEL, join(directory, "source"), { recursive: true });
    const built = join(directory, "built");
    expect(spawnSync("sh", [join(directory, "source/build.sh"), built]).status).toBe(0);
    const path = join(built, "vmlinux");
    const symbols = outputOf("nm", "-n", path)
      .split("\n")
      .flatMap((line) => (/^[0-9a-f]+ [tT] /.test(line) ? [line.split(" ")] : []))
      .map(([address = "", , name = ""]) => ({ start: Number.parseInt(address, 16), name }));
    const returns = [
      ...outputOf("objdump", "-d", path).matchAll(/^ *[0-9a-f]+:[^\n]*\tcall [^\n]*\n *([0-9a-f]+):/gm),
    ].map((match) => Number.parseInt(match[1] ?? "", 16));
    expect(returns.length).toBeGreaterThan(4);
    const binary = await Binary.open(path, directory);
    for (const address of returns) {
      const next = symbols.findIndex(({ start }) => start > address);
      const { start, name } = symbols.at(next - 1) ?? { start: 0, name: "" };
      if (name === "take_twice" || next < 0) continue;
      const size = (symbols[next]?.start ?? 0) - start;
      const [answer] = await binary.answers([
        { symbol: name, offset: address - start, size, isExact: false },
      ]);
      const oracle = outputOf("addr2line", "-i", "-f", "-e", path, (address - 1).toString(16))
        .trim()
        .split("\n");
      expect(
        Array.isArray(answer)
          ? answer.flatMap(({ symbol, file, line }) => [symbol, `${file}:${line}`])
          : answer,
      ).toEqual(oracle);
    }
    await binary.close();
  });
});
