import type { Random } from "../tensor/random.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { dropout, flatten, linear, relu, sequential } from "./layers.ts";
import type { Model } from "./model.ts";
import type { ModelTask } from "./task.ts";

/** A multilayer perceptron with one hidden layer of 256 rectified units, which may be dropped. */
export function mlp({ shape, classes }: ModelTask, random: Random): Model {
  return sequential("mlp", { name: "x", type: "float32", shape }, [
    flatten,
    linear("hidden", sizeOf(shape), 256, random),
    relu,
    dropout("drop"),
    linear("output", 256, classes, random),
  ]);
}
