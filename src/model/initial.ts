import { type Random, random as seeded } from "../tensor/random.ts";
import { type Shape, sizeOf, type Tensor } from "../tensor/tensor.ts";
import type { Parameter } from "./model.ts";

/**
 * Initial values of parameters. Contents are drawn when they are read, each tensor from a seed of its own that is drawn
 * at once: the shapes of a network of a hundred million parameters cost nothing, and who reads first changes no number.
 */

/** Fills an array with one parameter's values. */
type Draw = (random: Random, into: Float32Array) => void;

function drawn(shape: Shape, random: Random, draw: Draw): Tensor {
  const seed = random.integer(2 ** 32);
  // Weak, so that a network that trains does not keep a second copy of all its weights; what is read again is drawn
  // again.
  let known: WeakRef<Float32Array> | undefined;
  const data = () => {
    const values = known?.deref() ?? new Float32Array(sizeOf(shape));
    if (known?.deref() !== values) draw(seeded(seed), values);
    known = new WeakRef(values);
    return values;
  };
  return {
    type: "float32",
    shape,
    get data() {
      return data();
    },
  };
}

/** Normal with mean 0. */
export function normal(shape: Shape, deviation: number, random: Random): Tensor {
  return drawn(shape, random, (stream, into) => {
    for (let i = 0; i < into.length; i++) into[i] = deviation * stream.normal();
  });
}

/** Uniform in ±bound. */
export function uniform(shape: Shape, bound: number, random: Random): Tensor {
  return drawn(shape, random, (stream, into) => {
    for (let i = 0; i < into.length; i++) into[i] = (2 * stream.uniform() - 1) * bound;
  });
}

export function filled(shape: Shape, value: number): Tensor {
  return { type: "float32", shape, data: new Float32Array(sizeOf(shape)).fill(value) };
}

/** A parameter of one value everywhere: biases and shifts 0, scales 1. */
export function even(name: string, length: number, value: number): Parameter {
  return { name, initial: filled([length], value) };
}
