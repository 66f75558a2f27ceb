import { defaultLoss, divisor } from "../../model/loss.ts";
import type { Engine } from "../../runtime/engine.ts";
import type { Evidence, FindingStrength, TrainingFinding, TrainingFindingKind } from "../../store/trainingFindings.ts";
import type { TrainingOptions } from "../options.ts";
import type { TrainingState } from "../state.ts";
import { type EpochOrder, epochOrder } from "./epochOrder.ts";
import { type Probe, probeOf, type Sample } from "./probe.ts";
import { type RunningProbe, runningProbe } from "./runningProbe.ts";
import { differences, type Stamp } from "./stamp.ts";
import type { StepAgain } from "./stepAgain.ts";

/** What a contract watches, and where training stands as it begins. */
export interface Contracted {
  readonly engine: Engine;
  readonly options: TrainingOptions;
  readonly state: TrainingState;
  readonly movesMomentum: boolean;
  /** Updates are counted as if windows had stayed as they were (`schedulePosition`). */
  readonly nominalUpdates: boolean;
  /** Optimizer steps made, and those that the optimizer had made before the first of them. */
  readonly steps: number;
  readonly optimizerSteps: number;
  /** Of the checkpoint that training goes on from, and of what stands in memory now. */
  readonly resumed?: { readonly kept: Stamp; readonly now: Stamp } | undefined;
}

/**
 * Promises that a step of training keeps, watched from outside: what a window sums, divides, moves and leaves alone.
 * Whoever watches counts by himself. Sums, counts and the order of examples are looked at in every step; what moved, in
 * some coordinates of each parameter, in the first two and in every 128th. Nothing of it changes a bit of the training.
 */
export interface Contract extends Contracted {
  readonly probe: Probe;
  readonly running: RunningProbe;
  readonly order: EpochOrder;
  /** Counted here. */
  steps: number;
  /** Of the window so far. */
  tally: Tally;
  /** Windows that were looked at. */
  looks: number;
  /** The window that is looked at. */
  look: Look | undefined;
  /** The parameters after the window before, where it was looked at. */
  last: Float32Array | undefined;
  /** As an evaluation began. */
  held: (Pick<Sample, "parameters"> & { readonly running: Float32Array }) | undefined;
  /** Compiled when first used. */
  again: StepAgain | undefined;
  /** Parameters that had no gradient in all windows that were looked at. */
  silent: readonly string[] | undefined;
  /** Not asked for yet. */
  readonly found: TrainingFinding[];
  readonly told: Set<TrainingFindingKind>;
}

/** A window whose arrays are looked at, on the coordinates of the probe. */
export interface Look {
  /** As it began. */
  readonly parameters: Float32Array;
  readonly running: Float32Array;
  /** What the mark stands over. */
  readonly sums: Float32Array;
  /** The sums with the factor of a loss scale still in them. */
  scaled?: { readonly sums: Float32Array; readonly factor: number };
  /** Before the update. */
  before?: Sample;
}

export interface Tally {
  readonly weight: number;
  readonly loss: number;
  readonly microBatches: number;
}

export const noTally: Tally = { weight: 0, loss: 0, microBatches: 0 };

export function newContract(contracted: Contracted): Contract {
  const { options, state, resumed } = contracted;
  const contract: Contract = {
    ...contracted,
    probe: probeOf(state.layout, options.optimizer),
    running: runningProbe(options, state),
    order: epochOrder(options.train.size, resumed?.kept.seen),
    tally: noTally,
    looks: 0,
    look: undefined,
    last: undefined,
    held: undefined,
    again: undefined,
    silent: undefined,
    found: [],
    told: new Set(),
  };
  if (resumed) checkResumed(contract, resumed.kept, resumed.now);
  return contract;
}

function checkResumed(contract: Contract, kept: Stamp, now: Stamp): void {
  const changed = differences(kept, now);
  if (changed.length > 0)
    report(
      contract,
      "resume-mismatch",
      "fault",
      [{ name: "checksums", value: changed.length, unit: "", threshold: 0 }],
      changed,
    );
}

/** What a window of this tally is divided by. */
export function ownDivisor({ options: { loss = defaultLoss }, tally: { weight } }: Contract): number {
  return divisor(loss, weight);
}

/** Takes down a finding; of each kind the first. */
export function report(
  contract: Contract,
  kind: TrainingFindingKind,
  strength: FindingStrength,
  evidence: readonly Evidence[],
  parameters?: readonly string[],
): void {
  const { told, found, steps: step } = contract;
  if (told.has(kind)) return;
  told.add(kind);
  found.push({ kind, step, strength, evidence, ...(parameters && { parameters: parameters.slice(0, NAMED) }) });
}

/** Parameters that a finding names; of more the first. */
const NAMED = 8;

/** What was found since it was asked last. */
export function takeFindings({ found }: Contract): TrainingFinding[] {
  return found.splice(0);
}
