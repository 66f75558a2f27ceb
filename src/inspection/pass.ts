import { type Dataset, newBatch } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import type { Engine } from "../runtime/engine.ts";
import { type Tensor, zeros } from "../tensor/tensor.ts";
import { exampleGraph, ofExamples } from "../training/exampleGraph.ts";
import { modelTensors, type TrainingState } from "../training/state.ts";

/** Examples of one pass at most, and numbers in the single gradients of one. */
const MOST_EXAMPLES = 250;
const MOST_NUMBERS = 2 ** 24;

/** What one pass tells of the examples at `indices`; overwritten by the next pass. */
export interface BatchOutputs {
  readonly indices: Uint32Array;
  /** [N, C], ln p. */
  readonly logProbabilities: Float32Array;
  /** [N, F]. */
  readonly features: Float32Array;
  readonly width: number;
  /** [N], only where asked for. */
  readonly squaredNorms: Float32Array | undefined;
}

/** Measures single examples at whatever parameters `state` holds. */
export interface ExamplePass {
  run(data: Dataset, indices: Uint32Array, see: (measured: BatchOutputs) => void): Promise<void>;
  release(): void;
}

interface Compiled {
  readonly batch: Readonly<Record<string, Tensor>>;
  readonly run: () => Promise<void>;
  readonly release: () => void;
  readonly results: Readonly<Record<string, Tensor>>;
}

/** Compiles a pass when a batch of its size is first met. Throws as `exampleGraph`, at the first run. */
export function examplePass(engine: Engine, model: Model, state: TrainingState, squaredNorms: boolean): ExamplePass {
  const cache = new Map<number, Compiled>();
  const perPass = squaredNorms ? Math.floor(MOST_NUMBERS / state.layout.length) : MOST_EXAMPLES;
  const most = Math.max(1, Math.min(MOST_EXAMPLES, perPass));
  const compile = async (data: Dataset, size: number): Promise<Compiled> => {
    const graph = exampleGraph(model, size, { features: !squaredNorms, squaredNorms });
    const batch = newBatch(data, size);
    const read = Object.entries(batch).filter(([name]) => graph.inputs.some((input) => input.name === name));
    const results = Object.fromEntries([...graph.outputs].map(([name, { type, shape }]) => [name, zeros(type, shape)]));
    const session = await engine.load(graph, { threads: 1 });
    const bound = session.bind({ ...modelTensors(state), ...Object.fromEntries(read), ...results });
    return { batch, run: () => bound.run(), release: session.release, results };
  };
  return {
    async run(data, indices, see) {
      for (let start = 0; start < indices.length; start += most) {
        const some = indices.subarray(start, Math.min(indices.length, start + most));
        const compiled = cache.get(some.length) ?? (await compile(data, some.length));
        cache.set(some.length, compiled);
        await data.read(some, compiled.batch);
        await compiled.run();
        const array = (name: string) => compiled.results[name]?.data as Float32Array | undefined;
        const features = array(ofExamples.features) ?? new Float32Array(0);
        see({
          indices: some,
          logProbabilities: array(ofExamples.logProbabilities)!,
          features,
          width: features.length / some.length,
          squaredNorms: array(ofExamples.squaredNorms),
        });
      }
    },
    release() {
      for (const { release } of cache.values()) release();
      cache.clear();
    },
  };
}
