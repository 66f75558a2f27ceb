import { newBatch } from "../data/dataset.ts";
import { defaultLoss } from "../model/loss.ts";
import { zeros } from "../tensor/tensor.ts";
import { gramGraph, gramName, totals } from "../training/graphs.ts";
import { examplesFor } from "../training/microBatch.ts";
import { modelTensors } from "../training/state.ts";
import type { GramPass } from "./gram.ts";
import { type LayerOf, newPart } from "./gramParts.ts";
import type { RowSource } from "./rowMakers.ts";

/**
 * All mini-batches in one run that keeps no row longer than its layer. Throws `UnsupportedError` where the model's groups cannot be
 * followed.
 */
export async function onePass(source: RowSource, layerOf: LayerOf): Promise<GramPass> {
  const { engine, model, state, data, groups, indices, mode, threads, loss = defaultLoss } = source;
  const batch = newBatch(data, indices.length);
  await data.read(indices, batch);
  const weights = zeros("float32", [groups]);
  const products = model.parameters.map(({ name }) => [gramName(name), zeros("float32", [groups, groups])] as const);
  const graph = gramGraph(model, indices.length, groups, mode, loss);
  const session = await engine.load(graph, { threads });
  const results = { [totals.weights]: weights, ...Object.fromEntries(products) };
  const bound = session.bind({ ...modelTensors(state), ...examplesFor(graph, batch), ...results });
  const columns = model.parameters.map((_, parameter) => ({ parameter, from: 0, to: 0, kept: 0 }));
  return {
    async run({ progress, signal }) {
      signal?.throwIfAborted();
      await bound.run();
      progress?.(indices.length);
      const part = newPart(groups, layerOf, columns, new Map());
      part.weights.set(weights.data as Float32Array);
      products.forEach(([, { data: values }], parameter) => {
        const sum = part.products.get(layerOf(parameter))!;
        for (let i = 0; i < sum.length; i++) sum[i]! += Number(values[i]);
      });
      return part;
    },
    release: session.release,
  };
}
