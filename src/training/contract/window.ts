import type { SchedulePosition } from "../../optimizer/schedule.ts";
import type { Totals } from "../microBatch.ts";
import { type Contract, noTally, ownDivisor, report } from "./contract.ts";
import { initialLoss } from "./initialLoss.ts";
import { beginLook, checkMark, endLook, isDue, lookAfterSkip, requireLast } from "./movement.ts";

/** What the loop says of an update that it made. */
export interface UpdateMade {
  /** What it divided by. */
  readonly weight: number;
  /** As it is recorded. */
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  readonly momentum: number | undefined;
  /** As the optimizer was told. */
  readonly step: number;
  /** Where the schedule was asked, and what it said; absent where there is none. */
  readonly asked?: SchedulePosition | undefined;
  readonly rate: number;
  /** Of the learning rate, by the size of the window. */
  readonly factor: number;
}

/** Sums are added in the same order here: two that differ by more are not of the same numbers. */
const ROUNDING = 1e-9;

/** Before the first micro-batch of a window. */
export function beforeWindow(contract: Contract): void {
  contract.tally = noTally;
  // Of a window in which nothing weighed anything.
  contract.look = undefined;
  requireLast(contract);
  if (isDue(contract)) beginLook(contract);
}

export function afterMicroBatch(contract: Contract, indices: Uint32Array, result: Totals): void {
  const { weight, loss, microBatches } = contract.tally;
  contract.tally = { weight: weight + result.weight, loss: loss + result.loss, microBatches: microBatches + 1 };
  const again = contract.order.take(indices);
  if (again > 0)
    report(contract, "epoch-order", "fault", [{ name: "examplesAgain", value: again, unit: "examples", threshold: 0 }]);
  if (microBatches === 0) checkMark(contract);
}

/** After the last micro-batch of an epoch. */
export function afterEpoch(contract: Contract): void {
  const wrong = contract.order.end();
  if (wrong > 0)
    report(contract, "epoch-order", "fault", [{ name: "examplesWrong", value: wrong, unit: "examples", threshold: 0 }]);
}

export async function afterUpdate(contract: Contract, made: UpdateMade): Promise<void> {
  checkSums(contract, made);
  checkRate(contract, made);
  contract.steps++;
  const step = contract.steps + contract.optimizerSteps;
  if (made.step !== step)
    report(contract, "optimizer-state", "fault", [
      { name: "optimizerSteps", value: made.step, unit: "updates", threshold: step },
    ]);
  if (contract.steps === 1) initialLoss(contract);
  if (contract.look) await endLook(contract, { ...made, step, weight: ownDivisor(contract) });
}

/** A window of which no step is made. */
export function afterSkip(contract: Contract): void {
  lookAfterSkip(contract);
}

function checkSums(contract: Contract, { weight, loss }: UpdateMade): void {
  const own = ownDivisor(contract);
  if (!isSame(weight, own))
    report(contract, "accumulation-divided-twice", "fault", [
      { name: "dividedBy", value: weight, unit: "", threshold: own },
      { name: "windowWeight", value: contract.tally.weight, unit: "" },
    ]);
  const ownLoss = contract.tally.loss / own;
  if (!isSame(loss, ownLoss))
    report(contract, "accumulation-divided-twice", "fault", [
      { name: "recordedLoss", value: loss, unit: "nats", threshold: ownLoss },
    ]);
}

function isSame(value: number, own: number): boolean {
  return value === own || Math.abs(value - own) <= ROUNDING * Math.abs(own) || Number.isNaN(own);
}

/** The schedule is asked once for each update: where it was asked, and what became of its answer. */
function checkRate(contract: Contract, { learningRate, asked, rate, factor }: UpdateMade): void {
  const { steps: update, nominalUpdates, options } = contract;
  const own = (asked ? rate : options.learningRate) * factor;
  const isCounted = !asked || nominalUpdates || asked.update === update;
  if (isCounted && isSame(learningRate, own)) return;
  report(contract, "schedule-step", "fault", [
    { name: "scheduleUpdates", value: asked?.update ?? update, unit: "updates", threshold: update },
    { name: "learningRate", value: learningRate, unit: "", threshold: own },
  ]);
}
