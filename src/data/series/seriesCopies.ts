import { random } from "../../tensor/random.ts";
import type { Series } from "./windows.ts";

/** Of a copy's change of size, up and down; and deviations of its change of level, in the quantity's own. */
const LARGEST_FACTOR = 2;
const LEVEL_DEVIATIONS = 2;

/**
 * The series, and `copies` of each as another sensor would have read it: x' = µ + o + s·(x − µ) for each quantity,
 * where µ and σ are its mean and deviation in that series, o is normal with deviation 2σ, and ln s uniform in ±ln 2. A
 * model that trains on them cannot tell an anomaly by the level of one sensor. The same seed gives the same copies.
 */
export function withCopies(series: readonly Series[], copies: number, seed: number): readonly Series[] {
  const { uniform, normal } = random(seed);
  const copied = Array.from({ length: copies }, (_, i) =>
    series.map((one) => ({
      ...one,
      name: `${one.name} (copy ${i + 1})`,
      channels: one.channels.map((values) => {
        const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
        const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
        const factor = LARGEST_FACTOR ** (2 * uniform() - 1);
        const level = mean + LEVEL_DEVIATIONS * deviation * normal();
        return values.map((x) => level + factor * (x - mean));
      }),
    })),
  );
  return [...series, ...copied.flat()];
}
