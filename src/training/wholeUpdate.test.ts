import { expect, test } from "vitest";
import type { Model } from "../model/model.ts";
import { adagrad } from "../optimizer/adagrad.ts";
import { adamW } from "../optimizer/adam.ts";
import { withGroups } from "../optimizer/groups.ts";
import { lamb, lars } from "../optimizer/layerWise.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { random } from "../tensor/random.ts";
import { scalar, sizeOf, tensor, zeros } from "../tensor/tensor.ts";
import { viewOf } from "./flat.ts";
import { newStateName } from "./graphs.ts";
import { newTrainingState } from "./state.ts";
import { createUpdater } from "./update.ts";
import { wholeUpdateGraph } from "./wholeUpdate.ts";

const model: Model = {
  name: "small",
  inputs: [],
  parameters: [
    ["one.weight", [3, 7]],
    ["one.bias", [3]],
    ["two.weight", [2, 8]],
  ].map(([name, shape]) => ({ name: name as string, initial: zeros("float32", shape as number[]) })),
  state: [],
  forward: () => {
    throw new Error("not run");
  },
};
const rules = { decayWeightsOnly: true, parameterRates: { "one.weight": 0, "two.*": 0.5 } };

test.each([
  ["sgd", sgd({ momentum: 0.9 })],
  ["adagrad with a start", adagrad({ initialAccumulator: 0.3 })],
  ["adamw in groups, one of them frozen", withGroups(adamW({ weightDecay: 0.3 }), model.parameters, rules)],
  ["lars", lars({ trustCoefficient: 0.5 })],
  ["lamb, which clips", lamb()],
  ["lamb, whose bound is far", lamb({ largestNorm: 100 })],
  ["lamb in groups", withGroups(lamb({ largestNorm: 0.1 }), model.parameters, rules)],
])("one graph for all does what the updater does piece by piece: %s", async (_, optimizer) => {
  const state = newTrainingState(model, optimizer);
  const generator = random(8);
  for (const entry of state.layout.entries)
    for (const flat of [state.parameters, state.sums])
      (viewOf(flat, entry).data as Float32Array).set(
        Array.from({ length: sizeOf(entry.shape) }, () => generator.normal()),
      );
  const flat = (values: Float32Array) => tensor("float32", [values.length], values.slice());
  const names = ["parameter", ...optimizer.state];
  const arrays = { parameter: flat(state.parameters), ...mapped(state.moments, flat) };
  const session = await nativeEngine().load(wholeUpdateGraph(optimizer, state.layout));
  const outputs = mapped(arrays, (value) => zeros("float32", value.shape));
  const numbers = { weight: 4, clip: 0.9, learningRate: 0.1, step: 1 };
  const bound = session.bind({
    ...arrays,
    sum: flat(state.sums),
    ...mapped(numbers, (value) => scalar("float32", value)),
    ...Object.fromEntries(names.map((name) => [newStateName(name), outputs[name]!])),
  });
  await bound.run();
  session.release();

  const updater = await createUpdater(nativeEngine(), optimizer, state);
  const norm = await updater.gradientNorm(4);
  await updater.step({ weight: 4, learningRate: 0.1, step: 1, clipNorm: 0.9 * norm }, norm);
  updater.release();
  const expected: Record<string, Float32Array> = { parameter: state.parameters, ...state.moments };
  for (const name of names)
    Array.from(outputs[name]!.data as Float32Array).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[name]![i]!, 5);
    });
  expect(state.parameters).not.toEqual(arrays.parameter.data);
});

function mapped<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
