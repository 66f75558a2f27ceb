/**
 * Which interval of a mean difference covers best where differences are skewed, as those of a bank of real trainings
 * are: Student's t, the studentised bootstrap, and t after the cubic transformation that takes the skewness out (Hall
 * 1992, J. Royal Statistical Society B 54): `node bench/comparisonSkew.ts BANK [draws, default 2000]`.
 */
import { studentizedInterval, tInterval } from "../src/statistics/comparison/meanIntervals.ts";
import { deviationOf, meanOf } from "../src/statistics/comparison/sample.ts";
import { studentTQuantile } from "../src/statistics/studentT.ts";
import { random } from "../src/tensor/random.ts";
import { drawSeeds, holds, pick, readBank, turned } from "./comparisonBank.ts";
import { table } from "./measure.ts";

const BASELINE = "batch 4";

function skewnessOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const spread = Math.sqrt(meanOf(values.map((x) => (x - mean) ** 2)));
  return meanOf(values.map((x) => ((x - mean) / spread) ** 3));
}

function hallInterval(values: readonly number[]) {
  const n = values.length;
  const skewness = skewnessOf(values);
  const quantile = studentTQuantile(0.95, n - 1) / Math.sqrt(n);
  const inverse = (y: number) => {
    const moved = y - skewness / (6 * n);
    return Math.abs(skewness) < 1e-9 ? moved : (3 / skewness) * (Math.cbrt(1 + skewness * moved) - 1);
  };
  const [mean, spread] = [meanOf(values), deviationOf(values)];
  return { lower: mean - spread * inverse(quantile), upper: mean - spread * inverse(-quantile) };
}

const [file = "comparisonTrainings.json", draws = "2000"] = process.argv.slice(2);
const { losses, seeds } = readBank(file);
const rows = [["differences", "skewness", "seeds", "t", "studentised", "Hall", "mean widths in deviations"]];
for (const name of Object.keys(losses).filter((one) => one !== BASELINE)) {
  const differences = losses[name]!.map((value, i) => value - losses[BASELINE]![i]!);
  const isSame = name === "other order";
  const truth = isSame ? 0 : meanOf(differences);
  for (const n of [6, 8, 12]) {
    const source = random(70 + 4 * n);
    const [covered, width] = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    for (let draw = 0; draw < Number(draws); draw++) {
      const own = pick(differences, drawSeeds(seeds, 1, n, source)[0]!);
      const zeros = own.map(() => 0);
      const [a, b] = isSame ? turned(own, zeros, source) : [own, zeros];
      const sample = a.map((value, i) => value - b[i]!);
      const intervals = [tInterval(sample), studentizedInterval(sample, 0.95, 400, draw), hallInterval(sample)];
      for (const [k, one] of intervals.entries()) {
        covered![k]! += Number(holds(one, truth)) / Number(draws);
        width![k]! += (one.upper - one.lower) / Number(draws) / deviationOf(differences);
      }
    }
    const shares = covered!.map((share) => `${(100 * share).toFixed(1)} %`);
    const widths = width!.map((one) => one.toFixed(2)).join(", ");
    rows.push([name, skewnessOf(differences).toFixed(2), String(n), ...shares, widths]);
  }
}
console.log(table(rows));
