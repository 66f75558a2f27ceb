import { expect, test } from "vitest";
import type { StudySpecification } from "../../store/studies/study.ts";
import { armsOf } from "./arms.ts";
import { armResult } from "./comparison.ts";
import { planComparison } from "./plan.ts";
import type { TrialResult } from "./trialResult.ts";
import { armsWithRates, atRateOfBaseline, parseTuning, trialsLeft, tunedArm, tuningTrials } from "./tuning.ts";

test("a list of rates is read ascending, with seeds that none compares", () => {
  expect(parseTuning("learning-rate=1e-2, 1e-3")).toEqual({
    option: "learningRate",
    values: [0.001, 0.01],
    seeds: [1_000_000, 1_000_001, 1_000_002],
  });
});

test("any number can be tuned, on as many seeds as are asked for", () => {
  expect(parseTuning("weight-decay=0.1,0,0.01", 2)).toEqual({
    option: "weightDecay",
    values: [0, 0.01, 0.1],
    seeds: [1_000_000, 1_000_001],
  });
});

test.each([
  ["1e-3,1e-2", "a numeric option in which arms may differ"],
  ["optimizer=sgd,adamw", "a numeric option in which arms may differ"],
  ["batch-size=2,4", "a numeric option in which arms may differ"],
  ["epochs=2,4", "a numeric option in which arms may differ"],
  ["learning-rate=1e-3", "two different values or more of learning-rate"],
  ["learning-rate=1,1", "two different values or more of learning-rate"],
  ["learning-rate=0,1", "two different values or more of learning-rate"],
  ["learning-rate=1,,2", "two different values or more of learning-rate"],
  ["dropout=0.1,1.5", "two different values or more of dropout"],
])("%j is no list to tune", (text, words) => expect(() => parseTuning(text)).toThrow(`tune\`: expected ${words}`));

test("a longer list is of the same study", async () => {
  const of = async (tune: string) =>
    (
      await planComparison({
        kind: "comparison",
        arms: armsOf({ flags: { ...asked, batchSize: "4,8" }, vary: [], arms: [] }, {}),
        tuning: parseTuning(tune),
        seeds: [0],
      })
    ).id;
  expect(await of("learning-rate=0.01,0.1,0.3")).toBe(await of("learning-rate=0.01,0.1"));
  expect(await of("weight-decay=0.01,0.1")).not.toBe(await of("learning-rate=0.01,0.1"));
});

const learningRate = parseTuning("learning-rate=1,2");
const asked = { model: "linear", data: "iris", epochs: 1 };
const plan = (flags: object, seeds: readonly number[] = [0]) =>
  planComparison({
    kind: "comparison",
    arms: armsOf({ flags: { ...asked, ...flags }, vary: [], arms: [] }, {}),
    tuning: parseTuning("learning-rate=0.01,0.1"),
    seeds,
  });

test("every arm is tried with every rate before it is compared, and the rate given before decides nothing", async () => {
  const { id, specification } = await plan({ batchSize: "4,8" });
  expect((await plan({ batchSize: "4,8", learningRate: "0.5" })).id).toBe(id);
  const trials = tuningTrials(specification);
  expect(trials).toHaveLength(2 * 2 * 3);
  expect(new Set(trials.map(({ key }) => key)).size).toBe(12);
  expect(trials[0]).toMatchObject({ arm: "4x1 learning-rate=0.01", seed: 1_000_000, stage: "tuning" });
  expect(trials[0]!.configuration).toMatchObject({ learningRate: 0.01, name: "4x1_learning-rate=0.01_seed1000000" });
  const left = trialsLeft("nowhere", specification, [0, 1], new Map([[trials[0]!.key, done(trials[0]!)]]));
  expect([left.trials, left.tuning, left.left.length]).toEqual([16, 12, 15]);
});

const done = ({ key, arm, seed, stage }: ReturnType<typeof tuningTrials>[number]) => ({
  ...{ at: "", trial: key, arm, seed, stage, attempt: 1, run: null, reason: null, state: "done" as const },
});

test("arms that differ in the rate alone, and seeds that tune, are refused", async () => {
  await expect(plan({ learningRate: "0.1,0.2" })).rejects.toThrow(
    'tune`: expected arms that differ in more than learning-rate, got "learning-rate=0.1" and "learning-rate=0.2"',
  );
  await expect(plan({ batchSize: "4,8" }, [0, 1_000_001])).rejects.toThrow("seeds`: expected other seeds than 1000000");
});

const trial = (seed: number, finalLoss: number | null, evaluations: object[] = []): TrialResult =>
  ({ seed, run: "r", whole: finalLoss !== null, finalLoss: finalLoss ?? Number.NaN, evaluations, times: {} }) as never;
const arm = { name: "a", configuration: { x: 1 }, fingerprints: {}, effectiveBatchSize: 4 };
const tuning = { option: "learningRate", values: [1, 2, 3], seeds: [7, 8] };
const tuned = (losses: (number | null)[][], budget: StudySpecification["budget"] = { kind: "examples", value: 1 }) =>
  tunedArm(
    "a",
    losses.map((some, i) => ({
      value: i + 1,
      result: armResult(
        arm,
        some.map((loss, seed) =>
          trial(seed, loss, [{ examples: 10 * (i + 1), validationLoss: loss ?? 9, seconds: 1 }]),
        ),
        [],
      ),
    })),
    { tuning, budget },
  );

test.each<[string, (number | null)[][], number | null, string | null]>([
  [
    "the lowest mean",
    [
      [3, 3],
      [1, 2],
      [2, 2],
    ],
    2,
    null,
  ],
  [
    "at an end",
    [
      [3, 3],
      [1, 2],
      [1, 1],
    ],
    3,
    "largest",
  ],
  [
    "whatever diverges less",
    [
      [3, 3],
      [1, null],
      [2, null],
    ],
    1,
    "smallest",
  ],
  [
    "the first where all diverge",
    [
      [null, null],
      [null, null],
      [null, null],
    ],
    1,
    "smallest",
  ],
  ["none while trials are missing", [[3, 3], [1], [2, 2]], null, null],
])("an arm gets the rate of %s", (_, losses, chosen, edge) => {
  expect(tuned(losses)).toMatchObject({ name: "a", chosen, edge });
});

test("with a target an arm gets the rate that reaches it in fewest examples, and most often", () => {
  const losses = [
    [0.5, 9],
    [0.4, 0.4],
    [0.1, 0.1],
  ];
  expect(tuned(losses, { kind: "target-loss", value: 0.5 })).toMatchObject({ chosen: 2, edge: null });
});

test("an arm takes its rate along, and all arms can be seen at that of the baseline", () => {
  const one = tuned([
    [3, 3],
    [1, 2],
    [2, 2],
  ]);
  expect(armsWithRates({ arms: [arm], tuning: learningRate }, [one])[0]!.configuration).toEqual({
    x: 1,
    learningRate: 2,
  });
  expect(armsWithRates({ arms: [arm], tuning: learningRate }, null)).toEqual([arm]);
  const fixed = atRateOfBaseline([one], "a")!;
  expect([fixed.rate, fixed.results.get("a")!.finalLoss.value]).toEqual([2, 1.5]);
});
