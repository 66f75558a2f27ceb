import type { Random } from "../tensor/random.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { flatten, linear, relu, sequential } from "./layers.ts";
import type { Model } from "./model.ts";
import type { ModelTask } from "./task.ts";

/** A multilayer perceptron with one hidden layer of 256 rectified units. */
export function mlp({ shape, classes }: ModelTask, random: Random): Model {
  return sequential("mlp", { name: "x", type: "float32", shape }, [
    flatten,
    linear("hidden", sizeOf(shape), 256, random),
    relu,
    linear("output", 256, classes, random),
  ]);
}
