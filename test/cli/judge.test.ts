import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFolder } from "../../src/data/files/folders.ts";
import { type JudgementPlan, judgementTrials, planJudgement } from "../../src/experiment/judgements/plan.ts";
import { readSide } from "../../src/experiment/judgements/sides.ts";
import { type PlantedResult, plantTrial } from "../plantedTrials.ts";
import { batchscope, runsIn, scratch } from "./harness.ts";
import { tryHere } from "./inProcess.ts";

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const store = join(folder, "batchscope");
const flags = { model: "linear", data: "iris", epochs: "1" };
const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
const sides = ["learning-rate=0.01", "learning-rate=0.001"];
const metric = ["--metric", "validation-loss", "--minimum-effect", "0.02"];

/** The plan of the command below, whose trials are planted, so that the command trains none. */
async function planned(study: string, mostSeeds = 12): Promise<JudgementPlan> {
  const means = { directory: store, flags, environment: {} };
  const [one, other] = sides.map((side) => readSide(side, means));
  const request = { metric: "validation-loss", minimumEffect: 0.02, mostSeeds, confirmationShare: 0 } as const;
  return planJudgement({ ...request, sides: [one!, other!], study });
}

async function plant(study: string, of: (arm: number, seed: number) => PlantedResult, seeds = 12): Promise<void> {
  const plan = await planned(study);
  const names = plan.arms.map(({ name }) => name);
  for (const trial of judgementTrials(
    plan.specification,
    Array.from({ length: seeds }, (_, i) => i),
  ))
    plantTrial(store, study, trial, of(names.indexOf(trial.arm), trial.seed));
}

const judge = (study: string, ...more: string[]) =>
  tryHere(
    "judge",
    ...sides,
    ...words,
    ...metric,
    "--most-seeds",
    "12",
    "--confirmation-share",
    "0",
    "--dir",
    store,
    "--study",
    study,
    ...more,
  );

const noise = (seed: number) => 0.01 * Math.sin(7 * seed);

test.each<[string, (arm: number, seed: number) => PlantedResult, string, number]>([
  [
    "better",
    (arm, seed) => ({ validationLoss: 1 + noise(seed) - (arm === 0 ? 0.2 + noise(seed + 3) : 0) }),
    "better",
    0,
  ],
  [
    "worse",
    (arm, seed) => ({ validationLoss: 1 + noise(seed) + (arm === 0 ? 0.2 + noise(seed + 3) : 0) }),
    "worse",
    10,
  ],
  [
    "alike",
    (arm, seed) => ({ validationLoss: 1 + noise(seed) + (arm === 0 ? 0.1 * noise(seed + 3) : 0) }),
    "no larger difference",
    11,
  ],
  ["undecided", (arm, seed) => ({ validationLoss: 1 + (arm === 0 ? 9 * noise(seed + 3) : 0) }), "undecided", 12],
  ["diverging", (arm, seed) => ({ validationLoss: arm === 0 ? null : 1 + noise(seed) }), "worse", 10],
])("%s: the verdict, its exit code, its looks and what is written", async (study, of, verdict, code) => {
  await plant(study, of);
  const before = runsIn(store).length;
  const ran = await judge(study, "--json");
  expect(ran.text).toBe("");
  const made = JSON.parse(ran.printed);
  expect(made).toMatchObject({ verdict, paired: true, minimumEffect: 0.02, confirmation: null, mostSeeds: 12 });
  expect(ran.exitCode).toBe(code);
  expect(runsIn(store)).toHaveLength(before);
  const { looks, seeds } = made;
  expect(looks.map((look: { seeds: number }) => look.seeds)).toEqual(
    Array.from({ length: seeds - 5 }, (_, i) => 6 + i),
  );
  expect(made.pairs).toHaveLength(seeds);
  if (verdict === "better") expect(made.p).toBeLessThanOrEqual(0.055);
  for (const file of made.files) expect(existsSync(file), file).toBe(true);
  // The second time it answers from the looks, and takes no other.
  const log = join(store, "studies", study, "looks.jsonl");
  const lines = readFileSync(log, "utf8");
  const again = JSON.parse((await judge(study, "--json")).printed);
  expect(again).toEqual(made);
  expect(readFileSync(log, "utf8")).toBe(lines);
});

test("looks that a kill cut off are taken again, counted once, with the same values", async () => {
  await plant("killed", (arm, seed) => ({ validationLoss: 1 + (arm === 0 ? 9 * noise(seed + 3) : 0) }));
  const whole = JSON.parse((await judge("killed", "--json")).printed);
  const log = join(store, "studies", "killed", "looks.jsonl");
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  writeFileSync(log, `${lines.slice(0, 3).join("\n")}\n`);
  appendFileSync(log, lines[3]!.slice(0, 50));
  const after = JSON.parse((await judge("killed", "--json")).printed);
  const without = (looks: { at: string }[]) => looks.map(({ at: _, ...look }) => look);
  expect(without(after.looks)).toEqual(without(whole.looks));
});

test("a changed minimum effect or more seeds are refused after a look, with the difference", async () => {
  await plant("fixed", (arm, seed) => ({ validationLoss: 1 + (arm === 0 ? 9 * noise(seed + 3) : 0) }));
  await judge("fixed", "--json");
  const other = await judge("fixed", "--minimum-effect", "0.01");
  expect([other.code, other.text]).toEqual([2, expect.stringContaining("judging.minimumEffect: 0.01 instead of 0.02")]);
  const more = await judge("fixed", "--most-seeds", "30");
  expect([more.code, more.text]).toEqual([2, expect.stringContaining("judging.mostSeeds: 30 instead of 12")]);
});

test("it trains both sides until it is clear, confirms on what no look has seen, and says so in Chinese", async () => {
  const command = [
    "judge",
    "learning-rate=0.05",
    "learning-rate=1e-6",
    ...words,
    ...metric,
    "--most-seeds",
    "6",
    "--jobs",
    "2",
  ];
  const ran = await batchscope([...command, "--study", "real", "--json"], { cwd: folder });
  expect(ran.code, ran.stderr).toBe(0);
  const made = JSON.parse(ran.stdout);
  expect(made).toMatchObject({ verdict: "better", seeds: 6, setAside: 10, confirmation: { examples: 10, seeds: 6 } });
  expect(made.difference).toBeLessThan(0);
  expect(made.confirmation.confirmed).toBe(true);
  expect(made.files.map((file: string) => basename(file))).toEqual(
    expect.arrayContaining(["looks.csv", "pairs.parquet", "looks.png", "values.png", "report.html"]),
  );
  const shown = await tryHere(...command, "--study", "real", "--dir", store, "--lang", "zh");
  expect(shown.printed).toMatch(/^评判：“learning-rate=0.05”比“learning-rate=1e-6”好/);
});

test("studies lists what they say, and shows one from what is on disk, without training", async () => {
  const before = runsIn(store).length;
  const listed = JSON.parse((await tryHere("studies", "--dir", store, "--json")).printed);
  const of = (id: string) => listed.studies.find((study: { id: string }) => study.id === id);
  expect(of("better")).toMatchObject({
    ...{ kind: "judgement", arms: sides, seeds: 12, running: false, trials: { done: 24 } },
    answer: [{ kind: "judged", isBetter: true }],
  });
  expect(of("diverging")).toMatchObject({ trials: { done: 12, diverged: 12 }, answer: [{ isBetter: false }] });
  const shown = await tryHere("studies", "show", "alike", "--dir", store, "--lang", "en");
  expect(shown.printed).toMatch(/^Verdict: no difference larger than 0.02/);
  expect(shown.printed).toContain("trials: 24 done");
  const document = JSON.parse((await tryHere("studies", "show", "worse", "--dir", store, "--json")).printed);
  expect(document).toMatchObject({ verdict: "worse", running: false, mostSeeds: 12 });
  const none = await tryHere("studies", "show", "bettr", "--dir", store);
  expect([none.code, none.text]).toEqual([4, expect.stringContaining('expected the study "bettr"')]);
  expect(runsIn(store)).toHaveLength(before);
});

beforeAll(() => makeFolder(store));
const base = ["judge", ...sides, ...words, ...metric];
const instead = (at: number, ...given: string[]) => [...base.slice(0, at), ...given, ...base.slice(at + 1)];

test.each<[string, string[], number, string]>([
  ["one side", ["judge", sides[0]!, ...words, ...metric], 2, "expected two sides, got learning-rate=0.01 alone"],
  ["two sides against itself", [...base, "--against-itself"], 2, "--against-itself: expected one side"],
  ["an empty side", instead(1, ""), 2, 'expected two sides, got "" as one'],
  ["a model that does not fit", instead(4, "lenet"), 2, "lenet: expected images"],
  ["a batch above the data", instead(1, "batch-size=1000"), 2, "at most the 120 examples, got 1000"],
  ["a minimum effect that is no number", [...base, "--minimum-effect", "NaN"], 2, 'got "NaN"'],
  ["a name with slashes", [...base, "--study", "a/b"], 2, "of at most 80 letters"],
  ["a name of 200 letters", [...base, "--study", "a".repeat(200)], 2, "of at most 80 letters"],
  ["sides alike", instead(2, "learning-rate=0.01"), 2, "expected two sides that differ"],
  ["an unknown option", instead(1, "learning-rat=1"), 2, 'got "learning-rat"; did you mean "learning-rate"?'],
  ["a list", instead(1, "learning-rate=1e-3,1e-2"), 2, "--learning-rate: expected one value, got a list"],
  ["an unknown study", ["judge", "none/4x1", "none/4x2", ...metric], 4, 'expected the study "none"'],
  ["an unknown run", ["judge", "20200101", "20200102", ...metric], 4, "20200101"],
  ["a run with options beside it", instead(1, "latest"), 2, "expected no options of train beside the run latest"],
  ["an unknown file", instead(1, "none.yaml"), 4, "none.yaml"],
  ["an unknown metric", [...base, "--metric", "loss"], 2, "--metric: expected one of validation-loss"],
  ["a minimum effect of 0", [...base, "--minimum-effect", "0"], 2, "--minimum-effect: expected a number above 0"],
  ["a minimum effect below 0", [...base, "--minimum-effect", "-1"], 2, "--minimum-effect: expected a number above 0"],
  [
    "a minimum effect in percent",
    [...base, "--metric", "validation-accuracy", "--minimum-effect", "2"],
    2,
    "--minimum-effect: expected a share of at most 1 of validation-accuracy, got 2; write 0.02 for 2 %",
  ],
  ["a minimum effect in words", [...base, "--minimum-effect", "some"], 2, 'got "some"'],
  ["five seeds", [...base, "--most-seeds", "5"], 2, "--most-seeds: expected from 6 to 1000, got 5"],
  ["a share of 1", [...base, "--confirmation-share", "1"], 2, "--confirmation-share: expected a number from 0"],
  [
    "too few to set aside",
    [...base, "--confirmation-share", "0.2"],
    2,
    "at least 10 validation examples to look at and as many to confirm on, got 24 and 6",
  ],
  ["a loss as the budget", [...base, "--budget", "target-loss=1"], 2, "--budget: expected updates=N"],
  ["an unknown model", instead(4, "nonesuch"), 4, "nonesuch"],
])("%s is refused in one line, and nothing is made", async (_, line, code, message) => {
  const before = runsIn(store).length;
  const refused = await tryHere(...line, "--dir", store);
  expect(refused.text).toContain(message);
  expect([refused.code, refused.printed, refused.text.trim().split("\n").length]).toEqual([code, "", 1]);
  expect(runsIn(store)).toHaveLength(before);
});
