import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DataError, NotFoundError } from "../../tensor/errors.ts";
import { fromNumbers, type Tensor } from "../../tensor/tensor.ts";
import { idxInFile, openArrays } from "./arrays.ts";
import { encodeNpy, encodeNpz } from "./npz.ts";
import { type Rows, rowsInFile } from "./rows.ts";
import { encodeSafetensors } from "./safetensors.ts";
import { createSpill } from "./spill.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-arrays-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i % 120);
const tensors = new Map<string, Tensor>([
  ["x", fromNumbers("float32", [50_000, 8], numbers(400_000))],
  ["h", fromNumbers("float16", [50_000, 3], numbers(150_000))],
  ["y", fromNumbers("int64", [50_000], numbers(50_000))],
]);
writeFileSync(path("all.safetensors"), encodeSafetensors(tensors));
writeFileSync(path("x.npy"), encodeNpy(tensors.get("x")!));
writeFileSync(path("all.npz"), encodeNpz(tensors));

const elements = (rows: Rows, index: number) => Array.from(rows.at(index), Number);
const order = [0, 1, 2, 49_999, 3, 4, 5, 20_000, 5, 4];

describe.each(["all.safetensors", "all.npz", "x.npy"])("%s", (name) => {
  test("the same examples from memory and, beyond the budget, from disk", async () => {
    const [whole, part] = [await openArrays(path(name), 2 ** 30), await openArrays(path(name), 1000)];
    expect([...part.keys()].sort()).toEqual(name === "x.npy" ? ["x"] : ["h", "x", "y"]);
    for (const [key, rows] of part) {
      expect(rows).toMatchObject({ type: tensors.get(key)!.type, shape: tensors.get(key)!.shape });
      for (const index of order) expect(elements(rows, index)).toEqual(elements(whole.get(key)!, index));
    }
    expect(elements(part.get("x")!, 7)).toEqual(numbers(64).slice(56));
  });
});

test("an array on disk holds one block of examples, however many are read", async () => {
  const x = (await openArrays(path("x.npy"), 1000)).get("x")!;
  for (let i = 0; i < 50_000; i++) x.at((i * 7919) % 50_000);
  expect(x.bytesHeld).toBeLessThanOrEqual(2 ** 16);
  expect((await openArrays(path("x.npy"), 2 ** 30)).get("x")!.bytesHeld).toBe(400_000 * 4);
});

test("bytes of an IDX file stay on disk", () => {
  writeFileSync(path("idx"), Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6));
  const rows = idxInFile(path("idx"));
  expect([rows.shape, elements(rows, 2), elements(rows, 0)]).toEqual([
    [3, 2],
    [5, 6],
    [1, 2],
  ]);
  writeFileSync(path("floats"), Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 1, 0, 0, 0, 0));
  expect(() => idxInFile(path("floats"))).toThrow(/floats: expected bytes to read them from disk, got float32; raise/);
});

test("what was spilled is read back, from a file that has no name", () => {
  const spill = createSpill(0, [path("cache")]);
  spill.append(new Uint8Array(Float64Array.of(1, 2, 3, 4).buffer));
  spill.append(new Uint8Array(Float64Array.of(5, 6).buffer));
  const rows = rowsInFile(spill.finish(), 0, "float64", [3, 2]);
  expect([2, 0, 1].map((i) => elements(rows, i))).toEqual([
    [5, 6],
    [1, 2],
    [3, 4],
  ]);
});

const fortran = new URL("../../../test/fixtures/files/fortran.npy", import.meta.url).pathname;
const bigEndian = new URL("../../../test/fixtures/files/big-endian.npy", import.meta.url).pathname;

describe("refuses", () => {
  test("what cannot be read in part, by name", async () => {
    await expect(openArrays(fortran, 10)).rejects.toThrow(/fortran\.npy: expected .* got <i4 in Fortran order; save/);
    await expect(openArrays(bigEndian, 10)).rejects.toThrow(/big-endian\.npy: expected .* got >f4; save/);
    await expect(openArrays(path("none.npy"), 10)).rejects.toThrow(NotFoundError);
    await expect(openArrays(folder, 10)).rejects.toThrow(/expected a name ending|expected a file/);
  });

  test("files that are too short, and files that become so", async () => {
    const short = path("short.npy");
    writeFileSync(short, encodeNpy(tensors.get("x")!).subarray(0, 1_000_000));
    await expect(openArrays(short, 10)).rejects.toThrow(
      /short\.npy: expected 1600\d+ bytes for float32\[50000, 8\], got 1000000; save it again/,
    );
    writeFileSync(short, encodeNpy(tensors.get("x")!));
    const x = (await openArrays(short, 10)).get("short")!;
    truncateSync(short, 1000);
    expect(() => x.at(40_000)).toThrow(DataError);
    expect(() => x.at(40_000)).toThrow(/short\.npy: expected 32 bytes at .*, got 0; was the file changed/);
  });

  test("one example beyond the memory, by its header", async () => {
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (1, ${2 ** 38}), }\n`;
    const bytes = Buffer.from(`\x93NUMPY\x01\0${String.fromCharCode(header.length)}\0${header}`, "latin1");
    writeFileSync(path("sparse.npy"), bytes);
    truncateSync(path("sparse.npy"), bytes.length + 2 ** 40);
    await expect(openArrays(path("sparse.npy"), 2 ** 30)).rejects.toThrow(
      /sparse\.npy \(an example\): expected at most 1024 MiB in memory, got 1048576 MiB; raise `dataMemory`/,
    );
  });

  test("an array without axes", async () => {
    writeFileSync(path("scalar.npz"), encodeNpz(new Map([["x", fromNumbers("float32", [], [1])]])));
    await expect(openArrays(path("scalar.npz"), 10)).rejects.toThrow(
      /scalar\.npz: expected examples along the first axis of "x", got one float32; add an axis/,
    );
  });
});
