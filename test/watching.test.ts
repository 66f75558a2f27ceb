import { describe, expect, test } from "vitest";
import { adamW } from "../src/optimizer/adam.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import type { StepRecord } from "../src/store/schema.ts";
import type { TrainingOptions } from "../src/training/options.ts";
import { type Scene, scenes } from "./smallModels.ts";
import { eventsOf, tensorsAfter } from "./training.ts";

const engine = nativeEngine();

const optionsOf = ({ model, data, loss }: Scene): TrainingOptions => ({
  model,
  loss,
  train: data,
  validation: data,
  optimizer: adamW(),
  learningRate: 0.01,
  window: [4],
  epochs: Number.POSITIVE_INFINITY,
  // The first step is watched; the optimizer's state shows every bit of its gradient.
  steps: 1,
  checkpointEvery: 1,
  seed: 1,
  threads: 1,
  logEvery: 1,
});

/** Names of tensors, the optimizer's included, that end otherwise when the noise scale is watched. */
async function changedByWatching(scene: Scene, change: Partial<TrainingOptions>): Promise<string[]> {
  const after = async (noiseScale: boolean) =>
    tensorsAfter(await eventsOf(engine, { ...optionsOf(scene), ...change, noiseScale }));
  const [plain, watched] = [await after(false), await after(true)];
  const bytes = (name: string, of: typeof plain) =>
    Buffer.from(of[name]!.data.buffer, of[name]!.data.byteOffset, of[name]!.data.byteLength);
  return Object.keys(plain).filter((name) => !bytes(name, plain).equals(bytes(name, watched)));
}

describe.each(Object.entries(scenes))("watching %s changes no bit", (_, scene) => {
  test.each([false, true])("with gradient checkpointing: %s", async (gradientCheckpointing) => {
    expect(await changedByWatching(scene(), { gradientCheckpointing })).toEqual([]);
  });
});

test.each(["mlp", "lenet", "tcn", "resnet"])("nor does it in windows of several micro-batches, of %s", async (name) => {
  expect(await changedByWatching(scenes[name]!(), { window: [2, 2] })).toEqual([]);
});

test.each(["mlp", "lenet", "resnet"])(
  "nor does measuring the critical sharpness at every step, of %s",
  async (name) => {
    const ended = async (change: Partial<TrainingOptions>) => {
      const events = await eventsOf(engine, { ...optionsOf(scenes[name]!()), ...change, steps: 4 });
      const records = events.filter((event): event is StepRecord => event.kind === "step");
      return { tensors: tensorsAfter(events), records };
    };
    const [plain, measured] = [await ended({ logEvery: 9 }), await ended({ logEvery: 9, criticalSharpnessEvery: 2 })];
    for (const [tensor, { data }] of Object.entries(plain.tensors))
      expect(measured.tensors[tensor]!.data).toEqual(data);
    expect(plain.records.map(({ step }) => step)).toEqual([1]);
    expect(measured.records.map(({ step }) => step)).toEqual([1, 2, 4]);
    const found = measured.records.map(({ criticalSharpness }) => criticalSharpness ?? Number.NaN);
    expect(found[0]).toBeNaN();
    // Untrained running statistics are not those that the update goes by.
    if (name !== "resnet") expect(found.slice(1).some((value) => value > 0)).toBe(true);
  },
);
