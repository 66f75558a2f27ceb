import type { ThresholdSource } from "../../store/diagnosis.ts";

/** A limit with where it comes from. Those that were "chosen" are to be tuned on recorded faults. */
export interface Threshold {
  readonly value: number;
  readonly source: ThresholdSource;
}

const chosen = (value: number): Threshold => ({ value, source: "chosen" });
/** As the report of a run judges it (`trainingVerdict`). */
const report = (value: number): Threshold => ({ value, source: "report" });

/** Every number that a diagnosis holds something against. */
export const thresholds = {
  /** A training loss below this share of the loss of one answer for all is small. */
  smallLoss: chosen(0.3),
  /** Training ahead of test by so much accuracy. */
  accuracyGap: report(0.05),
  /** Without accuracies: test loss over training loss, and their distance in losses of one answer for all. */
  lossGap: report(2),
  materialGap: report(0.05),
  /** The test loss rose by so much above its lowest, over `riseEvaluations`. */
  lossRise: report(1.1),
  riseEvaluations: report(2),
  /** The last training loss over the first: nothing was learned. */
  noFall: report(0.95),
  /** The last training loss over the first: steps overshoot. */
  overshoot: report(1.5),
  /** Epochs whose training loss rose by a tenth, of all. */
  risingEpochs: chosen(0.25),
  riseOfEpoch: chosen(1.1),
  /** The last training loss over the lowest of any epoch. */
  finalAboveBest: chosen(1.5),
  /** Learning rate times critical sharpness: above it the loss rises along the update. */
  stability: { value: 2, source: "stability" },
  /** Share of measured updates above it. */
  unstableShare: chosen(0.5),
  /** The training loss fell by less than this share of the first … */
  slowFall: chosen(0.5),
  /** … and the last third of the updates still brought as much of the fall as an even fall would. */
  evenFall: chosen(0.25),
  /** Parameters that went less far than this, in their own lengths, hardly moved. */
  moved: chosen(0.05),
  /** Falling by more than a hundredth over the last quarter of the epochs is no plateau. */
  plateau: report(0.01),
  stillFalling: chosen(0.1),
  /** Highest gradient norm over the median. */
  gradientPeak: chosen(100),
  /** Median gradient norm of the last quarter over that of the first. */
  gradientGrowth: chosen(10),
  /** Median gradient norm at the end over the largest of the run. */
  gradientGone: chosen(1e-3),
  /** Gradient over weight of the first layer against the last. */
  layerRatio: chosen(1e-4),
  /** The same before training, when a layer too far from the loss learns nothing yet. */
  startRatio: chosen(1e-3),
  deadUnits: chosen(0.5),
  deadUnitsFault: chosen(0.9),
  saturated: chosen(0.5),
  doubtedLabels: chosen(0.05),
  majority: chosen(0.8),
  /** The first loss over that of one answer for all. */
  initialLossHigh: chosen(3),
  initialLossLow: chosen(0.3),
  /** A loss that lies so many times its neighbours' spread above them. */
  spike: chosen(10),
  spikes: chosen(3),
  /** How far losses at one place of all epochs lie from the others, in spreads of chance; and in shares of the loss. */
  epochJump: chosen(3),
  waveShare: chosen(0.05),
  /** A simpler model is better by more than this share of the loss. */
  baselineBetter: chosen(0.05),
  /** Root mean square of inputs and of targets, where layers expect about 1. */
  inputLarge: chosen(10),
  inputSmall: chosen(0.03),
  /** Share of the parameters' arrays that were frozen on purpose. */
  frozenShare: chosen(0.5),
  /** What an update takes of a weight by decay alone. */
  decayPerUpdate: chosen(0.01),
  dropout: chosen(0.8),
  smoothing: chosen(0.5),
  /** Fewer updates teach no network from nothing. */
  updates: chosen(100),
  /** Mean learning rate over the highest. */
  rateShare: chosen(0.05),
  /** rms·√inputs of initial weights. */
  smallGain: chosen(0.1),
  largeGain: chosen(5),
  /** Rise of the share of silent units over training. */
  died: chosen(0.3),
  /** A layer of so many numbers is never called narrow. */
  narrow: chosen(16),
  /** Training loss over test loss, in evaluation mode. */
  harder: chosen(1.1),
  /** Share of a class that is called by one other name, and of the reverse. */
  oneWayThere: chosen(0.25),
  oneWayBack: chosen(0.05),
  /** Share of the training examples that are of one class, and a recall that is too low. */
  oneSided: chosen(0.8),
  rareRecall: chosen(0.5),
  /** Test accuracy above which a single confusion stands out. */
  oneWayAccuracy: chosen(0.6),
  /** Training ahead of test by so much accuracy is more than a note. */
  wideGap: chosen(0.1),
  driftAuc: { value: 0.6, source: "chance" },
  /** Noise scale over batch: an update of so noisy a gradient gains less than a hundredth of the most. */
  noisePerBatch: chosen(100),
} as const satisfies Readonly<Record<string, Threshold>>;
