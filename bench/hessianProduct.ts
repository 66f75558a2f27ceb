/**
 * The processor's seconds of a Hessian-vector product over those of a gradient, one thread, in turn in one process: of
 * the first product at a place, and of another there, for which what does not depend on the vector is kept.
 * Usage: node bench/hessianProduct.ts [rounds]
 */
import { buildModel } from "../src/model/zoo.ts";
import { openEngine } from "../src/runtime/open.ts";
import { random } from "../src/tensor/random.ts";
import { type Tensor, zeros } from "../src/tensor/tensor.ts";
import { gradientGraph } from "../src/training/graphs.ts";
import { productGraph, vectorName } from "../src/training/productGraph.ts";
import { splitGraph } from "../src/training/splitGraph.ts";

const rounds = Number(process.argv[2] ?? 40);
const cases = [
  ["mlp", [784], 10, 64],
  ["lenet", [1, 28, 28], 10, 64],
  ["resnet:20", [3, 32, 32], 10, 8],
  ["gpt2:nano", [64], 256, 8],
  ["gpt2:micro", [64], 256, 8],
] as const;

const engine = await openEngine();
for (const [name, shape, classes, batch] of cases) {
  const model = buildModel(name, { shape, classes }, random(1));
  const { normal, integer } = random(2);
  const drawn = (tensor: Tensor) => {
    for (let i = 0; i < tensor.data.length; i++)
      tensor.data[i] = (tensor.type === "int64" ? BigInt(integer(classes)) : 1 + 0.1 * normal()) as never;
    return tensor;
  };
  const known = new Map([...model.parameters, ...model.state].map(({ name, initial }) => [name, initial]));
  const parameters = model.parameters.map((parameter) => parameter.name);
  const bound = [];
  const product = productGraph(model, batch, { mode: "evaluation", parameters });
  const vectors = new Set(parameters.map(vectorName));
  const { before, after, carried } = splitGraph(
    product,
    product.inputs.filter((input) => vectors.has(input.name)),
  );
  for (const { name, type, shape } of carried) known.set(name, zeros(type, shape));
  const gradient = gradientGraph(model, batch, { accumulate: false, mode: "evaluation" });
  for (const graph of [before, gradient, product, after]) {
    const tensors: Record<string, Tensor> = {};
    for (const { name, type, shape } of graph.inputs) tensors[name] = known.get(name) ?? drawn(zeros(type, shape));
    for (const [name, { type, shape }] of graph.outputs) tensors[name] = known.get(name) ?? zeros(type, shape);
    bound.push((await engine.load(graph, { threads: 1 })).bind(tensors));
  }
  await bound.shift()!.run();
  const times: number[][] = [[], [], []];
  for (let round = -2; round < rounds; round++)
    for (const [i, run] of bound.entries()) {
      const before = process.cpuUsage();
      await run.run();
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times[i]!.push((user + system) / 1000);
    }
  const [own, first, again] = times.map((all) => all.sort((a, b) => a - b)[Math.floor(rounds / 2)]!);
  const ratio = (ms: number) => `${ms.toFixed(1)} ms, ratio ${(ms / own!).toFixed(2)}`;
  const keeps = carried.reduce((sum, { type, shape }) => sum + zeros(type, shape).data.byteLength, 0) / batch / 1024;
  console.log(
    `${name}, batch ${batch}: gradient ${own!.toFixed(1)} ms, first product ${ratio(first!)}, another ${ratio(again!)}, keeps ${keeps.toFixed(0)} KiB an example`,
  );
}
