import type { Interval } from "../statistics/types.ts";
import type { BatchPrice, BatchVerdict } from "../store/batchVerdicts.ts";
import type { Verdict } from "../store/verdicts.ts";
import { significant } from "./format.ts";
import type { Found } from "./words.ts";

/** As a flag takes it. */
export function plain(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** In MiB, from one GiB on in GiB; of what is hardly any in bytes. */
export function memory(bytes: number): string {
  if (bytes < 2 ** 14) return `${significant(bytes)} B`;
  return bytes < 2 ** 30 ? `${significant(bytes / 2 ** 20)} MiB` : `${significant(bytes / 2 ** 30)} GiB`;
}

/** "4 × 8" or "3 × 24 + 16". */
export function sizes(window: readonly number[]): string {
  const full = window.filter((one) => one === window[0]).length;
  const rest = full === window.length ? "" : ` + ${window.slice(full).join(" + ")}`;
  return `${full} × ${window[0]}${rest}`;
}

/** "[0.91, 0.97]", as `show` writes numbers. */
export function between({ lower, upper }: Pick<Interval, "lower" | "upper">, show: (value: number) => string): string {
  return `[${show(lower)}, ${show(upper)}]`;
}

/** "0.94 [0.91, 0.97]" */
export function estimate(interval: Interval): string {
  return `${significant(interval.value)} ${between(interval, significant)}`;
}

/** "0.94 [0.91, 0.97]", with `unbounded` where nothing bounds it and `undefinedAs` where there is no value. */
export function estimateOr(interval: Interval, unbounded: string, undefinedAs: string): string {
  if (Number.isNaN(interval.value)) return undefinedAs;
  return isBounded(interval) ? estimate(interval) : `${significant(interval.value)}${unbounded}`;
}

export function isBounded({ lower }: Pick<Interval, "lower">): boolean {
  return !Number.isNaN(lower);
}

/** Of classes: the right answer has 99 % of the probability, in the geometric mean. */
export const BY_HEART = 0.01;

export type Lasted = Pick<Found<Verdict, "improving">, "epochs" | "steps">;
export type Scaled = Omit<Found<Verdict, "keepBatch">, "kind">;
/** What is needed to say how to measure further. */
export type Further = Pick<Scaled, "run" | "measured" | "analyzable"> & {
  readonly rows: number | null;
  readonly rowExamples?: number | undefined;
};
export type State = Pick<
  Found<Verdict, "healthy">,
  "trainLoss" | "trainAccuracy" | "validationLoss" | "validationAccuracy"
> & { readonly accuracy?: { readonly lower: number; readonly upper: number } | null };

/** The answers of a comparison of arms. */
export type ComparisonVerdict = Extract<
  Verdict,
  { readonly kind: "armsCompared" | "armsUntested" | "armsUnfinished" | "targetCompared" | "targetUntested" }
>;

/**
 * A difference of an arm from a baseline; an end of its interval is null where nothing bounds it, and the value where
 * too many trials diverged or did not get there.
 */
export interface ArmDifference {
  readonly arm: string;
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** By which differences are sorted, the best first: those without a value are beyond all others. */
export const rank = ({ value, upper }: ArmDifference): number =>
  value ?? (upper !== null && upper < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);

/** The size of one that has a value, with its interval the smaller end first. */
export function apart({ value, lower, upper }: ArmDifference): string {
  const ends = [lower, upper].map((end) => (end === null ? Number.POSITIVE_INFINITY : Math.abs(end)));
  const [small, large] = ends.toSorted((a, b) => a - b);
  return `${significant(Math.abs(value!))} [${significant(small!)}, ${significant(large!)}]`;
}

/** What to pass for a batch of `price`, which is one micro-batch, so far as it fits into memory. */
export function largerFlags(
  { rateRule, batchSize, accumulates }: Found<BatchVerdict, "enlargeBatch">,
  { batchSize: larger, longer }: BatchPrice,
): string {
  const window = accumulates ? " --gradient-accumulation-steps 1" : "";
  const rate = rateRule === null ? "" : ` --scale-rule ${rateRule} --base-batch-size ${batchSize}`;
  return `--batch-size ${larger}${window}${rate} --${longer.unit} ${longer.more}`;
}

const rangeFlags = { batchSize: "--batch-size", from: "--from", to: "--to", repeats: "--repeats" };

/** What to pass to `lr-find`, as code. */
export function rangeFlag({ flag, value }: { readonly flag: keyof typeof rangeFlags; readonly value: number }): string {
  return `\`${rangeFlags[flag]} ${plain(value)}\``;
}
