import type { LossesAlong } from "../../curvature/losses.ts";
import { newBatch } from "../../data/dataset.ts";
import { divisor } from "../../model/loss.ts";
import type { Mode } from "../../model/model.ts";
import type { Bound, Engine } from "../../runtime/engine.ts";
import { convert, scalar, type Tensor, zeros } from "../../tensor/tensor.ts";
import { letOthersRun } from "../../training/clock.ts";
import { totals } from "../../training/graphs.ts";
import { examplesFor } from "../../training/microBatch.ts";
import { coordinateName, directionName, pointLossName, pointsGraph } from "../../training/pointsGraph.ts";
import { peakBytes } from "../../training/rowGraphs.ts";
import { slicesOf } from "./layout.ts";
import { reader } from "./passes.ts";
import type { PassSettings } from "./passSettings.ts";

/** Points of one run of the engine at most. Most of what a run costs beside its operators is shared by then. */
const MOST_POINTS = 8;

/** Examples of one run at most. */
const MOST_EXAMPLES = 256;

/**
 * The mean loss at many points of a line or plane, several points of each mini-batch in one graph: origin and
 * directions are put into memory once a call, the points are made from them inside. In training mode batch
 * normalisation takes its statistics at every point anew, from each mini-batch of these examples of at most 256.
 * Vectors as in `Objective`. One call at a time; sessions belong to `engine`.
 */
export function openPoints(engine: Engine, settings: PassSettings & { readonly mode: Mode }): LossesAlong {
  const { indices, loss, signal } = settings;
  const memory = memoryOf(settings, engine);
  const shape = { points: 0, size: 0 };
  const runs = new Map<string, Promise<Run>>();
  const read = reader(settings);
  const open = (count: number, points: number, directions: number) => {
    const key = `${count} ${points} ${directions}`;
    const run = runs.get(key) ?? compile(engine, settings, memory, { count, points, directions });
    runs.set(key, run);
    return run;
  };
  async function lossesOf(coordinates: readonly (readonly number[])[], directions: number): Promise<number[]> {
    const points = coordinates.length === 1 ? 1 : shape.points;
    const [sums, weights] = [Array<number>(points).fill(0), { all: 0 }];
    for (const some of evenParts(indices, shape.size)) {
      signal?.throwIfAborted();
      const run = await open(some.length, points, directions);
      await read(some, run.batch);
      run.place(coordinates);
      await run.bound.run();
      sums.forEach((_, point) => {
        sums[point]! += Number(run.results[pointLossName(point)]!.data[0]);
      });
      weights.all += Number(run.results[totals.weight]!.data[0]);
      settings.progress?.(some.length * coordinates.length);
      await letOthersRun();
    }
    return sums.slice(0, coordinates.length).map((sum) => sum / divisor(loss, weights.all));
  }
  return async (origin, directions, coordinates) => {
    memory.put([origin, ...directions]);
    Object.assign(shape, shape.size > 0 ? shape : sizesOf(settings, directions.length));
    const losses: number[] = [];
    for (let start = 0; start < coordinates.length; start += shape.points)
      losses.push(...(await lossesOf(coordinates.slice(start, start + shape.points), directions.length)));
    return losses;
  };
}

interface Memory {
  readonly precision: "float32" | "float64";
  readonly constants: Readonly<Record<string, Tensor>>;
  /** Of the origin (0) and the directions (1, …), by the names of the graph. */
  vector(place: number): Readonly<Record<string, Tensor>>;
  put(vectors: readonly Float64Array[]): void;
}

function memoryOf({ model, trained }: PassSettings, engine: Engine): Memory {
  const precision = engine.name === "reference" ? "float64" : "float32";
  const moving = new Set(trained.map((parameter) => parameter.name));
  const fixed = [...model.state, ...model.parameters.filter((parameter) => !moving.has(parameter.name))];
  const vectors: Record<string, Tensor>[] = [];
  const slices = slicesOf(trained);
  return {
    precision,
    constants: Object.fromEntries(fixed.map(({ name, initial }) => [name, convert(initial, precision)])),
    vector: (place) => vectors[place]!,
    put(given) {
      given.forEach((vector, place) => {
        vectors[place] ??= Object.fromEntries(
          trained.map(({ name, initial }) => [
            place === 0 ? name : directionName(place - 1, name),
            zeros(precision, initial.shape),
          ]),
        );
        const arrays = Object.values(vectors[place]);
        slices.forEach(({ offset, length }, i) => {
          (arrays[i]!.data as Float64Array).set(vector.subarray(offset, offset + length));
        });
      });
    },
  };
}

interface Run {
  readonly bound: Bound;
  readonly batch: ReturnType<typeof newBatch>;
  readonly results: Readonly<Record<string, Tensor>>;
  place(coordinates: readonly (readonly number[])[]): void;
}

interface Sizes {
  readonly count: number;
  readonly points: number;
  readonly directions: number;
}

async function compile(engine: Engine, settings: PassSettings, memory: Memory, sizes: Sizes): Promise<Run> {
  const { count, points, directions } = sizes;
  const graph = graphOf(settings, sizes);
  const batch = newBatch(settings.data, count);
  const number = () => scalar(memory.precision, 0);
  const results = Object.fromEntries([...graph.outputs.keys()].map((name) => [name, number()]));
  const coordinates = Array.from({ length: points }, () => Array.from({ length: directions }, number));
  const placed = coordinates.flatMap((row, point) => row.map((one, j) => [coordinateName(point, j), one] as const));
  const vectors = Array.from({ length: directions + 1 }, (_, place) => memory.vector(place));
  const given: Readonly<Record<string, Tensor>> = Object.assign(
    { ...memory.constants, ...examplesFor(graph, batch), ...Object.fromEntries(placed) },
    ...vectors,
  );
  const inputs = Object.fromEntries(graph.inputs.map(({ name }) => [name, given[name]!]));
  const session = await engine.load(graph, { threads: settings.threads });
  return {
    bound: session.bind({ ...inputs, ...results }),
    batch,
    results,
    place(rows) {
      coordinates.forEach((row, point) => {
        // Points beyond the last repeat it.
        const from = rows[Math.min(point, rows.length - 1)]!;
        row.forEach((one, j) => {
          one.data[0] = from[j]!;
        });
      });
    },
  };
}

function graphOf({ model, mode, loss, trained }: PassSettings, { count, points, directions }: Sizes) {
  return pointsGraph(model, count, { loss, mode, parameters: trained.map(({ name }) => name), points, directions });
}

/** As many examples and points as a quarter of the memory holds, points first given up. */
function sizesOf(settings: PassSettings, directions: number): { points: number; size: number } {
  let size = Math.min(MOST_EXAMPLES, settings.batchSize ?? MOST_EXAMPLES, settings.indices.length);
  let points = MOST_POINTS;
  const isTooMuch = () => peakBytes(graphOf(settings, { count: size, points, directions })) > settings.memoryBudget / 4;
  while ((points > 1 || size > 2) && isTooMuch()) [points, size] = points > 1 ? [points / 2, size] : [1, size >> 1];
  return { points, size };
}

/** Parts of nearly equal length: batch normalisation takes no single example. */
function evenParts(indices: Uint32Array, most: number): Uint32Array[] {
  const count = Math.ceil(indices.length / most);
  const edge = (part: number) => Math.round((part * indices.length) / count);
  return Array.from({ length: count }, (_, part) => indices.subarray(edge(part), edge(part + 1)));
}
