/**
 * One full training step (forward, backward, SGD with momentum 0.9) against PyTorch eager, on one machine in one run:
 * blocks of our steps and of theirs alternate, so that both meet the same disturbances. Before anything is timed,
 * losses, gradients and the weights after two steps are checked equal. Each step has another batch: ours is read from
 * the data set, as in training, and the time that takes is also given apart, since PyTorch's tensors are ready.
 *
 *   node bench/pytorch.ts [--threads 1] [--blocks 40] [--model lenet --model resnet:20] [--python /usr/bin/python3]
 */
import { parseArgs } from "node:util";
import { openEngine } from "../src/runtime/open.ts";
import { compare } from "./compare.ts";
import type { Subject } from "./step.ts";
import { openTorch } from "./torch.ts";

/**
 * The deep models differ more: where a rounding error flips a rectified unit, PyTorch's float32 is as far from its own
 * float64.
 */
const SUBJECTS: readonly Subject[] = [
  { model: "lenet", shape: [1, 28, 28], batch: 4, count: 60, tolerance: 1e-5 },
  { model: "lenet", shape: [1, 28, 28], batch: 32, count: 15, tolerance: 1e-5 },
  { model: "mlp", shape: [1, 28, 28], batch: 4, count: 150, tolerance: 1e-5 },
  { model: "mlp", shape: [1, 28, 28], batch: 64, count: 50, tolerance: 1e-5 },
  { model: "resnet:20", shape: [3, 32, 32], batch: 32, count: 2, tolerance: 1e-2 },
  { model: "mobilenet:1", shape: [3, 32, 32], batch: 32, count: 1, tolerance: 1e-2 },
];

async function main() {
  const { values } = parseArgs({
    options: {
      threads: { type: "string", default: "1" },
      blocks: { type: "string", default: "40" },
      model: { type: "string", multiple: true },
      python: { type: "string", default: "/usr/bin/python3" },
    },
  });
  const [threads, blocks] = [Number(values.threads), Number(values.blocks)];
  const rival = await openTorch(values.python, threads);
  try {
    const subjects = SUBJECTS.filter(({ model }) => values.model?.includes(model) ?? true);
    await compare({ engine: await openEngine(), rival, threads, blocks }, subjects);
  } finally {
    await rival.close();
  }
}

await main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
