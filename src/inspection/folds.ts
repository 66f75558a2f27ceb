import { option, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";

/** By default: four fifths of the data train a model nearly as well as all. */
const MOST_FOLDS = 5;

/**
 * The fold 0 … K − 1 of each example: of every class as many in each as whole examples allow, drawn by
 * `random(seed, stream)`. Copies share a fold, as a model that trained on a copy has seen the example: `copyOf[i]` is
 * the first example that belongs with i, i itself where there is none before it. Throws `UsageError` for fewer than 2
 * folds or fewer than two examples for each.
 */
export function stratifiedFolds(
  labels: ArrayLike<number>,
  copyOf: Uint32Array,
  folds: number,
  { seed, stream }: { readonly seed: number; readonly stream: number },
): Uint8Array {
  const firsts = copyOf.filter((first, i) => first === i).length;
  if (firsts < 4)
    throw new UsageError(
      `inspect-data: expected at least 4 different examples, two for each fold, got ${firsts}; add others, or raise ${option("limitExamples")}`,
    );
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= 255 && 2 * folds <= firsts))
    throw new UsageError(
      `${option("folds")}: expected a whole number from 2 to ${Math.min(255, Math.floor(firsts / 2))} for ${firsts} different examples, got ${folds}; change it`,
    );
  const drawn = random(seed, stream).permutation(labels.length);
  const order = drawn.filter((i) => copyOf[i] === i);
  const places = Uint32Array.from(order.keys()).sort((a, b) => labels[order[a]!]! - labels[order[b]!]! || a - b);
  const foldOf = new Uint8Array(labels.length);
  places.forEach((place, at) => {
    foldOf[order[place]!] = at % folds;
  });
  copyOf.forEach((first, i) => {
    foldOf[i] = foldOf[first]!;
  });
  return foldOf;
}

/** As many folds as can be filled, 5 at most. */
export function defaultFolds(copyOf: Uint32Array): number {
  const firsts = copyOf.filter((first, i) => first === i).length;
  return Math.max(2, Math.min(MOST_FOLDS, Math.floor(firsts / 2)));
}

/** As `copyOf` of `stratifiedFolds`, for copies and for rows with the same text in `cells`. */
export function foldUnits(copyOf: Uint32Array, cells: readonly string[]): Uint32Array {
  const firsts = new Map<string, number>();
  return copyOf.map((copy, i) => {
    const cell = cells[copy]!;
    if (!firsts.has(cell)) firsts.set(cell, i);
    return firsts.get(cell)!;
  });
}

/** The examples of one fold, or of all others. */
export function examplesOf(foldOf: Uint8Array, holds: (fold: number) => boolean): Uint32Array {
  return Uint32Array.from(foldOf.keys()).filter((i) => holds(foldOf[i]!));
}
