import { randomOf } from "./random.ts";

/**
 * A log as another boot would print it: every address and every pid is another, the same for the same, and all of it is
 * later. What is equal stays equal, and what differs stays different.
 *
 * @param least the least pid
 */
export function printedAgain(log: string, seed: number, least = 1000): string {
  const random = randomOf(seed);
  const digits = (count: number): string =>
    Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join("");
  const addresses = new Map<string, string>();
  const addressFor = (address: string): string => {
    let other = addresses.get(address);
    if (other === undefined) addresses.set(address, (other = "ffff8" + digits(address.length - 5)));
    return other;
  };
  const pids = new Map<string, string>();
  const pidFor = (pid: string): string => {
    let other = pids.get(pid);
    // each has its own thousands
    if (other === undefined)
      pids.set(pid, (other = String(least + 1000 * pids.size + Math.floor(random() * 1000))));
    return other;
  };
  return (
    log
      // but not where one stands for a function, as `0xffffffffa0000000` does
      .replace(/(?<![0-9A-Za-z_+/-])ffff[0-9a-f]{12}(?![0-9A-Za-z_-])/g, addressFor)
      .replace(
        /(\[ *T|PID: |\/|RCU: kworker\/\S+\[)([1-9]\d{0,6})(?=\]| Comm| is |:$|\.$|, | \[HC| just| takes)/gm,
        (_all, lead: string, pid: string) =>
          lead.endsWith("T") ? `[${`T${pidFor(pid)}`.padStart(6)}` : lead + pidFor(pid),
      )
      .replace(/^\[ *(\d+)\./gm, (_all, seconds: string) => `[${String(Number(seconds) + seed).padStart(5)}.`)
  );
}
