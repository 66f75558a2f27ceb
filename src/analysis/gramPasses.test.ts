import { describe, expect, test } from "vitest";
import { partsInMemory } from "../../test/partsInMemory.ts";
import { clouds } from "../../test/training.ts";
import type { Dataset } from "../data/dataset.ts";
import { mlp } from "../model/mlp.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { sumOfGrams } from "../statistics/layers.ts";
import type { Gram } from "../statistics/types.ts";
import { random } from "../tensor/random.ts";
import { newTrainingState } from "../training/state.ts";
import { type GramOptions, gramMeter } from "./gram.ts";

const data = clouds(1300);
const model = mlp({ shape: [5], classes: 3 }, random(1));
const native = nativeEngine();

function meterOf(change: Partial<GramOptions>, of: Dataset = data) {
  const { groups = 60, batchSize = 7 } = change;
  const indices = random(9)
    .permutation(data.size)
    .subarray(0, groups * batchSize);
  const options = { groups, batchSize, indices, mode: "evaluation", threads: 1, memoryBudget: 2 ** 30 } as const;
  return gramMeter(native, model, newTrainingState(model, sgd()), of, { ...options, ...change });
}

async function measured(change: Partial<GramOptions>) {
  const meter = await meterOf(change);
  const gram = await meter.measure();
  meter.release();
  return { way: meter.way, passes: meter.passes, gram };
}

/** Largest difference of two products in units of the rows' lengths. */
function difference(gram: Gram, expected: Gram): number {
  const K = expected.counts.length;
  const length = (k: number) => Math.sqrt(expected.products[k * (K + 1)]!);
  return expected.products.reduce(
    (most, product, i) =>
      Math.max(most, Math.abs(gram.products[i]! - product) / (length(Math.floor(i / K)) * length(i % K))),
    0,
  );
}

// A row of 7 examples takes 25 kB to form and 9 kB to keep; 2307 parameters.
describe.each([
  ["two passes", { memoryBudget: 400_000 }, "blocks of rows", 2],
  ["three passes", { memoryBudget: 250_000 }, "blocks of rows", 3],
  ["micro-batches, the last smaller", { groups: 2, batchSize: 600, memoryBudget: 200_000 }, "batch by batch", 1],
  ["micro-batches in passes", { groups: 20, batchSize: 61, memoryBudget: 100_000 }, "batch by batch", 3],
] as const)("%s", (_, change, way, passes) => {
  test("give the same products, of the whole and of each layer, and say how far they are", async () => {
    const { groups = 60, batchSize = 7 } = change as Partial<GramOptions>;
    const exact = await measured({ groups, batchSize, byLayer: true });
    expect(exact).toMatchObject({ way: "one pass", passes: 1 });
    const meter = await meterOf({ ...change, byLayer: true });
    let examples = 0;
    const gram = await meter.measure({
      progress: (count) => {
        examples += count;
      },
    });
    expect([meter.way, meter.passes, examples]).toEqual([way, passes, passes * groups * batchSize]);
    expect(difference(gram, exact.gram)).toBeLessThan(1e-5);
    expect([...gram.layers.keys()]).toEqual(["hidden", "output"]);
    for (const [layer, own] of gram.layers) expect(difference(own, exact.gram.layers.get(layer)!)).toBeLessThan(1e-5);
    expect(difference(sumOfGrams(gram.layers), exact.gram)).toBeLessThan(1e-5);
    expect(gram.sketch).toBeNull();
    // Again, although the passes gave their memory back.
    expect(await meter.measure()).toEqual(gram);
    meter.release();
  });
});

describe("an interrupted measurement", () => {
  // Of 420 examples a pass; a row is one block's, or one mini-batch's.
  test.each([
    ["in blocks of rows", { memoryBudget: 250_000, byLayer: true }, "blocks of rows", 3],
    ["with coordinates", { memoryBudget: 250_000, coordinates: true }, "blocks of rows", 3],
    ["of sketches", { memoryBudget: 250_000, products: "sketch" }, "blocks of rows", 1],
    ["in micro-batches", { groups: 6, batchSize: 70, memoryBudget: 100_000 }, "batch by batch", 1],
  ] as const)("%s ends with the signal's reason, and forms no row again", async (_, change, way, passes) => {
    const reads = { count: 0 };
    const counted: Dataset = {
      ...data,
      read(indices, batch) {
        reads.count += indices.length;
        return data.read(indices, batch);
      },
    };
    const meter = await meterOf(change, counted);
    expect([meter.way, meter.passes]).toEqual([way, passes]);
    const whole = await meter.measure();
    for (const stopAfter of [100, 210, 420 * passes - 100]) {
      const resumable = partsInMemory();
      const controller = new AbortController();
      let seen = 0;
      const progress = (count: number) => {
        seen += count;
        if (seen >= stopAfter) controller.abort(new Error("enough"));
      };
      await expect(meter.measure({ resumable, signal: controller.signal, progress })).rejects.toThrow("enough");
      const finished = Math.floor(seen / 420);
      const names = Array.from({ length: finished }, (_, i) => `pass-${i + 1}-of-${passes}`);
      const unfinished = `pass-${finished + 1}-of-${passes}-rows`;
      expect(resumable.names).toEqual([...names, unfinished, `${unfinished}-1`].sort());
      const [rows] = resumable.read(unfinished)!.get("counts")!;
      const done = 420 * finished + rows! * ("batchSize" in change ? change.batchSize : 7);
      reads.count = 0;
      let told = 0;
      const gram = await meter.measure({ resumable, progress: (count) => (told += count) });
      expect([reads.count, told]).toEqual([420 * passes - done, 420 * passes]);
      expect(gram).toEqual(whole);
      expect(resumable.names.filter((name) => name.includes("rows"))).toEqual([]);
    }
    meter.release();
  });

  test("of a sketch knows its lengths and bound again", async () => {
    const meter = await meterOf({ memoryBudget: 250_000, products: "sketch" });
    const resumable = partsInMemory();
    const gram = await meter.measure({ resumable });
    expect(await meter.measure({ resumable })).toEqual(gram);
    expect(gram.sketch).not.toBeNull();
    meter.release();
  });
});

test("sketches keep lengths exactly and cosines on average, within the bound that they state", async () => {
  const { gram: exact } = await measured({});
  const K = 60;
  const off: number[][] = [];
  for (let seed = 0; seed < 30; seed++) {
    const { gram, passes } = await measured({ memoryBudget: 250_000, products: "sketch", seed });
    expect(passes).toBe(1);
    const { cosineError, dimensions } = gram.sketch!;
    expect(dimensions).toBeLessThanOrEqual(250_000 / 4 / K);
    for (let k = 0; k < K; k++) expect(gram.products[k * (K + 1)]! / exact.products[k * (K + 1)]!).toBeCloseTo(1, 5);
    const errors = Array.from({ length: K * K }, (_, i) => {
      const [k, l] = [Math.floor(i / K), i % K];
      return (
        (gram.products[i]! - exact.products[i]!) /
        Math.sqrt(exact.products[k * (K + 1)]! * exact.products[l * (K + 1)]!)
      );
    }).filter((_, i) => i % K < Math.floor(i / K));
    expect(errors.filter((error) => Math.abs(error) > cosineError).length).toBeLessThan(0.05 * errors.length);
    // A bound that is never near would be no news.
    expect(Math.max(...errors.map(Math.abs))).toBeGreaterThan(cosineError / 20);
    off.push(errors);
  }
  // The mean over seeds of each error is zero within four of its standard errors, for nearly all pairs.
  const biased = off[0]!.filter((_, pair) => {
    const values = off.map((errors) => errors[pair]!);
    const mean = values.reduce((sum, x) => sum + x, 0) / 30;
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 29);
    return Math.abs(mean) > (4 * deviation) / Math.sqrt(30);
  });
  expect(biased.length).toBeLessThan(0.02 * off[0]!.length);
});

test("a budget without room for rows says how much is needed", async () => {
  await expect(meterOf({ memoryBudget: 30_000 })).rejects.toThrow(
    "`memoryBudget`: expected at least 1 MiB for 60 rows of this model, got 0; raise it, or lower `rows`",
  );
});

test("examples are read in the order of the mini-batches", async () => {
  const seen: number[] = [];
  const spied: Dataset = {
    ...data,
    read(indices, batch) {
      seen.push(...indices);
      return data.read(indices, batch);
    },
  };
  const meter = await meterOf({ memoryBudget: 400_000 }, spied);
  await meter.measure();
  meter.release();
  const order = [...random(9).permutation(data.size).subarray(0, 420)];
  expect(seen).toEqual([...order, ...order]);
});
