import { ShapeError } from "../tensor/errors.ts";
import type { Gram } from "./types.ts";

/** Probabilities that a model gives N examples for C classes. */
export interface Probabilities {
  /** N × C, row-major. */
  readonly values: Float32Array | Float64Array;
  readonly classes: number;
}

/**
 * EL2N, ‖p − y‖₂ of each example with y the one-hot label, 0 to √2: how far the model is from its label (Paul et al.
 * 2021, arXiv 2107.07075). The scores of one model are noisy: average those of ten or more, trained a
 * few epochs from different seeds. High scores mix hard, rare and wrongly labelled examples.
 * Throws `ShapeError` unless there is a row of probabilities for each label.
 */
export function errorNorms(probabilities: Probabilities, labels: ArrayLike<number>): Float64Array {
  assertFits("errorNorms", probabilities, labels);
  const { values, classes } = probabilities;
  return Float64Array.from({ length: labels.length }, (_, i) => {
    let square = 0;
    for (let c = 0; c < classes; c++) square += (values[i * classes + c]! - (c === labels[i] ? 1 : 0)) ** 2;
    return Math.sqrt(square);
  });
}

/**
 * Self-influence Σ_t η_t ‖∇ℓ_i(θ_t)‖² of each example over checkpoints t with learning rates η_t, TracIn's influence
 * of an example on itself (Pruthi et al. 2020, arXiv 2002.08484), in loss. `squaredNorms[t][i]` is the
 * squared norm of example i at checkpoint t; its root is GraNd (Paul et al. 2021), which at
 * initialisation says no more than the size of the input (Kirsch 2023, arXiv 2303.14753): use checkpoints of some
 * epochs. Throws `ShapeError` unless each checkpoint has a learning rate and all have as many examples.
 */
export function selfInfluence(
  squaredNorms: readonly ArrayLike<number>[],
  learningRates: readonly number[],
): Float64Array {
  const examples = squaredNorms[0]?.length ?? 0;
  if (learningRates.length !== squaredNorms.length || squaredNorms.some(({ length }) => length !== examples))
    throw new ShapeError(
      `selfInfluence: expected ${squaredNorms.length} checkpoints of ${examples} norms with a learning rate each, got lengths [${squaredNorms.map(({ length }) => length).join(", ")}] and ${learningRates.length} rates; give one of each per checkpoint`,
    );
  const influence = new Float64Array(examples);
  squaredNorms.forEach((norms, t) => {
    for (let i = 0; i < examples; i++) influence[i]! += learningRates[t]! * norms[i]!;
  });
  return influence;
}

/**
 * TracIn of training rows on others over checkpoints, Σ_t η_t ⟨∇ℓ_i(θ_t), ∇ℓ_j(θ_t)⟩ (the same paper), K × K in
 * loss, from the Gram of single examples at each checkpoint: by how much steps on row i lowered (above zero) or
 * raised the loss of row j. Throws `ShapeError` unless each Gram has a learning rate and all have as many rows.
 */
export function influence(grams: readonly Gram[], learningRates: readonly number[]): Float64Array {
  return selfInfluence(
    grams.map(({ products }) => products),
    learningRates,
  );
}

/** Throws `ShapeError` in the name of a function unless there is a row of probabilities for each label of a class. */
export function assertFits(name: string, { values, classes }: Probabilities, labels: ArrayLike<number>): void {
  if (values.length !== labels.length * classes)
    throw new ShapeError(
      `${name}: expected ${labels.length} × ${classes} probabilities, got ${values.length}; give one row per label`,
    );
  for (let i = 0; i < labels.length; i++)
    if (!(Number.isInteger(labels[i]) && labels[i]! >= 0 && labels[i]! < classes))
      throw new ShapeError(
        `${name}: expected labels 0 to ${classes - 1}, got ${labels[i]} for example ${i}; number the classes from 0`,
      );
}
