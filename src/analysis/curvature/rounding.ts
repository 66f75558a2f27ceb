import type { Engine } from "../../runtime/engine.ts";
import { openReference } from "../../runtime/reference.ts";
import { openPasses, type Passes } from "./passes.ts";
import type { PassSettings } from "./passSettings.ts";

/** Examples on which float32 is compared with float64. */
const FEW = 32;

/** What all others may be worse than these. */
const MARGIN = 2;

/**
 * How far a product in float32 is from the one in float64, ‖H·v − H₆₄·v‖ for a v of length 1: measured over the first
 * 32 examples with the same v, and doubled, as the other examples may round worse. Sessions belong to `scope`.
 */
export function roundingByFloat64(scope: Engine, settings: PassSettings) {
  const few = {
    ...settings,
    indices: settings.indices.subarray(0, FEW),
    // Beside the passes over all examples.
    memoryBudget: settings.memoryBudget / 4,
    ...{ progress: undefined, batchSize: undefined },
  };
  let opened: { readonly single: Passes; readonly double: Passes } | undefined;
  return async (parameters: Float64Array, vector: Float64Array): Promise<number> => {
    opened ??= { single: openPasses(scope, few), double: openPasses(openReference(scope), few) };
    // The same θ for both: what rounding it to float32 changes is another function, not an error.
    const at = parameters.map(Math.fround);
    const single = await opened.single.product(at, vector);
    const double = await opened.double.product(at, vector);
    let squares = 0;
    for (let i = 0; i < single.length; i++) squares += (single[i]! - double[i]!) ** 2;
    return MARGIN * Math.sqrt(squares);
  };
}
