import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nativeEngine } from "../src/runtime/native.ts";
import { coverPairs, levelsIn } from "../test/optionPairs.ts";
import { faultsOf } from "../test/optionPairsRun.ts";

/** Every two options of `train` together: see docs/testing.md. */

const { values } = parseArgs({
  options: { values: { type: "string", default: "1" }, seed: { type: "string", default: "1" } },
});
const folder = mkdtempSync(join(tmpdir(), "pairs-"));
try {
  const levels = levelsIn(folder, Number(values.values));
  const { rows, covered, refused } = await coverPairs(levels, Number(values.seed));
  console.log(
    `${levels.levels.length} values of options; ${covered} pairs in ${rows.length} trainings, ${refused.length} refused`,
  );
  const engine = nativeEngine();
  let failed = 0;
  for (const row of rows) {
    const faults = await faultsOf(engine, row).catch((error: Error) => [error.message]);
    if (faults.length === 0) continue;
    failed++;
    console.log(`${JSON.stringify(row.given)}\n  ${faults.join("\n  ")}`);
  }
  console.log(`${rows.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
