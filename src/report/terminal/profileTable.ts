import type { Interval } from "../../statistics/types.ts";
import type { CostModel, Profile, ProfiledSize, TimedWindow } from "../../store/profile.ts";
import { durationInterval } from "../../text/duration.ts";
import type { ProfileText } from "../../text/en/profile.ts";
import { percent, significant, whole } from "../../text/format.ts";
import { memory } from "../../text/verdictParts.ts";

/** Names with their units, and rows of cells. */
export interface ShownTable {
  readonly columns: readonly { readonly name: string; readonly unit: string }[];
  readonly rows: readonly (readonly string[])[];
}

/** What each batch size takes. */
export function sizeTable({ batchSizes }: Profile, text: ProfileText): ShownTable {
  const { columns } = text;
  return {
    columns: [
      { name: columns.batchSize, unit: columns.examples },
      { name: columns.update, unit: "" },
      { name: columns.epoch, unit: "" },
      { name: columns.speed, unit: columns.perSecond },
      { name: columns.memory, unit: columns.peak },
    ],
    rows: batchSizes.map((size) => [whole(size.batchSize), ...timesOf(size), memoryText(size)]),
  };
}

/** What the same updates take in several micro-batches. */
export function accumulationTable({ accumulation, batchSizes }: Profile, text: ProfileText): ShownTable {
  const { columns } = text;
  const alone = new Map(batchSizes.map((size) => [size.batchSize, size.secondsPerUpdate.value]));
  return {
    columns: [
      { name: columns.window, unit: columns.examples },
      { name: columns.update, unit: "" },
      { name: columns.epoch, unit: "" },
      { name: columns.speed, unit: columns.perSecond },
      { name: columns.ratio, unit: columns.ofOne },
    ],
    rows: accumulation.map((window) => {
      const { batchSize, microBatch, secondsPerUpdate } = window;
      const one = alone.get(batchSize) ?? Number.NaN;
      const ratio = Number.isNaN(one) ? "–" : significant(secondsPerUpdate.value / one);
      return [`${whole(batchSize / microBatch)} × ${whole(microBatch)}`, ...timesOf(window), ratio];
    }),
  };
}

function timesOf({ secondsPerUpdate, secondsPerEpoch, examplesPerSecond }: TimedWindow): string[] {
  return [durationInterval(secondsPerUpdate), durationInterval(secondsPerEpoch), significant(examplesPerSecond)];
}

export function memoryText({ peakMemoryBytes }: Pick<ProfiledSize, "peakMemoryBytes">): string {
  return Number.isNaN(peakMemoryBytes) ? "–" : memory(peakMemoryBytes);
}

/** The costs, each with what it is of, and the largest residual. */
export function costLines({ perUpdate, perMicroBatch, perExample, residuals }: CostModel, text: ProfileText) {
  const worst = residuals.reduce((a, b) => (Math.abs(b.relative) > Math.abs(a.relative) ? b : a));
  return [
    [text.costs.perUpdate, costText(perUpdate)],
    [text.costs.perMicroBatch, costText(perMicroBatch)],
    [text.costs.perExample, costText(perExample)],
    [text.costs.residual, text.costs.worst(percent(Math.abs(worst.relative)), whole(worst.batchSize))],
  ] as const;
}

function costText(cost: Interval): string {
  return cost.upper === 0 ? "0" : durationInterval(cost);
}
