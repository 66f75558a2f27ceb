import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { random } from "../tensor/random.ts";
import type { CertifiedEigenvalue, Spectrum } from "./certified.ts";
import type { SymmetricOperator } from "./operator.ts";
import { norm, scaled } from "./vectors.ts";

/** Rounding of float64 sums and of the decomposition, of the largest |eigenvalue|. */
const ROUNDING = 1e-13;

/**
 * The whole spectrum of a small matrix, column by column: size products, O(size³) operations. Each eigenvalue is off by
 * no more than the norm of what the computed matrix is off by (Weyl): its asymmetry and the rounding of its columns.
 */
export async function denseSpectrum(operator: SymmetricOperator, count: number): Promise<Spectrum> {
  const { size } = operator;
  const columns: Float64Array[] = [];
  for (let i = 0; i < size; i++) {
    const unit = new Float64Array(size);
    unit[i] = 1;
    columns.push(await operator.apply(unit));
  }
  const matrix = new Matrix(size, size);
  let squares = 0;
  columns.forEach((column, j) => {
    for (let i = 0; i < size; i++) {
      const other = columns[i]![j]!;
      matrix.set(i, j, (column[i]! + other) / 2);
      squares += ((column[i]! - other) / 2) ** 2;
    }
  });
  const decomposed = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const values = Float64Array.from(decomposed.realEigenvalues);
  const scale = Math.max(Math.abs(values[0]!), Math.abs(values[size - 1]!));
  const rounding = Math.sqrt(squares) + (await roundingOf(operator)) + size * ROUNDING * scale;
  const pair = (i: number): CertifiedEigenvalue => {
    const vector = Float64Array.from(decomposed.eigenvectorMatrix.getColumn(i));
    const product = matrix.mmul(Matrix.columnVector(vector)).getColumn(0);
    const residual = norm(Float64Array.from(product, (x, at) => x - values[i]! * vector[at]!));
    const [value, off] = [values[i]!, residual + rounding];
    return { value, lower: value - off, upper: value + off, residual, vector };
  };
  const wanted = Array.from({ length: Math.min(count, size) }, (_, i) => i);
  return {
    largest: wanted.map((i) => pair(size - 1 - i)),
    smallest: wanted.map(pair),
    enclosure: { lower: values[0]! - rounding, upper: values[size - 1]! + rounding },
    negative: values.filter((value) => value < -rounding).length,
    positive: values.filter((value) => value > rounding).length,
    complete: values,
    rounding,
    products: size,
  };
}

/** ‖E‖ ≤ ‖E‖_F, and ‖E·u‖² of a random unit u is ‖E‖_F²/size in the mean. */
async function roundingOf({ rounding, size }: SymmetricOperator): Promise<number> {
  if (!rounding) return 0;
  const { normal } = random(2);
  const lengths: number[] = [];
  for (let i = 0; i < 3; i++) {
    const vector = Float64Array.from({ length: size }, () => normal());
    lengths.push(await rounding(scaled(vector, 1 / norm(vector))));
  }
  return Math.max(...lengths) * Math.sqrt(size);
}
