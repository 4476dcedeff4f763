import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { Tally } from "./test/support/tally.ts";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as {
  version: string;
};

export default defineConfig({
  // As scripts/build.mjs does.
  define: { __VERSION__: JSON.stringify(version) },
  test: {
    environment: "node",
    include: ["test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    // for what hangs: no machine is so slow, and none is asked how fast it is
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: ["default", new Tally()],
    coverage: {
      provider: "v8",
      include: ["src/**", "grammar/**"],
      reporter: ["text", "html"],
      reportOnFailure: true,
    },
  },
});
