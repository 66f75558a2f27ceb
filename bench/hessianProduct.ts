/**
 * The processor's seconds of a Hessian-vector product over those of a gradient, one thread, in turn in one process.
 * Usage: node bench/hessianProduct.ts [rounds]
 */
import { buildModel } from "../src/model/zoo.ts";
import { openEngine } from "../src/runtime/open.ts";
import { random } from "../src/tensor/random.ts";
import { type Tensor, zeros } from "../src/tensor/tensor.ts";
import { gradientGraph } from "../src/training/graphs.ts";
import { productGraph } from "../src/training/productGraph.ts";

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
  for (const graph of [
    gradientGraph(model, batch, { accumulate: false, mode: "evaluation" }),
    productGraph(model, batch, { mode: "evaluation", parameters }),
  ]) {
    const tensors: Record<string, Tensor> = {};
    for (const { name, type, shape } of graph.inputs) tensors[name] = known.get(name) ?? drawn(zeros(type, shape));
    for (const [name, { type, shape }] of graph.outputs) tensors[name] = zeros(type, shape);
    bound.push((await engine.load(graph, { threads: 1 })).bind(tensors));
  }
  const times: [number[], number[]] = [[], []];
  for (let round = -2; round < rounds; round++)
    for (const [i, run] of bound.entries()) {
      const before = process.cpuUsage();
      await run.run();
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times[i]!.push((user + system) / 1000);
    }
  const at = (share: number) => times.map((all) => all.sort((a, b) => a - b)[Math.floor(share * rounds)]!);
  const ratios = [0.1, 0.5].map((share) => (at(share)[1]! / at(share)[0]!).toFixed(2));
  const [gradient, product] = at(0.5).map((ms) => ms.toFixed(1));
  console.log(`${name}, batch ${batch}: gradient ${gradient} ms, product ${product} ms, ratio ${ratios.join(" and ")}`);
}
