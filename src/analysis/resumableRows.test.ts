import { expect, test } from "vitest";
import { partsInMemory } from "../../test/partsInMemory.ts";
import { type ResumableArray, resumableRows } from "./resumableRows.ts";

/** Three arrays: one of whole rows of 5 numbers, one that is always whole, one that is empty. */
function arraysFrom(fill: (i: number) => number) {
  const rows = Float32Array.from({ length: 50 }, (_, i) => fill(i));
  const sums = Float64Array.from({ length: 7 }, (_, i) => fill(100 + i));
  const arrays = (count: number) =>
    new Map<string, ResumableArray>([
      ["rows@odd name", rows.subarray(0, 5 * count)],
      ["sums", sums],
      ["empty", new Float32Array(0)],
    ]);
  return { rows, sums, arrays };
}

const sines = () => arraysFrom(Math.sin);
const zeros = () => arraysFrom(() => 0);

test.each([8, 20, 33, 2 ** 20])("what is kept in parts of %d bytes is read again", (bytes) => {
  const [store, written, read] = [partsInMemory(), sines(), zeros()];
  const rows = resumableRows(store, "pass", bytes);
  expect(rows.read(read.arrays)).toBe(0);
  rows.write(6, written.arrays);
  for (const name of store.names.filter((one) => one !== "pass-rows")) {
    const size = [...store.read(name)!.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(size).toBeLessThanOrEqual(bytes);
  }
  expect(rows.read(read.arrays)).toBe(6);
  expect(read.sums).toEqual(written.sums);
  expect(read.rows).toEqual(written.rows.map((value, i) => (i < 30 ? value : 0)));
  // More rows take the place of fewer, and nothing is left.
  rows.write(10, written.arrays);
  expect(rows.read(read.arrays)).toBe(10);
  expect(read.rows).toEqual(written.rows);
  rows.forget();
  expect([rows.read(read.arrays), store.names]).toEqual([0, []]);
});

test("where a part is missing all begins anew, with zeros", () => {
  const [store, written, read] = [partsInMemory(), sines(), sines()];
  const rows = resumableRows(store, "pass", 40);
  rows.write(6, written.arrays);
  store.remove("pass-rows-3");
  expect(rows.read(read.arrays)).toBe(0);
  expect([...read.sums]).toEqual(Array(7).fill(0));
  expect(read.rows).toEqual(written.rows.map((value, i) => (i < 30 ? 0 : value)));
});

test("parts without their index, as a kill while they are written leaves them, are not read", () => {
  const [store, written, read] = [partsInMemory(), sines(), zeros()];
  const rows = resumableRows(store, "pass", 40);
  rows.write(6, written.arrays);
  const stopping = { ...store, write: (name: string) => expect.unreachable(name) };
  expect(() => resumableRows(stopping, "pass", 40).write(8, written.arrays)).toThrow();
  expect(rows.read(read.arrays)).toBe(0);
  expect(read.rows).toEqual(zeros().rows);
});
