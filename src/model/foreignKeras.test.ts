import { describe, expect, test } from "vitest";
import { evaluateOn } from "../../test/evaluate.ts";
import {
  asPytorch,
  kerasConvolutional,
  kerasLoop,
  kerasNames,
  kerasRecurrent,
  pytorchConvolutional,
  pytorchRecurrent,
  recurrent,
} from "../../test/kerasFile.ts";
import { openEngine } from "../runtime/open.ts";
import { openReference } from "../runtime/reference.ts";
import { random } from "../tensor/random.ts";
import { fromNumbers, type Tensor, toNumbers } from "../tensor/tensor.ts";
import { gradientGraph } from "../training/graphs.ts";
import { foreignModel } from "./foreign.ts";
import { createLoss, type Loss } from "./loss.ts";

const evaluate = evaluateOn(openReference(await openEngine()));

const BATCH = 4;
const labels = (classes: number) =>
  fromNumbers(
    "int64",
    [BATCH],
    Array.from({ length: BATCH }, (_, i) => i % classes),
  );

/** Loss and gradients of the file's model on these examples. */
async function trained(file: Uint8Array, x: Tensor, y: Tensor, loss: Loss = createLoss("cross_entropy")) {
  const model = foreignModel(file, "file");
  const fed = [...model.parameters, ...model.state].map(({ name, initial }) => [name, initial]);
  const graph = gradientGraph(model, BATCH, { accumulate: false, loss });
  const [result] = await evaluate(graph, [{ [model.inputs[0]!.name]: x, y, ...Object.fromEntries(fed) }]);
  return Object.fromEntries(Object.entries(result!).map(([name, value]) => [name, toNumbers(value)]));
}

function expectEqual(found: readonly number[] | undefined, expected: readonly number[] | undefined, about: string) {
  const largest = Math.max(...expected!.map(Math.abs));
  expect(found, about).toHaveLength(expected!.length);
  expect(largest, about).toBeGreaterThan(1e-4);
  for (const [i, x] of found!.entries()) expect(Math.abs(x - expected![i]!), about).toBeLessThan(1e-12 * largest);
}

/** Images by Keras, [N, height, width, channel], and by PyTorch, [N, channel, height, width]. */
function images(): { last: Tensor; first: Tensor } {
  const { normal } = random(5);
  const numbers = Array.from({ length: BATCH * 200 }, normal);
  const moved = numbers.map((_, flat) => {
    const [n, channel, place] = [Math.floor(flat / 200), Math.floor(flat / 100) % 2, flat % 100];
    return numbers[n * 200 + place * 2 + channel]!;
  });
  return {
    last: fromNumbers("float32", [BATCH, 10, 10, 2], numbers),
    first: fromNumbers("float32", [BATCH, 2, 10, 10], moved),
  };
}

function series(): Tensor {
  const { normal } = random(6);
  return fromNumbers("float32", [BATCH, 5, 3], Array.from({ length: BATCH * 15 }, normal));
}

describe("a model as Keras exports it has the loss and the gradients of the same model as PyTorch exports it", () => {
  test("convolutions with channels last", async () => {
    const { first, last } = images();
    const keras = await trained(kerasConvolutional(), last, labels(3));
    const pytorch = await trained(pytorchConvolutional(), first, labels(3));
    expectEqual(keras["total:loss"], pytorch["total:loss"], "loss");
    for (const [name, kerasName] of Object.entries(kerasNames)) {
      const gradient = keras[`gradient:${kerasName}`]!;
      expectEqual(name === "fc.weight" ? asPytorch(gradient) : gradient, pytorch[`gradient:${name}`], name);
    }
  });

  test("a recurrent layer", async () => {
    const x = series();
    const [keras, pytorch] = [
      await trained(kerasRecurrent(), x, labels(2)),
      await trained(pytorchRecurrent(), x, labels(2)),
    ];
    for (const name of ["total:loss", ...Object.keys(recurrent).map((weight) => `gradient:${weight}`)])
      expectEqual(keras[name], pytorch[name], name);
  });
});

test("names, shapes and what trains are those of the file", () => {
  const model = foreignModel(kerasConvolutional(), "keras");
  expect(model.inputs).toEqual([{ name: "conv2d_input", type: "float32", shape: [10, 10, 2] }]);
  expect(model.parameters.map(({ name }) => name).toSorted()).toEqual(Object.values(kerasNames).toSorted());
  // Keras exports for inference, where the statistics stay as they are.
  expect(model.state).toEqual([]);
});

test("probabilities are what other losses read", async () => {
  const x = series();
  const y = fromNumbers("float32", [BATCH, 2], Array(2 * BATCH).fill(0));
  const { "total:loss": sum } = await trained(kerasRecurrent(), x, y, createLoss("mse"));
  const probabilities = await trained(kerasRecurrent(), x, y, createLoss("l1"));
  // Of two probabilities the sum is 1, and the mean of their squares at least a quarter.
  expect(probabilities["total:loss"]![0]).toBeCloseTo(probabilities["total:weight"]![0]! / 2, 12);
  expect(sum![0]).toBeGreaterThan(probabilities["total:weight"]![0]! / 4);
});

test("a loop is refused by its name", () => {
  expect(() => foreignModel(kerasLoop(), "loop")).toThrow(
    /^onnx: expected dense tensors and supported operators, got Loop \(StatefulPartitionedCall\/sequential\/lstm\/while_loop\); replace them in the model$/,
  );
});
