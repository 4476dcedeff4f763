// Makes directories of boots out of those in fixtures/proc, by a seed: the same seed gives the same bytes.
//
//     node test/bench/boots.mjs DIRECTORY [BOOTS] [SEED] [DRIVERS]
//
// Every boot is one of the four real ones, moved as KASLR moves a kernel, and differs from it as boots of one machine
// differ: some chains were never seen in it, half of DRIVERS modules brought classes of their own, numbers of names changed places,
// and one boot in ten hides its keys.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const PROC = fileURLToPath(new URL("../../fixtures/proc", import.meta.url));
const BOOTS = ["ab", "ba", "clean", "mmunotifier"];
/** Share of a real boot's chains that another boot sees, too. */
const SEEN = 0.97;

/** mulberry32: enough for a choice of lines. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function read(boot, file) {
  const name = readdirSync(join(PROC, boot)).find((entry) => entry === file || entry === `${file}.gz`);
  const bytes = readFileSync(join(PROC, boot, name));
  return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
}

/** A driver's locks, in the one order that all boots have: its own, then one of the kernel's. */
function driverOf(index, next) {
  const base = 0xffffffffc0000000n + BigInt(index) * 0x10000n;
  const key = (i) => (base + BigInt(i) * 0x40n).toString(16);
  const locks = Array.from({ length: 8 }, (_, i) => `drv${index}_lock${i}`);
  const classes = locks.map((name, i) => {
    const after = locks[i + 1] === undefined ? "" : ` -> [${key(i + 1)}] ${locks[i + 1]}\n`;
    return `${key(i)} OPS: ${String(Math.floor(next() * 1e6)).padStart(7)} FD:    1 BD:    1 +.+.: ${name}\n${after}\n`;
  });
  const chains = locks.flatMap((_, end) => {
    const depth = Math.floor(next() * end);
    return [depth, 0].map(
      (from) =>
        `irq_context: 0\n${locks
          .slice(from, end + 1)
          .map((name, i) => `[${key(from + i)}] ${name}\n`)
          .join("")}`,
    );
  });
  return { classes: classes.join(""), chains: [...new Set(chains)].map((chain) => `${chain}\n`).join("") };
}

/** Static keys move together; allocated ones are anywhere. */
function moved(text, slide, heap) {
  return text.replaceAll(/(?<=^|\[)ffff(?:ffff[0-9a-f]{8}|8[0-9a-f]{11})(?=\] | OPS)/gm, (key) => {
    const isStatic = key.startsWith("ffffffff");
    return (BigInt(`0x${key}`) + (isStatic ? slide : heap)).toString(16);
  });
}

function hidden(text) {
  return text.replaceAll(/(?<=^|\[)ffff[0-9a-f]{12}(?=\] | OPS)/gm, "(____ptrval____)");
}

/** Writes one boot. */
function write(directory, index, seed, most) {
  const next = random(seed * 1009 + index);
  const origin = BOOTS[index % BOOTS.length];
  const slide = BigInt(Math.floor(next() * 400)) * 0x200000n;
  const heap = BigInt(Math.floor(next() * 4000)) * 0x1000n;
  const drivers = Array.from({ length: most }, (_, i) => i).filter(() => next() < 0.5);
  const extra = drivers.map((driver) => driverOf(driver, next));
  const chains = read(origin, "lockdep_chains").split("\n\n");
  const kept = chains.filter((chain, i) => i === 0 || chain === "" || next() < SEEN).join("\n\n");
  const change = (text) => {
    const slid = moved(text, slide, heap);
    return index % 10 === 9 ? hidden(slid) : slid;
  };
  const files = {
    dmesg: read(origin, "dmesg"),
    lockdep: change(read(origin, "lockdep") + extra.map(({ classes }) => classes).join("")),
    lockdep_chains: change(kept + extra.map(({ chains: own }) => own).join("")),
    lockdep_stats: read(origin, "lockdep_stats"),
  };
  const path = join(directory, `boot${String(index).padStart(4, "0")}`);
  mkdirSync(path, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
}

/** Fills a directory with boots; of `drivers` modules each has about half, with 8 classes and 15 chains. */
export function makeBoots(directory, count, seed, drivers = 40) {
  for (let index = 0; index < count; index++) write(directory, index, seed, drivers);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [directory, count = "100", seed = "1", drivers = "40"] = process.argv.slice(2);
  if (directory === undefined) throw new Error("usage: boots.mjs DIRECTORY [BOOTS] [SEED] [DRIVERS]");
  makeBoots(directory, Number(count), Number(seed), Number(drivers));
}
