import { type Random, random } from "../../tensor/random.ts";
import type { Series } from "./windows.ts";

/** Of a planted anomaly's changes of size and of duration, up and down. */
const LARGEST_FACTOR = 2;
/** Places tried before a series counts as full. */
const TRIES = 100;

/** What an anomaly adds to its series: one array for each quantity. */
interface Anomaly {
  readonly label: number;
  readonly added: readonly Float64Array[];
}

/**
 * The series, each with `count` of their anomalies planted where it is normal, longer or shorter, larger or smaller,
 * and upside down in half of the quantities: x'_t = x_t ± s·a(t/r) with ln s and ln r uniform in ±ln 2, where a is what
 * a labelled anomaly adds to the line between the readings before and after it. One anomaly is one example, however
 * many windows it gives; planted ones are others. CutAddPaste (Wang et al. 2024, doi:10.1145/3637528.3671739) adds
 * pieces of normal series where nothing is labelled. A series without room keeps fewer. The same seed gives the same
 * series.
 */
export function withPlantedAnomalies(series: readonly Series[], count: number, seed: number): readonly Series[] {
  const anomalies = series.flatMap(anomaliesOf);
  if (count === 0 || anomalies.length === 0) return series;
  const draw = random(seed);
  return series.map((one) => {
    const planted = { ...one, channels: one.channels.map((x) => x.slice()), classes: one.classes.slice() };
    for (let i = 0; i < count; i++)
      plant(planted, changed(anomalies[Math.floor(draw.uniform() * anomalies.length)]!, draw), draw);
    return planted;
  });
}

function anomaliesOf({ channels, classes }: Series): Anomaly[] {
  const found: Anomaly[] = [];
  for (let start = 0, end = 0; start < classes.length; start = end) {
    end = start + 1;
    while (classes[end] === classes[start]) end++;
    if (classes[start]! > 0)
      found.push({ label: classes[start]!, added: channels.map((values) => addedBy(values, start, end)) });
  }
  return found;
}

/** Readings start … end − 1 less the line from the reading before to the one after; less the one there is at an end. */
function addedBy(values: Float64Array, start: number, end: number): Float64Array {
  const before = values[start - 1] ?? values[end] ?? values[start]!;
  const after = values[end] ?? before;
  const line = (t: number) => before + ((after - before) * (t + 1)) / (end - start + 1);
  return values.slice(start, end).map((x, t) => x - line(t));
}

function changed({ label, added }: Anomaly, { uniform }: Random): Anomaly {
  const factor = () => LARGEST_FACTOR ** (2 * uniform() - 1);
  const old = added[0]!.length;
  const length = Math.max(1, Math.round(old * factor()));
  const size = factor();
  return {
    label,
    added: added.map((values) => {
      const signed = uniform() < 0.5 ? -size : size;
      return Float64Array.from({ length }, (_, t) => signed * between(values, ((t + 0.5) * old) / length - 0.5));
    }),
  };
}

/** The value at a place between two indices; the nearest outside. */
function between(values: Float64Array, place: number): number {
  const at = Math.min(values.length - 1, Math.max(0, place));
  const [low, high] = [values[Math.floor(at)]!, values[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
}

/** Adds it where there is no other anomaly within its own length. */
function plant({ channels, classes }: Series, { label, added }: Anomaly, { uniform }: Random): void {
  const { length } = added[0]!;
  for (let i = 0; i < TRIES; i++) {
    const start = Math.floor(uniform() * (classes.length - length));
    if (start < 0 || classes.subarray(Math.max(0, start - length), start + 2 * length).some((one) => one > 0)) continue;
    for (const [c, values] of added.entries()) for (const [t, x] of values.entries()) channels[c]![start + t]! += x;
    classes.fill(label, start, start + length);
    return;
  }
}
