import { defineConfig } from "vitest/config";
import { closingReporter } from "./test/reporter.ts";

// Tests that use onnxruntime-node itself report to nobody either (src/runtime/telemetry.ts).
process.env.ORT_DISABLE_TELEMETRY ||= "1";

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
          exclude: ["test/package.test.ts", "test/web/**", "test/faults/**"],
          // A busy machine is slow, not wrong.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      // Kills, full disks, clocks that jump, streams that close: `npm run test:faults`.
      { test: { name: "faults", include: ["test/faults/*.test.ts"], testTimeout: 300_000, hookTimeout: 300_000 } },
      // Needs Chromium: `npm run test:web`.
      { test: { name: "web", include: ["test/web/*.test.ts"], testTimeout: 120_000, hookTimeout: 180_000 } },
      // Packs, installs and starts the package: about a minute. `npm run test:quick` leaves it out.
      { test: { name: "package", include: ["test/package.test.ts"], testTimeout: 300_000, hookTimeout: 300_000 } },
    ],
  },
});
