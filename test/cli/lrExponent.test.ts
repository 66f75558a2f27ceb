import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { batchscope, runsIn, scratch } from "./harness.ts";
import { tryIn } from "./inProcess.ts";

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const subject = ["lr-exponent", "--model", "linear", "--data", "iris", "--optimizer", "sgd"];
const tried = ["--batch-sizes", "8,16,32", "--learning-rates", "0.01,0.1,1", "--most-rates", "5", "--seeds", "2"];

test("trainings are made once, are told of, and give a file that train reads", async () => {
  const asked = [...subject, ...tried, "--examples", "64", "--jobs", "2"];
  const { code, stdout, stderr } = await batchscope([...asked, "--json"], { cwd: folder });
  expect(code, stderr).toBe(0);
  const found = JSON.parse(stdout);
  expect(found).toMatchObject({ seeds: [0, 1], budget: { kind: "examples", value: 64 } });
  expect(found.batches.map(({ batchSize }: { batchSize: number }) => batchSize)).toEqual([8, 16, 32]);
  for (const { rates, state } of found.batches) {
    expect(rates.length).toBeGreaterThanOrEqual(3);
    expect(rates.length).toBeLessThanOrEqual(5);
    expect(["found", "smallest", "largest", "flat"]).toContain(state);
  }
  const isKnown = found.batches.every(({ state }: { state: string }) => state === "found");
  expect(found.exponent !== null).toBe(isKnown);
  expect(found.files.some((file: string) => file.endsWith("exponent.json"))).toBe(isKnown);
  for (const file of found.files) expect(existsSync(file), file).toBe(true);
  const page = readFileSync(
    found.files.find((file: string) => file.endsWith("report.html")),
    "utf8",
  );
  expect(page).toContain("Learning rate against batch size: linear on iris");
  const before = runsIn(join(folder, "batchscope")).length;
  expect(before).toBe(2 * found.batches.reduce((sum: number, { rates }: { rates: [] }) => sum + rates.length, 0));
  const again = await batchscope(asked, { cwd: folder });
  expect(again.code, again.stderr).toBe(0);
  expect(again.stdout.split("\n")[0]).toMatch(/^Learning rate: /);
  expect(runsIn(join(folder, "batchscope"))).toHaveLength(before);
  const { study } = found.batches[0];
  const told = await tryIn(folder, "studies", "show", study.split("/").at(-1));
  expect([told.text, told.printed.split("\n")[0]]).toEqual(["", again.stdout.split("\n")[0]]);
  expect((await tryIn(folder, "studies", "list")).printed).toContain(again.stdout.split("\n")[0]);
});

describe("is refused", () => {
  test.each<[string, string[], RegExp]>([
    ["two batches", ["--batch-sizes", "8,32"], /--batch-sizes: expected 3 batch sizes or more that ascend, got 8,32/],
    ["batches that fall", ["--batch-sizes", "32,16,8"], /--batch-sizes: expected 3 batch sizes or more that ascend/],
    [
      "what are no numbers",
      ["--batch-sizes", "8,x,32"],
      /--batch-sizes: expected numbers with commas between them, got "8,x,32"/,
    ],
    ["a batch beyond the data", ["--batch-sizes", "8,32,512"], /512/],
    ["one rate", ["--learning-rates", "0.1"], /--learning-rates: expected 3 different rates above 0 or more, got 0.1/],
    ["rates below 0", ["--learning-rates", "-1,1,2"], /--learning-rates: expected 3 different rates above 0/],
    ["one seed", ["--seeds", "1"], /--seeds: expected two seeds or more, got 0 alone; an interval needs them/],
    ["fewer rates at most than at first", ["--most-rates", "4"], /--most-rates: expected at least 5/],
    ["two lengths", ["--examples", "100", "--steps", "10"], /--steps: expected it without --examples, got both/],
    ["a length below an update", ["--examples", "20"], /--examples: expected at least the 32 of one update/],
    ["a micro-batch that does not fit", ["--micro-batch", "5"], /--micro-batch: expected a divisor of every batch/],
    [
      "a rule",
      ["--set", "scale-rule=sqrt"],
      /expected none, as it is measured how the learning rate follows the batch/,
    ],
    ["one rate for all", ["--learning-rate", "0.1"], /unknown option '?--learning-rate'?/],
  ])("%s", async (_, words, message) => {
    const sizes = words.includes("--batch-sizes") ? [] : ["--batch-sizes", "8,16,32"];
    const refused = await tryIn(folder, ...subject, ...sizes, ...words);
    expect([refused.code, refused.text]).toEqual([2, expect.stringMatching(message)]);
  });

  test("in Chinese", async () => {
    const refused = await tryIn(folder, ...subject, "--batch-sizes", "8,32", "--lang", "zh");
    expect([refused.code, refused.text]).toEqual([
      2,
      expect.stringMatching(/--batch-sizes：应为 3 个以上递增的批次大小，实际为 8,32/),
    ]);
  });
});
