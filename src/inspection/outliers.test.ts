import { expect, test } from "vitest";
import { clouds } from "../../test/training.ts";
import { random } from "../tensor/random.ts";
import { readInputs } from "./inputs.ts";
import { scoreOutliers } from "./outliers.ts";

const size = 2500;
const { normal } = random(4);

/** Features in a narrow cone, of any length; all but the given ones. */
function cone(turned: readonly number[]): Float32Array {
  const features = new Float32Array(size * 20);
  for (let i = 0; i < size; i++) {
    const length = Math.exp(normal());
    for (let d = 0; d < 20; d++)
      features[i * 20 + d] = length * ((turned.includes(i) && d > 9 ? -1 : 1) + 0.2 * normal());
  }
  return features;
}

test("strange directions and strange inputs stand out, however many parts are searched", async () => {
  const data = clouds(size, [30], 2);
  const [turned, far] = [
    [5, 2400],
    [77, 1999],
  ];
  const moved = {
    ...data,
    read(indices: Uint32Array, batch: Parameters<typeof data.read>[1]) {
      data.read(indices, batch);
      const x = batch.x!.data as Float32Array;
      indices.forEach((index, i) => {
        if (far.includes(index)) x.subarray(i * 30, (i + 1) * 30).fill(12);
      });
    },
  };
  const scores = { features: new Float64Array(size), inputs: new Float64Array(size) };
  const heldOut = Uint32Array.from({ length: size }, (_, i) => i);
  scoreOutliers(heldOut, cone(turned), await readInputs([moved]), scores, 0);
  const first = (z: Float64Array) => [...z.keys()].sort((a, b) => z[b]! - z[a]!).slice(0, 2);
  expect(first(scores.features).sort((a, b) => a - b)).toEqual(turned);
  expect(first(scores.inputs).sort((a, b) => a - b)).toEqual(far);
  for (const i of turned) expect(scores.features[i]).toBeGreaterThan(5);
  for (const i of far) expect(scores.inputs[i]).toBeGreaterThan(5);
});

test("two examples have no neighbours to tell by", async () => {
  const data = clouds(2);
  const scores = { features: new Float64Array(2), inputs: new Float64Array(2) };
  scoreOutliers(Uint32Array.of(0, 1), new Float32Array(8), await readInputs([data]), scores, 0);
  expect([...scores.features, ...scores.inputs]).toEqual([0, 0, 0, 0]);
});
