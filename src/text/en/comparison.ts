import type { ComparisonFinding } from "../../store/studies/findings.ts";
import { percent, significant, whole } from "../format.ts";
import type { Words } from "../words.ts";
import { counted } from "./counted.ts";

const findings: Words<ComparisonFinding> = {
  budget: ({ budget: { kind, value } }) =>
    ({
      updates: `Every arm makes ${whole(value)} updates.`,
      examples: `Every arm sees ${whole(value)} examples, or the few more that fill its last update.`,
      seconds: `Every arm trains for ${significant(value)} s, evaluations left out.`,
      "target-loss": `Every arm trains until its validation loss is ${significant(value)}, or its epochs are over.`,
      own: "Every arm trains as long as its own options say.",
    })[kind],
  fewSeeds: ({ seeds, smallestP, comparisons, enough }) =>
    `${counted(seeds, "seed")} can give no p below ${significant(smallestP)}. ${
      comparisons === 1
        ? "No two-sided test at 5 % is possible"
        : `Of ${comparisons} comparisons Holm's correction lets none pass above ${significant(0.05 / comparisons)}`
    }. \`--seeds ${enough}\` ${comparisons === 1 ? "allows one" : "can show a difference"}.`,
  oneRate: ({ learningRate }) =>
    `All arms train with the learning rate ${significant(learningRate)}. Larger batches often want a larger one; ` +
    "`--tune learning-rate=LIST` gives each arm the best of a list.",
  sourceProtocol: ({ seeds }) =>
    "Equal updates confound the batch size with the number of examples, and one learning rate with how well it suits each batch. " +
    `${seeds > 1 ? "" : "One seed cannot be told from chance. "}The protocol takes the loss of the last update as final, which scatters; ` +
    "the final loss above is of the validation data.",
  rateTuned: ({ option, values, seeds }) =>
    `Each arm trains with the best for it of ${whole(values.length)} values of \`${option}\`, chosen on ${counted(seeds.length, "seed")} that ${seeds.length === 1 ? "is" : "are"} not compared.`,
  rateAtEdge: ({ arm, option, value, edge }) =>
    `For "${arm}" the best \`${option}\`, ${significant(value)}, is the ${edge} of the list. A ${edge === "largest" ? "larger" : "smaller"} one may be better still; ` +
    "the same command with a longer `--tune` list tries it.",
  unequalExamples: ({ least, most }) =>
    `Equal updates are not equal work: one arm sees ${whole(least)} examples, another ${whole(most)}. ` +
    "`--budget examples=N` compares them at equal examples.",
  dataRepeat: ({ epochs }) => `The budget is longer than the data: they are seen ${significant(epochs)} times.`,
  unpaired: ({ arm, baseline, by }) =>
    `"${arm}" and "${baseline}" ${by === "model" ? "have not the same model" : "are not given the same data"}, so that a seed does not pair them. ` +
    "Their difference is tested unpaired.",
  trialsDiverged: ({ arm, diverged, trials }) =>
    `${whole(diverged)} of ${counted(trials, "trial")} of "${arm}" diverged. They count as worse than every other.`,
  trialsFailed: ({ arm, failed, reason }) =>
    `${counted(failed, "trial")} of "${arm}" failed: ${reason}. The same command tries again.`,
  targetMissed: ({ arm, missed, trials }) =>
    `${whole(missed)} of ${counted(trials, "trial")} of "${arm}" did not reach the loss; they are counted as censored.`,
  accuracyAlike: ({ arm, accuracy, examples, lower, upper }) =>
    `The accuracy of "${arm}" is ${percent(accuracy)} with every seed. That is no certainty: ${counted(examples, "validation example")} ` +
    `leave it anywhere in [${percent(lower)}, ${percent(upper)}].`,
  disturbed: ({ arms, least, most }) =>
    `Something slowed ${least === most ? "" : "up to "}${percent(most)} of the training time of ` +
    `${arms.length === 1 ? `"${arms[0]}"` : `${whole(arms.length)} arms`} down. Times are medians of the rest` +
    `${most > 0.5 ? ", which is little: compare times on a quiet machine" : ""}.`,
  lookedBefore: ({ looks, seeds }) =>
    `The results were looked at over ${looks.map(whole).join(", ")} seeds before these ${whole(seeds)}. ` +
    "Adding seeds until a difference shows makes p too small.",
  severalArms: ({ comparisons, shown, left }) =>
    `${counted(comparisons, "comparison")} with one baseline find a difference by chance more often than one. ` +
    `Alone, ${counted(shown, "comparison")} would show a difference; ${left === shown ? (shown === 1 ? "it remains" : "all remain") : left === 0 ? "none remains" : `${left} ${left === 1 ? "remains" : "remain"}`} after Holm's correction, which the verdicts follow.`,
  seedsNeeded: ({ arm, seeds, have }) =>
    `"About n more seeds" would show a difference as large as the one seen in four of five studies: ${counted(seeds, "seed")} for "${arm}", ` +
    `where there are ${whole(have)}. The true difference may be smaller, or none.`,
  noiseScaleFitted: ({ value, lower, upper }) =>
    value === null || upper === null
      ? `The squared gradient norms of the arms only bound the noise scale: it is at least ${significant(lower)} examples.`
      : `The squared gradient norms of the arms fit |G|² + tr Σ/B with a noise scale of ${significant(value)} [${significant(lower)}, ${significant(upper)}] examples. ` +
        "It is rough, as each arm was at weights of its own: `analyze` measures it at one checkpoint.",
  testDisagrees: ({ arm, p, interval }) =>
    interval
      ? `The interval of "${arm}" leaves 0 out, but the test does not agree (p ${significant(p)}). A verdict needs both, so that it is open.`
      : `The test of "${arm}" has a p of ${significant(p)}, but its interval holds 0. A verdict needs both, so that it is open.`,
};

/** The words of `compare`, in English. Numbers come in as text where they are rounded. */
export const comparisonEnglish = {
  findings,
  title: (model: string, data: string) => `Comparison: ${model} on ${data}`,
  columns: {
    arm: "arm",
    effectiveBatchSize: "batch",
    seeds: "seeds",
    meanLoss: "mean training loss",
    finalLoss: "final validation loss",
    finalAccuracy: "accuracy",
    seconds: "time",
    peakMemory: "peak memory",
    examplesPerSecond: "examples/s",
  },
  tuning: {
    title: (option: string, seeds: number, measure: "loss" | "target") =>
      `Values of ${option} tried: ${measure === "loss" ? "mean final validation loss" : "mean examples to the target"} over ${counted(seeds, "seed")} (* chosen)`,
    diverged: (lost: number, trials: number) => `${lost}/${trials} lost`,
    value: (option: string) => option.replaceAll("-", " "),
  },
  target: {
    title: (loss: string) => `Training until a validation loss of ${loss} (medians, 95 % intervals)`,
    columns: {
      arm: "arm",
      reached: "reached",
      seconds: "time (s)",
      examples: "examples",
      pairs: "sooner in",
      p: "p (sign test)",
    },
    of: (some: number, all: number) => `${whole(some)} of ${whole(all)}`,
    seconds: (baseline: string) => `Difference of the time to the loss to "${baseline}", in seconds (95 % interval)`,
    examples: (baseline: string) => `Difference of the examples to the loss to "${baseline}" (95 % interval)`,
  },
  differences: (baseline: string) => `Difference of the final validation loss to "${baseline}" (95 % interval)`,
  differenceColumns: {
    arm: "arm",
    difference: "difference",
    p: "p",
    adjustedP: "p (Holm)",
    improvement: "better in",
    pairing: "pairing",
    verdict: "verdict",
  },
  paired: "paired",
  unpaired: "unpaired",
  verdicts: {
    better: "better",
    worse: "worse",
    "no difference shown": "not distinguishable yet",
    "too few seeds": "too few seeds",
  } as Readonly<Record<string, string>>,
  openYet: (more: string, count: number) =>
    `not distinguishable yet; about ${more} more ${count === 1 ? "seed" : "seeds"}`,
  study: "study",
  report: "report",
  findingsTitle: "What follows",
  figuresTitle: "Figures",
  armsTitle: "The arms",
  again: "Do it again",
  oneTrial: (arm: string, seed: number) => `"${arm}", the training of seed ${seed} alone:`,
  gradients: "Gradients and stability",
  gradientColumns: {
    arm: "arm",
    norm: "mean gradient norm",
    deviation: "scatter of the loss",
    coefficient: "over the mean loss",
  },
  figures: {
    title: "Training loss, mean loss, time and memory of each arm",
    caption:
      "First the training loss over the examples seen, the mean over seeds with its 95 % interval as a band. Then the mean training loss, " +
      "the training time and the peak memory of each arm; the mean loss has its 95 % interval as a line.",
    someArms: (shown: number, all: number) =>
      `Of ${all} arms the curves of ${shown} are drawn: the baseline, and those of the lowest validation loss.`,
    band: "Mean over seeds; the band is its 95 % interval.",
    validation: "Validation loss at equal examples",
    smoothed: "Training loss, moving average of 10 updates",
    norms: "Gradient norms",
    examples: "examples",
    trainingLoss: "training loss",
    validationLoss: "validation loss",
    meanLoss: "mean training loss",
    seconds: "training time (s)",
    memory: "peak memory (MiB)",
    gradientNorm: "gradient norm",
    normsByBatch: "Squared gradient norms against batch size",
    fitCaption:
      "The mean squared gradient norm of each batch size over its trials, with its 95 % interval. The line is fitted: |G|² + tr Σ/B. " +
      "Where it becomes level, a larger batch has hardly less noise.",
    noFit:
      "The mean squared gradient norm of each batch size over its trials, with its 95 % interval. No line |G|² + tr Σ/B fits: " +
      "the norms do not fall as the batch grows, as each arm is at weights of its own.",
    measuredNorms: "measured",
    fittedNorms: "|G|² + tr Σ/B",
    squaredNorm: "squared gradient norm",
    targetTitle: "Time and examples to the validation loss",
    targetCaption:
      "Each point is a trial: where it reached the loss, or, where it did not, how far it was trained. The bar is the median of Kaplan and Meier.",
    reachedTarget: "reached",
    missedTarget: "not reached by then",
    medianTarget: "median",
    secondsToTarget: "time to the loss (s)",
    examplesToTarget: "examples to the loss",
    accuracyTitle: "Accuracy against batch size",
    accuracyCaption:
      "Mean over seeds with its 95 % interval, where training ended. What has one size is drawn a little apart.",
    trainingSet: "training",
    validationSet: "validation",
    ofRate: (set: string, rate: string | null) => (rate === null ? `${set}, tuned` : `${set}, ${rate} for all`),
    fixedCaption: (rate: string) =>
      `The value ${rate}, which suits the baseline best, is that of the trials which tuned; they have other seeds.`,
    batch: "examples of an update",
    accuracy: "accuracy (%)",
  },
  seconds: (text: string) => `${text} s`,
  started: ({ arm, seed, attempt }: TrialNamed) => `${arm}, seed ${seed}${attempt > 1 ? `, attempt ${attempt}` : ""}`,
  ended: ({ arm, seed, state, reason, again }: TrialEnded) =>
    `${arm}, seed ${seed}: ${state}${reason === "" ? "" : `: ${reason}`}${again ? "; it is tried again" : ""}`,
  progress: "trials",
  stopping: "after the updates that run; the same command goes on",
  plan: ({ trials, ended, examples, tuning }: Record<"trials" | "ended" | "examples" | "tuning", number>) =>
    `${counted(trials, "trial")}${tuning === 0 ? "" : ` (${whole(tuning)} to tune)`}, of which ${whole(ended)} have ended; ${whole(examples)} examples to train on`,
  estimate: (time: string) => `about ${time}, by a probe of every arm`,
};

export type ComparisonText = typeof comparisonEnglish;

interface TrialNamed {
  readonly arm: string;
  readonly seed: number;
  readonly attempt: number;
}

interface TrialEnded extends Omit<TrialNamed, "attempt"> {
  readonly state: string;
  readonly reason: string;
  readonly again: boolean;
}
