import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { expect, test } from "vitest";
import { random } from "../tensor/random.ts";
import { largestEigenpairs } from "./lanczos.ts";

const applyOf = (matrix: Matrix) => (x: Float64Array, y: Float64Array) => {
  y.set(matrix.mmul(Matrix.columnVector(x)).getColumn(0));
};

test.each([
  ["a Gram of few directions", 250, 6],
  ["noise, whose largest eigenvalues lie close together", 200, 400],
  ["fewer numbers than steps", 7, 3],
])("%s: the same eigenpairs as the dense decomposition", (_, n, width) => {
  const { normal } = random(1);
  const rows = new Matrix(Array.from({ length: n }, () => Array.from({ length: width }, normal)));
  const matrix = rows.mmul(rows.transpose());
  const dense = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  largestEigenpairs(applyOf(matrix), n, 3).forEach(({ value, vector }, rank) => {
    expect(value / dense.realEigenvalues[n - 1 - rank]!).toBeCloseTo(1, 8);
    const column = dense.eigenvectorMatrix.getColumn(n - 1 - rank);
    expect(Math.abs(column.reduce((sum, x, i) => sum + x * vector[i]!, 0))).toBeCloseTo(1, 6);
  });
});

test("repeated and negative eigenvalues, and the zero matrix, are found", () => {
  const diagonal = Matrix.diagonal([5, 5, 5, -9, 1, 0]);
  const pairs = largestEigenpairs(applyOf(diagonal), 6, 4);
  expect(pairs.map(({ value }) => value)).toEqual([5, 5, 5, 1].map((value) => expect.closeTo(value, 9)));
  pairs.forEach((a, i) => {
    pairs.forEach((b, j) => {
      const product = a.vector.reduce((sum, x, d) => sum + x * b.vector[d]!, 0);
      expect(product).toBeCloseTo(i === j ? 1 : 0, 9);
    });
  });
  expect(largestEigenpairs(applyOf(Matrix.zeros(3, 3)), 3, 2).map(({ value }) => value)).toEqual([0, 0]);
  expect(largestEigenpairs(applyOf(Matrix.zeros(1, 1)), 1, 2)).toHaveLength(1);
});

test("the same bits again", () => {
  const { normal } = random(2);
  const rows = new Matrix(Array.from({ length: 40 }, () => Array.from({ length: 60 }, normal)));
  const matrix = rows.mmul(rows.transpose());
  expect(largestEigenpairs(applyOf(matrix), 40, 2)).toEqual(largestEigenpairs(applyOf(matrix), 40, 2));
});
