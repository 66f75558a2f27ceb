import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { readArrays } from "../../test/training.ts";
import { DataError, NotFoundError, UsageError } from "../tensor/errors.ts";
import type { Dataset } from "./dataset.ts";
import { openData } from "./registry.ts";

const root = mkdtempSync(join(tmpdir(), "batchscope-registry-"));
afterAll(() => rmSync(root, { recursive: true }));

function readAll(dataset: Dataset, indices: number[]) {
  const { x, y } = readArrays(dataset, indices);
  return { x, y: [...y] };
}

describe("mnist", () => {
  test("holds the 60,000 and 10,000 images that everyone knows", async () => {
    const { train, validation, subsets } = await openData("mnist");
    expect(subsets).toEqual(["0-1", "2-3", "4-5", "6-7", "8-9"]);
    expect([train.size, validation.size, train.classes, train.name]).toEqual([60000, 10000, 10, "mnist"]);
    expect([...train.labels.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...validation.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    const counts = Array.from({ length: 10 }, (_, digit) => train.labels.filter((label) => label === digit).length);
    expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);

    // The bytes of the first training image sum to 27525.
    const { x, y } = readAll(train, [0]);
    expect(y).toEqual([5n]);
    expect(x.reduce((sum, value) => sum + (value * 0.3081 + 0.1307) * 255, 0)).toBeCloseTo(27525, 0);
  });

  test("is normalised to mean 0 and deviation 1", async () => {
    const { train } = await openData("mnist");
    const every37th = Array.from({ length: 1600 }, (_, i) => i * 37);
    const { x } = readAll(train, every37th);
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    const deviation = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length);
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.01);
  });

  test("a subset holds two digits, labelled 0 and 1, in both splits", async () => {
    const [all, { train, validation }] = [await openData("mnist"), await openData("mnist", { subset: "2-3" })];
    expect([train.size, validation.size]).toEqual([5958 + 6131, 1032 + 1010]);
    expect([train.name, train.classes, train.classNames]).toEqual(["mnist_2-3", 2, ["2", "3"]]);
    const twosAndThrees = [...all.train.labels.keys()].filter((i) => [2, 3].includes(all.train.labels[i]!));
    const probe = [0, 1, 5000, train.size - 1];
    const expected = readAll(
      all.train,
      probe.map((i) => twosAndThrees[i]!),
    );
    expect(readAll(train, probe)).toEqual({ x: expected.x, y: expected.y.map((label) => label - 2n) });
  });

  test("an unknown subset is a usage error with a hint", async () => {
    const wrong = openData("mnist", { subset: "2_3" });
    await expect(wrong).rejects.toThrow(UsageError);
    await expect(wrong).rejects.toThrow(
      'mnist: expected one of 0-1, 2-3, 4-5, 6-7, 8-9, got the subset "2_3"; did you mean "2-3"?',
    );
  });
});

test.each([
  ["minst", /^openData: expected .*mnist, .* or a file or folder, got "minst"; did you mean "mnist"\?$/],
  [
    "minst.csv",
    /^openData: expected a file or folder that exists, got "minst\.csv" \(this folder has .* and \d+ more\); check `data`$/,
  ],
  ["packages.json", /got "packages\.json" \(this folder has .*\); did you mean "package\.json"\?$/],
  ["src/data/none.csv", /got "src\/data\/none\.csv" \(src\/data\/ has .* and \d+ more\); check `data`$/],
  [
    "src/nowhere/none.csv",
    /^openData: expected a folder that exists, got "src\/nowhere\/" before "none\.csv"; check `data`$/,
  ],
  ["toString", /^openData: expected .*mnist, .* or a file or folder, got "toString"; check `data`$/],
])("unknown data %s are not found", async (name, message) => {
  await expect(openData(name)).rejects.toThrow(NotFoundError);
  await expect(openData(name)).rejects.toThrow(message);
});

/** An IDX file of bytes. */
function idx(shape: number[], values: number[]): Uint8Array {
  return Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap((axis) => [0, 0, 0, axis]), ...values]);
}

/** Two training images and one for validation, of 1 × 2 pixels. */
const four = {
  "train-images-idx3-ubyte": idx([2, 1, 2], [0, 0, 255, 255]),
  "train-labels-idx1-ubyte": idx([2], [0, 2]),
  "t10k-images-idx3-ubyte": idx([1, 1, 2], [0, 255]),
  "t10k-labels-idx1-ubyte": idx([1], [1]),
};

describe("a folder", () => {
  const path = join(root, "letters");
  beforeEach(() => rmSync(path, { recursive: true, force: true }));

  function write(folder: string, files: Record<string, Uint8Array>): void {
    mkdirSync(folder, { recursive: true });
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  }

  async function expectTiny(name: string, data: Awaited<ReturnType<typeof openData>>) {
    const { x, y } = readArrays(data.validation, [0]);
    expect([data.train.name, data.train.classes, [...x], [...y]]).toEqual([name, 3, [-1, 1], [1n]]);
  }

  test("of four files is a data set, normalised by its own pixels", async () => {
    write(path, four);
    await expectTiny("letters", await openData(`${path}/`));
  });

  test("may spell the names with a dot and compress the files", async () => {
    const renamed = Object.entries(four).map(([name, bytes]) => [
      `${name.replace("-idx", ".idx")}.gz`,
      gzipSync(bytes),
    ]);
    write(path, Object.fromEntries(renamed));
    await expectTiny("letters", await openData(path));
  });

  test("of such folders has them as subsets", async () => {
    write(join(path, "latin"), four);
    write(join(path, "greek"), four);
    write(join(path, "notes"), {});
    const data = await openData(path, { subset: "greek" });
    expect(data.subsets).toEqual(["greek", "latin"]);
    await expectTiny("letters_greek", data);
    await expect(openData(path)).rejects.toThrow(
      new UsageError(`${path}: expected a subset, one of greek, latin, got none; pass \`subset\``),
    );
    await expect(openData(path, { subset: "cyrillic" })).rejects.toThrow(
      new UsageError(
        `${path}: expected one of greek, latin, got the subset "cyrillic"; change or leave out \`subset\``,
      ),
    );
  });

  test("of four files has no subsets", async () => {
    write(path, four);
    await expect(openData(path, { subset: "a" })).rejects.toThrow(/letters: expected no subset, got the subset "a"; /);
  });

  test.each([
    [
      "no data",
      {},
      NotFoundError,
      /letters: expected a table .csv or .parquet, .* MNIST.s four IDX files, or folders with any of these, got nothing/,
    ],
    [
      "no labels",
      { ...four, "train-labels-idx1-ubyte": null },
      NotFoundError,
      /letters: expected train-labels-idx1-ubyte \(or \.gz\), got no such file; /,
    ],
    [
      "too many labels",
      { ...four, "train-labels-idx1-ubyte": idx([3], [0, 1, 2]) },
      DataError,
      /train-labels-idx1-ubyte: expected 2 labels for the images of .*train-images-idx3-ubyte, got 3; /,
    ],
    [
      "a validation label that training lacks",
      { ...four, "t10k-labels-idx1-ubyte": idx([1], [3]) },
      DataError,
      /t10k-labels-idx1-ubyte: expected labels below 3, got 3 at position 0; /,
    ],
    [
      "images of two sizes",
      { ...four, "t10k-images-idx3-ubyte": idx([1, 2, 1], [0, 0]) },
      DataError,
      /t10k-images-idx3-ubyte: expected images of 1 × 2 pixels as in .*, got 2 × 1; /,
    ],
    [
      "a truncated file",
      { ...four, "t10k-images-idx3-ubyte": idx([1, 1, 2], [0]) },
      DataError,
      /letters\/t10k-images-idx3-ubyte: expected 18 bytes for uint8\[1, 1, 2\], got 17 bytes; /,
    ],
    [
      "a damaged .gz",
      { ...four, "train-labels-idx1-ubyte": null, "train-labels-idx1-ubyte.gz": Buffer.from("no gzip") },
      DataError,
      /train-labels-idx1-ubyte\.gz: expected gzip data, got: incorrect header check; /,
    ],
  ])("with %s is refused", async (_, files, type, message) => {
    write(
      path,
      Object.fromEntries(Object.entries(files).filter((entry): entry is [string, Buffer] => entry[1] !== null)),
    );
    const opened = openData(path);
    await expect(opened).rejects.toThrow(type);
    await expect(opened).rejects.toThrow(message);
  });
});
