import { hessianVectorProduct } from "../gradient/hessianVector.ts";
import { addInput, addOutput, type Graph, prune } from "../graph/graph.ts";
import { shareEqual } from "../graph/share.ts";
import { defaultLoss, type Loss } from "../model/loss.ts";
import type { Mode, Model } from "../model/model.ts";
import { forward } from "./graphs.ts";

/** What a graph of Hessian-vector products calls the vector it reads for a parameter, and the product it gives. */
export const vectorName = (parameter: string) => `vector:${parameter}`;
export const hessianName = (parameter: string) => `hessian:${parameter}`;

export interface ProductGraphOptions {
  readonly mode: Mode;
  /** The parameters whose Hessian it is; all others are constants. Not empty. */
  readonly parameters: readonly string[];
  /** As in `GradientGraphOptions`. */
  readonly dropout?: ReadonlySet<string> | undefined;
  /** Default cross-entropy. */
  readonly loss?: Loss | undefined;
}

/**
 * H·v of a batch of examples, H the second derivative of Σ w·ℓ: reads `vector:<parameter>` for each of `parameters`
 * and gives `hessian:<parameter>`, each in the parameter's shape. What both passes back need, such as the places of
 * maxima, is computed once. Throws `UnsupportedError`, naming the operator, where
 * a first or second derivative is missing.
 */
export function productGraph(model: Model, batch: number, options: ProductGraphOptions): Graph {
  const { mode, parameters: names, loss = defaultLoss, dropout } = options;
  const { g, losses, parameters } = forward(model, batch, mode, `${model.name}_hessian`, loss, dropout);
  const wrt = names.map((name) => parameters[name]!);
  const vectors = wrt.map(({ name, type, shape }) => addInput(g.graph, vectorName(name), type, shape));
  const { products } = hessianVectorProduct(g, losses, wrt, vectors);
  names.forEach((name, i) => {
    addOutput(g.graph, hessianName(name), products[i]!);
  });
  return shareEqual(prune(g.graph));
}
