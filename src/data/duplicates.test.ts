import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { fromNumbers } from "../tensor/tensor.ts";
import { duplicatesAcross, hash } from "./duplicates.ts";
import { tensorRows } from "./files/rows.ts";

test.each([1, 2, 3, 4])("finds what comparing every pair finds, seed %d", (seed) => {
  const { integer } = random(seed);
  // Few values and short rows: many rows are equal.
  const draw = (length: number, below: number) => Array.from({ length }, () => integer(below));
  const [a, b] = [draw(200, 3), draw(100, 4)];
  const arrays = [tensorRows(fromNumbers("float64", [100, 2], a)), tensorRows(fromNumbers("int64", [100], b))];
  const order = random(seed + 9).permutation(100);
  const [train, validation] = [order.subarray(0, 60), order.subarray(60)];
  const row = (i: number) => [a[2 * i], a[2 * i + 1], b[i]].join();
  const pairs = [...train].flatMap((i) => [...validation].filter((j) => row(i) === row(j)).map((j) => [i, j] as const));
  const expected = [...new Set(pairs.map(([, j]) => j))].sort((x, y) => x - y);
  const found = duplicatesAcross({ arrays, indices: train }, { arrays, indices: validation });
  expect(found.map((pair) => pair.validation)).toEqual(expected);
  expect(expected.length).toBeGreaterThan(5);
  for (const pair of found) expect(row(pair.train)).toBe(row(pair.validation));
});

test("looks at the first elements only where the last one is the target", () => {
  const rows = tensorRows(fromNumbers("float64", [3, 2], [1, 0, 1, 1, 2, 0]));
  const part = (...indices: number[]) => ({ arrays: [rows], indices: Uint32Array.from(indices) });
  expect(duplicatesAcross(part(0), part(1, 2))).toEqual([]);
  expect(duplicatesAcross(part(0), part(1, 2), (elements) => elements.length - 1)).toEqual([
    { train: 0, validation: 1 },
  ]);
});

test("hashes of 100,000 different rows differ", () => {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  const hashes = new Set<number>();
  for (let i = 0; i < 100_000; i++) {
    view.setFloat64(0, i / 7);
    hashes.add(hash([bytes]));
  }
  expect(hashes.size).toBe(100_000);
  expect([...hashes].every(Number.isSafeInteger)).toBe(true);
});
