import type { Model } from "../model/model.ts";
import { type Optimizer, oneGroup } from "../optimizer/optimizer.ts";
import { datasetNoiseScale, noiseScale } from "../statistics/noiseScale.ts";
import { signNoiseScale } from "../statistics/signNoiseScale.ts";
import type { GradientStatistics } from "../statistics/table.ts";
import type { OptimizerNoise } from "../store/optimizerNoise.ts";
import { sizeOf } from "../tensor/tensor.ts";
import type { TrainingState } from "../training/state.ts";
import type { GramOptions } from "./gram.ts";
import type { MeasuredGram } from "./gramParts.ts";

/** What of an optimizer's update is measured beside the plain noise scale. */
export interface OptimizerMeter {
  /** What the rows are measured with. */
  readonly measured: Pick<GramOptions, "scale" | "signs">;
  /** Reads the optimizer's arrays in the state, after so many steps; null of a checkpoint that has none. */
  begin(steps: number | null): void;
  /** What the rows say. */
  of(gram: MeasuredGram, statistics: GradientStatistics): OptimizerNoise;
}

interface Meant {
  readonly rows: number;
  readonly batchSize: number;
  /** N. */
  readonly size: number;
}

/** The factor of each parameter's learning rate, in their order. */
const factorsOf = ({ groupOf }: Optimizer, model: Model) =>
  model.parameters.map(({ name, initial: { shape } }) => groupOf?.({ name, shape }).learningRateScale ?? 1);

/** For the update of `optimizer`, whose arrays `state` holds. */
export function optimizerMeter(optimizer: Optimizer, state: TrainingState, model: Model, meant: Meant): OptimizerMeter {
  const { preconditioner } = optimizer;
  const factors = factorsOf(optimizer, model);
  const about = { optimizer: optimizer.name, frozen: numbersWhere(model, (i) => factors[i] === 0) };
  if (preconditioner === "norms") return without({ ...about, kind: "norms" });
  if (preconditioner === "sign") return ofSigns(factors, meant, about);
  if (preconditioner === undefined && factors.every((factor) => factor === 1)) return ofGradient(about);
  return ofScaled(optimizer, { state, model, factors, meant }, about);
}

type About = Pick<OptimizerNoise, "optimizer" | "frozen">;

const nothing = { noiseScale: null, datasetNoiseScale: null, unknown: 0 } as const;

function without(said: About & Pick<OptimizerNoise, "kind">): OptimizerMeter {
  return { measured: {}, begin: () => {}, of: () => ({ ...said, ...nothing }) };
}

/** Along the gradient itself the plain noise scale is the one. */
function ofGradient(about: About): OptimizerMeter {
  return {
    measured: {},
    begin: () => {},
    of: (_, { noiseScale: plain, datasetNoiseScale: dataset }) => ({
      ...about,
      ...nothing,
      kind: "plain",
      noiseScale: plain,
      datasetNoiseScale: dataset,
    }),
  };
}

function ofSigns(factors: readonly number[], { rows, batchSize }: Meant, about: About): OptimizerMeter {
  return {
    measured: { signs: true },
    begin: () => {},
    of({ signs }) {
      const parts = signs.map(({ parameter, ...part }) => ({ ...part, scale: factors[parameter]! }));
      const scale = signNoiseScale({ groups: rows, batchSize, parts });
      return { ...about, ...nothing, kind: "sign", noiseScale: scale };
    },
  };
}

interface Scaled {
  readonly state: TrainingState;
  readonly model: Model;
  readonly factors: readonly number[];
  readonly meant: Meant;
}

function ofScaled(optimizer: Optimizer, scaled: Scaled, about: About): OptimizerMeter {
  const { state, meant } = scaled;
  const roots = new Float32Array(state.layout.length);
  const ofState = typeof optimizer.preconditioner === "function";
  let [known, unknown] = ["scaled" as "scaled" | "noState" | "notBegun", 0];
  return {
    measured: { scale: roots },
    begin(steps) {
      known = !ofState || (steps !== null && steps > 0) ? "scaled" : steps === null ? "noState" : "notBegun";
      roots.fill(0);
      unknown = known === "scaled" ? fillRoots(roots, optimizer, scaled, steps ?? 0) : 0;
    },
    of({ scaled: gram }) {
      if (known !== "scaled" || gram === null) return { ...about, ...nothing, kind: known };
      const dataset = meant.rows * meant.batchSize <= meant.size ? datasetNoiseScale(gram, meant.size) : null;
      return { ...about, kind: known, noiseScale: noiseScale(gram), datasetNoiseScale: dataset, unknown };
    },
  };
}

/** √D of each element, times the root of its learning rate's factor; gives of how many numbers D is not known. */
function fillRoots(roots: Float32Array, optimizer: Optimizer, { state, factors }: Scaled, steps: number): number {
  const { preconditioner, groupOf } = optimizer;
  let unknown = 0;
  for (const [i, { name, shape, offset }] of state.layout.entries.entries()) {
    if (factors[i] === 0) continue;
    const own = (flat: Float32Array) => flat.subarray(offset, offset + sizeOf(shape));
    const kept = Object.fromEntries(Object.entries(state.moments).map(([key, flat]) => [key, own(flat)]));
    const { decays } = groupOf?.({ name, shape }) ?? oneGroup;
    const D =
      typeof preconditioner === "function"
        ? preconditioner({ values: own(state.parameters), state: kept, steps, decays })
        : new Float64Array(sizeOf(shape)).fill(1);
    for (const [j, value] of D.entries()) {
      if (value === 0) unknown++;
      roots[offset + j] = Math.sqrt(value * factors[i]!);
    }
  }
  return unknown;
}

function numbersWhere({ parameters }: Model, holds: (parameter: number) => boolean): number {
  return parameters.reduce((sum, { initial }, i) => sum + (holds(i) ? sizeOf(initial.shape) : 0), 0);
}
