import { defineConfig } from "vitest/config";
import { closingReporter } from "./test/reporter.ts";

// Tests that use onnxruntime-node itself report to nobody either (src/runtime/telemetry.ts).
process.env.ORT_DISABLE_TELEMETRY ||= "1";

/**
 * One limit for every test, and no other: a busy machine is slow, not wrong, so that a limit can only tell what hangs.
 * At a load of 30 on two cores single tests took five minutes.
 */
const limits = { testTimeout: 1_800_000, hookTimeout: 1_800_000 };

/** For each so many trials of a storm, as it is asked for: what hangs is told by the work, not by the clock alone. */
const storms = Math.max(1, Number(process.env.BATCHSCOPE_STORM || 200) / 24);

export default defineConfig({
  test: {
    reporters: ["default", closingReporter],
    // By default one core is left to a person who goes on working.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
          include: ["{src,test,bench}/**/*.test.ts"],
          exclude: ["test/package.test.ts", "test/web/**", "test/faults/**", "test/storm/**", "test/slurm/**"],
          ...limits,
        },
      },
      // Kills, full disks, clocks that jump, streams that close: `npm run test:faults`.
      { test: { name: "faults", include: ["test/faults/*.test.ts"], ...limits } },
      // Needs a Redis: `npm run test:storm`.
      {
        test: {
          name: "storm",
          include: ["test/storm/*.test.ts"],
          ...{ ...limits, testTimeout: Math.ceil(limits.testTimeout * storms) },
        },
      },
      // Needs Slurm, and root for its daemons: `npm run test:slurm`.
      { test: { name: "slurm", include: ["test/slurm/*.test.ts"], ...limits } },
      // Needs Chromium: `npm run test:web`.
      { test: { name: "web", include: ["test/web/*.test.ts"], ...limits } },
      // Packs, installs and starts the package: about a minute. `npm run test:quick` leaves it out.
      { test: { name: "package", include: ["test/package.test.ts"], ...limits } },
    ],
  },
});
