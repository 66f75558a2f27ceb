import { expect, test } from "vitest";
import { plantedFronts, simulateFront } from "../../bench/paretoFit.ts";
import { random } from "../tensor/random.ts";
import { type BatchCost, paretoFit } from "./paretoFit.ts";

const [first] = plantedFronts;

test("a planted hyperbola is found again", () => {
  const costs = simulateFront({ ...first!, shared: 0.01, own: () => 1e-6 }, random(1));
  const { criticalBatchSize, fewestSteps, fewestExamples, lackOfFit, seeds, batches } = paretoFit(costs);
  expect(criticalBatchSize.value).toBeCloseTo(32, 3);
  expect(criticalBatchSize.upper! - criticalBatchSize.lower!).toBeLessThan(1e-3);
  expect([seeds, batches]).toEqual([6, 7]);
  // What seeds share moves both alike, and not their ratio.
  expect(fewestExamples!.value / fewestSteps!.value).toBeCloseTo(32, 3);
  expect(fewestExamples!.lower).toBeLessThan(1e4);
  expect(fewestExamples!.upper).toBeGreaterThan(1e4);
  expect(lackOfFit!.p).toBeGreaterThan(0.001);
});

test("its interval holds the planted value as often as it says, and the test of the fit rejects as seldom", () => {
  const numbers = random(3);
  const found = Array.from({ length: 300 }, () => paretoFit(simulateFront(first!, numbers)));
  const holds = found.filter(
    ({ criticalBatchSize: { lower, upper } }) => (lower ?? 0) <= 32 && 32 <= (upper ?? Number.POSITIVE_INFINITY),
  );
  const rejected = found.filter(({ lackOfFit }) => lackOfFit!.p < 0.05);
  // Both are 95 % and 5 %, within four standard errors.
  expect(Math.abs(holds.length / 300 - 0.95)).toBeLessThan(0.05);
  expect(Math.abs(rejected.length / 300 - 0.05)).toBeLessThan(0.05);
});

test("what is no hyperbola is told by the test", () => {
  const bent = plantedFronts.find(({ bend }) => bend !== undefined)!;
  const numbers = random(5);
  const rejected = Array.from({ length: 50 }, () => paretoFit(simulateFront(bent, numbers)).lackOfFit!.p < 0.05);
  expect(rejected.filter(Boolean).length).toBeGreaterThan(45);
});

test("a critical batch beyond all that were tried has one end alone", () => {
  const numbers = random(2);
  const above = paretoFit(simulateFront({ ...first!, critical: 1e5 }, numbers)).criticalBatchSize;
  expect([above.upper, above.resolved]).toEqual([null, false]);
  expect(above.lower).toBeGreaterThan(100);
  const below = paretoFit(simulateFront({ ...first!, critical: 1e-2 }, numbers)).criticalBatchSize;
  expect([below.lower, below.resolved]).toEqual([null, false]);
  expect(below.upper).toBeLessThan(10);
});

test("a batch with a seed that never reached the target is left out and named", () => {
  const costs = simulateFront(first!, random(4));
  const cut = costs.map((one, i) => (i === 6 ? { ...one, examples: [null, ...one.examples.slice(1)] } : one));
  expect(paretoFit(cut)).toEqual({ ...paretoFit(costs.slice(0, 6)), censored: [256] });
  const none = cut.map(({ batchSize, examples }) => ({ batchSize, examples: examples.map(() => null) }));
  expect(paretoFit(none)).toMatchObject({ batches: 0, lackOfFit: null, criticalBatchSize: { lower: null } });
  expect(paretoFit(costs.slice(0, 2)).lackOfFit).toBeNull();
});

test.each<[string, readonly BatchCost[], RegExp]>([
  ["one batch", [{ batchSize: 4, examples: [1, 2] }], /expected two or more batch sizes that ascend, got 4/],
  ["one seed", [4, 8].map((batchSize) => ({ batchSize, examples: [1] })), /the same two or more seeds.*got 1, 1/],
])("%s is refused", (_, costs, message) => {
  expect(() => paretoFit(costs)).toThrow(message);
});
