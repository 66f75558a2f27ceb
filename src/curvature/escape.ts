import type { CertifiedEigenvalue } from "./certified.ts";
import type { LossSurface } from "./surface.ts";
import { addTo, dot, norm } from "./vectors.ts";

/** The loss along a direction of negative curvature. */
export interface Escape {
  readonly eigenvalue: number;
  /** Whether the loss falls by more than rounding. */
  readonly lowers: boolean;
  readonly from: number;
  /** The lowest loss that was met. */
  readonly to: number;
  /** How far along the unit direction it lies, in the unit of the parameters. */
  readonly distance: number;
  /** The true loss and L + t·gᵀv + ½t²·vᵀHv, ascending in t. */
  readonly path: readonly { readonly step: number; readonly loss: number; readonly taylor: number }[];
}

/** The first step and the last, as shares of max(1, ‖θ‖). */
const [FIRST, LAST] = [2 ** -10, 2];

/** What counts as a fall, as a share of the loss. */
const ROUNDING = { float32: 1e-6, float64: 1e-12 };

/**
 * Follows the eigenvector, to the side where the gradient falls, in steps that double, until the loss has risen above
 * its start or the step is twice as long as θ. Where the loss does not fall there, to the other side too.
 */
export async function escapeAlong(
  surface: LossSurface,
  at: Float64Array,
  { loss, gradient }: { readonly loss: number; readonly gradient: Float64Array },
  { value, vector }: Pick<CertifiedEigenvalue, "value" | "vector">,
): Promise<Escape> {
  const slope = dot(gradient, vector);
  const side = slope > 0 ? -1 : 1;
  const along = (way: number) => followed(surface, at, loss, { way, slope: way * slope, curvature: value, vector });
  const first = await along(side);
  if (first.lowers) return first;
  const second = await along(-side);
  return second.lowers ? second : first;
}

interface Way {
  readonly way: number;
  readonly slope: number;
  readonly curvature: number;
  readonly vector: Float64Array;
}

async function followed(surface: LossSurface, at: Float64Array, from: number, direction: Way): Promise<Escape> {
  const { way, slope, curvature, vector } = direction;
  const scale = Math.max(1, norm(at));
  const path = [{ step: 0, loss: from, taylor: from }];
  for (let step = FIRST * scale; step <= LAST * scale; step *= 2) {
    const place = at.slice();
    addTo(place, way * step, vector);
    const loss = await surface.lossAt(place);
    path.push({ step, loss, taylor: from + step * slope + (step ** 2 * curvature) / 2 });
    if (!(loss <= from)) break;
  }
  const best = path.reduce((a, b) => (b.loss < a.loss ? b : a));
  const lowers = from - best.loss > ROUNDING[surface.precision] * Math.abs(from);
  return { eigenvalue: curvature, lowers, from, to: best.loss, distance: best.step, path };
}
