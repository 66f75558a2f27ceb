import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { equalShapes } from "../tensor/broadcast.ts";
import { ShapeError, UnsupportedError } from "../tensor/errors.ts";
import { show } from "../tensor/tensor.ts";
import { backward } from "./backward.ts";

/** The gradient and the Hessian-vector product, as values of a graph. */
export interface HessianVectorProduct {
  /** ∂(Σ loss)/∂w for each w, in w's shape. */
  readonly gradients: readonly Value[];
  /** H·v, cut like the parameters: Σ over u of ∂²(Σ loss)/∂w∂u · v_u, in w's shape. */
  readonly products: readonly Value[];
}

/**
 * Exact Hessian-vector products: appends the gradient g of Σ loss, and the gradient of ⟨g, v⟩, which is H·v because v
 * is no function of the parameters. `vectors` holds one v for each w of `wrt`, in its shape. Costs about three
 * gradients and needs no step width.
 *
 * Pearlmutter 1994, Fast Exact Multiplication by the Hessian, Neural Computation 6(1), here reverse over reverse. Where
 * the loss has kinks (Relu, MaxPool) it is the Hessian of the smooth piece. Throws `ShapeError` for vectors of other
 * shapes, what `backward` throws for a missing first derivative, and `UnsupportedError` naming the operator for a
 * missing second one.
 */
export function hessianVectorProduct(
  g: Builder,
  loss: Value,
  wrt: readonly Value[],
  vectors: readonly Value[],
): HessianVectorProduct {
  requireArguments(
    "hessianVectorProduct",
    { g, loss, wrt, vectors },
    { g: is.builder, loss: is.value, wrt: is.list, vectors: is.list },
  );
  requireVectors(wrt, vectors);
  const gradients = backward(g, loss, wrt);
  const [first, ...others] = gradients.map((gradient, i) =>
    g.reduceSum(g.mul(gradient, vectors[i]!), [...gradient.shape.keys()]),
  );
  if (!first) return { gradients, products: [] };
  const slope = others.reduce((sum, term) => g.add(sum, term), first);
  return { gradients, products: secondDerivative(() => backward(g, slope, wrt)) };
}

function requireVectors(wrt: readonly Value[], vectors: readonly Value[]): void {
  const bad = wrt.findIndex(({ type, shape }, i) => {
    const vector = vectors[i];
    return vector?.type !== type || !equalShapes(vector.shape, shape);
  });
  if (bad < 0 && vectors.length === wrt.length) return;
  const [parameter, vector] = [wrt[bad], vectors[bad]];
  const got = parameter ? (vector ? show(vector) : "none") : `${vectors.length} vectors`;
  throw new ShapeError(
    `hessianVectorProduct: expected ${parameter ? `${show(parameter)} for "${parameter.name}"` : `${wrt.length} vectors`}, got ${got}; pass one vector of each parameter's shape`,
  );
}

/** Says that it is the second derivative which is missing: the first was there. */
function secondDerivative<T>(differentiate: () => T): T {
  try {
    return differentiate();
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    throw new UnsupportedError(
      error.message.replace(/^backward: expected a/, "hessianVectorProduct: expected a twice"),
    );
  }
}
