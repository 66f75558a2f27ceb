/**
 * How often the interval of the noise scale of signs holds the truth: rows with planted deviations σ_j and a gradient
 * scaled so that B_sign is known, worst case first. The gradient is as long as the noise in every coordinate, normal
 * over coordinates, or in one of twenty; the noise is independent, shares four directions, or has log-normal lengths
 * of log standard deviation 1 a row.
 *
 *   node bench/signCoverage.ts [draws, 300]
 */
import { signNoiseScale } from "../src/statistics/signNoiseScale.ts";
import { random } from "../src/tensor/random.ts";
import { quantile, table } from "./measure.ts";

const draws = Number(process.argv[2] ?? 300);
const DIMENSION = 100;

const sizes = [
  { rows: 16, of: 8 },
  { rows: 64, of: 1 },
  { rows: 64, of: 8 },
];
const shapes: Readonly<Record<string, (j: number, normal: () => number) => number>> = {
  "as the noise": () => 1,
  "normal over coordinates": (_, normal) => normal(),
  "one coordinate of twenty": (j) => (j % 20 === 0 ? 1 : 0),
};
const noises = ["independent", "four shared directions", "long tails"];

const { normal } = random(1);
const sigma = Float64Array.from({ length: DIMENSION }, (_, j) => 1 / Math.sqrt(1 + (j % 50)));
const sum = (values: Float64Array, of: (x: number) => number) => values.reduce((total, x) => total + of(x), 0);

function rowsOf(gradient: Float64Array, { rows, of }: (typeof sizes)[number], noise: string): Float64Array {
  const drawn = new Float64Array(rows * DIMENSION);
  for (let k = 0; k < rows; k++) {
    const shared = Array.from({ length: 4 }, normal);
    const length = noise === "long tails" ? Math.exp(normal() - 1) : 1;
    for (let j = 0; j < DIMENSION; j++) {
      const own = normal();
      const one = noise === "four shared directions" ? Math.SQRT1_2 * (shared[j % 4]! + own) : own;
      drawn[k * DIMENSION + j] = gradient[j]! + (sigma[j]! / Math.sqrt(of)) * length * one;
    }
  }
  return drawn;
}

const found: { readonly covered: number; readonly cells: readonly string[] }[] = [];
for (const size of sizes)
  for (const [shape, of] of Object.entries(shapes))
    for (const noise of noises)
      for (const share of [0.1, 2, 20]) {
        const truth = share * size.rows * size.of;
        const raw = Float64Array.from(sigma, (deviation, j) => deviation * of(j, normal));
        const factor = sum(sigma, (x) => x) / sum(raw, Math.abs) / Math.sqrt(truth);
        const gradient = raw.map((x) => x * factor);
        const scales = Array.from({ length: draws }, () =>
          signNoiseScale({
            groups: size.rows,
            batchSize: size.of,
            parts: [{ rows: rowsOf(gradient, size, noise), size: DIMENSION }],
          }),
        );
        const part = (holds: (one: (typeof scales)[number]) => boolean) => scales.filter(holds).length / draws;
        const covered = part(({ lower, upper }) => lower <= truth && truth <= upper);
        const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
        const bounded = scales.filter(({ resolved }) => resolved).map(({ value }) => value / truth);
        found.push({
          covered,
          cells: [
            `${size.rows} × ${size.of}`,
            shape,
            noise,
            String(share),
            percent(covered),
            percent(part(({ lower }) => lower > truth)),
            percent(part(({ upper }) => upper < truth)),
            percent(bounded.length / draws),
            bounded.length === 0 ? "–" : quantile(bounded, 0.5).toFixed(2),
          ],
        });
      }
const header = [
  "rows",
  "gradient",
  "noise",
  "B_sign / examples",
  "covered",
  "too high",
  "too low",
  "bounded",
  "value / truth",
];
console.log(table([header, ...found.toSorted((a, b) => a.covered - b.covered).map(({ cells }) => cells)]));
