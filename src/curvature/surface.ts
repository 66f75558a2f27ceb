/** A loss as a function of its parameters, as `openObjective` gives it. */
export interface LossSurface {
  /** Parameters. */
  readonly size: number;
  readonly precision: "float32" | "float64";
  lossAt(parameters: Float64Array): Promise<number>;
  gradientAt(parameters: Float64Array): Promise<{ readonly loss: number; readonly gradient: Float64Array }>;
  /** H·v. */
  productAt(parameters: Float64Array, vector: Float64Array): Promise<Float64Array>;
  /** A bound of what rounding changes in H·v for a v of length 1; absent where it is that of float64 sums. */
  readonly roundingAt?: ((parameters: Float64Array, vector: Float64Array) => Promise<number>) | undefined;
}
