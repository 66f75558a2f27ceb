/** Compares two learning rates over seeds, then sweeps a third option: what `compare` and `sweep` do, from code. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compare, datasetFromArrays, random, sweep } from "batchscope";

const { uniform } = random(1);
const rows = Array.from({ length: 60 }, () => [2 * uniform() - 1, 2 * uniform() - 1]);
const data = datasetFromArrays(
  rows,
  rows.map(([x = 0]) => (x > 0 ? "right" : "left")),
  { name: "sides" },
);
const shared = { model: "linear", data, batchSize: 4, epochs: 1, dir: mkdtempSync(join(tmpdir(), "batchscope-")) };

const arms = { slow: { learningRate: 1e-5 }, fast: { learningRate: 0.1 } };
const { comparisons, path } = await compare({ ...shared, arms, seeds: 2 }, { jobs: 2 });
for (const { arm, baseline, difference, paired } of comparisons)
  console.log(`${arm} − ${baseline}: ${difference?.toFixed(3)} (${paired ? "paired" : "unpaired"})`);
console.log(`kept in ${path}`);

const { best, trials } = await sweep({ ...shared, grid: { learningRate: [1e-5, 0.1] }, seeds: 1 }, { jobs: 2 });
console.log(`best of ${trials.length} trainings: ${best?.name}`);
