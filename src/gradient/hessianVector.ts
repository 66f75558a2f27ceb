import type { Value } from "../graph/graph.ts";
import type { Builder } from "../ops/builder.ts";
import { is, requireArguments } from "../tensor/arguments.ts";
import { equalShapes } from "../tensor/broadcast.ts";
import { ShapeError, UnsupportedError } from "../tensor/errors.ts";
import { show } from "../tensor/tensor.ts";
import { accumulate, backward, backwardFrom } from "./backward.ts";
import { linearUses } from "./linearUses.ts";

/** The gradient and the Hessian-vector product, as values of a graph. */
export interface HessianVectorProduct {
  /** ∂(Σ loss)/∂w for each w, in w's shape. */
  readonly gradients: readonly Value[];
  /** H·v, cut like the parameters: Σ over u of ∂²(Σ loss)/∂w∂u · v_u, in w's shape. */
  readonly products: readonly Value[];
}

/**
 * Exact Hessian-vector products: appends the gradient g of Σ loss, and the gradient of ⟨g, v⟩, which is H·v because v
 * is no function of the parameters. `vectors` holds one v for each w of `wrt`, in its shape. Needs no step width, and
 * at most 8/3 of a gradient's products of matrices.
 *
 * Pearlmutter 1994, Fast Exact Multiplication by the Hessian, Neural Computation 6(1), here reverse over reverse. The
 * share of a weight in ⟨g, v⟩ is that of the operator's output with v in the weight's place, ⟨∂L/∂y, Conv(x, v)⟩, so
 * that its gradient is never formed, nor differentiated. Where the loss has kinks (Relu, MaxPool) it is the Hessian of
 * the smooth piece. Throws `ShapeError` for vectors of other shapes, what `backward` throws for a missing first
 * derivative, and `UnsupportedError` naming the operator for a missing second one.
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
  const { uses, left } = linearUses(g, wrt, vectors);
  const reached = backward(g, loss, [...wrt, ...uses.map(({ output }) => output)]);
  const [gradients, arriving] = [reached.slice(0, wrt.length), reached.slice(wrt.length)];
  // ⟨g, v⟩ is a sum of products; each factor arrives at the other.
  const seeds = new Map<Value, Value>();
  wrt.forEach((value, i) => {
    if (left.has(value)) accumulate(g, seeds, gradients[i]!, vectors[i]!);
  });
  uses.forEach(({ image }, i) => {
    accumulate(g, seeds, arriving[i]!, image);
    accumulate(g, seeds, image, arriving[i]!);
  });
  return { gradients, products: secondDerivative(() => backwardFrom(g, seeds, wrt)) };
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
