import type { Interval } from "../statistics/types.ts";

/**
 * Three significant digits, as a reader wants them: 1234 → "1,230", 0.04567 → "0.0457", 1.2e-7 → "1.20e-7".
 * Non-finite numbers are named: "NaN", "∞", "−∞". A minus sign is U+2212, so that columns of digits align.
 */
export function significant(value: number): string {
  return toDigits(value, DIGITS);
}

const DIGITS = 3;

function toDigits(value: number, digits: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  const text =
    size !== 0 && (size < 1e-4 || size >= 1e7)
      ? size.toExponential(digits - 1)
      : size >= 1000
        ? String(size).replace(/\B(?=(\d{3})+(\.|$))/g, ",")
        : size === 0
          ? "0"
          : size.toPrecision(digits);
  return rounded < 0 ? `−${text}` : text;
}

/** Digits beyond these are float32's rounding. */
const MOST_DIGITS = 6;

/**
 * A value with its interval, to as many digits as show how wide it is: "10.273 [10.268, 10.279]", where three would say
 * "10.3 [10.3, 10.3]".
 */
export function withInterval({ value, lower, upper }: Interval): string {
  const largest = Math.max(...[value, lower, upper].map(Math.abs));
  const shown = Math.ceil(Math.log10((2 * largest) / (upper - lower))) + 1;
  const digits = Math.min(MOST_DIGITS, Math.max(DIGITS, Number.isFinite(shown) ? shown : DIGITS));
  const [first, ...ends] = [value, lower, upper].map((one) => toDigits(one, digits));
  return `${first} [${ends.join(", ")}]`;
}

/** A share 0–1 in per cent that may be far below 1 %: 0.00168 → "0.168 %". */
export function finePercent(share: number): string {
  return Math.abs(share) < 0.01 ? `${significant(100 * share)} %` : percent(share);
}

/** So many decimals, for columns of them: −0.0004 → "0.000". */
export function fixedPlaces(value: number, places: number): string {
  const text = value.toFixed(places);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** A share 0–1 in per cent: 0.4567 → "45.7 %". NaN stays "NaN". */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1).replace("-", "−")} %` : "NaN";
}

/** The same, and "–" where there is no share. */
export function percentOrDash(share: number | null | undefined): string {
  return share === undefined || share === null ? "–" : percent(share);
}

/** A whole number with thousands separators: 60000 → "60,000". */
export function whole(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Of expected counts, which need no more digits than they are sure of. */
export function aboutWhole(count: number): string {
  return whole(Math.round(count));
}

/** "1,230 [860, 1,970]", or "≥ 860" where only a lower limit is known. */
export function intervalText(scale: Interval & { readonly resolved: boolean }): string {
  if (!scale.resolved) return `≥ ${significant(scale.lower)}`;
  return `${significant(scale.value)} [${significant(scale.lower)}, ${significant(scale.upper)}]`;
}

/** Whether a lower limit says anything: every batch has one example, and the limit of few steps is infinite. */
export function isTelling(lower: number): boolean {
  return lower >= 1 && Number.isFinite(lower);
}

/** "860–1,970", between the limits of an interval. */
export function range({ lower, upper }: Pick<Interval, "lower" | "upper">): string {
  return `${significant(lower)}–${significant(upper)}`;
}

/** Three significant digits without zeros at the end: 5 → "5". */
export function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/**
 * The cosine that two batches are expected to have, 1/(1 + noise scale/B); where only a lower limit of the noise scale
 * is known, at most.
 */
export function expectedCosineOf({ expectedCosine, noiseScale, batchSize }: ExpectedCosine): {
  readonly value: number;
  /** "0.118", or "≤ 0.204". */
  readonly text: string;
} {
  if (noiseScale.resolved) return { value: expectedCosine, text: significant(expectedCosine) };
  const most = 1 / (1 + noiseScale.lower / batchSize);
  return { value: most, text: `≤ ${significant(most)}` };
}

interface ExpectedCosine {
  readonly expectedCosine: number;
  readonly noiseScale: { readonly lower: number; readonly resolved: boolean };
  readonly batchSize: number;
}
