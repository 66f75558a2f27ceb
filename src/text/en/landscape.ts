import { significant, whole } from "../format.ts";
import { counted } from "./counted.ts";

/** The words of `landscape` in English. */
export const landscapeEnglish = {
  parts: {
    sharpness: "how far the loss rises around the checkpoint",
    twin: "the same of a rescaled twin",
    slice: "the slice",
    critical: "the critical sharpness along the next update",
  },
  stable: (value: number, rate: number) =>
    `The next update lowers the loss: its learning rate ${significant(rate)} is below the critical ${significant(2 / value)}.`,
  unstable: (value: number, rate: number) =>
    `The next update raises the loss: its learning rate ${significant(rate)} is above the critical ${significant(2 / value)}.`,
  ascent: "The next update points uphill for these examples: the loss rises at every rate that was tried.",
  flat: "The loss falls along the next update as far as was tried: no critical learning rate was met.",
  still: "The next update moves no loss.",
  criticalSharpness: (value: number, lower: number, upper: number, passes: number) =>
    `critical sharpness ${significant(value)} (between ${significant(lower)} and ${significant(upper)}), in ${whole(passes)} ${passes === 1 ? "forward pass" : "forward passes"}`,
  place: (epoch: number, step: number, examples: number, loss: number) =>
    `epoch ${whole(epoch)}, step ${whole(step)}: loss ${significant(loss)} on ${counted(examples, "training example")}`,
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
    levels: (low: string, high: string) => ` From loss ${low} (dark) to ${high} (pale).`,
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
