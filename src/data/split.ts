import { is, requireArguments } from "../tensor/arguments.ts";
import { DataError, option, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";

/** Indices of examples: no index in both, and each in one of them unless a gap is asked for. */
export interface Split {
  readonly train: Uint32Array;
  /** In ascending order. */
  readonly validation: Uint32Array;
}

/** Above this many steps the groups are chosen greedily. */
const MAXIMUM_STEPS = 2 ** 26;

/**
 * `fraction` of the examples to validate, drawn at random; where `labels` are given, of every class the same fraction,
 * as nearly as whole examples allow. The training examples come in random order, so that the first of them are a fair
 * sample.
 * Throws `UsageError` for a fraction outside (0, 1) and `DataError` where one side would be empty.
 */
export function randomSplit(size: number, fraction: number, seed: number, labels?: ArrayLike<number>): Split {
  const wanted = validationSize(size, fraction);
  const generator = random(seed);
  const order = generator.permutation(size);
  if (labels === undefined || labels.length === 0) return split(order.subarray(wanted), order.subarray(0, wanted));
  const quotas = classQuotas(labels, fraction, wanted);
  const [train, validation]: [number[], number[]] = [[], []];
  for (const index of order) {
    const left = quotas.get(labels[index]!)!;
    quotas.set(labels[index]!, left - 1);
    (left > 0 ? validation : train).push(index);
  }
  if (validation.length === 0)
    throw new DataError(
      `${option("validationSplit")}: expected a class with at least 2 examples, got ${quotas.size} classes of one each; add examples`,
    );
  return split(train, validation);
}

/**
 * How many examples of each class validate: rounded down, then one more where most was cut off, until there are
 * `wanted`.
 */
function classQuotas(labels: ArrayLike<number>, fraction: number, wanted: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) counts.set(labels[i]!, (counts.get(labels[i]!) ?? 0) + 1);
  const classes = [...counts].map(([label, count]) => ({ label, quota: Math.floor(count * fraction), count }));
  let missing = wanted - classes.reduce((sum, { quota }) => sum + quota, 0);
  const cut = ({ quota, count }: (typeof classes)[number]) => count * fraction - quota;
  for (const one of classes.toSorted((a, b) => cut(b) - cut(a) || a.label - b.label)) {
    // The only example of a class is for training.
    if (missing <= 0 || one.quota + 1 >= one.count) continue;
    one.quota++;
    missing--;
  }
  return new Map(classes.map(({ label, quota }) => [label, quota]));
}

/**
 * Whole groups to validate, never one on both sides: those whose sizes add up to as near `fraction` of the examples as
 * any groups do, which of the equally near ones is random. Where there are so many groups and examples that this takes
 * too long, groups are taken in random order as long as they fit. Throws as `randomSplit`, and `DataError` for fewer
 * than two groups.
 */
export function groupSplit(groups: readonly string[], fraction: number, seed: number): Split {
  requireArguments("groupSplit", { groups, fraction, seed }, { groups: is.list, fraction: is.number, seed: is.seed });
  const wanted = validationSize(groups.length, fraction);
  const members = Map.groupBy(groups.keys(), (i) => groups[i]!);
  if (members.size < 2)
    throw new DataError(
      `${option("splitBy")}: expected at least 2 groups, got ${members.size}; split by a column with several values`,
    );
  const generator = random(seed);
  const names = [...members.keys()].sort();
  const order = Array.from(generator.permutation(names.length), (i) => names[i]!);
  const sizes = order.map((name) => members.get(name)!.length);
  const chosen = names.length * groups.length <= MAXIMUM_STEPS ? nearestSum(sizes, wanted) : firstFit(sizes, wanted);
  const validating = new Set(order.filter((_, i) => chosen.has(i)));
  return split(
    Array.from(generator.permutation(groups.length)).filter((i) => !validating.has(groups[i]!)),
    [...groups.keys()].filter((i) => validating.has(groups[i]!)),
  );
}

/**
 * Positions in `sizes`, neither none nor all, whose sum is as near `wanted` as possible: dynamic programming over the
 * sums.
 */
function nearestSum(sizes: readonly number[], wanted: number): Set<number> {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  // reached[s]: one more than the position of the last group of a choice that adds up to s; 0 where none does.
  const reached = new Uint32Array(total + 1);
  let highest = 0;
  for (const [i, size] of sizes.entries()) {
    for (let sum = highest; sum >= 0; sum--)
      if ((sum === 0 || reached[sum] !== 0) && reached[sum + size] === 0) reached[sum + size] = i + 1;
    highest += size;
  }
  const distance = (sum: number) => Math.abs(sum - wanted);
  let best = 0;
  for (let sum = 1; sum < total; sum++)
    if (reached[sum] !== 0 && (best === 0 || distance(sum) < distance(best))) best = sum;
  const chosen = new Set<number>();
  for (let sum = best; sum > 0; ) {
    const group = reached[sum]! - 1;
    chosen.add(group);
    sum -= sizes[group]!;
  }
  return chosen;
}

function firstFit(sizes: readonly number[], wanted: number): Set<number> {
  const chosen = new Set<number>();
  let sum = 0;
  for (const [i, size] of sizes.entries()) {
    if (sum + size > wanted) continue;
    chosen.add(i);
    sum += size;
  }
  // All are larger than what is wanted: the smallest comes nearest.
  if (chosen.size === 0) chosen.add(sizes.indexOf(sizes.reduce((a, b) => Math.min(a, b))));
  return chosen;
}

/**
 * The last `fraction` of the examples to validate, in their order, and before them `gap` examples in neither part: for
 * series, whose neighbours resemble each other. Throws as `randomSplit`, and `UsageError` for a gap that leaves nothing
 * to train on.
 */
export function blockSplit(size: number, fraction: number, gap: number): Split {
  const wanted = validationSize(size, fraction);
  const end = size - wanted - gap;
  if (!Number.isInteger(gap) || gap < 0 || end < 1)
    throw new UsageError(
      `${option("splitBlock")}: expected a whole number from 0 to ${size - wanted - 1}, got ${gap}; leave fewer examples out`,
    );
  const range = (start: number, length: number) => Uint32Array.from({ length }, (_, i) => start + i);
  return { train: range(0, end), validation: range(size - wanted, wanted) };
}

/** The order of examples in which the first of them are a fair sample. */
export function shuffled(size: number, seed: number): Uint32Array {
  return random(seed).permutation(size);
}

/** Throws `UsageError` for a fraction outside (0, 1). */
export function checkFraction(fraction: number): void {
  if (!(fraction > 0 && fraction < 1))
    throw new UsageError(
      `${option("validationSplit")}: expected a number above 0 and below 1, got ${fraction}; change it`,
    );
}

function validationSize(size: number, fraction: number): number {
  checkFraction(fraction);
  const wanted = Math.round(size * fraction);
  if (wanted >= 1 && wanted < size) return wanted;
  throw new DataError(
    `${option("validationSplit")}: expected a fraction that leaves examples on both sides, got ${fraction} of ${size}; ` +
      "change it or add examples",
  );
}

function split(train: ArrayLike<number>, validation: ArrayLike<number>): Split {
  return { train: Uint32Array.from(train), validation: Uint32Array.from(validation).sort() };
}
