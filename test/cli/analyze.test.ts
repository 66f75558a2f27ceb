import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { batchscope, scratch, start, textOfPage, writeImages } from "./harness.ts";

const scene = scratch();
afterAll(() => rmSync(scene, { recursive: true }));

let run = "";
const analyze = (...argv: string[]) => batchscope(["analyze", run, ...argv], { cwd: scene });

beforeAll(async () => {
  writeImages(join(scene, "images"), 1);
  const argv = [
    "train",
    "--model",
    "mlp",
    "--data",
    "images",
    "--batch-size",
    "8",
    "--epochs",
    "3",
    "--checkpoint-every",
    "1",
    "--json",
  ];
  const { stdout, stderr, code } = await batchscope(argv, { cwd: scene });
  expect(code, stderr).toBe(0);
  run = JSON.parse(stdout).path;
});

describe("analyze", () => {
  test.concurrent("tells layers, groups and the whole data set apart", async () => {
    const asked = ["--by-layer", "--by", "class", "--full-pass", "--rows", "12", "--batch-size", "4"];
    const { code, stdout, stderr } = await analyze("--checkpoint", "1", ...asked);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^layer +parameters +\|G\|² +share +tr Σ +share +noise scale \[95 %\] +GSNR$/m);
    expect(stdout).toMatch(/^hidden +37,120 /m);
    expect(stdout).toMatch(/^mean cosine +0 +1 +2$/m);
    expect(stdout).toMatch(/^Over all 96 examples, at epoch 1, S² = /m);
    expect(stdout).toMatch(/^By class, 4 mini-batches of 4 examples inside each of 3 groups: /m);
    const written = JSON.parse(readFileSync(join(run, "analysis", "epoch_1", "statistics.json"), "utf8"));
    expect(written.layers.map(({ name }: { name: string }) => name)).toEqual(["hidden", "output"]);
    expect(written.groups).toMatchObject({ by: "class", names: ["0", "1", "2"], rowsPerGroup: 4 });
    expect(written.fullPass.examples).toBe(96);
    expect(textOfPage(readFileSync(join(run, "report.html"), "utf8"))).toContain("--by-layer --by class --full-pass");
  });

  test.concurrent.each([
    [["--by", "site"], 2, '--by: expected one of class for images, got "site"; choose one of them'],
    [
      ["--gradients", "G.npz", "--by", "class"],
      2,
      "--by: expected a run, whose examples are known, got gradients alone; leave it out",
    ],
    [
      ["--gradients", "G.npz", "--full-pass"],
      2,
      "--full-pass: expected a run, whose examples are known, got gradients alone; leave it out",
    ],
    [["--perplexity", "many"], 2, '--perplexity: expected numbers of at least 1, as 5,15,30, got "many"; change it'],
    [["--products", "rough"], 2, '--products: expected one of auto, exact, sketch, got "rough"; change it'],
    [
      ["--rows", "12", "--memory-budget", "x"],
      2,
      '--memory-budget: expected a whole number of at least 1, got "x"; change it',
    ],
    [
      ["--rows", "13", "--batch-size", "8"],
      2,
      "analyze: expected at most the 96 examples of images, got 13 rows of 8 = 104; lower --rows or --batch-size",
    ],
    [
      ["--batch-size", "5000"],
      2,
      "analyze: expected mini-batches of at most 48 examples, two being the fewest that images with its 96 must give, got 5000; lower --batch-size",
    ],
    [
      ["--batch-size", "49"],
      2,
      "analyze: expected mini-batches of at most 48 examples, two being the fewest that images with its 96 must give, got 49; lower --batch-size",
    ],
  ])("%j is refused", async (argv, code, message) => {
    const outcome = await analyze(...argv);
    expect([outcome.code, outcome.stderr, outcome.stdout]).toEqual([code, `batchscope: error: ${message}\n`, ""]);
  });
});

test("stopped by Ctrl-C it exits 130, and the same command goes on to the same numbers", async () => {
  // 1 MiB holds a seventh of 40 rows.
  const argv = ["analyze", run, "--rows", "40", "--batch-size", "2", "--memory-budget", "1", "--seed", "3", "--json"];
  const stopped = start(argv, { cwd: scene });
  await stopped.said("epoch 1: 40 gradients of 2 examples (1/3)");
  stopped.child.kill("SIGINT");
  const { code, stdout, stderr } = await stopped.ended;
  expect([code, stdout]).toEqual([130, ""]);
  expect(stderr).toMatch(
    /stopping after this block of mini-batches; what is measured is kept; once more to stop at once\n$/,
  );
  const unfinished = () => readdirSync(join(run, "analysis")).filter((name) => name.startsWith("unfinished-"));
  const [folder] = unfinished();
  const kept = readdirSync(join(run, "analysis", folder!)).filter((name) => name !== "lock");
  expect(kept.length).toBeGreaterThanOrEqual(7);
  expect(kept.every((name) => /^[0-9a-f]{16}-rows-pass-\d-of-\d(-rows(-1)?)?\.safetensors$/.test(name))).toBe(true);
  const resumed = await batchscope(argv, { cwd: scene });
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(unfinished()).toEqual([]);
  const whole = await batchscope(argv, { cwd: scene });
  const measured = ({ stdout: text }: { stdout: string }) => JSON.parse(text).checkpoints;
  expect(measured(resumed)).toEqual(measured(whole));
  expect(measured(resumed)[0].measurement).toMatchObject({ passes: 7, sketch: null });
  expect(existsSync(join(run, "report.html"))).toBe(true);
  // Three whole analyses.
});

test("the answer is of the checkpoint that was asked for, with earlier ones beside it", async () => {
  const rows = ["--rows", "8", "--batch-size", "4"];
  const all = await analyze("--checkpoint", "all", ...rows);
  expect(all.code, all.stderr).toBe(0);
  const { code, stdout, stderr } = await analyze("--checkpoint", "1", ...rows, "--json");
  expect(code, stderr).toBe(0);
  const found = JSON.parse(stdout);
  expect(found.checkpoints.map(({ epoch }: { epoch: number }) => epoch)).toEqual([1, 2, 3]);
  expect(found.answer[0].epoch).toBe(1);
});
