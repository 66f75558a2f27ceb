import type { WeightAverage } from "../optimizer/averageWeights.ts";
import type { Engine } from "../runtime/engine.ts";
import { is, requireArguments, requireOptions } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { addCopy, averageOfCopies, type SwapOptions, trainingOfCopy } from "./copies.ts";
import type { AveragedModel, TrainingEvent } from "./events.ts";
import type { CheckpointFile } from "./options.ts";
import { train } from "./train.ts";

/** `copy` counts from 1. */
export type SwapEvent =
  | { readonly phase: 1; readonly event: TrainingEvent }
  | { readonly phase: 2; readonly copy: number; readonly event: TrainingEvent }
  | ({ readonly phase: 3; readonly kind: "averaged" } & AveragedModel);

/**
 * SWAP, stochastic weight averaging in parallel: Gupta, Serrano & DeCoste 2020, arXiv:2001.02312, Algorithm 1. Large
 * batches until a training accuracy is reached; from there W copies with small batches, each in an order of its own and
 * with a fresh optimizer; the mean of their weights, with running statistics recomputed. The copies know nothing of
 * each other, so they may as well run on W machines; here they run one after the other.
 *
 * When `signal` aborts, the phase that runs gives its checkpoint and end, and nothing follows. Throws what `train`
 * throws, and `UsageError` for fewer than 2 copies.
 */
export async function* swap(engine: Engine, options: SwapOptions, signal?: AbortSignal): AsyncGenerator<SwapEvent> {
  requireArguments("swap", { engine }, { engine: is.engine });
  requireOptions("swap", options, { large: is.object, small: is.object, copies: is.whole(1) });
  const { large, small, copies } = options;
  if (!Number.isInteger(copies) || copies < 2)
    throw new UsageError(`swap: expected at least 2 copies to average, got ${copies}; raise copies`);
  let last: CheckpointFile | undefined;
  for await (const event of train(engine, large, signal)) {
    last = checkpointOf(event) ?? last;
    yield { phase: 1, event };
  }
  const start = last!;
  let average: WeightAverage | undefined;
  for (let copy = 1; copy <= copies && !signal?.aborted; copy++) {
    for await (const event of train(engine, trainingOfCopy({ large, small }, copy, start), signal)) {
      last = checkpointOf(event) ?? last;
      yield { phase: 2, copy, event };
    }
    average = addCopy(average, large, last!);
  }
  if (!average || signal?.aborted) return;
  const averaged = await averageOfCopies(engine, large, small, average, signal);
  if (averaged) yield { phase: 3, kind: "averaged", ...averaged };
}

/** Each takes the place of the last; training always ends with one. */
function checkpointOf(event: TrainingEvent): CheckpointFile | undefined {
  return event.kind === "checkpoint" ? { bytes: event.bytes, file: "checkpoint" } : undefined;
}
