import { newBatch } from "../data/dataset.ts";
import { defaultLoss, divisor } from "../model/loss.ts";
import { sizeOf, zeros } from "../tensor/tensor.ts";
import { coordinatesName, gramGraph, gramName, totals } from "../training/graphs.ts";
import { examplesFor } from "../training/microBatch.ts";
import { coordinateStride } from "../training/rowGraphs.ts";
import { modelTensors } from "../training/state.ts";
import { coordinateMeter } from "./coordinates.ts";
import { type GramPass, type LayerOf, newPart } from "./gramParts.ts";
import type { ColumnRange } from "./gramPlan.ts";
import type { RowSource } from "./rowMakers.ts";

/**
 * All mini-batches in one run that keeps no row longer than its layer. Throws `UnsupportedError` where the model's
 * groups cannot be followed.
 */
export async function onePass(source: RowSource, layerOf: LayerOf): Promise<GramPass> {
  const { engine, model, state, data, groups, indices, mode, threads, coordinates, loss = defaultLoss } = source;
  const batch = newBatch(data, indices.length);
  await data.read(indices, batch);
  const weights = zeros("float32", [groups]);
  const products = model.parameters.map(({ name }) => [gramName(name), zeros("float32", [groups, groups])] as const);
  const graph = gramGraph(model, indices.length, groups, mode, loss, { coordinates: coordinates ?? false });
  const session = await engine.load(graph, { threads });
  const chosen = coordinates
    ? model.parameters.map(({ name, initial: { shape } }) => {
        const width = Math.ceil(sizeOf(shape) / coordinateStride(shape));
        return [coordinatesName(name), zeros("float32", [groups, width])] as const;
      })
    : [];
  const results = { [totals.weights]: weights, ...Object.fromEntries([...products, ...chosen]) };
  const bound = session.bind({ ...modelTensors(state), ...examplesFor(graph, batch), ...results });
  const none: ColumnRange[] = model.parameters.map((_, parameter) => ({ parameter, from: 0, to: 0, width: 0 }));
  const columns = model.parameters.map(({ initial }, parameter) => ({ parameter, from: 0, to: sizeOf(initial.shape) }));
  return {
    async run({ progress, signal }) {
      signal?.throwIfAborted();
      await bound.run();
      progress?.(indices.length);
      const part = newPart(groups, layerOf, none, new Map());
      part.weights.set(weights.data as Float32Array);
      products.forEach(([, { data: values }], parameter) => {
        const sum = part.products.get(layerOf(parameter))!;
        for (let i = 0; i < sum.length; i++) sum[i]! += Number(values[i]);
      });
      if (!coordinates) return part;
      const seen = coordinateMeter(model, columns, source);
      chosen.forEach(([, { data: values }], parameter) => {
        const width = values.length / groups;
        for (let k = 0; k < groups; k++) {
          const row = (values as Float32Array).subarray(k * width, (k + 1) * width);
          seen.addChosen(k, parameter, row, divisor(loss, part.weights[k]!));
        }
      });
      return { ...part, coordinates: seen.sums() };
    },
    release: session.release,
  };
}
