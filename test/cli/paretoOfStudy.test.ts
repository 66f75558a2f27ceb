import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { batchscope, scratch } from "./harness.ts";
import { tryIn } from "./inProcess.ts";

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const trained = ["--model", "linear", "--data", "iris", "--optimizer", "sgd", "--evaluate-examples", "60"];
beforeAll(async () => {
  const own = ["--seeds", "2", "--jobs", "2", "--study", "sizes", "--batch-size", "4,20,60", "--vary"];
  const asked = ["compare", ...trained, "--budget", "examples=600", ...own, "learning-rate=0.02,0.05"];
  const { code, stderr } = await batchscope(asked, { cwd: folder });
  expect(code, stderr).toBe(0);
});

const ask = (...more: string[]) => tryIn(folder, "critical-batch", "--study", "sizes", ...more);

test("a study says what each batch size takes to a loss, with the hyperbola and its definitions", async () => {
  const { printed, text } = await ask("--json", "--target-loss", "0.9");
  expect(text).toBe("");
  const found = JSON.parse(printed);
  expect(found).toMatchObject({
    study: "sizes",
    seeds: [0, 1],
    targetLoss: 0.9,
    batches: [
      { batchSize: 4, examples: [expect.any(Number), expect.any(Number)] },
      { batchSize: 20 },
      { batchSize: 60 },
    ],
    fit: { batches: 3, seeds: 2, censored: [], lackOfFit: { p: expect.any(Number) } },
    definitions: [{ name: "pareto" }, { name: "paretoOverhead", overhead: 0.2 }],
  });
  for (const file of found.files) expect(existsSync(file) || existsSync(join(folder, file)), file).toBe(true);
  const page = readFileSync(join(folder, "batchscope", "studies", "sizes", "critical-batch.html"), "utf8");
  expect(page).toContain("Steps against examples: linear on iris");
  expect((await ask()).printed).toMatch(/What each batch size takes to the validation loss 0\.\d+/);
  const chinese = await ask("--lang", "zh");
  expect(chinese.printed).toMatch(/^批次：/);
});

test("studies say what its batch sizes said, beside what they said before", async () => {
  const { printed } = await ask("--json", "--target-loss", "0.9");
  const [said] = JSON.parse(printed).answer;
  const listed = JSON.parse((await tryIn(folder, "studies", "list", "--json")).printed).studies;
  expect(listed.find(({ id }: { id: string }) => id === "sizes").answer).toContainEqual(said);
  const shown = await tryIn(folder, "studies", "show", "sizes", "--json");
  expect(JSON.parse(shown.printed).criticalBatch).toEqual([said]);
  const line = (await ask("--target-loss", "0.9")).printed.split("\n")[0]!;
  for (const words of [["list"], ["show", "sizes"]])
    expect((await tryIn(folder, "studies", ...words)).printed).toContain(line);
});

test("a sweep over batches and rates says the same, with the rate of a seed chosen on the others", async () => {
  const varied = ["--grid", "batch-size=4,20,60", "--grid", "learning-rate=0.02,0.05"];
  const own = ["--budget", "examples=600", "--seeds", "2", "--jobs", "2", "--study", "swept"];
  const { code, stderr } = await batchscope(["sweep", ...trained, ...varied, ...own], { cwd: folder });
  expect(code, stderr).toBe(0);
  const asked = ["critical-batch", "--study", "swept", "--target-loss", "0.9"];
  const swept = await tryIn(folder, ...asked, "--json");
  expect(swept.text).toBe("");
  const found = JSON.parse(swept.printed);
  expect(found.batches.map(({ batchSize }: { batchSize: number }) => batchSize)).toEqual([4, 20, 60]);
  expect(found).toMatchObject({ study: "swept", seeds: [0, 1], fit: { batches: 3, seeds: 2 } });
  // The same trainings as those of the comparison.
  const compared = JSON.parse((await ask("--json", "--target-loss", "0.9")).printed);
  expect(found.batches).toEqual(compared.batches);
  expect(found.fit).toEqual(compared.fit);
  const line = (await tryIn(folder, ...asked)).printed.split("\n")[0]!;
  for (const words of [
    ["studies", "list"],
    ["studies", "show", "swept"],
    ["sweep", "show", "swept"],
  ])
    expect((await tryIn(folder, ...words)).printed, words.join(" ")).toContain(line);
  const listed = JSON.parse((await tryIn(folder, "studies", "list", "--json")).printed).studies;
  expect(listed.find(({ id }: { id: string }) => id === "swept").answer).toContainEqual(found.answer[0]);
});

test("a batch that never reaches the target is left out, and said", async () => {
  // The fastest gets there, and the largest batch does not.
  const { printed: lower } = await ask("--json", "--target-loss", "0.75");
  const found = JSON.parse(lower);
  expect(found.fit.censored.length).toBeGreaterThan(0);
  expect(found.answer).toEqual([{ kind: "paretoUnknown", target: 0.75, reaches: found.fit.batches, batches: 3 }]);
  expect((await ask("--target-loss", "0.75")).printed).toMatch(/never reached by some: left out/);
});

describe("is refused", () => {
  test.each<[string, string[], number, RegExp]>([
    ["a target that none reaches", ["--target-loss", "0.01"], 2, /--target-loss: expected a loss that every seed of/],
    ["no loss", ["--target-loss", "low"], 2, /--target-loss: expected a loss, got "low"/],
    ["a run beside it", ["latest"], 2, /--study: expected a study alone, got latest too/],
    ["options of training beside it", ["--model", "mlp"], 2, /--study: expected a study alone, got --model too/],
  ])("%s", async (_, words, code, message) => {
    const refused = await ask(...words);
    expect([refused.code, refused.text]).toEqual([code, expect.stringMatching(message)]);
  });

  test("a target without a study, and a study that is not there", async () => {
    const alone = await tryIn(folder, "critical-batch", "latest", "--target-loss", "1");
    expect([alone.code, alone.text]).toEqual([2, expect.stringMatching(/--target-loss: expected --study beside it/)]);
    const missing = await tryIn(folder, "critical-batch", "--study", "none");
    expect([missing.code, missing.text]).toEqual([4, expect.stringMatching(/expected the study "none", got sizes/)]);
  });
});
