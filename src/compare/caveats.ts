import type { BootWithReports } from "./boots.ts";
import type { KernelConfig } from "./config.ts";
import type { Caveat } from "./diff-schema.ts";

interface Side {
  readonly boots: readonly BootWithReports[];
  readonly config: KernelConfig | null;
}

/** Boots of one side took so many times as long as those of the other: other things ran. */
const LONGER = 3;

/** Shares of boots that differ by more than this are no chance of single ones. */
const SHARE = 0.5;

/** Why two sides cannot be compared, or not in all. */
export function caveatsOf(old: Side, fresh: Side): Caveat[] {
  const sides = [
    ["old", old],
    ["new", fresh],
  ] as const;
  return [
    ...sides.flatMap(([side, { boots }]) => lacking(side, boots)),
    ...configs(old.config, fresh.config),
    ...traits(old.boots, fresh.boots),
    ...coverage(old.boots, fresh.boots),
    ...duration(old.boots, fresh.boots),
    ...sides.flatMap(([side, { boots }]) => mixed(side, boots)),
  ];
}

function lacking(side: "old" | "new", boots: readonly BootWithReports[]): Caveat[] {
  const real = boots.flatMap(({ boot }) => boot ?? []);
  if (real.length === 0) return [{ code: "no-boots", side }];
  const wasOn = real.some(({ lockdep }) => lockdep.state !== "unknown");
  return wasOn ? [] : [{ code: "lockdep-never-on", side }];
}

function configs(old: KernelConfig | null, fresh: KernelConfig | null): Caveat[] {
  if (old === null || fresh === null) return [];
  return [...old].flatMap(([option, before]): Caveat[] => {
    const after = fresh.get(option) ?? null;
    return before === after ? [] : [{ code: "config", option: `CONFIG_${option}`, old: before, new: after }];
  });
}

/** What the boots' own lines say of how kernel and lockdep were built, where both sides say something. */
function traits(old: readonly BootWithReports[], fresh: readonly BootWithReports[]): Caveat[] {
  const [before, after] = [traitsOf(old), traitsOf(fresh)];
  if (before.size === 0 || after.size === 0) return [];
  const onlyOld = [...before].filter((trait) => !after.has(trait)).toSorted();
  const onlyNew = [...after].filter((trait) => !before.has(trait)).toSorted();
  return onlyOld.length + onlyNew.length === 0 ? [] : [{ code: "traits", old: onlyOld, new: onlyNew }];
}

function traitsOf(boots: readonly BootWithReports[]): Set<string> {
  return new Set(boots.flatMap(({ boot }) => boot?.traits ?? []));
}

function coverage(old: readonly BootWithReports[], fresh: readonly BootWithReports[]): Caveat[] {
  return (["userspace", "end"] as const).flatMap((what): Caveat[] => {
    const [before, after] = [share(old, what), share(fresh, what)];
    if (before === null || after === null || Math.abs(before - after) <= SHARE) return [];
    return [{ code: "coverage", what, old: before, new: after }];
  });
}

function share(boots: readonly BootWithReports[], what: "userspace" | "end"): number | null {
  const real = boots.flatMap(({ boot }) => boot ?? []);
  return real.length === 0 ? null : real.filter((boot) => boot[what] !== null).length / real.length;
}

function duration(old: readonly BootWithReports[], fresh: readonly BootWithReports[]): Caveat[] {
  const [before, after] = [median(old), median(fresh)];
  if (before === null || after === null) return [];
  const isLonger = Math.max(before, after) > LONGER * Math.min(before, after);
  return isLonger ? [{ code: "duration", old: before, new: after }] : [];
}

function median(boots: readonly BootWithReports[]): number | null {
  const times = boots.flatMap(({ boot }) => boot?.times.last ?? []).toSorted((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? null;
}

function mixed(side: "old" | "new", boots: readonly BootWithReports[]): Caveat[] {
  const names = boots.flatMap(({ boot }) =>
    boot?.kernel ? [`${boot.kernel.release} ${boot.kernel.build ?? ""}`.trim()] : [],
  );
  const kernels = [...new Set(names)].toSorted();
  return kernels.length > 1 ? [{ code: "mixed-kernels", side, kernels }] : [];
}
