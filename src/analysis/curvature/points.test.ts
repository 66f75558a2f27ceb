import { afterAll, expect, test } from "vitest";
import { clouds } from "../../../test/training.ts";
import { pointAt } from "../../curvature/losses.ts";
import { batchNormalization, linear, relu, sequential } from "../../model/layers.ts";
import type { Engine } from "../../runtime/engine.ts";
import { nativeEngine } from "../../runtime/native.ts";
import { openReference } from "../../runtime/reference.ts";
import { random } from "../../tensor/random.ts";
import { openObjective } from "./objective.ts";

const native = nativeEngine();
const reference = openReference(native);
const common = { threads: 1, memoryBudget: 2 ** 28 };
const opened: { release(): void }[] = [];
afterAll(() => {
  for (const one of opened) one.release();
});

const data = clouds(21);
const network = (normalized: boolean) =>
  sequential("small", { name: "x", type: "float32", shape: [5] }, [
    linear("first", 5, 4, random(1)),
    ...(normalized ? [batchNormalization("norm", 4)] : []),
    relu,
    linear("second", 4, 3, random(2)),
  ]);
async function open(engine: Engine, normalized: boolean, batchSize = 6) {
  const objective = await openObjective(engine, { model: network(normalized), data, ...common, batchSize });
  opened.push(objective);
  return objective;
}
const drawn = (length: number, seed: number) => {
  const { normal } = random(seed);
  return Float64Array.from({ length }, () => 0.3 * normal());
};

test.each([
  ["float64", reference, 12],
  ["float32", native, 5],
] as const)("losses of many points at once are those of the points alone, in %s", async (_, engine, digits) => {
  const objective = await open(engine, false);
  const directions = [drawn(objective.size, 3), drawn(objective.size, 4)];
  // More than fit into one graph, and not a multiple of those.
  const coordinates = Array.from({ length: 11 }, (_, i) => [i / 5 - 1, (i * i) / 40]);
  for (const origin of [objective.start, drawn(objective.size, 5)]) {
    const losses = await objective.lossesAlong(origin, directions, coordinates);
    expect(losses).toHaveLength(11);
    for (const [i, loss] of losses.entries())
      expect(loss).toBeCloseTo(await objective.lossAt(pointAt(origin, directions, coordinates[i]!)), digits);
  }
  const line = await objective.lossesAlong(objective.start, [directions[1]!], [[0.5]]);
  expect(line[0]).toBeCloseTo(await objective.lossAt(pointAt(objective.start, [directions[1]!], [0.5])), digits);
  expect((await objective.lossesAlong(objective.start, [], [[]]))[0]).toBeCloseTo(
    await objective.lossAt(objective.start),
    digits,
  );
});

test("batch normalisation takes its statistics at each point, so that the scale before it moves nothing", async () => {
  const objective = await open(reference, true, 21);
  // The first layer's own weights: along them the function of a network that normalises anew is the same.
  const scaled = objective.start.map((x, i) => (i < 24 ? x : 0));
  const [once, thrice] = await objective.lossesByBatchStatistics!(objective.start, [scaled], [[0], [2]]);
  expect(Math.abs(thrice! - once!)).toBeLessThan(1e-4);
  const byRunning = await objective.lossesAlong(objective.start, [scaled], [[0], [2]]);
  expect(Math.abs(byRunning[1]! - byRunning[0]!)).toBeGreaterThan(0.01);
  expect((await open(reference, false)).lossesByBatchStatistics).toBeNull();
});
