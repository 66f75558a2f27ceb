import type { Sampler, SamplerState } from "../../data/sampler.ts";
import type { Engine } from "../../runtime/engine.ts";
import type { Progress } from "../checkpoint.ts";
import type { LossScaler } from "../lossScaler.ts";
import type { TrainingOptions } from "../options.ts";
import type { TrainingState } from "../state.ts";
import { type Contract, newContract } from "./contract.ts";
import type { EpochSeen } from "./epochOrder.ts";
import { type Stamp, stampOf } from "./stamp.ts";

/** What a checkpoint's checksums are taken of. */
export interface Stamped {
  readonly options: TrainingOptions;
  readonly state: TrainingState;
  readonly progress: Progress;
  readonly sampler: Sampler;
  readonly scaler: LossScaler | undefined;
}

interface Beginning {
  readonly engine: Engine;
  readonly stamped: Stamped;
  /** Of the checkpoint that training goes on from. */
  readonly stamp: Stamp | undefined;
  readonly movesMomentum: boolean;
  readonly nominalUpdates: boolean;
}

/** The contract of a training that begins or goes on; undefined where nothing is to be checked. */
export function contractOf({ engine, stamped, stamp: kept, ...rest }: Beginning): Contract | undefined {
  const { options, state, progress, sampler } = stamped;
  if (options.checks === false) return undefined;
  const at = sampler.state();
  const now = kept && stampAt(stamped, at, { ...kept.seen, count: at.position });
  const { step: steps, optimizerSteps = 0 } = progress;
  return newContract({ ...rest, engine, options, state, steps, optimizerSteps, resumed: kept && now && { kept, now } });
}

/** Checksums of where training stands; the sampler's place is said, as an epoch may not be closed yet. */
export function stampAt({ state, progress, scaler }: Stamped, at: SamplerState, seen: EpochSeen): Stamp {
  const { epoch, step, examples, microBatches, optimizerSteps, accumulationSteps, schedule } = progress;
  const counts = { epoch, step, examples, microBatches, optimizerSteps, accumulationSteps };
  const position = { ...counts, schedule, scale: scaler?.current(), random: at.random, position: at.position };
  return stampOf(state, position, seen);
}
