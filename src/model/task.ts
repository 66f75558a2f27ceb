import { ShapeError } from "../tensor/errors.ts";
import type { Shape } from "../tensor/tensor.ts";

/** What the data ask of a model. */
export interface ModelTask {
  /** Of one example. Images are [channels, height, width], series [channels, length], texts [tokens]. */
  readonly shape: Shape;
  readonly classes: number;
  /** Numbers that describe an example beside it, as a second input `features`; none where it is left out. */
  readonly features?: number | undefined;
}

/** The three sizes of an image. Throws `ShapeError` for another rank or a side below `smallest` pixels. */
export function imageShape(model: string, { shape }: ModelTask, smallest: number): [number, number, number] {
  const [channels, height, width] = shape;
  if (channels !== undefined && height !== undefined && width !== undefined && shape.length === 3)
    if (Math.min(height, width) >= smallest) return [channels, height, width];
  const last = shape.length === 3 && [1, 3, 4].includes(width!) && Math.min(channels!, height!) >= smallest;
  const advice = last ? "the channels come last: save x.transpose(0, 3, 1, 2), or use mlp" : "use mlp";
  throw new ShapeError(
    `${model}: expected images [channels, height, width] of at least ${smallest} × ${smallest}, got [${shape.join(", ")}]; ${advice}`,
  );
}
