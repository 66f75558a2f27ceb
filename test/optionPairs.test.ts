import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { nativeEngine } from "../src/runtime/native.ts";
import { coverPairs, levelsIn, unsampled } from "./optionPairs.ts";
import { faultsOf } from "./optionPairsRun.ts";

const folder = mkdtempSync(join(tmpdir(), "pairs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("every option that acts on a training has a value to try, or is left out on purpose", () => {
  expect(unsampled()).toEqual([]);
});

/** Of how a step is computed. Schedules, lengths and readers of data: `npm run test:pairs`. */
const headings: ReadonlySet<string> = new Set(["Options:", "Batch options:", "Loss options:"]);

test("every two options of a step go together or are refused, and keep what they promise", async () => {
  const levels = levelsIn(folder, 1, ({ heading }) => headings.has(heading));
  const { rows, covered } = await coverPairs(levels, 1);
  expect(covered).toBeGreaterThan(300);
  const engine = nativeEngine();
  for (const row of rows) expect(await faultsOf(engine, row), JSON.stringify(row.given)).toEqual([]);
});
