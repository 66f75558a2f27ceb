import { describe, test } from "vitest";
import { expectRows, type Network } from "../../test/network.ts";
import type { Builder } from "../ops/builder.ts";
import { fromNumbers, type Shape, sizeOf } from "../tensor/tensor.ts";

const numbers = (g: Builder, shape: Shape, at: (i: number) => number) =>
  g.constant(
    fromNumbers(
      "int64",
      shape,
      Array.from({ length: sizeOf(shape) }, (_, i) => at(i)),
    ),
  );

/** What exporters write where PyTorch indexes or repeats for each example. */
const networks: readonly Network[] = [
  {
    about: "a class token expanded in front of each sequence",
    x: [2, 3],
    parameters: [
      [1, 1, 3],
      [3, 2],
    ],
    y(g, x, [token, w]) {
      const tokens = g.concat([g.expand(token!, [x.shape[0]!, 1, 3]), x], 1);
      return g.tanh(g.matMul(tokens, w!));
    },
  },
  {
    about: "embeddings of indices that are the same for all",
    x: [2, 3],
    parameters: [[4, 3]],
    y: (g, x, [table]) =>
      g.exp(
        g.add(
          x,
          g.gather(
            table!,
            numbers(g, [x.shape[0]!, 2], (i) => 3 * (i % 2)),
            0,
          ),
        ),
      ),
  },
  {
    about: "columns of each example overwritten by index vectors",
    x: [3],
    parameters: [[3], [2]],
    y(g, x, [w, update]) {
      const n = x.shape[0]!;
      const places = numbers(g, [n, 2, 2], (i) => (i % 2 === 0 ? Math.floor(i / 4) : (i % 4) - 1));
      return g.exp(g.scatterND(g.mul(x, w!), places, g.expand(update!, [n, 2]), "none"));
    },
  },
  {
    about: "elements of each example read by index vectors",
    x: [3],
    parameters: [[3]],
    y(g, x, [w]) {
      const places = numbers(g, [x.shape[0]!, 2, 2], (i) => (i % 2 === 0 ? Math.floor(i / 4) : (i % 4) - 1));
      return g.exp(g.gatherND(g.mul(x, w!), places));
    },
  },
];

describe.each(networks)("$about", (network) => {
  test.each([1, 2, 3, 6])("has the rows of %i groups in one pass", (groups) => expectRows(network, groups));
});
