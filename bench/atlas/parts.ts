/** Changes of a training's examples. */
import type { Random } from "../../src/tensor/random.ts";
import { type Part, type Setup, withTrain } from "./setup.ts";

/** The examples at `order`. */
function at({ x, y }: Part, order: ArrayLike<number>): Part {
  const width = x.length / y.length;
  const chosen = { x: new Float32Array(order.length * width), y: new Float32Array(order.length) };
  for (let i = 0; i < order.length; i++) {
    chosen.x.set(x.subarray(order[i]! * width, (order[i]! + 1) * width), i * width);
    chosen.y[i] = y[order[i]!]!;
  }
  return chosen;
}

export const mixed = (part: Part, draw: Random) => at(part, draw.permutation(part.y.length));
export const firstOf = (part: Part, count: number) =>
  at(
    part,
    Uint32Array.from({ length: count }, (_, i) => i),
  );
export const copies = (part: Part, kept: number) =>
  at(
    part,
    Uint32Array.from({ length: part.y.length }, (_, i) => i % kept),
  );

export function shuffledTargets(part: Part, draw: Random): Part {
  const order = draw.permutation(part.y.length);
  return { x: part.x, y: part.y.map((_, i) => part.y[order[i]!]!) };
}

/** A share of the training labels is drawn anew among the other classes. */
export function relabelled(setup: Setup, share: number, draw: Random): Setup {
  const { classes, train } = setup.examples;
  const y = train.y.map((label) =>
    draw.uniform() < share ? (label + 1 + Math.floor((classes - 1) * draw.uniform())) % classes : label,
  );
  return withTrain(setup, { x: train.x, y });
}

/** Two thirds of class 1 are called class 0. */
export function oneWay(setup: Setup, draw: Random): Setup {
  const { train } = setup.examples;
  return withTrain(setup, {
    x: train.x,
    y: train.y.map((label) => (label === 1 && draw.uniform() < 2 / 3 ? 0 : label)),
  });
}

/** One in fifty examples of the classes other than 0 stays; as many examples of class 0 as there were. */
export function imbalanced(setup: Setup, draw: Random): Setup {
  const { train } = setup.examples;
  const kept = [...train.y.keys()].filter((i) => train.y[i] === 0 || draw.uniform() < 1 / 50);
  return withTrain(setup, at(train, kept));
}
