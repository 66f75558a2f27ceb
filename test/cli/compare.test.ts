import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { listRows } from "../../src/store/runIndex.ts";
import { batchscope, runsIn, scratch } from "./harness.ts";
import { tryHere } from "./inProcess.ts";

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const store = join(folder, "batchscope");
const asked = ["compare", "--model", "linear", "--data", "iris", "--gradient-accumulation-steps", "1,4"];
const small = [...asked, "--seeds", "2", "--budget", "examples=64", "--study", "s"];
const compare = (...more: string[]) => batchscope([...small, ...more], { cwd: folder });

test("a comparison trains what is missing, goes on where it was killed, and refuses another under its name", async () => {
  const first = await compare("--json", "--jobs", "2");
  expect(first.code, first.stderr).toBe(0);
  const made = JSON.parse(first.stdout);
  expect(made).toMatchObject({
    answer: [{ kind: "armsUntested", seeds: 2, enough: 6 }],
    study: "s",
    complete: true,
    arms: [
      { name: "4x1", effectiveBatchSize: 4, seeds: 2, diverged: 0, examples: 64, updates: 16 },
      { name: "4x4", effectiveBatchSize: 16, seeds: 2, diverged: 0, examples: 64, updates: 4 },
    ],
    comparisons: [{ arm: "4x4", baseline: "4x1", paired: true, p: null, verdict: "too few seeds" }],
  });
  for (const { meanLoss, finalLoss, seconds, peakMemoryBytes } of made.arms)
    for (const value of [meanLoss, finalLoss, seconds, peakMemoryBytes]) expect(value).toBeGreaterThan(0);
  for (const file of made.files) expect(existsSync(file), file).toBe(true);
  expect(made.files.map((file: string) => basename(file))).toEqual(
    expect.arrayContaining(["arms.csv", "trials.parquet", "comparison.png", "report.html"]),
  );
  expect(readFileSync(made.files.at(-1), "utf8")).toContain("has the lowest validation loss");
  const runs = runsIn(store).toSorted();
  expect(runs).toHaveLength(4);
  expect(listRows(store).rows.every(({ trialOf }) => trialOf?.startsWith("s/"))).toBe(true);

  // Killed while it wrote that the last trial is done, and while another ran whose run is lost.
  const log = join(store, "studies", "s", "trials.jsonl");
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  const ended = lines.filter((line) => JSON.parse(line).state === "done").map((line) => JSON.parse(line));
  const [lost, unsaid] = ended;
  rmSync(join(store, "runs", lost.run), { recursive: true });
  const kept = lines.filter((line) => ![lost, unsaid].some(({ at }) => JSON.parse(line).at === at));
  writeFileSync(log, `${kept.join("\n")}\n`);
  appendFileSync(log, JSON.stringify(unsaid).slice(0, 40));
  const again = await compare("--json");
  expect(again.code, again.stderr).toBe(0);
  const after = JSON.parse(again.stdout);
  const losses = ({ arms }: typeof made) =>
    arms.flatMap(({ trials }: { trials: { seed: number; finalLoss: number }[] }) =>
      trials.map(({ finalLoss }) => finalLoss),
    );
  expect(losses(after)).toEqual(losses(made));
  const now = runsIn(store);
  expect(now).toHaveLength(4);
  expect(now.filter((id) => !runs.includes(id))).toHaveLength(1);

  const shown = await compare("--lang", "zh");
  expect(shown.stdout).toMatch(/^比较：/);
  expect(runsIn(store)).toHaveLength(4);
  const listed = (...more: string[]) => tryHere("runs", "--dir", store, ...more);
  expect(await listed()).toMatchObject({
    printed: expect.stringContaining("no run"),
    said: expect.stringContaining("4 trials"),
  });
  expect((await listed("--study", "s", "--columns", "run,study")).printed.trim().split("\n")).toHaveLength(5);
  const other = await compare("--learning-rate", "0.5");
  expect([other.code, other.stdout]).toEqual([2, ""]);
  expect(other.stderr).toContain(
    '--study: expected what s was started with, got another learningRate of the arm "4x1": 0.5 instead of 0.001',
  );
});

test("each arm is tuned on other seeds, and compared by the time to a loss", async () => {
  const target = ["--budget", "target-loss=0.7", "--epochs", "2", "--seeds", "1", "--jobs", "2", "--study", "tuned"];
  const command = [...asked, ...target, "--tune", "learning-rate=1e-6,0.1"];
  const ran = await batchscope([...command, "--json"], { cwd: folder });
  expect(ran.code, ran.stderr).toBe(0);
  const made = JSON.parse(ran.stdout);
  expect(made).toMatchObject({
    answer: [{ kind: "targetUntested", target: 0.7, fastest: expect.any(String) }],
    metric: "secondsToTarget",
    tuning: { seeds: [1_000_000, 1_000_001, 1_000_002], arms: [{ name: "4x1", chosen: 0.1, edge: "largest" }, {}] },
    arms: [{ learningRate: 0.1, seeds: 1 }, { learningRate: 0.1 }],
    target: { loss: 0.7, arms: [{ examples: { trials: 1, reached: 1 } }, {}], examples: [{ arm: "4x4" }] },
  });
  expect(made.tuning.arms[0].tried[0]).toMatchObject({ value: 1e-6, seeds: 3, lost: 3 });
  expect(made.findings.map(({ kind }: { kind: string }) => kind)).toEqual(
    expect.arrayContaining(["rateTuned", "rateAtEdge"]),
  );
  const dry = JSON.parse((await tryHere(...command, "--dir", store, "--dry-run", "--json")).printed);
  expect(dry).toMatchObject({ trials: 14, tuning: 12, ended: 14 });
});

test.each<[string[], number, string]>([
  [["--tune", "optimizer=sgd,adam"], 2, "--tune: expected a numeric option in which arms may differ and its values"],
  [["--tune", "momentum=0.1,0.1"], 2, "--tune: expected two different values or more of momentum"],
  [["--protocol", "source-3"], 2, '--protocol: expected source-003, got "source-3"'],
  [["--baseline", "4x9"], 2, '--baseline: expected one of the arms 4x1, 4x4, got "4x9"'],
  [["--budget", "epochs=3"], 2, "--budget: expected updates=N, examples=N, seconds=S or target-loss=X"],
  [["--budget", "examples=-1"], 2, "--budget: expected updates=N"],
  [["--budget", "updates=0.5"], 2, "--budget: expected updates=N"],
  [["--budget", "seconds=NaN"], 2, "--budget: expected updates=N"],
  [["--budget", "seconds=1e300"], 2, "--budget: expected at most 31622400 seconds"],
  [["--tune", "learning-rate=0.1"], 2, "--tune: expected two different values or more of learning-rate"],
  [["--vary", "lerning-rate=1,2"], 2, 'got "lerning-rate"; did you mean "learning-rate"?'],
  [["--vary", "learning-rate="], 2, "--learning-rate: expected values with commas between them"],
  [["--arm", "a: batch-size=8", "--arm", "a: batch-size=16"], 2, 'a name of its own for each arm, got "a" twice'],
  [["--model", "lenet"], 2, "lenet: expected images"],
  [["--study", "a/b"], 2, '--study: expected a name of at most 80 letters, digits, "-", "_" and "."'],
  [["--study", ".."], 2, "of which the first is a letter or digit"],
  [["--study", "名"], 2, "--study: expected a name of at most 80 letters"],
  [["--study", "a".repeat(200)], 2, "--study: expected a name of at most 80 letters"],
  [["--dry-run", "--baseline", "none", "--json"], 2, "--baseline: expected one of the arms"],
  [["--seeds", "0"], 2, "--seeds: expected how many"],
  [["--jobs", "0"], 2, "--jobs: expected a whole number of at least 1"],
  [["--data", "irsi"], 4, 'did you mean "iris"'],
  [["--batch-size", "500"], 2, "--batch-size: expected a batch size of at most the 120 examples, got 500"],
])("%j is refused in one line, and nothing is made", async (more, code, words) => {
  const none = join(folder, "none");
  const refused = await tryHere(...asked, "--dir", none, ...more);
  expect(refused.text).toContain(words);
  expect([refused.code, refused.printed, refused.text.trim().split("\n").length]).toEqual([code, "", 1]);
  expect(runsIn(none)).toEqual([]);
});
