import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { dot, norm } from "./losses.ts";

/** A path through the parameters on the plane that holds most of its variance. */
export interface PathPlane {
  /** Two orthogonal directions of unit length, P numbers each; zeros where the path has no second dimension. */
  readonly directions: readonly [Float64Array, Float64Array];
  /** Coordinates of each point of the path from its last one, along the two. */
  readonly points: readonly (readonly [number, number])[];
  /** Share of the path's variance around its mean along each direction, 0–1; NaN for a path that stands still. */
  readonly explained: readonly [number, number];
}

/** An eigenvalue below this share of the largest is rounding. */
const ROUNDING = 1e-12;

/**
 * The plane of the two principal components of a path of T points (Li et al. 2018, arXiv:1712.09913, §7.2), seen from
 * its last point, where the loss is sliced. By the T × T Gram matrix of the points around their mean, so that P may be
 * large. A path through a random walk in many dimensions puts much of its variance on two components as well, and its
 * projection looks smooth (Antognini and Sohl-Dickstein 2018, arXiv:1806.08805): a high share alone says nothing of
 * the loss. Each direction points where the path went. Throws `UsageError`
 * for fewer than two points.
 */
export function pathPlane(path: readonly Float64Array[]): PathPlane {
  requireArguments("pathPlane", { path }, { path: is.listOf("points of numbers", is.numbers) });
  if (path.length < 2)
    throw new UsageError(`pathPlane: expected at least 2 points, got ${path.length}; keep more checkpoints`);
  const last = path.at(-1)!;
  const count = path.length;
  const mean = last.map((_, i) => path.reduce((sum, point) => sum + point[i]!, 0) / count);
  const centered = path.map((point) => point.map((x, i) => x - mean[i]!));
  const gram = new Matrix(centered.map((a) => centered.map((b) => dot(a, b))));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const whole = gram.trace();
  // ml-matrix sorts the eigenvalues of a symmetric matrix upwards.
  const axis = (place: number) => {
    const column = count - 1 - place;
    const value = realEigenvalues[column] ?? 0;
    const direction = new Float64Array(last.length);
    if (!(value > ROUNDING * whole)) return { direction, explained: whole > 0 ? 0 : Number.NaN };
    centered.forEach((point, k) => {
      const weight = eigenvectorMatrix.get(k, column);
      for (let i = 0; i < direction.length; i++) direction[i]! += weight * point[i]!;
    });
    const along = dot(direction, centered.at(-1)!) - dot(direction, centered[0]!);
    const length = (along < 0 ? -1 : 1) * norm(direction);
    return { direction: direction.map((x) => x / length), explained: value / whole };
  };
  const [first, second] = [axis(0), axis(1)];
  const from = path.map((point) => point.map((x, i) => x - last[i]!));
  return {
    directions: [first.direction, second.direction],
    points: from.map((point) => [dot(point, first.direction), dot(point, second.direction)]),
    explained: [first.explained, second.explained],
  };
}
