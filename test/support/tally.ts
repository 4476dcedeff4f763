import { writeSync } from "node:fs";
import type { Reporter } from "vitest/node";

type TestRunEnd = Parameters<NonNullable<Reporter["onTestRunEnd"]>>;

/**
 * Ends the output of a run with one line for machines, `N passed, N failed[, N skipped]`.
 *
 * It is written as the process exits: the other reporters, a coverage table and Vitest's own complaints all
 * come before that, whatever their order.
 */
export class Tally implements Reporter {
  #line = "0 passed, 1 failed"; // what is true if the run never comes to its end

  onInit(): void {
    process.once("exit", () => {
      writeSync(1, `${this.#line}\n`);
    });
  }

  onTestRunEnd(modules: TestRunEnd[0], unhandled: TestRunEnd[1]): void {
    let passed = 0;
    let skipped = 0;
    // An error outside every test fails the run as much as a test does.
    let failed = unhandled.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const suite of module.children.allSuites()) failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed++;
        else if (state === "failed") failed++;
        else skipped++;
      }
    }
    this.#line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
  }
}
