import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Diagnosis } from "../../src/store/diagnosis.ts";
import { scratch } from "./harness.ts";
import { tryIn } from "./inProcess.ts";

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const runs: Record<string, string> = {};
const train = async (name: string, ...more: string[]) => {
  await tryIn(folder, "train", "--batch-size", "20", "--progress", "none", ...more);
  runs[name] = JSON.parse((await tryIn(folder, "runs", "show", "latest", "--json")).printed).record.id;
};

beforeAll(async () => {
  const rows = Array.from({ length: 60 }, (_, i) => `${(i * 37) % 11},${(i * 53) % 17},${(i * 37) % 11}.5`);
  writeFileSync(join(folder, "numbers.csv"), ["a,b,target", ...rows].join("\n"));
  const iris = ["--data", "iris", "--model", "mlp:16x1"];
  await train("healthy", ...iris, "--epochs", "40", "--learning-rate", "0.01");
  await train(
    "crawling",
    ...iris,
    "--epochs",
    "5",
    "--optimizer",
    "sgd",
    "--momentum",
    "0.5",
    "--learning-rate",
    "1e-6",
  );
  await train("adam", ...iris, "--epochs", "2", "--optimizer", "adam", "--learning-rate", "1e-7");
  await train("numbers", "--data", "numbers.csv", "--target", "target", "--model", "linear", "--epochs", "40");
});

const ask = (name: string, ...more: string[]) => tryIn(folder, "diagnose", runs[name]!, ...more);
const asJson = async (name: string): Promise<Diagnosis> => JSON.parse((await ask(name, "--json")).printed);

describe("a run", () => {
  test("that went well has nothing to find, in a sentence", async () => {
    const { code, printed } = await ask("healthy");
    expect([code, printed.split("\n")[0]]).toEqual([0, "Nothing is wrong: training and test losses are small."]);
    const { verdict, path, findings } = await asJson("healthy");
    expect([verdict, path.map(({ node, answer }) => `${node} ${answer}`)]).toEqual([
      "fine",
      ["numbers-finite yes", "training-loss-small yes", "test-loss-small yes"],
    ]);
    expect(findings.filter(({ strength }) => strength !== "note")).toEqual([]);
  });

  test("whose parameters hardly move learns too slowly, and every command of a remedy can be run", async () => {
    const { verdict, findings } = await asJson("crawling");
    expect([verdict, findings[0]!.kind, findings[0]!.strength]).toEqual([
      "optimisation",
      "learning-rate-too-low",
      "fault",
    ]);
    expect(findings[0]!.remedies.map(({ kind }) => kind)).toEqual(["higher-rate", "adam", "longer", "find-rate"]);
    expect(findings[0]!.remedies[0]!.command).toMatch(/ train --config \S+config.yaml --learning-rate \S+$/);
    for (const { command, changes } of findings.flatMap(({ remedies }) => remedies)) {
      if (changes === null || command === null) continue;
      const words = command.slice(command.indexOf(" train ") + 1).split(" ");
      const { code, text } = await tryIn(folder, ...words, "--dry-run");
      expect([code, text], command).toEqual([0, ""]);
    }
  });

  test("of numbers is held against the mean", async () => {
    const { path } = await asJson("numbers");
    const { evidence } = path.find(({ node }) => node === "training-loss-small")!;
    // Targets are standardised over the training data.
    expect(evidence.find(({ name }) => name === "constantLoss")!.value).toBeCloseTo(1, 1);
  });

  test.each([
    ["en", "Why is", "The way through the tree"],
    ["zh", "为什么是这样", "在树中所走的路"],
  ])("on a page in %s", async (language, title, path) => {
    const { code, text } = await ask("crawling", "--out", `why-${language}.html`, "--lang", language);
    expect(code, text).toBe(0);
    const page = readFileSync(join(folder, `why-${language}.html`), "utf8");
    for (const part of [title, path, "data:image/svg+xml", "config.yaml"]) expect(page).toContain(part);
    expect(page).not.toContain("<script");
  });
});

describe("less than a whole run", () => {
  test("no number from the first step on", async () => {
    await train(
      "broken",
      "--data",
      "numbers.csv",
      "--target",
      "target",
      "--model",
      "linear",
      "--optimizer",
      "sgd",
      "--learning-rate",
      "1e30",
      "--epochs",
      "3",
    );
    const { verdict, findings, limits } = await asJson("broken");
    expect([verdict, findings.map(({ kind }) => kind)]).toEqual(["broken", expect.arrayContaining(["not-finite"])]);
    expect(limits).toEqual(expect.arrayContaining(["no-checkpoint", "no-validation"]));
  });

  test("no checkpoints, and data that are gone", async () => {
    await train("bare", "--data", "numbers.csv", "--target", "target", "--model", "linear", "--epochs", "6");
    rmSync(join(folder, "batchscope", "runs", runs.bare!, "checkpoints"), { recursive: true });
    expect((await asJson("bare")).limits).toContain("no-checkpoint");
    rmSync(join(folder, "numbers.csv"));
    const { verdict, limits } = await asJson("bare");
    expect(verdict).not.toBe("nothing-recorded");
    expect(limits).toContain("no-data");
  });
});

test("--try proves the first remedy, and goes on with what was trained", async () => {
  const askAgain = async (): Promise<Diagnosis> => {
    const { code, text, printed } = await ask("adam", "--try", "--seconds", "1e5", "--seeds", "3", "--json");
    expect(code, text).toBe(0);
    return JSON.parse(printed);
  };
  const [first] = (await askAgain()).findings;
  const { kind, gain } = first!.remedies[0]!;
  expect([kind, gain]).toEqual([
    "higher-rate",
    expect.objectContaining({ verdict: "proved", seeds: 3, metric: "validationLoss" }),
  ]);
  expect(gain!.lower).toBeGreaterThan(0);
  expect((await askAgain()).findings[0]!.remedies[0]!.gain).toEqual(gain);
  const { printed } = await tryIn(folder, "studies", "list", "--json");
  expect(JSON.parse(printed).studies).toHaveLength(1);
});

test("a log of another program is told without commands", async () => {
  const log = join(folder, "metrics.csv");
  writeFileSync(
    log,
    ["step,loss", ...Array.from({ length: 40 }, (_, i) => `${i + 1},${i < 30 ? 2 : "nan"}`)].join("\n"),
  );
  const { printed, exitCode } = await tryIn(folder, "diagnose", "--log", log, "--fail-on", "not-finite");
  expect([printed.split(":")[0], exitCode]).toEqual(["Training broke", 3]);
  expect(printed).not.toContain("`");
  const refused = await tryIn(folder, "diagnose", runs.healthy!, "--log", log);
  expect([refused.code, refused.text]).toEqual([2, expect.stringMatching(/--log: expected a log in place of a run/)]);
});

test("a finding that --fail-on names exits with 3", async () => {
  expect((await ask("crawling", "--fail-on", "overfitting,learning-rate-too-low")).exitCode).toBe(3);
  expect((await ask("crawling", "--fail-on", "overfitting")).exitCode).toBe(0);
});

test.each([
  [["--fail-on", "overfit"], /--fail-on: expected kinds of findings, got "overfit"/, /--fail-on：应为/],
  [["--out", "why.pdf"], /--out: expected a file that ends in .html, got "why.pdf"; name one/, /--out：应为/],
])("%j is refused in both languages", async (flags, english, chinese) => {
  const refused = await ask("healthy", ...flags);
  expect([refused.code, refused.text]).toEqual([2, expect.stringMatching(english)]);
  expect((await ask("healthy", ...flags, "--lang", "zh")).text).toMatch(chinese);
});
