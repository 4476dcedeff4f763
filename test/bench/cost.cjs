// Preloaded by cost.mjs: tells it how much memory this process had at most, in KiB.
const { isMainThread } = require("node:worker_threads");
const { readFileSync, writeFileSync } = require("node:fs");

if (isMainThread)
  process.on("exit", () => {
    const peak = /^VmHWM:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "latin1"));
    writeFileSync(process.env.COST_REPORT, peak === null ? "0" : peak[1]);
  });
