/**
 * One full training step against TensorFlow.js and jax-js on their WebAssembly backends in Node, as pytorch.ts measures
 * it: the same weights and batches, checked to give the same losses, gradients and weights first; one thread on every
 * side.
 *
 *   npm ci --prefix bench/javascript
 *   node bench/javascript.ts [--blocks 20] [--library tensorflow --library jax] [--model lenet]
 */
import { parseArgs } from "node:util";
import { openEngine } from "../src/runtime/open.ts";
import { compare } from "./compare.ts";
import { openRival } from "./rival.ts";
import type { Subject } from "./step.ts";

const shape = [1, 28, 28] as const;
const SUBJECTS: readonly Subject[] = [
  { model: "lenet", shape, batch: 4, count: 60, theirs: 8, tolerance: 1e-5 },
  { model: "lenet", shape, batch: 32, count: 15, theirs: 3, tolerance: 1e-5 },
  { model: "mlp", shape, batch: 4, count: 150, theirs: 40, tolerance: 1e-5 },
  { model: "mlp", shape, batch: 64, count: 50, theirs: 10, tolerance: 1e-5 },
];

async function main() {
  const { values } = parseArgs({
    options: {
      blocks: { type: "string", default: "20" },
      library: { type: "string", multiple: true, default: ["tensorflow", "jax"] },
      model: { type: "string", multiple: true },
    },
  });
  const engine = await openEngine();
  const subjects = SUBJECTS.filter(({ model }) => values.model?.includes(model) ?? true);
  for (const library of values.library) {
    const rival = await openRival({
      command: process.execPath,
      parameters: [new URL(`javascript/${library}.ts`, import.meta.url).pathname],
      environment: {},
      install: "npm ci --prefix bench/javascript",
    });
    try {
      await compare({ engine, rival, threads: 1, blocks: Number(values.blocks) }, subjects);
    } finally {
      await rival.close();
    }
  }
}

await main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
