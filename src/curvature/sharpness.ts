import { is, type RulesOf, requireArguments, requireOptions } from "../tensor/arguments.ts";
import { adaptiveBall, ball, box, type Climb, climb, type Neighbourhood } from "./ascent.ts";
import type { GradientAt, LossesAlong } from "./losses.ts";

/** What `sharpness` climbs in, and how long. */
export interface SharpnessOptions {
  /** Of Keskar's box |ε_i| ≤ ε (|θ_i| + 1). Default 1e-3, the larger of the paper's two. */
  readonly epsilon?: number;
  /** Radius of SAM's ball. Default 0.05, the paper's. */
  readonly radius?: number;
  /** Radius of ASAM's, in shares of the parameters. Default 0.5, the paper's for CIFAR-10. */
  readonly adaptiveRadius?: number;
  /** Gradients of one climb at most. Default 10. */
  readonly steps?: number;
  /** Of the random direction that a second climb starts in. Default 1. */
  readonly seed?: number;
  /** Looked at before each gradient but the first of a climb, which then ends with what it has. Default never over. */
  readonly isOver?: () => boolean;
}

const optionRules: RulesOf<SharpnessOptions> = {
  epsilon: is.optional(is.above0),
  radius: is.optional(is.above0),
  adaptiveRadius: is.optional(is.above0),
  steps: is.optional(is.whole(1)),
  seed: is.optional(is.seed),
  isOver: is.optional(is.function),
};

/** How far the loss rises in a neighbourhood of the parameters. Each is a lower bound of its maximum, by `steps`. */
export interface Sharpness {
  /** Loss at the parameters. */
  readonly loss: number;
  /** Keskar et al. 2016, Metric 2.1: 100 (max L − L) / (1 + L), per cent. Depends on the scale of the parameters. */
  readonly keskar: number;
  /** max L − L in SAM's ball, in the unit of the loss. Depends on the scale of the parameters. */
  readonly sam: number;
  /** The same by one step along the gradient, as SAM trains: near a minimum it says too little. */
  readonly samOneStep: number;
  /** max L − L in ASAM's ball. Free of scale: a rescaled twin of the network has the same. */
  readonly asam: number;
  /** Gradients that it took in all. */
  readonly gradients: number;
}

/**
 * Flat or sharp: how far the loss rises near the parameters θ, in three neighbourhoods: the box of Keskar et al. 2016
 * (arXiv:1609.04836), the ball ‖ε‖ ≤ ρ of SAM (Foret et al. 2021, arXiv:2010.01412), and the ellipsoid ‖ε/|θ|‖ ≤ ρ of
 * ASAM (Kwon et al. 2021, arXiv:2102.11600), the only one of the three that no rescaling of Relu layers moves.
 * `gradientAt` gives the gradient of the loss that `lossesAlong` gives. Infinity where the loss overflows.
 */
export async function sharpness(
  lossesAlong: LossesAlong,
  gradientAt: GradientAt,
  parameters: Float64Array,
  options: SharpnessOptions = {},
): Promise<Sharpness> {
  requireArguments(
    "sharpness",
    { lossesAlong, gradientAt, parameters },
    { lossesAlong: is.function, gradientAt: is.function, parameters: is.numbers },
  );
  requireOptions("sharpness", options, optionRules);
  const { epsilon = 1e-3, radius = 0.05, adaptiveRadius = 0.5, steps = 10, seed = 1, isOver } = options;
  const climbIn = (neighbourhood: Neighbourhood, search: { steps: number; starts: number }) =>
    climb(gradientAt, lossesAlong, parameters, neighbourhood, { ...search, seed, isOver });
  const whole = { steps, starts: 1 };
  const inBox = await climbIn(box(parameters, epsilon), whole);
  const inBall = await climbIn(ball(radius), whole);
  const oneStep = await climbIn(ball(radius), { steps: 1, starts: 0 });
  const inEllipsoid = await climbIn(adaptiveBall(parameters, adaptiveRadius), whole);
  const rise = ({ highest, loss }: Climb) => highest - loss;
  const all = [inBox, inBall, oneStep, inEllipsoid];
  return {
    loss: inBox.loss,
    keskar: (100 * rise(inBox)) / (1 + inBox.loss),
    sam: rise(inBall),
    samOneStep: rise(oneStep),
    asam: rise(inEllipsoid),
    gradients: all.reduce((sum, { gradients }) => sum + gradients, 0),
  };
}
