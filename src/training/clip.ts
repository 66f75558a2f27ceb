import { DivergedError, option } from "../tensor/errors.ts";

/**
 * The factor of the gradient under the caller's bound, with the small constant of PyTorch's clip_grad_norm_, then the
 * optimizer's.
 */
export function clipFactor(norm: number, clipNorm: number | undefined, largestNorm: number | undefined): number {
  const clip = clipNorm === undefined ? 1 : Math.min(1, clipNorm / (norm + 1e-6));
  if (largestNorm === undefined) return clip;
  // Dividing by an infinite norm would quietly stop training.
  if (!Number.isFinite(norm))
    throw new DivergedError(`update: expected a finite gradient norm, got ${norm}; lower ${option("learningRate")}`);
  return clip / Math.max(1, (norm * clip) / largestNorm);
}
