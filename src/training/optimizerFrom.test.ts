import { expect, test } from "vitest";
import { checkpointsOf, clouds, eventsOf } from "../../test/training.ts";
import { decodeSafetensors } from "../data/files/safetensors.ts";
import { mlp } from "../model/mlp.ts";
import type { Model } from "../model/model.ts";
import { adamW } from "../optimizer/adam.ts";
import { rAdam } from "../optimizer/radam.ts";
import { sgd } from "../optimizer/sgd.ts";
import { nativeEngine } from "../runtime/native.ts";
import { random } from "../tensor/random.ts";
import { restoreModel } from "./checkpoint.ts";
import type { CheckpointFile, TrainingOptions } from "./options.ts";
import { modelAt, newTrainingState } from "./state.ts";

const engine = nativeEngine();
const model = mlp({ shape: [5], classes: 3 }, random(5));

// In the data's own order: an epoch of a branch has the batches of an epoch of its parent.
const base: TrainingOptions = {
  ...{ model, train: clouds(24), validation: clouds(10, [5], 3, 2), optimizer: adamW(), learningRate: 0.01 },
  ...{ window: [4, 4], epochs: 3, checkpointEvery: 1, shuffle: false, seed: 3, threads: 1, logEvery: 1 },
};

/** The model with the weights of a checkpoint. */
function at({ bytes, file }: CheckpointFile): Model {
  const state = newTrainingState(model, sgd());
  restoreModel(bytes, file, state);
  return modelAt(model, state);
}

const tensorsOf = ({ bytes }: { readonly bytes: Uint8Array }) => [...decodeSafetensors(bytes, "checkpoint").tensors];

async function filesOf(options: TrainingOptions): Promise<CheckpointFile[]> {
  return checkpointsOf(await eventsOf(engine, options)).map(({ bytes }) => ({ bytes, file: "checkpoint" }));
}

test.each([
  ["adamw", adamW()],
  ["radam", rAdam()],
  ["sgd with momentum", sgd({ momentum: 0.9 })],
  ["sgd", sgd()],
])("a branch with its parent's state trains on as the parent does: %s", async (_, optimizer) => {
  const whole = await filesOf({ ...base, optimizer });
  const branch = (from: CheckpointFile, epochs: number) =>
    filesOf({ ...base, optimizer, model: at(from), optimizerFrom: from, epochs });
  const twice = await branch(whole[0]!, 2);
  expect(tensorsOf(twice[1]!)).toEqual(tensorsOf(whole[2]!));
  const ofBranch = await branch(twice[0]!, 1);
  expect(tensorsOf(ofBranch[0]!)).toEqual(tensorsOf(whole[2]!));
});

test("without it the optimizer begins anew", async () => {
  const whole = await filesOf(base);
  const anew = await filesOf({ ...base, model: at(whole[0]!), epochs: 1 });
  expect(tensorsOf(anew[0]!)).not.toEqual(tensorsOf(whole[1]!));
});

test("a branch that is gone on with ends as one that was not stopped", async () => {
  const [first] = await filesOf(base);
  const options = { ...base, model: at(first!), optimizerFrom: first!, epochs: 2, checkpointEvery: { steps: 2 } };
  const whole = await filesOf(options);
  const rest = await filesOf({ ...options, from: whole[0]! });
  expect(rest.at(-1)!.bytes).toEqual(whole.at(-1)!.bytes);
});

test.each([
  ["of another optimizer", sgd({ momentum: 0.9 }), "expected a checkpoint that keeps momentum of its optimizer"],
  ["of one that keeps nothing", sgd(), "expected a checkpoint that keeps nothing of its optimizer"],
])("a checkpoint %s is refused", async (_, optimizer, message) => {
  const [first] = await filesOf(base);
  await expect(filesOf({ ...base, optimizer, optimizerFrom: first! })).rejects.toThrow(message);
});
