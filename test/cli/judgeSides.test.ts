import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { trainToRun } from "../../src/api/trainToRun.ts";
import { makeFolder } from "../../src/data/files/folders.ts";
import { judgementTrials, planJudgement } from "../../src/experiment/judgements/plan.ts";
import { readSide } from "../../src/experiment/judgements/sides.ts";
import { armsOf } from "../../src/experiment/studies/arms.ts";
import { identityOf } from "../../src/experiment/studies/identity.ts";
import { planComparison } from "../../src/experiment/studies/plan.ts";
import { takeStudy } from "../../src/store/studies/study.ts";
import { plantTrial } from "../plantedTrials.ts";
import { scratch } from "./harness.ts";
import { tryHere } from "./inProcess.ts";

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const store = join(folder, "batchscope");
const file = (name: string) => join(folder, name);
const runs: Record<string, string> = {};

/** What each name stands for: a run, an arm and a file of one model, and of another model or other data. */
beforeAll(async () => {
  makeFolder(store);
  const ran = async (model: string, more: object = {}) =>
    basename((await trainToRun({ model, data: "iris", epochs: 1, dir: store, name: model, ...more })).path);
  runs.run = await ran("linear");
  runs["run of other batches"] = await ran("linear", { batchSize: 8 });
  runs["run of mlp"] = await ran("mlp");
  const arms = armsOf(
    { flags: { model: "linear", data: "iris", epochs: "1" }, vary: ["batch-size=4,16"], arms: [] },
    {},
  );
  const plan = await planComparison({ kind: "comparison", arms, seeds: [0], study: "s" });
  takeStudy(store, "s", { ...plan, identityOf }).lock.release();
  writeFileSync(file("a.yaml"), "model: linear\ndata: iris\nepochs: 1\nlearning-rate: 0.01\n");
  writeFileSync(file("mlp.yaml"), "model: mlp\ndata: iris\nepochs: 1\n");
  writeFileSync(file("split.yaml"), "model: linear\ndata: iris\nepochs: 1\nsplit-seed: 7\n");
});

const textOf = (name: string) => runs[name] ?? (name.endsWith(".yaml") ? file(name) : name);

async function planOf(one: string, other: string, flags: Readonly<Record<string, unknown>> = {}) {
  const means = { directory: store, flags, environment: {} };
  const [a, b] = [one, other].map((name) => readSide(textOf(name), means));
  return planJudgement({
    ...{ sides: [a!, b!], metric: "validation-loss", minimumEffect: 0.1, mostSeeds: 12, confirmationShare: 0 },
    study: "u",
  });
}

test.each<[string, string, "model" | "data" | null]>([
  ["run", "run of other batches", null],
  ["run", "run of mlp", "model"],
  ["s/4x1", "s/16x1", null],
  ["s/4x1", "run of mlp", "model"],
  ["s/16x1", "run", null],
  ["a.yaml", "run", null],
  ["a.yaml", "mlp.yaml", "model"],
  ["a.yaml", "split.yaml", "data"],
  ["split.yaml", "s/4x1", "data"],
  ["run of mlp", "split.yaml", "model"],
])("%s against %s: what keeps a seed from pairing them is told", async (one, other, by) => {
  expect((await planOf(one, other)).unpairedBy).toBe(by);
});

test("sides that no seed pairs are tested unpaired, which JSON, the command and the page say", async () => {
  const plan = await planOf("a.yaml", "mlp.yaml");
  const seeds = Array.from({ length: 12 }, (_, i) => i);
  const [one] = plan.arms.map(({ name }) => name);
  for (const trial of judgementTrials(plan.specification, seeds))
    plantTrial(store, "u", trial, {
      validationLoss: (trial.arm === one ? 1 : 2) + 0.01 * Math.sin((trial.arm === one ? 7 : 5) * trial.seed),
    });
  const command = [
    ...["judge", file("a.yaml"), file("mlp.yaml"), "--metric", "validation-loss", "--minimum-effect", "0.1"],
    ...["--most-seeds", "12", "--confirmation-share", "0", "--dir", store, "--study", "u"],
  ];
  const ran = await tryHere(...command, "--json");
  const made = JSON.parse(ran.printed);
  expect(made).toMatchObject({ verdict: "better", paired: false, unpairedBy: "model" });
  expect(made.findings).toContainEqual({ kind: "sidesUnpaired", by: "model" });
  const page = readFileSync(join(store, "studies", "u", "report.html"), "utf8");
  expect(page).toContain("unpaired: another model");
  expect(page).toContain("they are tested unpaired");
  expect(page).toContain("The two trainings of one seed are independent of each other.");
  expect((await tryHere(...command)).printed).toContain("unpaired: another model");
});

test("a trial of a study is removed only where that is meant", async () => {
  const [trial] = JSON.parse((await tryHere("runs", "--study", "u", "--json", "--dir", store)).printed).runs;
  const refused = await tryHere("runs", "rm", trial.id, "--yes", "--dir", store);
  expect([refused.code, refused.printed]).toEqual([2, ""]);
  expect(refused.text).toContain(
    `got ${trial.id}, a trial of the study u, which would train it again; keep it, or add`,
  );
  const there = async () => JSON.parse((await tryHere("runs", "--study", "u", "--json", "--dir", store)).printed).runs;
  expect((await there()).map(({ id }: { id: string }) => id)).toContain(trial.id);
  const removed = await tryHere("runs", "rm", trial.id, "--yes", "--force", "--json", "--dir", store);
  expect(removed.text).toBe("");
  expect(JSON.parse(removed.printed).removed).toMatchObject([{ run: trial.id }]);
  expect((await there()).map(({ id }: { id: string }) => id)).not.toContain(trial.id);
  expect((await tryHere("runs", "restore", trial.id, "--dir", store)).text).toBe("");
  expect((await there()).map(({ id }: { id: string }) => id)).toContain(trial.id);
});
