import { NotFoundError } from "../tensor/errors.ts";
import type { Random } from "../tensor/random.ts";
import type { Shape } from "../tensor/tensor.ts";
import { lenet } from "./lenet.ts";
import { mlp } from "./mlp.ts";
import type { Model } from "./model.ts";

/** What the data ask of a model. */
export interface ModelTask {
  /** Of one example. */
  readonly shape: Shape;
  readonly classes: number;
}

/** Models by the name that `--model` takes: one file and one row each. */
export const zoo: Readonly<Record<string, ZooModel>> = {
  lenet: { about: "LeNet-5, two convolutions and three linear layers, for images", make: lenet },
  mlp: { about: "one hidden layer of 256 units, for anything", make: mlp },
};

interface ZooModel {
  /** One line for pickers and help. */
  readonly about: string;
  readonly make: (task: ModelTask, random: Random) => Model;
}

/** Throws `NotFoundError` with the names that exist. */
export function buildModel(name: string, task: ModelTask, random: Random): Model {
  const entry = Object.hasOwn(zoo, name) ? zoo[name] : undefined;
  if (!entry)
    throw new NotFoundError(
      `model: expected one of ${Object.keys(zoo).join(", ")} or a file *.onnx, got "${name}"; choose one of these`,
    );
  return entry.make(task, random);
}
