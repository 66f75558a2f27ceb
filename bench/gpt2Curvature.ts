/**
 * The largest eigenvalue of the Hessian of GPT-2 small, with its initial weights, on 2 × 128 tokens: seconds, the
 * processor's seconds, and the peak of memory.
 * Usage: node bench/gpt2Curvature.ts [threads] [residual as a share of the eigenvalue]
 */
import { largestEigenvalue, openObjective, tensorDataset } from "../src/index.ts";
import { buildModel } from "../src/model/zoo.ts";
import { openEngine } from "../src/runtime/open.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers } from "../src/tensor/tensor.ts";

const [threads, tolerance] = [Number(process.argv[2] ?? 2), Number(process.argv[3] ?? 0.05)];
const [BATCH, TOKENS, VOCABULARY] = [2, 128, 50_257];

const engine = await openEngine();
const model = buildModel("gpt2:small", { shape: [TOKENS], classes: VOCABULARY }, random(1));
const { integer } = random(2);
const tokens = () =>
  fromNumbers(
    "int64",
    [BATCH, TOKENS],
    Array.from({ length: BATCH * TOKENS }, () => integer(VOCABULARY)),
  );
const data = tensorDataset("tokens", { inputs: { x: tokens() }, target: tokens(), classes: VOCABULARY });
const [from, processor] = [performance.now(), process.cpuUsage()];
const objective = await openObjective(engine, { model, data, threads, memoryBudget: 6 * 2 ** 30, batchSize: BATCH });
const say = (what: string) => {
  const { user, system } = process.cpuUsage(processor);
  const [seconds, peak] = [(performance.now() - from) / 1000, process.resourceUsage().maxRSS / 2 ** 20];
  console.log(
    `${what}: ${seconds.toFixed(0)} s, processor ${((user + system) / 1e6).toFixed(0)} s, peak ${peak.toFixed(2)} GiB`,
  );
};
say(`opened, ${objective.size} parameters`);
const progress = (products: number) => say(`product ${products}`);
const { value, residual, products } = await largestEigenvalue(
  { size: objective.size, addProduct: objective.addProduct! },
  { tolerance, progress },
);
say(`largest eigenvalue ${value.toPrecision(4)} ± ${residual.toPrecision(2)}, ${products} products`);
objective.release();
