import { expect, test } from "vitest";
import { ShapeError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { errorNorms, influence, selfInfluence } from "./exampleScores.ts";
import { gramOfRows } from "./gramOfRows.ts";

test("EL2N is the length of the residual, which for a linear model is its gradient over that of the input", () => {
  const values = Float64Array.of(0.7, 0.2, 0.1, 0, 0, 1);
  expect([...errorNorms({ values, classes: 3 }, [0, 2])]).toEqual([
    expect.closeTo(Math.sqrt(0.09 + 0.04 + 0.01), 12),
    0,
  ]);
  expect(errorNorms({ values, classes: 3 }, [0, 0])[1]).toBeCloseTo(Math.SQRT2, 12);
});

test("influence adds the products of checkpoints, and its diagonal is self-influence", () => {
  const { normal } = random(1);
  const rows = () => Array.from({ length: 4 }, () => Float64Array.from({ length: 6 }, normal));
  const [first, second] = [rows(), rows()];
  const ones = [1, 1, 1, 1];
  const matrix = influence([gramOfRows(first, ones), gramOfRows(second, ones)], [0.1, 0.02]);
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, d) => sum + x * b[d]!, 0);
  const squares = [first, second].map((some) => some.map((row) => dot(row, row)));
  const own = selfInfluence(squares, [0.1, 0.02]);
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++)
      expect(matrix[i * 4 + j]).toBeCloseTo(0.1 * dot(first[i]!, first[j]!) + 0.02 * dot(second[i]!, second[j]!), 12);
    expect(own[i]).toBeCloseTo(matrix[i * 5]!, 12);
  }
  expect(selfInfluence([], [])).toHaveLength(0);
});

test("a step along one row lowers the loss of another by its influence", () => {
  // ℓ_i = ½(x_i·w − y_i)²: the change of ℓ_1 by a small step on ℓ_0 is −η⟨∇ℓ_0, ∇ℓ_1⟩.
  const [x, y, w, rate] = [
    [
      [1, 2],
      [0.5, -1],
    ] as const,
    [1, 2],
    [0.3, 0.4],
    1e-6,
  ];
  const residual = (i: number, at: readonly number[]) => x[i]![0]! * at[0]! + x[i]![1]! * at[1]! - y[i]!;
  const gradient = (i: number) => x[i]!.map((value) => value * residual(i, w));
  const moved = w.map((value, d) => value - rate * gradient(0)[d]!);
  const change = residual(1, w) ** 2 / 2 - residual(1, moved) ** 2 / 2;
  const gram = gramOfRows(
    [0, 1].map((i) => Float64Array.from(gradient(i))),
    [1, 1],
  );
  expect(influence([gram], [rate])[1]! / change).toBeCloseTo(1, 5);
});

test("shapes that do not fit are refused", () => {
  expect(() => errorNorms({ values: new Float64Array(5), classes: 3 }, [0, 1])).toThrow(ShapeError);
  expect(() => errorNorms({ values: new Float64Array(5), classes: 3 }, [0, 1])).toThrow(
    /^errorNorms: expected 2 × 3 probabilities, got 5; /,
  );
  expect(() => errorNorms({ values: new Float64Array(6), classes: 3 }, [0, 3])).toThrow(
    /^errorNorms: expected labels 0 to 2, got 3 for example 1; /,
  );
  expect(() => selfInfluence([[1, 2], [1]], [0.1, 0.1])).toThrow(ShapeError);
  expect(() => selfInfluence([[1, 2]], [])).toThrow(
    /^selfInfluence: expected 1 checkpoints of 2 norms with a learning rate each, got lengths \[2\] and 0 rates; /,
  );
});
