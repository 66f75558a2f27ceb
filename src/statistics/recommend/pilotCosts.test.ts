import { expect, test } from "vitest";
import { paretoFit } from "../paretoFit.ts";
import { pilotCosts } from "./pilotCosts.ts";
import type { Pilot } from "./pilotTable.ts";

const pilot = (
  effectiveBatchSize: number,
  learningRate: number,
  seed: number,
  updates: number,
  reached = true,
): Pilot => ({
  setting: { effectiveBatchSize, learningRate, beta2: null },
  ...{ seed, updates, reached },
});

test("each batch stands at its best rate, over the seeds that all have had", () => {
  const pilots = [
    ...[0, 1].flatMap((seed) => [pilot(16, 0.1, seed, 90), pilot(8, 0.1, seed, 200), pilot(8, 0.2, seed, 100 + seed)]),
    // One seed alone, more seeds than others, and a batch that missed the target with one.
    ...[pilot(8, 0.2, 7, 99), pilot(4, 0.1, 0, 300)],
    ...[pilot(32, 0.4, 0, 40), pilot(32, 0.4, 1, 500, false)],
  ];
  expect(pilotCosts({ pilots })).toEqual([
    { batchSize: 8, examples: [800, 808] },
    { batchSize: 16, examples: [1440, 1440] },
  ]);
  expect(pilotCosts({ pilots: [] })).toEqual([]);
});

test("a planted hyperbola comes out of pilots at several rates", () => {
  const updates = (batch: number, seed: number) => 50 * (1 + 32 / batch) * (1 + 0.01 * Math.sin(7 * batch + 3 * seed));
  const pilots = [4, 8, 16, 32, 64, 128].flatMap((batch) =>
    [0, 1, 2, 3].flatMap((seed) =>
      [0.5, 1, 2].map((factor) =>
        pilot(batch, factor * 0.01, seed, updates(batch, seed) * (1 + Math.abs(Math.log2(factor)))),
      ),
    ),
  );
  const { criticalBatchSize } = paretoFit(pilotCosts({ pilots }));
  expect(criticalBatchSize.lower!).toBeLessThan(32);
  expect(criticalBatchSize.upper!).toBeGreaterThan(32);
});
