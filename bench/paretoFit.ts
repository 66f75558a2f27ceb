/**
 * How often the interval of B_crit from steps to a target holds the planted one, and how often the test of the fit
 * rejects: `node bench/paretoFit.ts 2000`.
 */
import { quantile } from "../src/statistics/comparison/sample.ts";
import { type BatchCost, fitHyperbola, paretoFit } from "../src/statistics/paretoFit.ts";
import { type Random, random } from "../src/tensor/random.ts";
import { table } from "./measure.ts";

/** Trainings whose examples to the target are known but for normal errors of their logarithm. */
export interface PlantedFront {
  readonly name: string;
  readonly batches: readonly number[];
  readonly critical: number;
  readonly seeds: number;
  /** Deviation of ln E that all batches of a seed share, and of each batch alone. */
  readonly shared: number;
  readonly own: (batchSize: number) => number;
  /** Factor of the hyperbola's E: 1 where it holds. */
  readonly bend?: (batchSize: number) => number;
}

const octaves = (from: number, count: number) => Array.from({ length: count }, (_, i) => from * 2 ** i);
const usual = { batches: octaves(4, 7), critical: 32, seeds: 6, shared: 0.1, own: () => 0.1 };

/** What the bench and the tests look at. */
export const plantedFronts: readonly PlantedFront[] = [
  { ...usual, name: "seven batches, 6 seeds" },
  { ...usual, name: "3 seeds", seeds: 3 },
  { ...usual, name: "12 seeds", seeds: 12 },
  { ...usual, name: "four batches", batches: octaves(8, 4) },
  { ...usual, name: "errors of 30 %", own: () => 0.3 },
  { ...usual, name: "larger batches scatter more", own: (batch) => 0.03 * Math.sqrt(batch) },
  { ...usual, name: "smaller batches scatter more", own: (batch) => 0.4 / Math.sqrt(batch) },
  { ...usual, name: "critical batch above all tried", critical: 1024 },
  { ...usual, name: "critical batch below all tried", critical: 1 },
  { ...usual, name: "a smallest batch that pays (no hyperbola)", bend: (batch) => 1 + (6 / batch) ** 2 },
];

/** One study, by simulation. */
export function simulateFront(one: PlantedFront, numbers: Random): BatchCost[] {
  const { batches, critical, seeds, shared, own, bend = () => 1 } = one;
  const common = Array.from({ length: seeds }, () => shared * numbers.normal());
  return batches.map((batchSize) => ({
    batchSize,
    examples: common.map(
      (error) =>
        1e4 * (1 + batchSize / critical) * bend(batchSize) * Math.exp(error + own(batchSize) * numbers.normal()),
    ),
  }));
}

/** Percentiles of B_crit over seeds drawn with replacement. */
function bootstrapHolds(costs: readonly BatchCost[], critical: number, numbers: Random): boolean {
  const seeds = costs[0]!.examples.length;
  const sizes = costs.map(({ batchSize }) => batchSize);
  const values = Array.from({ length: 100 }, () => {
    const drawn = Array.from({ length: seeds }, () => numbers.integer(seeds));
    const logs = costs.map(({ batchSize, examples }) =>
      drawn.reduce((sum, seed) => sum + Math.log(examples[seed]! / batchSize) / seeds, 0),
    );
    return fitHyperbola(sizes, logs).critical;
  }).toSorted((a, b) => a - b);
  return quantile(values, 0.025) <= critical && critical <= quantile(values, 0.975);
}

function row(one: PlantedFront, simulations: number): string[] {
  const [numbers, drawn] = [random(11), random(12)];
  let [covers, rejected, known, resampled] = [0, 0, 0, 0];
  const bootstraps = Math.min(simulations, 200);
  for (let i = 0; i < simulations; i++) {
    const costs = simulateFront(one, numbers);
    const { criticalBatchSize: found, lackOfFit } = paretoFit(costs);
    if ((found.lower ?? 0) <= one.critical && one.critical <= (found.upper ?? Number.POSITIVE_INFINITY)) covers++;
    if (lackOfFit !== null && lackOfFit.p < 0.05) rejected++;
    if (found.resolved) known++;
    if (i < bootstraps && bootstrapHolds(costs, one.critical, drawn)) resampled++;
  }
  const share = (count: number, of: number) => {
    const p = count / of;
    return `${(100 * p).toFixed(1)} % ± ${(196 * Math.sqrt((p * (1 - p)) / of)).toFixed(1)}`;
  };
  return [
    one.name,
    share(covers, simulations),
    `${((100 * known) / simulations).toFixed(1)} %`,
    share(resampled, bootstraps),
    share(rejected, simulations),
  ];
}

if (import.meta.main) {
  const simulations = Number(process.argv[2] ?? 1000);
  const head = ["case", "interval holds it", "both ends known", "bootstrap holds it", "test rejects the hyperbola"];
  console.log(table([head, ...plantedFronts.map((one) => row(one, simulations))]));
}
