/** Trains a run, analyzes it, asks it, and writes its report: what the commands do, from code. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { analyzeRun, datasetFromArrays, evaluate, predict, random, trainToRun, writeReport } from "batchscope";

const { uniform } = random(1);
const points = (count: number) => Array.from({ length: count }, () => [2 * uniform() - 1, 2 * uniform() - 1]);
const signs = (rows: readonly number[][]) => rows.map(([x = 0, y = 0]) => (x * y > 0 ? "same" : "other"));

// `batchscope runs --dir …` lists what is written here.
const dir = mkdtempSync(join(tmpdir(), "batchscope-"));
const rows = points(400);
const data = datasetFromArrays(rows, signs(rows), { name: "signs" });
const { path, status } = await trainToRun({ model: "mlp", data, batchSize: 8, epochs: 6, checkpointEvery: 3, dir });
console.log(`${status}: ${path}`);

const { checkpoints } = await analyzeRun(path, { rows: 16 });
console.log(`noise scale at least ${checkpoints.at(-1)!.statistics.noiseScale.lower.toFixed(1)} examples`);

const held = points(100);
const found = await evaluate(path, { data: datasetFromArrays(held, signs(held)), dir });
console.log(`accuracy ${(100 * found.accuracy!.value).toFixed(1)} % of ${found.examples} new examples`);
const said = await predict(path, {
  data: [
    [0.5, 0.5],
    [0.5, -0.5],
  ],
  dir,
});
console.log(`predicted ${[...said.values].map((label) => said.classNames[label]).join(", ")}`);
console.log(`report: ${await writeReport(path, { language: "zh", out: join(dir, "report-zh.html") })}`);
