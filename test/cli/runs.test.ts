import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeSafetensors } from "../../src/data/files/safetensors.ts";
import { batchscope, type Outcome, runsIn, scratch, start, writeImages } from "./harness.ts";

const scene = scratch();
const images = writeImages(join(scene, "images"), 1);
const both = join(scene, "both");
writeImages(join(both, "left"), 2);
writeImages(join(both, "right"), 3);
afterAll(() => rmSync(scene, { recursive: true }));

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const lines = (path: string) =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const checkpoints = (run: string) =>
  readdirSync(join(run, "checkpoints"))
    .filter((name) => name.endsWith(".safetensors"))
    .sort();
const bytes = (run: string, name: string) => readFileSync(join(run, "checkpoints", name));
/** The one document on stdout. */
const document = ({ stdout }: Outcome) => JSON.parse(stdout);

const small = ["--model", "mlp", "--data", images, "--batch-size", "8", "--epochs", "2", "--checkpoint-every", "1"];
const steps = ["epoch=001-step=0000006.safetensors", "epoch=002-step=0000012.safetensors"];

describe("a run", () => {
  const store = join(scene, "store");
  let outcome: Outcome;
  let run: string;
  beforeAll(async () => {
    outcome = await batchscope(["train", ...small, "--gradient-accumulation-steps", "2", "--json", "--dir", store], {
      cwd: scene,
    });
    run = document(outcome).path;
  });

  test("prints one document, and progress on stderr", () => {
    expect(outcome.code).toBe(0);
    const result = document(outcome);
    expect(result).toMatchObject({ status: "finished", summary: { epochs: 2, steps: 12, examples: 192 } });
    expect(run).toBe(join(store, "runs", result.run));
    expect(outcome.stderr).toMatch(
      /one update every 2 micro-batches\n {3}actual batch size: 8\n {3}effective batch size: 16/,
    );
    expect(outcome.stderr).toMatch(
      /Epoch 2\/2 \[GA:2\]: 100%\|█+\| 12\/12 .*Loss=\d\.\d{4}, Acc=\d+\.\d\d%, GA=2\/2, LR=1\.00e-3, GNS[=≥]\S+\]/,
    );
  });

  test("leaves the files that docs/runs.md names", () => {
    expect(json(join(run, "run.json"))).toMatchObject({ status: "finished", name: "images", exitReason: null });
    expect(readFileSync(join(run, "config.yaml"), "utf8")).toMatch(/^gradientAccumulationSteps: 2$/m);
    expect(json(join(run, "environment.json"))).toMatchObject({ seeds: { seed: 0 } });
    expect(checkpoints(run)).toEqual(steps);
    const metrics = lines(join(run, "metrics.jsonl"));
    expect(metrics.filter(({ kind }) => kind === "epoch").map(({ step }) => step)).toEqual([6, 12]);
    const recorded = metrics.filter(({ kind }) => kind === "step").map(({ step }) => step);
    expect(recorded).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(json(join(run, "summary.json")).last).toEqual(metrics.at(-1));
    expect(metrics.at(-1).validationAccuracy).toBeGreaterThan(0.9);
  });

  test.concurrent("is repeated bit for bit by its configuration, and by its command", async () => {
    const again = join(scene, "again");
    const words = readFileSync(join(run, "command.txt"), "utf8").trim().split(" ").slice(1);
    const outcomes = await Promise.all([
      batchscope(["train", "-c", join(run, "config.yaml"), "--dir", again, "--json"], { cwd: scene }),
      batchscope([...words, "--json"], { cwd: scene }),
    ]);
    for (const other of outcomes)
      for (const name of steps) expect(bytes(document(other).path, name)).toEqual(bytes(run, name));
  });

  test.concurrent("is analyzed: sentences, numbers, report and the sources' pictures", async () => {
    const copy = await batchscope(["train", ...small, "--dir", join(scene, "analyzed"), "--json"], { cwd: scene });
    const { path, run: id } = document(copy);
    const argv = ["analyze", id.slice(0, -2), "--rows", "6", "--dir", join(scene, "analyzed")];
    const { code, stdout, stderr } = await batchscope(argv, { cwd: scene });
    expect([code, stderr]).toEqual([
      0,
      "epoch 1: 6 gradients of 8 examples (1/2)\nepoch 2: 6 gradients of 8 examples (2/2)\n",
    ]);
    for (const file of ["plots", "analysis.json", "report.html"]) expect(stdout).toContain(join(path, file));
    expect(readdirSync(join(path, "plots")).sort()).toEqual([
      "gns_phase_images.png",
      "gns_vs_epoch_images.png",
      "gradient_directions_compared_epoch_1.png",
      "gradient_directions_compared_epoch_2.png",
      "gradient_directions_tsne_epoch_1.png",
      "gradient_directions_tsne_epoch_2.png",
      "gradient_similarities_clustered_epoch_1.png",
      "gradient_similarities_clustered_epoch_2.png",
      "gradient_similarities_epoch_1.png",
      "gradient_similarities_epoch_2.png",
    ]);
    for (const name of readdirSync(join(path, "plots"))) {
      const picture = readFileSync(join(path, "plots", name));
      expect([...picture.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
      expect(picture.length).toBeGreaterThan(5000);
    }
    const analysis = json(join(path, "analysis.json"));
    expect(analysis).toMatchObject({ run: id, name: "images", model: "mlp", seed: 0 });
    expect(
      analysis.checkpoints.map(({ epoch, metrics }: { epoch: number; metrics: object }) => [epoch, metrics]),
    ).toEqual(
      lines(join(path, "metrics.jsonl"))
        .filter(({ kind }) => kind === "epoch")
        .map((record) => [record.epoch, record]),
    );
    expect(readFileSync(join(path, "report.html"), "utf8")).toContain(id);
  });

  test.concurrent("is analyzed at one checkpoint into one document, always the same", async () => {
    const analyze = (...more: string[]) =>
      batchscope(["analyze", run, "--rows", "6", "--json", "--dir", store, ...more], { cwd: scene });
    const first = await analyze("--checkpoint", "1");
    const [again, latest, none] = [
      await analyze("--checkpoint", `step:${document(first).checkpoints[0].step}`),
      await analyze("--checkpoint", "latest"),
      await analyze("--checkpoint", "7"),
    ];
    const measured = ({ checkpoints: all }: { checkpoints: { epoch: number }[] }) => all;
    expect(measured(document(first)).map(({ epoch }) => epoch)).toEqual([1]);
    expect(measured(document(again))).toEqual(measured(document(first)));
    // What was measured on the same mini-batches before is kept.
    expect(measured(document(latest)).map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect([none.code, none.stdout]).toEqual([4, ""]);
    expect(none.stderr).toMatch(
      /expected epoch 1, 2, step:\d+, step:\d+, "best", "latest" or "all", got "7"; choose one of them\n$/,
    );
  });
});

test.concurrent("the accumulation guide's command line works as printed, in words and in Chinese", async () => {
  const store = join(scene, "guide");
  const argv = `train --model mlp --data ${images} --batch_size 4 --gradient_accumulation_steps 2 --train_epochs 1 --des baseline`;
  const { code, stdout, stderr } = await batchscope(argv.split(" "), {
    cwd: scene,
    env: { BATCHSCOPE_DIR: store, BATCHSCOPE_LANG: "zh" },
  });
  const [id] = runsIn(store);
  expect(code).toBe(0);
  expect(stderr).toContain("🔄 梯度累积配置: 每2轮累积一次梯度\n   实际batch_size: 4\n   有效batch_size: 8\n");
  expect(stdout).toMatch(
    /^批次：.*\n训练：.*\n\n类别 .*\n(.*\n)*验证：损失 .*，准确率 .*；最佳（第 1 轮）：损失 .*\n(训练中的噪声尺度：.*\n)?每秒 \d+ 个微批次；运行用时 .*\n内存峰值 \d+ MiB\n/,
  );
  expect(stdout.split("\n").slice(-3)).toEqual([
    `运行 ${join(store, "runs", id!)}`,
    `下一步：batchscope analyze ${id} --checkpoint all`,
    "",
  ]);
  expect(json(join(store, "runs", id!, "run.json"))).toMatchObject({ description: "baseline" });
});

test.concurrent("all subsets are one run each, in one document", async () => {
  const argv = ["train", "--model", "mlp", "--data", both, "--subset", "all", "--epochs", "1", "--json"];
  const outcome = await batchscope(argv, { cwd: scene, env: { BATCHSCOPE_DIR: join(scene, "subsets") } });
  const results: { path: string }[] = document(outcome);
  expect(results.map(({ path }) => json(join(path, "run.json")).name)).toEqual(["both_left", "both_right"]);
  expect(readFileSync(join(results[1]!.path, "config.yaml"), "utf8")).toMatch(/^subset: right$/m);
});

test.concurrent("a loss that is no number exits 3 and leaves the epoch before readable", async () => {
  const store = join(scene, "diverged");
  // One step an epoch, each of which multiplies the weights by a million: the first leaves large numbers, a later one
  // none.
  const argv = `train --model mlp --data ${images} --batch-size 96 --optimizer sgd --learning-rate 1000 --weight-decay 1000 --epochs 9 --checkpoint-every 1`;
  const { code, stdout, stderr } = await batchscope(argv.split(" "), { cwd: scene, env: { BATCHSCOPE_DIR: store } });
  const run = join(store, "runs", runsIn(store)[0]!);
  const message = stderr.trim().split("\n").at(-1)!;
  expect([code, stdout]).toEqual([3, ""]);
  expect(message).toMatch(
    /^batchscope: error: train: expected .*finite .*; lower --learning-rate \(now 1000\), or pass --clip-norm 1/,
  );
  const { status, exitReason } = json(join(run, "run.json"));
  const spelled = exitReason.replace("`learningRate`", "--learning-rate").replace("`clipNorm`", "--clip-norm");
  expect([status, `batchscope: error: ${spelled}`]).toEqual(["diverged", message]);
  const again = await batchscope(["train", "--resume", run], { cwd: scene });
  expect([again.code, again.stderr]).toEqual([
    3,
    expect.stringMatching(/has diverged, .* lower --learning-rate \(now 1000\)/),
  ]);
  const saved = checkpoints(run);
  expect(saved[0]).toBe("epoch=001-step=0000001.safetensors");
  for (const name of saved)
    for (const { data } of decodeSafetensors(bytes(run, name), name).tensors.values())
      expect((data as Float32Array).every(Number.isFinite)).toBe(true);
  const analyzed = await batchscope(
    ["analyze", run, "--checkpoint", "1", "--rows", "6", "--batch-size", "8", "--json"],
    {
      cwd: scene,
    },
  );
  expect([analyzed.code, document(analyzed).checkpoints.length]).toEqual([0, 1]);
});

test.concurrent.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s finishes the update, saves a checkpoint and exits %i", async (signal, expected) => {
  const store = join(scene, signal);
  const argv = `train --model mlp --data ${images} --epochs 1000000 --checkpoint-every 1000000 --progress none`;
  const { child, said, ended } = start(argv.split(" "), { cwd: scene, env: { BATCHSCOPE_DIR: store } });
  await said("validation at epoch");
  child.kill(signal);
  const { code, stderr } = await ended;
  expect(code).toBe(expected);
  expect(stderr).toMatch(/\nstopping after this update; once more to stop at once\n/);
  expect(stderr).not.toContain("error");
  const run = join(store, "runs", runsIn(store)[0]!);
  expect(json(join(run, "run.json"))).toMatchObject({ status: "interrupted", exitReason: signal });
  const name = checkpoints(run).at(-1);
  const [, epoch, step] = /^epoch=(\d+)-step=(\d+)/.exec(name!)!.map(Number);
  expect(decodeSafetensors(bytes(run, name!), name!).metadata.batchscope).toMatch(`"epoch":${epoch},"step":${step},`);
  expect(json(join(run, "summary.json"))).toMatchObject({ epochs: epoch, steps: step });
  expect(existsSync(join(run, "metrics.jsonl"))).toBe(true);
});

describe("a list of accumulation steps, or of subsets,", () => {
  const few = ["train", "--model", "linear", "--epochs", "1", "--progress", "none", "--dir", join(scene, "several")];
  const rowsIn = (stdout: string) =>
    stdout
      .slice(stdout.search(/^run +status/m))
      .split("\n")
      .slice(1);

  test("ends with what came of each, in a table, and what they cannot tell", async () => {
    const listed = [...few, "--data", images, "--batch-size", "8", "--gradient-accumulation-steps", "1,2"];
    const { code, stdout } = await batchscope(listed, { cwd: scene });
    expect(code).toBe(0);
    const [first, second, ...rest] = rowsIn(stdout);
    expect(first).toMatch(/^\S+-8x1-\w+ +finished +images_8x1 +linear .* 8 +0\.001 /);
    expect(second).toMatch(/^\S+-8x2-\w+ +finished +images_8x2 +linear .* 16 +0\.001 /);
    expect(rest.join("\n")).toMatch(/^\neach is one run, of one seed: `batchscope compare` with the same options/);
    expect(stdout).toMatch(/^2 runs\. Of the 2 on /m);
  });

  test("does not say which subset is best", async () => {
    const { code, stdout } = await batchscope([...few, "--data", both, "--subset", "all"], { cwd: scene });
    expect(code).toBe(0);
    expect(rowsIn(stdout).map((row) => / (both_\w+) /.exec(row)?.[1])).toEqual(["both_left", "both_right", undefined]);
    expect(stdout).not.toMatch(/each is one run|^2 runs/m);
  });
});
