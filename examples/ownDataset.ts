/** Trains on data of one's own: two spirals, made as they are read. */
import { adam, type Dataset, openEngine, openModel, random, train } from "batchscope";

function spirals(name: string, size: number, seed: number): Dataset {
  const { uniform, normal } = random(seed);
  const labels = Int32Array.from({ length: size }, (_, i) => i % 2);
  const points = Float32Array.from({ length: 2 * size });
  for (let i = 0; i < size; i++) {
    const angle = 0.5 + 5 * uniform();
    const turned = angle + Math.PI * labels[i]!;
    points[2 * i] = 0.3 * angle * Math.cos(turned) + 0.03 * normal();
    points[2 * i + 1] = 0.3 * angle * Math.sin(turned) + 0.03 * normal();
  }
  return {
    name,
    size,
    classes: 2,
    classNames: ["inner", "outer"],
    inputs: [{ name: "x", type: "float32", shape: [2] }],
    target: { name: "y", type: "int64", shape: [] },
    labels,
    read(indices, { x, y }) {
      const [inputs, targets] = [x!.data as Float32Array, y!.data as BigInt64Array];
      indices.forEach((example, i) => {
        inputs.set(points.subarray(2 * example, 2 * example + 2), 2 * i);
        targets[i] = BigInt(labels[example]!);
      });
    },
  };
}

const data = { train: spirals("spirals", 800, 1), validation: spirals("spirals", 200, 2) };
const model = await openModel("mlp", data.train, 0);
const rest = { epochs: 20, checkpointEvery: 20, seed: 0, threads: 1, logEvery: 100 };
const options = { ...data, model, optimizer: adam(), learningRate: 0.01, window: [32], ...rest };
for await (const event of train(await openEngine(), options))
  if (event.kind === "epoch" && event.epoch % 5 === 0)
    console.log(`epoch ${event.epoch}: ${(100 * event.validationAccuracy!).toFixed(1)} % of the validation examples`);
