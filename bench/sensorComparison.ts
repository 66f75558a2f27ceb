import { random } from "../src/tensor/random.ts";
import { quantile } from "./measure.ts";
import type { Judged } from "./sensorTrial.ts";

const RESAMPLES = 2000;

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** "0.912 ± 0.031": mean and standard deviation. */
export function withDeviation(values: readonly number[]): string {
  const middle = mean(values);
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (values.length - 1));
  return `${middle.toFixed(3)} ± ${deviation.toFixed(3)}`;
}

/** 2·hits / (predicted + positive), of the windows whose score is above the threshold; NaN where there is neither. */
export function f1(judged: Judged, threshold: number): number {
  return f1Of(countsOf(judged, threshold));
}

/** The threshold with the largest F1, half way to the next score below; of several the lowest. */
export function bestThreshold(judged: Judged): number {
  const sorted = judged.scores.toSorted((a, b) => b - a);
  const middles = sorted.slice(1).map((score, i) => (score + sorted[i]!) / 2);
  const likely = middles.slice(0, 8 * judged.positive.filter(Boolean).length);
  return likely.reduce((best, one) => (f1(judged, one) >= f1(judged, best) ? one : best), 0);
}

type Counts = readonly [hits: number, predicted: number, positive: number];

function f1Of([hits, predicted, positive]: Counts): number {
  return (2 * hits) / (predicted + positive);
}

function countsOf({ scores, positive }: Judged, threshold: number, at = scores.map((_, i) => i)): Counts {
  const predicted = at.filter((i) => scores[i]! > threshold);
  return [predicted.filter((i) => positive[i]).length, predicted.length, at.filter((i) => positive[i]).length];
}

/**
 * The 2.5 % and 97.5 % quantiles of the difference of two methods' mean F1 over seeds, of places of the series drawn
 * with replacement, those with an anomaly and those without for themselves: neighbouring windows are no independent
 * examples. It tells what the windows leave open; that there is one anomaly it cannot tell.
 */
export function differenceOf(first: readonly Judged[], second: readonly Judged[], threshold: number): [number, number] {
  const sides = [first, second].map((found) => found.map((one) => countsByPlace(one, threshold)));
  const places = [...new Set([first, second].flatMap(([one]) => one!.places))];
  const anomalous = new Set([first, second].flatMap(([one]) => one!.places.filter((_, i) => one!.positive[i])));
  const strata = [places.filter((one) => anomalous.has(one)), places.filter((one) => !anomalous.has(one))];
  const { integer } = random(0);
  const differences = Array.from({ length: RESAMPLES }, () => {
    const drawn = strata.flatMap((stratum) => stratum.map(() => stratum[integer(stratum.length)]!));
    const [a, b] = sides.map((seeds) => mean(seeds.map((counts) => f1Of(sumOf(drawn, counts)))));
    return a! - b!;
  });
  return [quantile(differences, 0.025), quantile(differences, 0.975)];
}

function countsByPlace(judged: Judged, threshold: number): ReadonlyMap<string, Counts> {
  const windows = Map.groupBy(judged.places.keys(), (i) => judged.places[i]!);
  return new Map(Array.from(windows, ([place, at]) => [place, countsOf(judged, threshold, at)]));
}

function sumOf(places: readonly string[], counts: ReadonlyMap<string, Counts>): Counts {
  return places.reduce<Counts>(
    ([hits, predicted, positive], place) => {
      const [h, p, q] = counts.get(place) ?? [0, 0, 0];
      return [hits + h, predicted + p, positive + q];
    },
    [0, 0, 0],
  );
}
