import { UsageError } from "../tensor/errors.ts";
import type { Random } from "../tensor/random.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { dropout, flatten, linear, relu, sequential } from "./layers.ts";
import type { Model } from "./model.ts";
import type { ModelTask } from "./task.ts";

/** What may follow `mlp:`. */
export const MLP_SIZES = { form: "WIDTHxDEPTH", pattern: /^([1-9]\d*)x([1-9]\d*)$/ } as const;
const LARGEST = { width: 65_536, depth: 100 } as const;

/**
 * A multilayer perceptron: `depth` hidden layers of `width` rectified units each, which may be dropped. `size` is
 * WIDTHxDEPTH; one layer of 256 without it. Throws `UsageError` above 65,536 units or 100 layers.
 */
export function mlp({ shape, classes }: ModelTask, random: Random, size = ""): Model {
  const { width, depth } = sizeOfHidden(size);
  const hidden = Array.from({ length: depth }, (_, i) => {
    const after = i === 0 ? "" : `${i + 1}`;
    return [linear(`hidden${after}`, i === 0 ? sizeOf(shape) : width, width, random), relu, dropout(`drop${after}`)];
  });
  return sequential("mlp", { name: "x", type: "float32", shape }, [
    flatten,
    ...hidden.flat(),
    linear("output", width, classes, random),
  ]);
}

function sizeOfHidden(size: string): { readonly width: number; readonly depth: number } {
  const [, width, depth] = MLP_SIZES.pattern.exec(size) ?? ["", 256, 1];
  const asked = { width: Number(width), depth: Number(depth) };
  if (asked.width > LARGEST.width || asked.depth > LARGEST.depth)
    throw new UsageError(
      `model: expected mlp:${MLP_SIZES.form} of at most ${LARGEST.width} units and ${LARGEST.depth} layers, got "mlp:${size}"; ask for fewer`,
    );
  return asked;
}
