import { finePercent, percent, significant, whole } from "../format.ts";
import { counted } from "./counted.ts";

const sizes = {
  small: "small enough for a critical point",
  large: "too large for one",
  between: "neither small enough for a critical point nor clearly too large",
};

/** The words of `landscape` in English. */
export const landscapeEnglish = {
  parts: {
    history: "gradient before training and at other checkpoints",
    critical: "critical rate of the next update",
    verdict: "ends of the spectrum",
    trace: "trace",
    density: "spectral density",
    layer: "layers",
    block: "blocks",
    preconditioned: "geometry of the optimizer",
    sharpness: "how far the loss rises around",
    twin: "the same of a rescaled twin",
    slice: "slice",
  },
  criticalSharpness: (value: number, lower: number, upper: number, passes: number) =>
    `critical sharpness ${significant(value)} (between ${significant(lower)} and ${significant(upper)}), in ${whole(passes)} ${passes === 1 ? "forward pass" : "forward passes"}`,
  place: (epoch: number, step: number, examples: number, loss: number) =>
    `epoch ${whole(epoch)}, step ${whole(step)}: loss ${significant(loss)} on ${counted(examples, "training example")}`,
  bare: (parameters: number, examples: number, loss: number) =>
    `${counted(parameters, "parameter")}: loss ${significant(loss)} on ${counted(examples, "training example")}`,
  gradientNorm: "norm of the gradient",
  largest: (n: number) => (n === 1 ? "largest eigenvalue" : `largest eigenvalue, number ${n}`),
  smallest: (n: number) => (n === 1 ? "smallest eigenvalue" : `smallest eigenvalue, number ${n}`),
  signs: "eigenvalues surely below 0, above 0",
  signCount: (negative: number, positive: number, of: number, exact: boolean) =>
    `${exact ? "" : "at least "}${whole(negative)} and ${whole(positive)} of ${whole(of)}`,
  trace: "trace",
  negativeShare: "share of negative eigenvalues",
  escape: "along the most negative one the loss falls",
  fell: (from: number, to: number, distance: number) =>
    `from ${significant(from)} to ${significant(to)}, at distance ${significant(distance)}`,
  stays: "by no more than rounding: kinks of the loss end the curvature before",
  next: "along the next update",
  alpha: "landing of the next update, α",
  adam: (optimizer: string) => `largest eigenvalue as ${optimizer} sees it`,
  adamRate: "its critical rate without momentum",
  columns: {
    layer: "layer",
    block: "block",
    size: "parameters",
    gradient: "gradient norm",
    largest: "largest eigenvalue",
    smallest: "smallest eigenvalue",
    trace: "trace",
  },
  overTime: {
    step: "step",
    loss: "loss",
    gradient: "gradient norm",
    largest: "λ_max",
    smallest: "λ_min",
    verdict: "verdict",
    asam: "ASAM",
    critical: "λ_c",
    stable: "next update stable",
    yes: "yes",
    no: "no",
    kinds: {
      minimum: "minimum",
      maximum: "maximum",
      saddle: "saddle",
      degenerate: "degenerate",
      "not critical": "not critical",
      undecided: "undecided",
    },
  },
  reasons: {
    gradient: ({ size, norm, share }: { size: "small" | "large" | "between"; norm: number; share: number }) =>
      `The gradient's norm is ${significant(norm)}, ${percent(share)} of the largest over the same examples in this training: ${sizes[size]}.`,
    gain: ({ size, norm, share }: { size: "small" | "large" | "between"; norm: number; share: number }) =>
      `The gradient's norm is ${significant(norm)}, and a step down it would gain about ${finePercent(share)} of the loss: ${sizes[size]}.`,
    signs: (found: { negative: number; positive: number; of: number; exact: boolean }) =>
      `Of ${counted(found.of, "eigenvalue")} ${found.exact ? "" : "at least "}${whole(found.negative)} are surely negative and ${whole(found.positive)} surely positive.`,
    flat: ({ value, tolerance }: { value: number; tolerance: number }) =>
      `An eigenvalue of ${significant(value)} is 0 to the precision of ${significant(tolerance)}, so that the second-order test says nothing.`,
    open: ({ lower, upper }: { lower: number; upper: number }) =>
      `Eigenvalues between ${significant(lower)} and ${significant(upper)} are not excluded, so that the bounds do not settle the kind.`,
    kinked: ({ eigenvalue }: { eigenvalue: number }) =>
      `The loss does not fall along the direction of eigenvalue ${significant(eigenvalue)}, to neither side: kinks of the loss end the curvature before. So no saddle is claimed.`,
  },
  certified:
    "Each eigenvalue stands with bounds between which the Hessian surely has one: its residual, and what rounding adds.",
  differences: (operator: string, error: number) =>
    `The operator ${operator} has no second derivative. Products with the Hessian are central differences of gradients, off by about ${finePercent(error)}.`,
  flatRule: (share: number, [flat, sharp]: readonly [number, number]) =>
    `ASAM's neighbourhood costs ${percent(share)} of what training gained. Up to ${percent(flat)} is called flat here, from ${percent(sharp)} on sharp; no paper has such a limit.`,
  alphaNote:
    "α is −1 where the update would not move, 0 at the bottom of the parabola along it, and 1 as high on the other side: from there on it bounces in a valley.",
  omitted: {
    critical: "the critical rate",
    preconditioned: "the geometry of the optimizer",
    verdict: "the verdict",
    trace: "the trace",
    density: "the spectral density",
    layer: "the layers",
    block: "the blocks",
    sharpness: "how far the loss rises",
    twin: "the rescaled twin",
    slice: "the slice",
  },
  because: {
    noRun: "a model without a run has no next update",
    parameters: "parameters of a file have no optimizer, so that there is no next update",
    noOptimizerState: "the checkpoint keeps nothing of the optimizer",
    memory: "memory holds too few vectors",
    time: "the time of --seconds was over",
  },
  leftOut: (part: string, why: string) => `Left out: ${part}, as ${why}.`,
  measure: "how far the loss rises",
  here: "here",
  twin: "rescaled twin",
  scale: "depends on scale",
  yes: "yes",
  no: "no",
  measures: {
    sam: "SAM, within ‖ε‖ ≤ 0.05, several steps",
    samOneStep: "SAM, one step",
    keskar: "Keskar's, per cent, box of 0.001",
    asam: "ASAM, within ‖ε/|θ|‖ ≤ 0.5",
  },
  twinNote: (pairs: number, factor: number) =>
    `The twin is the same function: of ${counted(pairs, "pair")} of layers the first is multiplied by ${whole(factor)} and the second divided by it. What differs between the columns says how the network is written down.`,
  noTwin: "No two layers of this model can be rescaled against each other, so that there is no twin to compare with.",
  lowerBound: "Each is the highest loss that was found, a lower bound of the highest there is.",
  figure: "figure",
  chart: {
    taylor: {
      escape: "The loss along the direction of most negative curvature",
      sharpest: "The loss along the direction of largest curvature",
    },
    taylorTrue: "true loss",
    taylorModel: "second-order Taylor model",
    taylorAlong: "distance along the unit eigenvector",
    taylorCaption: (eigenvalue: string) =>
      `Gradient and Hessian at 0 give the model, whose curvature is the eigenvalue ${eigenvalue}. Where the curves part, the second order no longer tells where the loss goes.`,
    density: "Spectrum of the Hessian",
    densityOf: "density",
    densityBand: "95 % interval",
    densityAxis: "share of eigenvalues per unit",
    eigenvalue: "eigenvalue",
    eigenvalues: "certified eigenvalues",
    densityCaption: (width: string) =>
      `The density is smoothed by ${width}. Its height is on a scale of powers of ten, so that few large eigenvalues can be seen beside many near 0.`,
    line: "Loss along a random direction, filter by filter as long as the parameters",
    between: "Loss on the line between the two solutions",
    plane: "Loss on a plane of two random directions, filter by filter as long as the parameters",
    path: "The run's path on the plane of its two principal components",
    training: "training",
    validation: "validation",
    loss: "Loss",
    along: "distance along the direction, in lengths of the parameters",
    mixture: "0: this run; 1: the other",
    axis: (number: number, share: string | null) =>
      share === null ? `direction ${number}` : `component ${number}, ${share} of the path's variance`,
    level: (loss: string) => `loss ${loss}`,
    levels: (low: string, high: string) => ` From loss ${low} (strong line) to ${high} (faint line).`,
    at: (loss: string, x: string, y: string) => `loss ${loss} at (${x}, ${y})`,
    points: "checkpoints",
    lineCaption:
      "Where the training loss lies in a wide basin, a test loss that is shifted against it rises little; in a narrow one the same shift costs much. Biases and normalisation stay where they are. One line of many dimensions proves nothing of the others.",
    betweenCaption:
      "A hill between the two: they lie in basins of their own. The width of each basin is as far as this one line shows it, and depends on the scale of the weights.",
    planeCaption: "Each line is of one loss. Two directions of many: a minimum here may be none in another plane.",
    pathCaption:
      "Each line is of one loss; the dots are checkpoints, the last at 0. A random walk puts most of its variance on two components as well, and looks as smooth: the plane shows where the run went, not why.",
  },
};

export type LandscapeText = typeof landscapeEnglish;
