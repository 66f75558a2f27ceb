import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { batchscope, runsIn, scratch } from "./harness.ts";
import { tryHere } from "./inProcess.ts";

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const store = join(folder, "batchscope");
const subject = ["--model", "linear", "--data", "iris", "--dir", store];
const grid = ["--grid", "learning-rate=1e-3,1e-1", "--budget", "examples=112", "--batch-size", "16"];
const small = ["sweep", ...subject, ...grid, "--seeds", "1", "--study", "s"];

test("a sweep trains what is missing, goes on where it was killed, and refuses another under its name", async () => {
  const first = await batchscope([...small, "--json", "--jobs", "2"], { cwd: folder });
  expect(first.code, first.stderr).toBe(0);
  const made = JSON.parse(first.stdout);
  expect(made).toMatchObject({
    schemaVersion: 1,
    answer: { kind: "sweepUntested", setting: "learning-rate=0.1", settings: 2 },
    sweep: "s",
    complete: true,
    best: { name: "learning-rate=0.1", values: { learningRate: 0.1 }, lower: null, upper: null, settings: 2 },
  });
  expect(made.trials).toHaveLength(2);
  for (const { id, state, seed, values, result } of made.trials) {
    expect([state, seed]).toEqual(["done", 0]);
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(values.learningRate).toBeGreaterThan(0);
    expect(result).toMatchObject({ examples: 112, loss: expect.any(Number), accuracy: expect.any(Number) });
  }
  for (const file of made.files) expect(existsSync(file), file).toBe(true);
  expect(made.files.map((file: string) => basename(file))).toEqual(
    expect.arrayContaining(["settings.csv", "trials.parquet", "report.html"]),
  );

  // Killed while it wrote that the first trial is done, and the run of the other is lost.
  const runs = runsIn(store);
  const log = join(store, "studies", "s", "trials.jsonl");
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  const ended = lines.filter((line) => JSON.parse(line).state === "done").map((line) => JSON.parse(line));
  const [unsaid, lost] = ended;
  rmSync(join(store, "runs", lost.run), { recursive: true });
  writeFileSync(log, `${lines.filter((line) => JSON.parse(line).at !== unsaid.at).join("\n")}\n`);
  appendFileSync(log, JSON.stringify(unsaid).slice(0, 40));
  const again = await batchscope(["sweep", "resume", "s", "--dir", store, "--json"], { cwd: folder });
  expect(again.code, again.stderr).toBe(0);
  const results = ({ trials }: typeof made) => trials.map(({ id, result }: (typeof trials)[number]) => [id, result]);
  expect(results(JSON.parse(again.stdout))).toEqual(results(made));
  expect(runsIn(store).filter((run) => !runs.includes(run))).toHaveLength(1);

  const show = await tryHere("sweep", "show", "s", "--dir", store, "--json");
  expect(results(JSON.parse(show.printed))).toEqual(results(made));
  expect((await tryHere("sweep", "list", "--dir", store)).printed).toMatch(/s +does not run +2\/2 +learning-rate=0.1/);
  expect(await tryHere("sweep", "stop", "s", "--dir", store)).toMatchObject({ code: 2 });
  const dry = await tryHere(...small, "--trials", "2", "--dry-run", "--json");
  expect(JSON.parse(dry.printed)).toMatchObject({ sweep: "s", settings: 2, trials: 2, ended: 2, seconds: 0 });
  const other = await tryHere(...small, "--learning-rate", "0.5");
  expect(other.text).toContain("--learning-rate: expected values in --grid or --random alone");
  const wider = await tryHere(...small.filter((word) => !word.startsWith("learning-rate=")), "learning-rate=1,2");
  expect(wider.code).toBe(2);
  expect(await tryHere(...small, "--momentum", "0.5", "--optimizer", "sgd")).toMatchObject({
    code: 2,
    text: expect.stringContaining("--study: expected what s was started with, got another"),
  });
});

test("a trial that failed has failed, also where the sweep does not run, until it is gone on with", async () => {
  const there = ["--dir", store, "--json"];
  const log = join(store, "studies", "s", "trials.jsonl");
  const kept = readFileSync(log, "utf8");
  const last = JSON.parse(kept.trimEnd().split("\n").at(-1)!);
  const { result: _, ...failed } = { ...last, state: "failed", attempt: last.attempt + 1, run: null, reason: "no" };
  appendFileSync(log, `${JSON.stringify(failed)}\n`);
  const states = (printed: string) =>
    JSON.parse(printed)
      .trials.map(({ state }: { state: string }) => state)
      .toSorted();
  expect(states((await tryHere("sweep", "show", "s", ...there)).printed)).toEqual(["done", "failed"]);
  const [row] = JSON.parse((await tryHere("sweep", "list", ...there)).printed).sweeps;
  expect(row.states).toMatchObject({ done: 1, failed: 1, waiting: 0 });
  const [study] = JSON.parse((await tryHere("studies", ...there)).printed).studies;
  expect(study.trials).toEqual({ done: 1, failed: 1 });
  writeFileSync(log, kept);
});

const file = (text: string) => {
  const path = join(folder, "sweep.yaml");
  writeFileSync(path, `model: linear\ndata: iris\n${text}`);
  return ["-c", path];
};

test.each<[string, string[] | string, number, string]>([
  ["nothing varies", [], 2, "expected options that vary, got none; give --grid"],
  ["no value", ["--grid", "learning-rate="], 2, "--grid: expected values of learning-rate with commas between them"],
  ["no key", ["--grid", "0.1,0.2"], 2, "--grid: expected an option and its values"],
  [
    "an unknown key",
    ["--grid", "lerning-rate=1,2"],
    2,
    'expected an option of train, got "lerning-rate"; did you mean "learning-rate"?',
  ],
  ["an option that cannot vary", ["--grid", "seed=1,2"], 2, "--grid: expected an option that may vary, got seed"],
  ["one point", ["--grid", "learning-rate=0.1"], 2, "expected two settings or more, got learning-rate=0.1"],
  [
    "a value twice",
    ["--grid", "learning-rate=0.1,0.1"],
    2,
    "expected different values of learning-rate, got 0.1 twice",
  ],
  [
    "an empty range",
    ["--random", "learning-rate=1..1", "--trials", "3"],
    2,
    "--random: expected a range that ends above",
  ],
  ["log of 0", ["--random", "weight-decay=0..1,log", "--trials", "3"], 2, "--random: expected a range above 0 for log"],
  [
    "a strange word",
    ["--random", "weight-decay=1..2,lag", "--trials", "3"],
    2,
    "--random: expected log or linear, and integer",
  ],
  ["a range of words", ["--random", "optimizer=a..b", "--trials", "3"], 2, "for optimizer, which is no number"],
  [
    "a value out of its domain",
    ["--grid", "batch-size=4,0.5"],
    2,
    "--batch-size: expected a whole number of at least 1, got 0.5",
  ],
  [
    "no trials",
    ["--grid", "learning-rate=1,2", "--trials", "0"],
    2,
    '--trials: expected a whole number of at least 1, got "0"',
  ],
  [
    "more than there are",
    ["--grid", "learning-rate=1,2", "--trials", "3"],
    2,
    "--trials: expected at most the 2 settings",
  ],
  [
    "more than can be drawn",
    ["--random", "batch-size=2..4", "--trials", "9"],
    2,
    "--trials: expected at most the 3 different",
  ],
  ["how many to draw", ["--random", "learning-rate=1..2"], 2, "--trials: expected how many settings to draw"],
  [
    "a list twice",
    ["--grid", "learning-rate=1,2", "--random", "learning-rate=1..2"],
    2,
    "--learning-rate: expected one list or range",
  ],
  ["losses that are no one thing", ["--grid", "label-smoothing=0,0.1"], 2, "--label-smoothing: expected one loss"],
  [
    "a metric that is none",
    ["--grid", "learning-rate=1,2", "--metric", "accuracy"],
    2,
    "--metric: expected validation-loss or",
  ],
  [
    "a target",
    ["--grid", "learning-rate=1,2", "--budget", "target-loss=1"],
    2,
    "--budget: expected updates=N, examples=N or",
  ],
  [
    "rungs beyond the budget",
    ["--grid", "learning-rate=1,2", "--halving", "--epochs", "2", "--minimum-budget", "epochs=3"],
    2,
    "--minimum-budget: expected less than the 240 examples",
  ],
  ["too few for a rung", ["--grid", "learning-rate=1,2", "--halving"], 2, "--halving: expected at least 9 settings"],
  [
    "a rung without halving",
    ["--grid", "learning-rate=1,2", "--minimum-budget", "epochs=3"],
    2,
    "--minimum-budget: expected --halving beside it",
  ],
  [
    "two ways to stop",
    ["--grid", "learning-rate=1,2", "--halving", "--median-stopping"],
    2,
    "--halving: expected one way to stop early",
  ],
  [
    "a batch beyond the data",
    ["--grid", "batch-size=4,500"],
    2,
    "--batch-size: expected a batch size of at most the 120 examples, got 500",
  ],
  [
    "a file's unknown key",
    "grid: learning-rate=1,2\nlerning-rate: 3\n",
    2,
    'sweep.yaml:4:1 lerning-rate: expected a known option, got "lerningRate"; did you mean',
  ],
  [
    "a file's misspelt list",
    "gird: learning-rate=1,2\n",
    2,
    'sweep.yaml:3:1 gird: expected a known option, got "gird"; did you mean "grid"?',
  ],
  ["a file's empty list", "grid: []\n", 2, "sweep.yaml:3:1 grid: expected a value, got nothing"],
  [
    "a file's bad range",
    "random:\n  - weight-decay=0..1,log\ntrials: 3\n",
    2,
    "random: expected a range above 0 for log",
  ],
  [
    "a file's bad value",
    "grid: learning-rate=1,2\nepochs: x\n",
    2,
    'sweep.yaml:4:9 epochs: expected a whole number of at least 1, got "x"',
  ],
  [
    "a file's length",
    "grid: learning-rate=1,2\nsteps: 5\n",
    2,
    "--steps: expected an option that a sweep's trainings can have",
  ],
])("%s is refused in one line, and nothing is made", async (_, asked, code, words) => {
  const none = join(folder, "none");
  const given = typeof asked === "string" ? file(asked) : ["--model", "linear", "--data", "iris", ...asked];
  const refused = await tryHere("sweep", ...given, "--dir", none);
  expect(refused.text).toContain(words);
  expect([refused.code, refused.printed, refused.text.trim().split("\n").length]).toEqual([code, "", 1]);
  expect(runsIn(none)).toEqual([]);
});

test("a sweep that is not there, and the name of a comparison, are refused", async () => {
  expect(await tryHere("sweep", "show", "x", "--dir", store)).toMatchObject({
    code: 4,
    text: expect.stringContaining('expected the sweep "x", got s'),
  });
  const compared = ["compare", ...subject, "--batch-size", "4,8", "--seeds", "1", "--budget", "examples=16"];
  expect(await tryHere(...compared, "--study", "s")).toMatchObject({
    code: 2,
    text: expect.stringContaining("--study: expected a name that no sweep has, got s"),
  });
});
