import type { Random } from "../tensor/random.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { flatten, linear, sequential } from "./layers.ts";
import type { Model } from "./model.ts";
import type { ModelTask } from "./task.ts";

/** One linear layer: softmax (logistic) regression with cross-entropy, linear regression with the squared error. */
export function linearModel({ shape, classes }: ModelTask, random: Random): Model {
  return sequential("linear", { name: "x", type: "float32", shape }, [
    flatten,
    linear("output", sizeOf(shape), classes, random),
  ]);
}
