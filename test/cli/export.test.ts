import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { parse } from "csv-parse/sync";
import { parquetReadObjects } from "hyparquet";
import { ModelProtoSchema } from "onnx-buf";
import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newBatch } from "../../src/data/dataset.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/data/files/safetensors.ts";
import { openData } from "../../src/data/registry.ts";
import { openRun } from "../../src/store/runs.ts";
import { oracleBytes } from "../oracle.ts";
import { batchscope, document, message, scratch, writeImages } from "./harness.ts";

const scene = scratch();
const images = writeImages(join(scene, "images"), 1);
const base = join(scene, "base");
afterAll(() => rmSync(scene, { recursive: true }));

const train = (line: string) =>
  batchscope(`train --data ${images} --batch-size 8 --progress none --json --dir ${base} ${line}`.split(" "), {
    cwd: scene,
  });
let [mlp, lenet] = ["", ""];
const on = (store: string, ...argv: string[]) => batchscope([...argv, "--dir", store], { cwd: scene });

beforeAll(async () => {
  const made = [
    await train("--model mlp --epochs 2 --checkpoint-every 1 --des first --tensorboard"),
    await train("--model lenet --epochs 1 --name second"),
  ];
  [mlp, lenet] = made.map((outcome) => document(outcome).run) as [string, string];
});

/** Logits of the validation examples by plain onnxruntime-node. */
async function accuracy(file: string): Promise<number> {
  const { validation } = await openData(images);
  const batch = newBatch(validation, validation.size);
  await validation.read(
    Uint32Array.from({ length: validation.size }, (_, i) => i),
    batch,
  );
  const session = await ort.InferenceSession.create(file);
  const x = new ort.Tensor("float32", batch.x!.data as Float32Array, [...batch.x!.shape]);
  const result = await session.run({ [session.inputNames[0]!]: x });
  const logits = result[session.outputNames[0]!]!.data as Float32Array;
  const classes = logits.length / validation.size;
  const right = Array.from(validation.labels).filter((label, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    return row.indexOf(Math.max(...row)) === label;
  });
  return right.length / validation.size;
}

const metadataOf = (file: string) =>
  Object.fromEntries(
    fromBinary(ModelProtoSchema, readFileSync(file)).metadataProps.map(({ key, value }) => [key, value]),
  );

describe("export", () => {
  test.concurrent("of a model runs in plain onnxruntime-node with the accuracy of the run, and says what it is", async () => {
    const out = join(scene, "lenet.onnx");
    const outcome = await on(base, "export", lenet, "--format", "onnx", "--out", out);
    expect([outcome.code, outcome.stdout]).toEqual([0, `${out}: lenet of ${lenet} after step 12, epoch 1\n`]);
    const summary = JSON.parse(readFileSync(join(base, "runs", lenet, "summary.json"), "utf8"));
    expect(await accuracy(out)).toBe(summary.last.validationAccuracy);
    const metadata = metadataOf(out);
    expect(metadata).toMatchObject({
      run: lenet,
      epoch: "1",
      step: "12",
      data: "images",
      class_names: '["0","1","2"]',
    });
    expect(JSON.parse(metadata.preprocessing!)).toEqual({
      pixels: "(byte / 255 - mean) / deviation",
      mean: expect.any(Number),
      deviation: expect.any(Number),
    });
    const again = await on(base, "export", lenet, "--format", "onnx", "--out", out);
    expect([again.code, message(again)]).toEqual([
      2,
      `--out: expected a new file, got ${out}, which exists; choose another or remove it`,
    ]);
  });

  test.concurrent("of a regression predicts in the unit of the target, in which the run's errors are", async () => {
    const file = join(scene, "houses.csv");
    const row = (i: number) => [i % 7, (i * 3) % 11, 250_000 + 9000 * (i % 7) - 4000 * ((i * 3) % 11)];
    writeFileSync(file, `rooms,age,price\n${Array.from({ length: 154 }, (_, i) => row(i).join()).join("\n")}\n`);
    const store = join(scene, "regression");
    const flags = `--model mlp --data ${file} --target price --batch-size 8 --epochs 3 --progress none --json`;
    const trained = await on(store, "train", ...flags.split(" "));
    expect(trained.stderr).toMatch(/validation at epoch \d+: loss 0\.\d+, R² 0\.\d+, RMSE \d,\d{3}\n/);
    const out = join(scene, "houses.onnx");
    await on(store, "export", "latest", "--format", "onnx", "--out", out);
    const { validation } = await openData(file, { reading: { target: "price" } });
    const batch = newBatch(validation, validation.size);
    await validation.read(
      Uint32Array.from({ length: validation.size }, (_, i) => i),
      batch,
    );
    const session = await ort.InferenceSession.create(out);
    const { logits } = await session.run({
      x: new ort.Tensor("float32", batch.x!.data as Float32Array, [...batch.x!.shape]),
    });
    const { mean, deviation } = validation.targetScale!;
    const squares = Array.from(logits!.data as Float32Array, (price, i) => {
      expect(price).toBeGreaterThan(150_000);
      return (price - (Number(batch.y!.data[i]) * deviation + mean)) ** 2;
    });
    const { rmse, mae } = document(trained).summary.last.validationScores;
    expect(Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length) / rmse).toBeCloseTo(1, 3);
    expect(mae).toBeLessThanOrEqual(rmse);
    expect(metadataOf(out).output).toBe("in the unit of the target");
    expect(JSON.parse(metadataOf(out).preprocessing!)).not.toHaveProperty("target");
  });

  test.concurrent("takes the best, the last or an epoch's checkpoint", async () => {
    const steps = ["best", "last", "1"].map(async (checkpoint) => {
      const out = join(scene, `mlp-${checkpoint}.onnx`);
      expect(
        (await on(base, "runs", "export", mlp, "--format", "onnx", "--checkpoint", checkpoint, "--out", out)).code,
      ).toBe(0);
      return metadataOf(out).step;
    });
    expect(await Promise.all(steps)).toEqual(["24", "24", "12"]);
    const none = await on(
      base,
      "export",
      mlp,
      "--format",
      "onnx",
      "--checkpoint",
      "7",
      "--out",
      join(scene, "none.onnx"),
    );
    expect([none.code, message(none), existsSync(join(scene, "none.onnx"))]).toEqual([
      4,
      expect.stringMatching(/expected epoch 1, 2, .*, got "7"; choose/),
      false,
    ]);
  });

  test.concurrent("as analysis and training refuses a checkpoint whose seal is damaged", async () => {
    const store = join(scene, "damaged");
    cpSync(base, store, { recursive: true });
    const [last] = readdirSync(join(store, "runs", mlp, "checkpoints")).filter((name) => name.startsWith("epoch=002"));
    const path = join(store, "runs", mlp, "checkpoints", last!);
    const bytes = readFileSync(path);
    // The name of the checksum, without which it looks like a file that never had one, and a weight.
    bytes[bytes.indexOf("sha256")]! ^= 1;
    bytes[bytes.length - 5]! ^= 64;
    writeFileSync(path, bytes);
    for (const argv of [
      ["export", mlp, "--format", "onnx", "--checkpoint", "last", "--out", join(scene, "damaged.onnx"), "--dir", store],
      ["analyze", mlp, "--rows", "4", "--dir", store],
      ["train", "--model", "mlp", "--data", images, "--init-from", path, "--dir", join(scene, "none")],
    ]) {
      const { code, ...outcome } = await batchscope(argv, { cwd: scene });
      expect([code, message({ code, ...outcome })]).toEqual([
        1,
        `${path}: expected a checksum in its header, got none; the file is damaged or not of this program`,
      ]);
    }
    expect([existsSync(join(scene, "damaged.onnx")), existsSync(join(scene, "none"))]).toEqual([false, false]);
  });

  test.concurrent("takes the average of the weights where the run made one", async () => {
    const store = join(scene, "averaged");
    const argv = [
      "train",
      "--data",
      images,
      "--model",
      "mlp",
      "--batch-size",
      "8",
      "--epochs",
      "3",
      "--swa-start",
      "2",
    ];
    expect((await on(store, ...argv, "--progress", "none")).code).toBe(0);
    const out = join(scene, "averaged.onnx");
    const outcome = await on(store, "export", "latest", "--format", "onnx", "--checkpoint", "averaged", "--out", out);
    expect([outcome.code, outcome.stdout]).toEqual([
      0,
      expect.stringMatching(/: mlp of \S+ by the average of its weights\n$/),
    ]);
    expect(metadataOf(out)).toMatchObject({ weights: "averaged" });
    expect(await accuracy(out)).toBeGreaterThan(0.9);
    const { path } = openRun(store, "latest");
    const file = join(path, "averaged.safetensors");
    const { tensors } = decodeSafetensors(readFileSync(file), file);
    // As it was before averages had checksums.
    writeFileSync(file, encodeSafetensors(tensors, { format: "pt" }));
    const again = ["export", "latest", "--format", "onnx", "--checkpoint", "averaged"];
    const unsealed = await on(store, ...again);
    expect([unsealed.code, message(unsealed)]).toEqual([
      1,
      `${file}: expected the checksum that summary.json says it has, got none; the file is damaged`,
    ]);
    const summary = JSON.parse(readFileSync(join(path, "summary.json"), "utf8"));
    delete summary.averaged.sha256;
    writeFileSync(join(path, "summary.json"), JSON.stringify(summary));
    expect((await on(store, ...again)).code).toBe(0);

    const started = await on(store, ...argv, "--dry-run", "--init-from", file);
    expect([started.code, message(started)]).toEqual([0, expect.not.stringContaining("error")]);
    const none = await on(base, "export", mlp, "--format", "onnx", "--checkpoint", "averaged");
    expect([none.code, message(none)]).toEqual([4, expect.stringContaining("averaged.safetensors")]);
  });

  test.concurrent("of metrics has a row for each record in every format", async () => {
    const { length } = readFileSync(join(base, "runs", mlp, "metrics.jsonl"), "utf8")
      .trim()
      .split("\n");
    const out = (format: string) => join(scene, `metrics.${format}`);
    for (const format of ["csv", "parquet", "tensorboard"])
      expect((await on(base, "export", mlp, "--format", format, "--out", out(format))).code).toBe(0);
    expect(parse(readFileSync(out("csv")), { columns: true })).toHaveLength(length);
    const file = new Uint8Array(readFileSync(out("parquet"))).buffer;
    expect(await parquetReadObjects({ file })).toHaveLength(length);
    expect(readdirSync(out("tensorboard"))).toEqual([expect.stringMatching(/^events\.out\.tfevents\.\d+\./)]);
    const live = readdirSync(join(base, "runs", mlp)).filter((name) => name.startsWith("events.out.tfevents."));
    expect(live).toHaveLength(1);
  });

  test.concurrent.each([
    ["--format torch", 2, /'--format <format>' argument 'torch' is invalid/],
    ["--format csv --checkpoint 1", 2, /^--checkpoint: expected --format onnx beside it, got csv/],
    [
      "--format onnx --checkpoint all",
      2,
      /^--checkpoint: expected one checkpoint, got "all"; choose "best", "last", an epoch or "averaged"$/,
    ],
    ["", 2, /export: expected --format, got nothing, and there is no terminal to ask on; pass it/],
  ])("%j is refused on one line", async (flags, code, expected) => {
    const outcome = await on(base, "export", mlp, ...flags.split(" ").filter((word) => word !== ""));
    expect([outcome.code, outcome.stdout, message(outcome)]).toEqual([code, "", expect.stringMatching(expected)]);
  });
});

test("an imported model is gone on with only from its own file, and exported as that file with other weights", async () => {
  const store = join(scene, "imported");
  const file = join(scene, "model.onnx");
  const out = join(scene, "trained.onnx");
  mkdirSync(store);
  expect((await on(base, "export", lenet, "--format", "onnx", "--out", file)).code).toBe(0);
  const trained = await batchscope(
    [
      "train",
      "--model",
      file,
      "--data",
      images,
      "--epochs",
      "2",
      "--batch-size",
      "8",
      "--progress",
      "none",
      "--dir",
      store,
    ],
    { cwd: scene },
  );
  expect(trained.stderr).not.toContain("error");
  expect((await on(store, "export", "latest", "--format", "onnx", "--out", out)).code).toBe(0);
  const [before, after] = [file, out].map((path) => fromBinary(ModelProtoSchema, readFileSync(path)).graph!);
  expect(after!.node).toEqual(before!.node);
  expect(after!.initializer.map(({ name }) => name)).toEqual(before!.initializer.map(({ name }) => name));
  const { record } = openRun(store, "latest");
  const summary = JSON.parse(readFileSync(join(store, "runs", record.id, "summary.json"), "utf8"));
  expect(await accuracy(out)).toBe(summary.last.validationAccuracy);
  writeFileSync(file, oracleBytes("models/mlp/model.onnx"));
  const refused = await on(store, "train", "--resume", "latest", "--epochs", "3");
  expect(refused.code).not.toBe(0);
  cpSync(out, file);
  const other = await on(store, "train", "--resume", "latest", "--epochs", "3");
  expect([other.code, message(other)]).toEqual([
    1,
    expect.stringMatching(/^--resume: expected the model file that \S+ began with/),
  ]);
});
