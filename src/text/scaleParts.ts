import type { Measured } from "../statistics/batchRegime.ts";
import type { RunRemark } from "../store/findings.ts";
import type { ScaledUpdates } from "../store/scaledUpdates.ts";
import { significant } from "./format.ts";

/** What a reader is told of constants that follow the batch. */
export type ScalingRemark = Extract<RunRemark, { readonly kind: "scaledUpdates" | "missedPremise" | "batchRegime" }>;

/** What a reader is told of a batch that changes while training. */
export type ScheduleRemark = Extract<RunRemark, { readonly kind: "plannedBatches" | "seesaw" | "updatesSaved" }>;

/** The share of updates that a changing batch saves, of those of a constant one; below 0 where it makes more. */
export function savedShare({
  updates,
  constantBatchUpdates,
}: Extract<ScheduleRemark, { kind: "updatesSaved" }>): number {
  return constantBatchUpdates === 0 ? 0 : 1 - updates / constantBatchUpdates;
}

/** Near 1 a decay is told by how far from it: 0.99996873 → "0.9999687". */
function decay(value: number): string {
  const digits = value >= 1 || value < 0.9 ? 3 : Math.min(15, 3 + Math.floor(-Math.log10(1 - value)));
  return String(Number(value.toPrecision(digits)));
}

/** As it was given where that is short, else rounded. */
function shown(name: string, value: number): string {
  if (name === "beta1" || name === "beta2" || name === "alpha") return decay(value);
  const text = String(value);
  return text.length <= 6 ? text : significant(value);
}

/** A constant by the name of its option: "0.001 → 0.002", or "0.9" where it stays. */
export interface ConstantText {
  readonly name: string;
  readonly text: string;
}

export function constantTexts({ given, values }: ScaledUpdates): ConstantText[] {
  return Object.entries(values).map(([name, value]) => {
    const before = given[name];
    const changed = before !== undefined && before !== value;
    return { name, text: `${changed ? `${shown(name, before)} → ` : ""}${shown(name, value)}` };
  });
}

/** The batch of the updates, and before it the one that it follows. */
export function batches({ batchSize, baseBatchSize }: ScaledUpdates): string {
  return baseBatchSize === null ? `${batchSize}` : `${baseBatchSize} → ${batchSize}`;
}

/** "0.62 [0.55, 0.70]", with the interval that there is. */
export function measuredText({ value, lower, upper }: Measured): string {
  if (lower === null && upper === null) return significant(value);
  return `${significant(value)} [${lower === null ? "–" : significant(lower)}, ${upper === null ? "–" : significant(upper)}]`;
}

/** A ratio whose lower end is 0 because the noise scale has no upper one. */
export function ratioText(ratio: Measured): string {
  if (ratio.lower === 0 && ratio.upper !== null) return `≤ ${significant(ratio.upper)}`;
  return `= ${measuredText(ratio)}`;
}
