import { Matrix, QrDecomposition } from "ml-matrix";
import type { SymmetricOperator } from "../src/curvature/operator.ts";
import { random } from "../src/tensor/random.ts";

/** A matrix as its products. */
export const operatorOf = (matrix: Matrix): SymmetricOperator => ({
  size: matrix.rows,
  apply: async (v) => Float64Array.from(matrix.mmul(Matrix.columnVector(v)).getColumn(0)),
});

/** Q·diag(values)·Qᵀ with a random rotation Q. */
export function rotated(values: readonly number[], seed: number): Matrix {
  const { normal } = random(seed);
  const n = values.length;
  const Q = new QrDecomposition(new Matrix(Array.from({ length: n }, () => Array.from({ length: n }, normal))))
    .orthogonalMatrix;
  return Q.mmul(Matrix.diagonal([...values])).mmul(Q.transpose());
}
