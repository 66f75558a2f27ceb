import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { UsageError } from "../tensor/errors.ts";
import { compare } from "./compare.ts";
import { judge } from "./judge.ts";
import { profile } from "./profile.ts";
import { sweep } from "./sweep.ts";

const dir = mkdtempSync(join(tmpdir(), "studies-from-code-"));
afterAll(() => rmSync(dir, { recursive: true }));

const shared = { model: "linear", data: "iris", epochs: 1, dir };
const arms = { a: {}, b: { learningRate: 0.1 } };
const judged = { ...shared, arm: {}, baseline: { learningRate: 0.1 }, metric: "train-loss", minimumEffect: 1 } as const;

const refused: readonly [string, () => Promise<unknown>, string][] = [
  [
    "an unknown option",
    () => compare({ ...shared, arms, epoch: 1 } as never),
    'compare: expected a known option, got "epoch"',
  ],
  ["an unknown option of an arm", () => compare({ ...shared, arms: { ...arms, c: { lr: 1 } as never } }), 'arm "c"'],
  ["one arm", () => compare({ ...shared, arms: { a: {} } }), "compare: expected two arms or more"],
  ["arms alike", () => compare({ ...shared, arms: { a: {}, b: {} } }), "compare: expected arms that differ"],
  ["no baseline", () => compare({ ...shared, arms, baseline: "c" }), "expected one of the arms a, b"],
  ["no seeds", () => compare({ ...shared, arms, seeds: [] }), "expected how many, or a list of them"],
  ["seeds below 0", () => compare({ ...shared, arms, seeds: -1 }), "expected how many (6)"],
  [
    "a budget below 0",
    () => compare({ ...shared, arms, budget: { kind: "updates", value: -1 } }),
    "expected updates=N",
  ],
  [
    "one value to tune",
    () => compare({ ...shared, arms, tune: { option: "weightDecay", values: [0] } }),
    "two different",
  ],
  ["a name with slashes", () => compare({ ...shared, arms, study: "a/b" }), "expected a name of at most 80 letters"],
  ["no minimum effect", () => judge({ ...judged, minimumEffect: Number.NaN }), "minimumEffect to be a number above 0"],
  ["five seeds", () => judge({ ...judged, mostSeeds: 5 }), "mostSeeds to be a whole number from 6 to 1000, got 5"],
  ["all set aside", () => judge({ ...judged, confirmationShare: 1 }), "confirmationShare to be a number from 0"],
  ["no metric", () => judge({ ...judged, metric: "loss" as never }), "expected one of validation-loss"],
  ["sides alike", () => judge({ ...judged, baseline: {} }), "judge: expected two sides that differ"],
  ["nothing that varies", () => sweep(shared), "sweep: expected options that vary"],
  ["an empty grid", () => sweep({ ...shared, grid: { batchSize: [] } }), "expected values of batch-size"],
  ["one point", () => sweep({ ...shared, grid: { batchSize: [4] } }), "sweep: expected two settings or more"],
  ["an unknown key", () => sweep({ ...shared, grid: { batchSiz: [4, 8] } }), 'did you mean "batch-size"'],
  [
    "a turned range",
    () => sweep({ ...shared, random: { batchSize: { from: 8, to: 4 } }, trials: 2 }),
    "a range that ends",
  ],
  ["sizes that fall", () => profile({ ...shared, batchSizes: [8, 4] }), "expected whole numbers of at least 1"],
  ["one round", () => profile({ ...shared, batchSizes: [4], rounds: 1 }), "expected a whole number of at least 2"],
];

test.each(refused)("%s is refused before anything is trained", async (_, call, words) => {
  const error = await call().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UsageError);
  expect((error as Error).message).toContain(words);
  expect(readdirSync(dir, { recursive: true }).filter((name) => String(name).endsWith("run.json"))).toEqual([]);
});
