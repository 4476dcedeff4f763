import type { LineToken } from "../../grammar/tokenize.ts";
import type { KindBuilder } from "./kind.ts";
import { numberOf, taskOf, textOf } from "./parts.ts";

/** process_one_work() in kernel/workqueue.c: up to v6.9 with fewer numbers. */
export const leaked: KindBuilder = {
  requires: ["task", "leaked", "backtrace"],
  build(parts) {
    const { headline } = parts;
    const counts = parts.line("LeakedCounts");
    const by = counts ?? parts.line("LeakedBy");
    const worker = textOf(headline, "worker");
    const pid = numberOf(headline, "workerPid");
    const module = by === null ? null : textOf(by, "module");
    return {
      task: worker === null || pid === null ? taskOf(headline) : { comm: worker, pid, irq: null },
      leaked: {
        function: by === null ? null : textOf(by, "function"),
        ...(module === null ? {} : { module }),
        preempt: counts === null ? textOf(headline, "count") : textOf(counts, "preempt"),
        lock: counts === null ? null : beforeAndAfter(counts, "lock"),
        rcu: counts === null ? null : beforeAndAfter(counts, "rcu"),
      },
    };
  },
};

function beforeAndAfter(line: LineToken, name: string): { before: number; after: number } {
  return { before: numberOf(line, `${name}0`) ?? 0, after: numberOf(line, `${name}1`) ?? 0 };
}
