import type { Value } from "../src/graph/graph.ts";
import type { Engine } from "../src/runtime/engine.ts";
import { isFloat, zeros } from "../src/tensor/tensor.ts";
import type { Evaluate } from "./gradientCheck.ts";

/**
 * Loads a graph once and runs it for each set of inputs. Outputs have the graph's types; the reference's real ones are
 * float64.
 */
export function evaluateOn(engine: Engine): Evaluate {
  return async (graph, feeds) => {
    const typeOf = ({ type }: Value) => (engine.name === "reference" && isFloat(type) ? "float64" : type);
    const session = await engine.load(graph);
    try {
      const results = [];
      for (const inputs of feeds) {
        const outputs = Object.fromEntries([...graph.outputs].map(([name, v]) => [name, zeros(typeOf(v), v.shape)]));
        await session.bind({ ...inputs, ...outputs }).run();
        results.push(outputs);
      }
      return results;
    } finally {
      session.release();
    }
  };
}
