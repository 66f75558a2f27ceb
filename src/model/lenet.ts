import type { Random } from "../tensor/random.ts";
import { convolution, flatten, linear, maxPool, relu, sequential } from "./layers.ts";
import type { Model } from "./model.ts";
import { imageShape, type ModelTask } from "./task.ts";

/**
 * LeNet-5 for images [channels, height, width]: LeCun et al. 1998, Proc. IEEE 86(11), Figure 2, with rectified units
 * and maximum pooling instead of the sigmoid units and trainable averages of the paper. 61,706 parameters for 28 × 28
 * grey images.
 */
export function lenet({ shape, classes }: ModelTask, random: Random): Model {
  const [channels, height, width] = imageShape("lenet", { shape, classes }, 12);
  const after = (size: number) => Math.floor((Math.floor(size / 2) - 4) / 2);
  return sequential("lenet", { name: "x", type: "float32", shape }, [
    convolution("conv1", { from: channels, to: 6, kernel: 5, padding: 2 }, random),
    relu,
    maxPool,
    convolution("conv2", { from: 6, to: 16, kernel: 5 }, random),
    relu,
    maxPool,
    flatten,
    linear("fc1", 16 * after(height) * after(width), 120, random),
    relu,
    linear("fc2", 120, 84, random),
    relu,
    linear("fc3", 84, classes, random),
  ]);
}
