import { newBatch } from "../data/dataset.ts";
import { defaultLoss, divisor } from "../model/loss.ts";
import { sizeOf, zeros } from "../tensor/tensor.ts";
import { viewsOf } from "../training/flat.ts";
import { coordinatesName, gramGraph, gramName, scaledGramName, scaleName, totals } from "../training/graphs.ts";
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
  const { engine, model, state, data, groups, indices, mode, threads, loss = defaultLoss } = source;
  const { scale, signs, coordinates: moments = false } = source;
  const coordinates = moments || (signs ?? false);
  const batch = newBatch(data, indices.length);
  await data.read(indices, batch);
  const weights = zeros("float32", [groups]);
  const products = model.parameters.map(({ name }) => [gramName(name), zeros("float32", [groups, groups])] as const);
  const graph = gramGraph(model, indices.length, groups, mode, loss, { coordinates, scaled: scale !== undefined });
  const session = await engine.load(graph, { threads });
  const chosen = coordinates
    ? model.parameters.map(({ name, initial: { shape } }) => {
        const width = Math.ceil(sizeOf(shape) / coordinateStride(shape));
        return [coordinatesName(name), zeros("float32", [groups, width])] as const;
      })
    : [];
  const scaled = scale
    ? model.parameters.map(({ name }) => [scaledGramName(name), zeros("float32", [groups, groups])] as const)
    : [];
  const results = { [totals.weights]: weights, ...Object.fromEntries([...products, ...chosen, ...scaled]) };
  const scales = scale ? viewsOf(scale, state.layout, scaleName("")) : {};
  const bound = session.bind({ ...modelTensors(state), ...scales, ...examplesFor(graph, batch), ...results });
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
      const scaledSum = scale && new Float64Array(groups * groups);
      for (const [, { data: values }] of scaled)
        values.forEach((value, i) => {
          scaledSum![i]! += Number(value);
        });
      if (!coordinates) return { ...part, scaled: scaledSum };
      const seen = coordinateMeter(model, columns, source);
      chosen.forEach(([, { data: values }], parameter) => {
        const width = values.length / groups;
        for (let k = 0; k < groups; k++) {
          const row = (values as Float32Array).subarray(k * width, (k + 1) * width);
          seen.addChosen(k, parameter, row, divisor(loss, part.weights[k]!));
        }
      });
      return { ...part, scaled: scaledSum, ...(moments && { coordinates: seen.sums() }), signs: seen.kept() };
    },
    release: session.release,
  };
}
