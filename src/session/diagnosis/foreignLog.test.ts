import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { diagnose } from "../../advice/diagnosis/diagnose.ts";
import { eventFile } from "../../export/tensorboard.ts";
import { encodeRecord } from "../../export/tfrecord.ts";
import type { MetricRecord } from "../../store/schema.ts";
import { readForeignLog } from "./foreignLog.ts";
import { fieldOf } from "./logFields.ts";

const folder = mkdtempSync(join(tmpdir(), "batchscope-logs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const written = (name: string, contents: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
};

test.each([
  ["train_loss_step", "loss"],
  ["train/loss", "loss"],
  ["Loss/train", "loss"],
  ["loss", "loss"],
  ["trainLoss", "loss"],
  ["train_loss_epoch", "epochLoss"],
  ["eval_loss", "validationLoss"],
  ["val_loss", "validationLoss"],
  ["Loss/validation", "validationLoss"],
  ["val_sparse_categorical_accuracy", "validationAccuracy"],
  ["train/acc", "accuracy"],
  ["grad_norm", "gradientNorm"],
  ["gradientNorm", "gradientNorm"],
  ["lr-AdamW", "learningRate"],
  ["learning_rate", "learningRate"],
  ["global_step", "step"],
  ["trainer/global_step", "step"],
  ["epoch", "epoch"],
  ["loss_scale", null],
  ["runtime", null],
])("%s is %s", (name, field) => {
  expect(fieldOf(name)).toBe(field);
});

const epochs = Array.from({ length: 12 }, (_, i) => i + 1);
const training = (e: number) => 2.3 * Math.exp(-0.4 * e);
const tested = (e: number) => 0.6 + 0.08 * (e - 4) ** 2;

describe("logs of others", () => {
  test("a table of Keras with a widening gap overfits", async () => {
    const rows = epochs.map((e) => `${e - 1},${Math.exp(-training(e))},${training(e)},0.7,${tested(e)}`);
    const path = written("keras.csv", ["epoch,accuracy,loss,val_accuracy,val_loss", ...rows].join("\n"));
    const { verdict, findings, limits } = diagnose(await readForeignLog(path));
    expect([verdict, findings[0]?.kind]).toEqual(["overfitting-or-mismatch", "overfitting"]);
    expect(findings[0]!.remedies[0]).toEqual({ kind: "early-stopping", changes: null });
    expect(limits).toEqual(["no-steps", "no-settings"]);
  });

  test("lines of a trainer with NaN, a broken line and a gap", async () => {
    const lines = epochs.map(
      (s) =>
        `{"loss": ${s > 8 ? "NaN" : 2 / s}, "grad_norm": ${s}, "learning_rate": 1e-3, "epoch": 0.1, "step": ${s < 7 ? s : 10 * s}}`,
    );
    const facts = await readForeignLog(
      written("trainer.jsonl", [...lines.slice(0, 5), '{"loss": 0.3,', ...lines.slice(5)].join("\n")),
    );
    expect([facts.steps.length, facts.hasGaps, facts.steps[3]!.learningRate]).toEqual([12, true, 1e-3]);
    const { verdict, findings, limits } = diagnose(facts);
    expect([verdict, findings.map(({ kind }) => kind)]).toEqual(["broken", expect.arrayContaining(["not-finite"])]);
    expect(limits).toContain("gaps");
  });

  test("evaluations between steps have the mean of the steps before them", async () => {
    const lines = ['{"step":1,"loss":2}', '{"step":2,"loss":1}', '{"step":2,"eval_loss":1.2}', '{"step":3,"loss":0.5}'];
    const { steps, evaluations } = await readForeignLog(written("eval.jsonl", lines.join("\n")));
    expect(steps.map(({ loss }) => loss)).toEqual([2, 1, 0.5]);
    expect(evaluations).toEqual([
      { step: 2, trainLoss: 1.5, trainAccuracy: Number.NaN, validationLoss: 1.2, validationAccuracy: Number.NaN },
    ]);
  });

  test("an empty cell is nothing, and no loss that is no number", async () => {
    const path = written("lightning.csv", "step,epoch,train_loss,val_loss\n1,0,2.0,\n2,0,1.5,\n2,0,,1.7\n3,1,1.2,\n");
    const { steps, evaluations } = await readForeignLog(path);
    expect([steps.map(({ loss }) => loss), evaluations.map(({ validationLoss }) => validationLoss)]).toEqual([
      [2, 1.5, 1.2],
      [1.7],
    ]);
  });

  test("event files as the export writes them, and a tensor of TensorFlow 2", async () => {
    const records = epochs.map(
      (s) =>
        ({
          kind: "step",
          step: s,
          epoch: 1,
          examples: s,
          loss: 2 / s,
          gradientNorm: 0.5,
          learningRate: 0.25,
          seconds: s,
        }) as MetricRecord,
    );
    const whole = Buffer.concat([...eventFile(records, 0)]);
    const { steps } = await readForeignLog(written("events.out.tfevents.1.host", whole));
    expect(steps.map(({ loss }) => loss)).toEqual(epochs.map((s) => Math.fround(2 / s)));
    expect(steps[0]).toMatchObject({ gradientNorm: 0.5, learningRate: 0.25 });
    // step 7 · summary { value { tag "epoch_loss" · tensor { dtype float · content 0.5 } } }
    const content = new Uint8Array(Float32Array.of(0.5).buffer);
    const tensor = [8, 1, 34, 4, ...content];
    const value = [10, 10, ...Buffer.from("epoch_loss"), 66, tensor.length, ...tensor];
    const event = Uint8Array.from([16, 7, 42, value.length + 2, 10, value.length, ...value]);
    const found = await readForeignLog(written("events.out.tfevents.2.host", encodeRecord(event)));
    expect(found.evaluations).toMatchObject([{ step: 7, trainLoss: 0.5 }]);
  });

  test("an event file that is cut is read up to there", async () => {
    const records = epochs.map(
      (s) =>
        ({
          kind: "step",
          step: s,
          epoch: 1,
          examples: s,
          loss: 1,
          gradientNorm: 1,
          learningRate: 1,
          seconds: s,
        }) as MetricRecord,
    );
    const whole = Buffer.concat([...eventFile(records, 0)]);
    const { steps } = await readForeignLog(written("events.out.tfevents.3.host", whole.subarray(0, whole.length - 9)));
    expect(steps).toHaveLength(11);
  });

  test.each([
    ["nothing.jsonl", '{"a": 1}\n', /expected numbers called loss, train_loss, val_loss or the like, got none/],
    ["empty.jsonl", "", /expected numbers called loss/],
  ])("%s is refused", async (name, contents, error) => {
    await expect(readForeignLog(written(name, contents))).rejects.toThrow(error);
  });

  test("a log that is not there is refused", async () => {
    await expect(readForeignLog(join(folder, "none"))).rejects.toThrow("expected a log of a training, got no file");
  });
});
