import { diagonalOf, type SymmetricOperator, traceOf } from "../src/index.ts";
import { rotated } from "../test/matrices.ts";

/**
 * How often intervals of 95 % hold what they are of, over independent draws; worst case first, in Markdown.
 * Usage: node bench/curvature.ts [draws]
 */
const draws = Number(process.argv[2] ?? 1000);

const spectra: Readonly<Record<string, (i: number) => number>> = {
  "flat, 1 + sin i": (i) => 1 + Math.sin(i),
  "exponential, 0.9ⁱ": (i) => 0.9 ** i,
  "exponential, 0.97ⁱ": (i) => 0.97 ** i,
  "power law, i⁻¹": (i) => 1 / (1 + i),
  "power law, i⁻²": (i) => (1 + i) ** -2,
  "8 spikes and a bulk": (i) => (i < 8 ? 10 - i : 0.01 * Math.sin(i)),
  "both signs, ±i^−½": (i) => (i % 2 === 0 ? 1 : -1) / Math.sqrt(1 + i),
  "rank 60": (i) => (i < 60 ? 1 + i / 60 : 0),
};

/** A diagonal matrix is as good as any: neither the start nor the test vectors have a direction. */
const diagonal = (values: readonly number[]): SymmetricOperator => ({
  size: values.length,
  apply: async (v) => v.map((x, i) => x * values[i]!),
});
const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0);

interface Row {
  readonly spectrum: string;
  readonly size: number;
  readonly products: number;
  readonly coverage: number;
  /** Root mean square of the error over Hutchinson's with as many products on the sphere. */
  readonly error: number;
}

async function traceRow(spectrum: string, size: number, products: number): Promise<Row> {
  const values = Array.from({ length: size }, (_, i) => spectra[spectrum]!(i));
  const trace = sum(values);
  let [held, squares] = [0, 0];
  for (let seed = 1; seed <= draws; seed++) {
    const { value, lower, upper } = await traceOf(diagonal(values), { seed, products });
    if (lower <= trace && trace <= upper) held++;
    squares += (value - trace) ** 2;
  }
  const spread = sum(values.map((x) => x * x)) - trace ** 2 / size;
  const hutchinson = Math.sqrt((2 * size * spread) / (size + 2) / products);
  return { spectrum, size, products, coverage: held / draws, error: Math.sqrt(squares / draws) / hutchinson };
}

const rows: Row[] = [];
for (const spectrum of Object.keys(spectra))
  for (const size of [200, 1000])
    for (const products of [12, 30, 60]) rows.push(await traceRow(spectrum, size, products));
console.log(`Trace, ${draws} draws a case\n`);
console.log("| spectrum | rows | products | coverage, % | error, Hutchinson's = 1 |\n| --- | --- | --- | --- | --- |");
const away = ({ coverage }: Row) => Math.abs(coverage - 0.95);
for (const { spectrum, size, products, coverage, error } of rows.sort((a, b) => away(b) - away(a)))
  console.log(`| ${spectrum} | ${size} | ${products} | ${(100 * coverage).toFixed(1)} | ${error.toPrecision(2)} |`);

/** By a rotated matrix: signs have directions. */
async function diagonalRow(spectrum: string, products: number) {
  const size = 100;
  const matrix = rotated(
    Array.from({ length: size }, (_, i) => spectra[spectrum]!(i)),
    1,
  ).to2DArray();
  const operator = {
    size,
    apply: async (v: Float64Array) =>
      Float64Array.from(matrix, (row) => row.reduce((total, x, j) => total + x * v[j]!, 0)),
  };
  const truth = matrix.map((row, i) => row[i]!);
  const part = { offset: 0, length: 20 };
  const block = sum(truth.slice(0, part.length));
  const held = new Float64Array(size);
  let blocks = 0;
  for (let seed = 1; seed <= draws; seed++) {
    const { lower, upper, sums } = await diagonalOf(operator, { seed, products, parts: [[part]] });
    truth.forEach((x, i) => {
      if (lower[i]! <= x && x <= upper[i]!) held[i]!++;
    });
    if (sums[0]!.lower <= block && block <= sums[0]!.upper) blocks++;
  }
  const shares = [...held].map((count) => count / draws);
  return { spectrum, products, entries: sum(shares) / size, worst: Math.min(...shares), block: blocks / draws };
}

const diagonals = [];
for (const spectrum of Object.keys(spectra))
  for (const products of [12, 60]) diagonals.push(await diagonalRow(spectrum, products));
console.log(`\nDiagonal of 100 rows, ${draws} draws a case; the sum is of 20 entries\n`);
console.log("| spectrum | products | entries, % | entry least held, % | sum, % |\n| --- | --- | --- | --- | --- |");
for (const { spectrum, products, entries, worst, block } of diagonals.sort((a, b) => a.block - b.block)) {
  const shown = [entries, worst, block].map((share) => (100 * share).toFixed(1));
  console.log(`| ${spectrum} | ${products} | ${shown.join(" | ")} |`);
}
