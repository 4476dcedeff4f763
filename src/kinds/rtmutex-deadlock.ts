import type { KindBuilder } from "./kind.ts";
import { numberOf, taskOf, textOf } from "./parts.ts";
import { warningOf } from "./warning.ts";

/** debug_rt_mutex_print_deadlock() up to v5.13; since then a WARN() of rt_mutex_handle_deadlock(). */
export const rtmutexDeadlock: KindBuilder = {
  requires: ["backtrace"],
  build(parts) {
    const blocks = parts.line("RtmutexBlocks");
    const locks = parts.all("rtmutex").flatMap(({ lead, lines }) => {
      const task = taskOf(lead);
      const lock = lines.find((line) => line.name === "RtmutexLock");
      const owner = lines.find((line) => line.groups["pid"] !== undefined);
      if (task === null) return [];
      return [
        {
          number: numberOf(lead, "number") ?? 0,
          task,
          address: lock === undefined ? null : textOf(lock, "address"),
          name: lock === undefined ? null : textOf(lock, "name"),
          owner: owner === undefined ? null : taskOf(owner),
        },
      ];
    });
    const comm = blocks === null ? null : textOf(blocks, "comm2");
    const pid = blocks === null ? null : numberOf(blocks, "pid2");
    const current = comm === null || pid === null ? null : { comm, pid, irq: null };
    const blocked = blocks === null ? null : taskOf(blocks);
    return {
      headline: textOf(parts.headline, "headline") ?? parts.headline.text,
      ...(parts.headline.groups["warning"] === undefined ? {} : warningOf(parts)),
      ...(current === null ? {} : { task: current }),
      ...(locks.length === 0 && blocks === null ? {} : { rtmutex: { current, blocked, locks } }),
    };
  },
};
