import type { Reporter, TestModule } from "vitest/node";

/**
 * `N passed, N failed, N skipped`. What fails outside of a test (loading a file, a hook, a loose promise) counts as
 * one.
 */
export function closingLine(modules: readonly TestModule[], unhandledErrors: number): string {
  const count = { passed: 0, failed: unhandledErrors, skipped: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      // A test that never got its result (a crashed worker, an interrupted run) has not passed.
      count[state === "pending" ? "failed" : state]++;
    }
    for (const suite of [module, ...module.children.allSuites()]) count.failed += suite.errors().length;
  }
  return `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`;
}

/** Closes a test run with that line, alone, for whoever reads the log. */
export const closingReporter: Reporter = {
  onTestRunEnd(modules, unhandledErrors) {
    console.log(closingLine(modules, unhandledErrors.length));
  },
};
