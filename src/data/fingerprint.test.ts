import { expect, test } from "vitest";
import { clouds } from "../../test/training.ts";
import type { Dataset } from "./dataset.ts";
import { fingerprint } from "./fingerprint.ts";

const data = clouds(150);

/** The same data but for one number. */
function changed(source: Dataset, example: number): Dataset {
  return {
    ...source,
    async read(indices, batch, draw) {
      await source.read(indices, batch, draw);
      const at = indices.indexOf(example);
      if (at >= 0) (batch.x!.data as Float32Array)[at * 5]! += 1e-6;
    },
  };
}

test("is the same for the same data and 64 digits long", async () => {
  expect(await fingerprint(clouds(150))).toBe(await fingerprint(data));
  expect(await fingerprint(data)).toMatch(/^[0-9a-f]{64}$/);
  // A run's name is not what it learns from.
  expect(await fingerprint({ ...data, name: "other" })).toBe(await fingerprint(data));
});

const others: [string, Dataset][] = [
  ["one number", changed(data, 149)],
  ["the number of examples", clouds(151)],
  ["a label", { ...data, labels: data.labels.with(3, 2) }],
  ["a class name", { ...data, classNames: ["0", "1", "two"] }],
];
test.each(others)("differs where %s does", async (_, other) => {
  expect(await fingerprint(other)).not.toBe(await fingerprint(data));
});

test("of large data reads 2,048 examples, the same ones every time", async () => {
  const read: number[] = [];
  const base = clouds(10, [4]);
  const large: Dataset = {
    ...base,
    size: 6_000_000,
    labels: new Int32Array(),
    read: (indices, batch) => {
      read.push(...indices);
      return base.read(
        indices.map((i) => i % 10),
        batch,
      );
    },
  };
  const first = await fingerprint(large);
  expect([read.length, new Set(read).size, read.at(-1)! > 5_990_000]).toEqual([2048, 2048, true]);
  expect(await fingerprint(large)).toBe(first);
});
