/**
 * What `lr-exponent` makes of a toy whose best rates can be computed: SignSGD with momentum 0.9 on the loss w²/2, with
 * 4096 examples whose gradients have the variance c, from w ~ N(0, 1), after Dang, Wen and Malladi (2026,
 * arXiv:2610.08975), who publish exponents of the best rate over batches 1 to 256. The truth is the mean over many
 * paths at rates an eighth of an octave apart. A study's run is the mean of a few of these paths; its rates are those
 * that the command would try. Prints the table of docs/learning-rate-and-batch.md; takes about eight minutes of a core.
 *
 *     node bench/learningRateExponent.ts [simulations = 1000] [paths = 4096]
 */
import { furtherRates } from "../src/statistics/furtherRates.ts";
import { type ExponentFit, learningRateExponent, type RateCurve } from "../src/statistics/learningRateExponent.ts";
import { rateVertex, type TriedRate } from "../src/statistics/rateVertex.ts";
import { type Random, random } from "../src/tensor/random.ts";
import { table } from "./measure.ts";

const EXAMPLES = 4096;
const MOMENTUM = 0.9;
/** Of an octave. */
const GRID = 8;
/** Rates on each side of the best of a coarse search. */
const SIDE = 4 * GRID;
/** Coordinates of the model whose loss a run ends with. */
const COORDINATES = 64;
const MOST_RATES = 12;

/** h²/c, and the exponent that is published for it. */
const levels = [
  { ratio: 0.001, published: 0.588 },
  { ratio: 0.03, published: 0.794 },
  { ratio: 1, published: 0.904 },
] as const;
const octaves = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const designs = [
  { name: "8, 32, 128; 5 seeds", batches: [8, 32, 128], seeds: 5 },
  { name: "8, 32, 128; 3 seeds", batches: [8, 32, 128], seeds: 3 },
  { name: "4, 16, 64, 256; 5 seeds", batches: [4, 16, 64, 256], seeds: 5 },
  { name: "1, 2, … 256; 5 seeds", batches: octaves, seeds: 5 },
] as const;

/** Losses at one batch: of each rate, 2^(k/8), those of all paths. */
interface Paths {
  readonly places: readonly number[];
  readonly losses: readonly Float64Array[];
}

const rateOf = (place: number) => 2 ** (place / GRID);

function descend(places: readonly number[], ratio: number, batch: number, start: Float64Array, numbers: Random) {
  const paths = start.length;
  const scale = Math.sqrt(1 / ratio / batch);
  const weights = places.map(() => start.slice());
  const averages = places.map(() => new Float64Array(paths));
  const noise = new Float64Array(paths);
  for (let update = 0; update < EXAMPLES / batch; update++) {
    for (let i = 0; i < paths; i++) noise[i] = scale * numbers.normal();
    for (const [j, place] of places.entries()) step(weights[j]!, averages[j]!, noise, rateOf(place));
  }
  return weights.map((own) => own.map((w) => w ** 2 / 2));
}

function step(weights: Float64Array, averages: Float64Array, noise: Float64Array, rate: number): void {
  for (let i = 0; i < weights.length; i++) {
    const average = MOMENTUM * averages[i]! + (1 - MOMENTUM) * (weights[i]! + noise[i]!);
    averages[i] = average;
    weights[i] = weights[i]! - (average >= 0 ? rate : -rate);
  }
}

const meanOf = (values: Float64Array) => values.reduce((sum, one) => sum + one, 0) / values.length;

function pathsAt(ratio: number, batch: number, count: number): Paths {
  const numbers = random(batch);
  const start = (paths: number) => Float64Array.from({ length: paths }, () => numbers.normal());
  const coarse = Array.from({ length: 36 }, (_, i) => (i - 32) * (GRID / 2));
  const means = descend(coarse, ratio, batch, start(256), numbers).map(meanOf);
  const centre = coarse[means.indexOf(Math.min(...means))]!;
  const places = Array.from({ length: 2 * SIDE + 1 }, (_, i) => centre - SIDE + i);
  return { places, losses: descend(places, ratio, batch, start(count), numbers) };
}

/** The best rate by all paths: rates are so close that nothing is smoothed away. */
function trueLogRate({ places, losses }: Paths): number {
  const means = losses.map(meanOf);
  const best = means.indexOf(Math.min(...means));
  const near = places.flatMap((place, i) =>
    Math.abs(i - best) <= 3 ? [{ learningRate: rateOf(place) ** 4, losses: [means[i]!] }] : [],
  );
  // The fourth power of the rate makes the window of `rateVertex` one of half an octave.
  return rateVertex(near)!.logRate / 4;
}

function slope(batches: readonly number[], logRates: readonly number[]): number {
  const xs = batches.map(Math.log);
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const centred = xs.map((x) => x - mean(xs));
  return centred.reduce((sum, x, i) => sum + x * logRates[i]!, 0) / centred.reduce((sum, x) => sum + x ** 2, 0);
}

/** The losses of one batch in a study: of each seed those of its own paths, the same at all rates. */
function curveOf(batchSize: number, { places, losses }: Paths, seeds: number, numbers: Random): RateCurve {
  const count = losses[0]!.length;
  const own = Array.from({ length: seeds }, () =>
    Array.from({ length: COORDINATES }, () => Math.floor(numbers.uniform() * count)),
  );
  const tried = (place: number): TriedRate => {
    const at = losses[place]!;
    return {
      learningRate: rateOf(places[place]!),
      losses: own.map((paths) => paths.reduce((sum, path) => sum + at[path]!, 0) / COORDINATES),
    };
  };
  // From an octave off the best at most, as a command that knows roughly where to look.
  const first = SIDE - 2 * GRID - GRID / 2 + Math.floor(numbers.uniform() * GRID);
  let rates = Array.from({ length: 5 }, (_, i) => tried(first + i * GRID));
  for (;;) {
    const known = rates.map(({ learningRate }) => learningRate);
    const next = furtherRates(rates, MOST_RATES)
      .map((rate) => Math.round(GRID * Math.log2(rate)) - places[0]!)
      .filter((place) => place >= 0 && place < places.length && !known.includes(rateOf(places[place]!)));
    if (next.length === 0) return { batchSize, rates };
    rates = [...rates, ...next.map(tried)].toSorted((a, b) => a.learningRate - b.learningRate);
  }
}

function rowOf(
  { name, batches, seeds }: (typeof designs)[number],
  pools: ReadonlyMap<number, Paths>,
  simulations: number,
) {
  const numbers = random(11);
  const truth = slope(
    batches,
    batches.map((batch) => trueLogRate(pools.get(batch)!)),
  );
  const fits = Array.from({ length: simulations }, () =>
    learningRateExponent(batches.map((batch) => curveOf(batch, pools.get(batch)!, seeds, numbers))),
  ).filter((fit): fit is ExponentFit & { exponent: number; lower: number; upper: number } => fit.exponent !== null);
  const exponents = Float64Array.from(fits, ({ exponent }) => exponent);
  const near = fits.filter(({ exponent }) => Math.abs(exponent - truth) <= 0.05).length / fits.length;
  const covers = fits.filter(({ lower, upper }) => lower <= truth && truth <= upper).length / fits.length;
  const half = meanOf(Float64Array.from(fits, ({ lower, upper }) => (upper - lower) / 2));
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return [
    name,
    truth.toFixed(3),
    meanOf(exponents).toFixed(3),
    percent(near),
    percent(covers),
    `± ${half.toFixed(3)}`,
    percent(fits.length / simulations),
  ];
}

if (import.meta.main) {
  const [simulations = 1000, count = 4096] = process.argv.slice(2).map(Number);
  const head = ["batches", "true", "mean estimate", "within 0.05", "interval holds it", "half width", "resolved"];
  for (const { ratio, published } of levels) {
    const pools = new Map(octaves.map((batch) => [batch, pathsAt(ratio, batch, count)]));
    console.log(`h²/c = ${ratio}; published ${published}`);
    console.log(table([head, ...designs.map((design) => rowOf(design, pools, simulations))]));
  }
}
