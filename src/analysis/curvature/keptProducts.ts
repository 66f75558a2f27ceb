import { newBatch } from "../../data/dataset.ts";
import type { Engine, Session } from "../../runtime/engine.ts";
import { arrayClass, type ElementType, isFloat, sizeOf, type Tensor, zeros } from "../../tensor/tensor.ts";
import { examplesFor } from "../../training/microBatch.ts";
import { hessianName, productGraph, vectorName } from "../../training/productGraph.ts";
import { type SplitGraph, splitGraph } from "../../training/splitGraph.ts";
import { type Memory, type Numbers, views } from "./passMemory.ts";
import type { PassSettings, Run } from "./passSettings.ts";

/** Products at one place after another: what does not depend on the vector is computed once. */
export interface KeptProducts {
  /** Told of the parameters before each product. */
  moveTo(parameters: Numbers): void;
  /** The run of the micro-batch number `place` of `count` examples; null where memory does not keep it. */
  open(place: number, count: number, result: Numbers): Promise<Run> | null;
}

/** A cut graph in the engine. */
interface Compiled extends SplitGraph {
  readonly first: Session;
  readonly second: Session;
}

/** Keeps what a quarter of the memory holds. Sessions belong to `engine`. */
export function keptProducts(engine: Engine, settings: PassSettings, memory: Memory, batchSize: number): KeptProducts {
  const { threads, memoryBudget, dropout } = settings;
  const cuts = new Map<number, SplitGraph>();
  const compiled = new Map<number, Promise<Compiled>>();
  const runs = new Map<number, Promise<Run>>();
  let places: number | undefined;
  let at: Numbers | undefined;
  // Of the parameters: a run that has computed others begins anew.
  let version = 0;
  /** Micro-batches that memory holds; none where there is nothing to keep, or a mask of dropout changes it. */
  const fitting = () => {
    if (places !== undefined) return places;
    const bytes = dropout.size > 0 ? 0 : bytesOf(cutOf(batchSize), memory);
    places = bytes === 0 ? 0 : Math.floor(memoryBudget / 4 / bytes);
    return places;
  };
  const cutOf = (count: number) => {
    const cut = cuts.get(count) ?? cutFor(settings, count);
    cuts.set(count, cut);
    return cut;
  };
  const load = async (count: number): Promise<Compiled> => {
    const cut = cutOf(count);
    const [first, second] = [await engine.load(cut.before, { threads }), await engine.load(cut.after, { threads })];
    return { ...cut, first, second };
  };
  const bind = async (count: number, result: Numbers) => {
    const sessions = compiled.get(count) ?? load(count);
    compiled.set(count, sessions);
    return bound(await sessions, settings, { memory, count, result, version: () => version });
  };
  return {
    moveTo(parameters) {
      if (fitting() === 0 || at?.every((x, i) => x === parameters[i])) return;
      at = parameters.slice();
      version++;
    },
    open(place, count, result) {
      if (place >= fitting()) return null;
      const run = runs.get(place) ?? bind(count, result);
      runs.set(place, run);
      return run;
    },
  };
}

function cutFor({ model, mode, loss, trained }: PassSettings, count: number): SplitGraph {
  const graph = productGraph(model, count, { mode, loss, parameters: trained.map(({ name }) => name) });
  const vectors = new Set(trained.map(({ name }) => vectorName(name)));
  return splitGraph(
    graph,
    graph.inputs.filter(({ name }) => vectors.has(name)),
  );
}

const typeIn = ({ precision }: Memory, type: ElementType) => (isFloat(type) ? precision : type);

function bytesOf({ carried }: SplitGraph, memory: Memory): number {
  const width = (type: ElementType) => arrayClass(typeIn(memory, type)).BYTES_PER_ELEMENT;
  return carried.reduce((sum, { type, shape }) => sum + sizeOf(shape) * width(type), 0);
}

interface Bindings {
  readonly memory: Memory;
  readonly count: number;
  readonly result: Numbers;
  readonly version: () => number;
}

function bound(cut: Compiled, { data }: PassSettings, { memory, count, result, version }: Bindings): Run {
  const batch = newBatch(data, count);
  const arrays = Object.fromEntries(
    cut.carried.map(({ name, type, shape }) => [name, zeros(typeIn(memory, type), shape)]),
  );
  const given: Readonly<Record<string, Tensor>> = {
    ...memory.constants,
    ...views(memory, memory.parameters, (name) => name),
    ...views(memory, memory.vector, vectorName),
    ...examplesFor(cut.before, batch),
    ...examplesFor(cut.after, batch),
    ...arrays,
  };
  const read = ({ inputs }: SplitGraph["before"]) => Object.fromEntries(inputs.map(({ name }) => [name, given[name]!]));
  const first = cut.first.bind({ ...read(cut.before), ...arrays });
  const second = cut.second.bind({ ...read(cut.after), ...views(memory, result, hessianName) });
  let known = -1;
  const run = async () => {
    if (known !== version()) {
      known = -1;
      const now = version();
      await first.run();
      known = now;
    }
    await second.run();
  };
  return { count, batch, result, totals: {}, bound: { run }, fill() {} };
}
