/** One parameter as an optimizer left it after so many steps. */
export interface KeptParameter {
  readonly values: Float32Array;
  /** One array per name of `Optimizer.state`. */
  readonly state: Readonly<Record<string, Float32Array>>;
  /** Steps that were taken, at least one. */
  readonly steps: number;
  readonly decays: boolean;
}

/**
 * How the update follows the gradient g of one step:
 *
 *   a function   D·g, element by element: gives D [n] of a parameter, up to a factor that all parameters share, and 0
 *                where nothing is known yet because no gradient has ever come
 *   "sign"       along the sign of g
 *   "norms"      along g, but how far is decided parameter by parameter from the norm of g itself
 *
 * Momentum averages over steps and is no part of it, nor are weight decay and clipping.
 */
export type Preconditioner = ((kept: KeptParameter) => Float64Array) | "sign" | "norms";

/** 1/(√(v·factor) + ε) of each element, 0 where v is. */
export function inverseRoots(
  second: Float32Array | Float64Array,
  { epsilon, factor = 1 }: { readonly epsilon: number; readonly factor?: number },
): Float64Array {
  return Float64Array.from(second, (v) => (v > 0 ? 1 / (Math.sqrt(v * factor) + epsilon) : 0));
}

/** 1/(1 − β₂ᵗ): what makes the average of t squares one without bias. */
export function unbiasing(beta2: number, steps: number): number {
  return 1 / (1 - beta2 ** steps);
}
