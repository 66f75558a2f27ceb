import { random } from "../../tensor/random.ts";
import type { Passes } from "./passes.ts";

/** How products with the Hessian are formed. */
export type SecondDerivative =
  | { readonly kind: "exact" }
  | {
      /** (∇L(θ + εv) − ∇L(θ − εv)) / 2ε, for an operator has no second derivative. */
      readonly kind: "differences";
      readonly operator: string;
      /** ε for a vector of length 1, in the unit of the parameters. */
      readonly step: number;
      /** ‖error of H·v‖ / ‖H·v‖ of a random v, from steps of ε and 2ε. */
      readonly error: number;
    };

export interface Product {
  readonly second: SecondDerivative;
  at(parameters: Float64Array, vector: Float64Array): Promise<Float64Array>;
}

const EPSILON = { float32: 2 ** -23, float64: 2 ** -52 };

/** Steps that are tried, as multiples of ε^⅓·max(1, ‖θ‖), where rounding and cutting off weigh about the same. */
const MULTIPLES = [1 / 16, 1 / 4, 1, 4];

/**
 * Products by central differences of gradients. The step is that of four which differs least from twice itself along a
 * random vector: the difference bounds what is cut off by a third of it, and shows the rounding.
 */
export async function productByDifferences(passes: Passes, start: Float64Array): Promise<Product> {
  const { normal } = random(1);
  const probe = unit(start.map(() => normal()));
  const along = (step: number) => difference(passes, start, probe, step);
  const scale = Math.cbrt(EPSILON[passes.precision]) * Math.max(1, norm(start));
  let [step, error] = [scale, Number.POSITIVE_INFINITY];
  for (const multiple of MULTIPLES) {
    const [once, twice] = [await along(multiple * scale), await along(2 * multiple * scale)];
    const relative = norm(once.map((x, i) => x - twice[i]!)) / norm(once);
    if (relative < error) [step, error] = [multiple * scale, relative];
  }
  const operator = /, got (\S+) at node/.exec(passes.missing!.message)?.[1] ?? passes.missing!.message;
  return {
    second: { kind: "differences", operator, step, error },
    async at(parameters, vector) {
      const length = norm(vector);
      if (length === 0) return new Float64Array(vector.length);
      const product = await difference(passes, parameters, unit(vector), step);
      return product.map((x) => x * length);
    },
  };
}

async function difference(passes: Passes, at: Float64Array, direction: Float64Array, step: number) {
  const shifted = (sign: number) => passes.gradient(at.map((x, i) => x + sign * step * direction[i]!));
  const [{ gradient: ahead }, { gradient: behind }] = [await shifted(1), await shifted(-1)];
  return ahead.map((x, i) => (x - behind[i]!) / (2 * step));
}

function unit(vector: Float64Array): Float64Array {
  const length = norm(vector);
  return vector.map((x) => x / length);
}

function norm(vector: Float64Array): number {
  let sum = 0;
  for (const x of vector) sum += x * x;
  return Math.sqrt(sum);
}
