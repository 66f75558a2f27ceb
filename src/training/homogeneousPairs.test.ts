import { expect, test } from "vitest";
import { clouds } from "../../test/training.ts";
import { rescaledTwin } from "../curvature/rescaledTwin.ts";
import { batchNormalization, linear, relu, sequential } from "../model/layers.ts";
import { lenet } from "../model/lenet.ts";
import { nativeEngine } from "../runtime/native.ts";
import { openReference } from "../runtime/reference.ts";
import { random } from "../tensor/random.ts";
import { homogeneousPairs } from "./homogeneousPairs.ts";

const input = { name: "x", type: "float32", shape: [5] } as const;
const first = linear("first", 5, 4, random(1));
const second = linear("second", 4, 3, random(2));

test("layers with rectified units between them are a pair, with normalisation between them none", () => {
  expect(homogeneousPairs(sequential("plain", input, [first, relu, second]))).toEqual([
    { grown: ["first.weight", "first.bias"], shrunk: ["second.weight"] },
  ]);
  expect(homogeneousPairs(sequential("norm", input, [first, batchNormalization("n", 4), relu, second]))).toEqual([]);
});

test("every pair of LeNet leaves its loss as it is", async () => {
  const { openObjective } = await import("../analysis/curvature/objective.ts");
  const data = clouds(8, [1, 28, 28], 10);
  const model = lenet({ shape: [1, 28, 28], classes: 10, targets: [] } as never, random(3));
  const pairs = homogeneousPairs(model);
  expect(pairs.map(({ shrunk }) => shrunk[0])).toHaveLength(4);
  const engine = openReference(nativeEngine());
  const objective = await openObjective(engine, { model, data, threads: 1, memoryBudget: 2 ** 28 });
  const twin = rescaledTwin(objective.start, objective.slices, pairs, 3);
  expect(await objective.lossAt(twin)).toBeCloseTo(await objective.lossAt(objective.start), 10);
  objective.release();
});
