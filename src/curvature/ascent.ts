import { random } from "../tensor/random.ts";
import { dot, type GradientAt, type LossesAlong, norm, pointAt } from "./losses.ts";

/**
 * The neighbourhood that a loss is climbed in, as a set of displacements ε around θ. `farthest(g)` is the ε of the set
 * with the largest ⟨g, ε⟩, for a g that is not zero.
 */
export interface Neighbourhood {
  readonly farthest: (gradient: Float64Array) => Float64Array;
}

/** ‖ε‖₂ ≤ ρ, of SAM (Foret et al. 2021, arXiv:2010.01412). */
export function ball(radius: number): Neighbourhood {
  return {
    farthest: (gradient) => {
      const scale = radius / norm(gradient);
      return gradient.map((x) => x * scale);
    },
  };
}

/**
 * ‖ε/|θ|‖₂ ≤ ρ, element by element, of ASAM (Kwon et al. 2021, arXiv:2102.11600), without its constant beside |θ|: with
 * it the measure would depend on the scale of the parameters. A parameter that is 0 does not move.
 */
export function adaptiveBall(parameters: Float64Array, radius: number): Neighbourhood {
  return {
    farthest: (gradient) => {
      const scaled = gradient.map((x, i) => x * Math.abs(parameters[i]!));
      const length = norm(scaled);
      if (length === 0) return scaled;
      return scaled.map((x, i) => (radius / length) * x * Math.abs(parameters[i]!));
    },
  };
}

/** |ε_i| ≤ ε (|θ_i| + 1), of Keskar et al. 2016 (arXiv:1609.04836), Metric 2.1 in the whole space. */
export function box(parameters: Float64Array, epsilon: number): Neighbourhood {
  return {
    farthest: (gradient) => gradient.map((x, i) => Math.sign(x) * epsilon * (Math.abs(parameters[i]!) + 1)),
  };
}

export interface Climb {
  /** Loss at θ. */
  readonly loss: number;
  /** The largest loss found within the neighbourhood, a lower bound of its maximum. */
  readonly highest: number;
  /** Where it is, as a displacement from θ. */
  readonly displacement: Float64Array;
  /** Gradients that it took. */
  readonly gradients: number;
}

/** How long a climb goes on. */
export interface Search {
  readonly steps?: number | undefined;
  readonly starts?: number | undefined;
  readonly seed?: number | undefined;
  /** Looked at before each gradient but the first: a climb then ends with what it has. */
  readonly isOver?: (() => boolean) | undefined;
}

/** Shares of the way to the farthest point that are tried in each step, all in one call. */
const SHARES = [1, 0.5, 0.25, 0.125];

/**
 * The highest loss within a neighbourhood of θ. Each of the `steps` goes from the displacement reached towards
 * farthest(gradient there), as far of four shares as raises the loss most, and stops where none does (Frank and Wolfe
 * 1956): on a convex loss the whole way never lowers it, which on a quadratic and a ball is the power method. So at a
 * minimum several steps find ½ρ²λ_max, where one step of SAM finds what the rest of its gradient points at. Climbs from
 * θ along its gradient and from `starts` seeded random directions, and keeps the highest.
 */
export async function climb(
  gradientAt: GradientAt,
  lossesAlong: LossesAlong,
  parameters: Float64Array,
  neighbourhood: Neighbourhood,
  { steps = 10, starts = 1, seed = 1, isOver = () => false }: Search = {},
): Promise<Climb> {
  const lossesAt = async (directions: readonly Float64Array[], coordinates: readonly (readonly number[])[]) =>
    // A loss that overflows is high, and the climb ends there.
    (await lossesAlong(parameters, directions, coordinates)).map((x) =>
      Number.isNaN(x) ? Number.POSITIVE_INFINITY : x,
    );
  const still = new Float64Array(parameters.length);
  const [loss] = (await lossesAt([], [[]])) as [number];
  const { normal } = random(seed);
  let gradients = 0;
  const slopeAt = async (displacement: Float64Array) => {
    gradients++;
    return (await gradientAt(pointAt(parameters, [displacement], [1]))).gradient;
  };
  let best: Omit<Climb, "gradients"> = { loss, highest: loss, displacement: still };
  for (let start = 0; start <= starts && !(start > 0 && isOver()); start++) {
    const begun = start === 0 ? still : neighbourhood.farthest(still.map(() => normal()));
    const [highest] = start === 0 ? [loss] : ((await lossesAt([begun], [[1]])) as [number]);
    const top = await climbFrom(
      slopeAt,
      lossesAt,
      neighbourhood,
      { displacement: begun, highest },
      {
        steps,
        isOver,
      },
    );
    if (top.highest > best.highest) best = { ...top, loss };
  }
  return { ...best, gradients };
}

type Place = Pick<Climb, "displacement" | "highest">;

async function climbFrom(
  slopeAt: (displacement: Float64Array) => Promise<Float64Array>,
  lossesAt: (
    directions: readonly Float64Array[],
    coordinates: readonly (readonly number[])[],
  ) => Promise<readonly number[]>,
  { farthest }: Neighbourhood,
  begun: Place,
  { steps, isOver }: { readonly steps: number; readonly isOver: () => boolean },
): Promise<Place> {
  let at = begun;
  for (let step = 0; step < steps && !(step > 0 && isOver()); step++) {
    const slope = await slopeAt(at.displacement);
    if (!(dot(slope, slope) > 0)) return at;
    const { displacement } = at;
    const towards = farthest(slope).map((x, i) => x - displacement[i]!);
    const losses = await lossesAt(
      [displacement, towards],
      SHARES.map((share) => [1, share]),
    );
    const highest = Math.max(...losses);
    if (!(highest > at.highest)) return at;
    at = { highest, displacement: pointAt(displacement, [towards], [SHARES[losses.indexOf(highest)]!]) };
  }
  return at;
}
