/**
 * What accumulating costs at the same effective batch: for each window two runs of the real loop take turns, block by
 * block, on one thread, one with one micro-batch of 32 examples, the other with the window. The ratio is of the
 * processor's seconds of neighbouring blocks, which read the same number of examples.
 *
 *   node bench/accumulation.ts
 */
import { nativeEngine } from "../src/runtime/native.ts";
import { table, withSpread } from "./measure.ts";
import { endlessOptions, start } from "./trainingBlocks.ts";

const BLOCKS = 40;
const WHOLE = 32;
const engine = nativeEngine();
/** Of each model the shape of an example, and the steps of a block. */
const tasks = { lenet: [[1, 28, 28], 16], mlp: [[1, 28, 28], 16], "resnet:20": [[3, 32, 32], 2] } as const;

type Task = readonly [shape: readonly [number, number, number], block: number];

async function row(model: string, [shape, block]: Task, steps: number): Promise<string[]> {
  const window = Array<number>(steps).fill(WHOLE / steps);
  const [whole, parts] = [[WHOLE], window].map((sizes) =>
    start(engine, endlessOptions(model, shape, { window: sizes, block })),
  ) as [ReturnType<typeof start>, ReturnType<typeof start>];
  // The first record comes after one step; the second block compiles what a cut window needs.
  for (const run of [whole, parts, whole, parts, whole, parts]) await run.block();
  const ratios: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    const seconds = await whole.block();
    ratios.push((await parts.block()) / seconds);
  }
  for (const run of [whole, parts]) await run.end();
  return [model, `${steps} × ${WHOLE / steps}`, withSpread(ratios)];
}

const rows = [["model", "window", "÷ one micro-batch of 32: median (p10–p90)"]];
for (const [model, task] of Object.entries(tasks))
  for (const steps of [2, 4, 8, 32]) rows.push(await row(model, task, steps));
console.log(table(rows));
