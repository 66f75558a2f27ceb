import { expect, test } from "vitest";
import { clouds, readArrays } from "../../test/training.ts";
import { type Dataset, select } from "../data/dataset.ts";
import { duplicateThreshold, readInputs, sketchRows } from "./inputs.ts";

/** The same data with some examples in the place of others. */
function copied(data: Dataset, copies: Readonly<Record<number, number>>): Dataset {
  return {
    ...data,
    read: (indices, batch) =>
      data.read(
        indices.map((i) => copies[i] ?? i),
        batch,
      ),
  };
}

test("inputs of all parts are read in order, less their mean, with copies across parts", async () => {
  const data = copied(clouds(300, [4]), { 290: 7, 12: 7 });
  const [train, validation] = [
    select(
      data,
      Uint32Array.from({ length: 260 }, (_, i) => i),
    ),
    select(data, Uint32Array.of(290, 280)),
  ];
  const { values, width, copyOf } = await readInputs([train, validation]);
  const { x } = readArrays(data, [...Array.from({ length: 260 }, (_, i) => i), 290, 280]);
  const mean = [0, 1, 2, 3].map((d) => x.filter((_, at) => at % 4 === d).reduce((sum, one) => sum + one, 0) / 262);
  expect(width).toBe(4);
  values.forEach((value, at) => {
    expect(value).toBeCloseTo(x[at]! - mean[at % 4]!, 5);
  });
  expect(copyOf.length).toBe(262);
  for (const [i, first] of copyOf.entries()) expect(first).toBe(i === 12 || i === 260 ? 7 : i);
});

test("one bit of difference is no copy", async () => {
  const data = clouds(4, [3]);
  const nearly: Dataset = {
    ...data,
    read(indices, batch) {
      data.read(
        indices.map(() => 0),
        batch,
      );
      indices.forEach((index, i) => {
        if (index === 2) (batch.x!.data as Float32Array)[i * 3]! += 1e-6;
      });
    },
  };
  expect([...(await readInputs([nearly])).copyOf]).toEqual([0, 0, 2, 0]);
});

test("sketches keep cosines, and only long examples are sketched", async () => {
  const data = clouds(60, [50, 60], 3);
  const { values, width } = await readInputs([data]);
  expect(width).toBe(1024);
  const { x } = readArrays(
    data,
    Array.from({ length: 60 }, (_, i) => i),
  );
  const mean = new Float64Array(3000);
  x.forEach((one, at) => {
    mean[at % 3000]! += one / 60;
  });
  const centred = x.map((one, at) => one - mean[at % 3000]!);
  const cosine = (all: Float32Array, length: number, i: number, j: number) => {
    const [a, b] = [i, j].map((one) => all.subarray(one * length, (one + 1) * length));
    const dot = (u: Float32Array, v: Float32Array) => u.reduce((sum, one, d) => sum + one * v[d]!, 0);
    return dot(a!, b!) / Math.sqrt(dot(a!, a!) * dot(b!, b!));
  };
  // Errors of a sketch of 1,024 sums have a standard deviation of at most √(2/1024) = 0.044.
  let square = 0;
  for (let i = 0; i < 10; i++)
    for (let j = i + 1; j < 10; j++) square += (cosine(values, width, i, j) - cosine(centred, 3000, i, j)) ** 2 / 45;
  expect(Math.sqrt(square)).toBeLessThan(0.044);
  expect(sketchRows({ values, width }, 1024).values).toBe(values);
  expect(duplicateThreshold({ values, width, copyOf: new Uint32Array(0) })).toBe(0.99);
  expect(duplicateThreshold({ values, width: 4, copyOf: new Uint32Array(0) })).toBeNull();
});
