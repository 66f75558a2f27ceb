import type { Interval } from "../../statistics/types.ts";
import type { Verdict } from "../../store/verdicts.ts";
import { durationInterval } from "../duration.ts";
import { percent, significant, whole } from "../format.ts";
import {
  BY_HEART,
  between,
  estimateOr,
  isBounded,
  type Lasted,
  memory,
  plain,
  rangeFlag,
  type State,
  sizes,
} from "../verdictParts.ts";
import type { Words } from "../words.ts";
import { batchVerdictsEnglish, learned } from "./batchVerdicts.ts";
import { comparisonVerdictsEnglish } from "./comparisonVerdicts.ts";
import { counted } from "./counted.ts";
import { criticalBatchVerdictsEnglish } from "./criticalBatchVerdicts.ts";
import { gradientVerdictsEnglish } from "./gradientVerdicts.ts";
import { judgementVerdictsEnglish } from "./judgementVerdicts.ts";
import { landscapeVerdictsEnglish } from "./landscapeVerdicts.ts";
import { rareRemedies } from "./rareClasses.ts";
import { rateExponentVerdictsEnglish } from "./rateExponentVerdicts.ts";
import { recommendVerdictsEnglish } from "./recommendVerdicts.ts";

/** The line that comes before all else, in English: what was found, in numbers, and what to do next. */
export const verdictsEnglish: Words<Verdict> = {
  ...batchVerdictsEnglish,
  ...gradientVerdictsEnglish,
  nothingRecorded: () => "nothing was evaluated, so that there is nothing to judge by",
  tooShort: (found) =>
    `too short to see a course after ${duration(found)}; ` +
    `try \`batchscope train --resume ${found.run} --${found.unit} ${found.more}\`. ${scores(found)}`,
  diverged: ({ step, learningRate }) =>
    `diverged at step ${whole(step)} with learning rate ${plain(learningRate)}; find a rate with \`batchscope lr-find\`, ` +
    `or try \`--learning-rate ${Number((learningRate / 10).toPrecision(3))}\``,
  overshooting: ({ firstLoss, trainLoss, validationLoss, learningRate }) =>
    `the loss rose from ${significant(firstLoss)} at first to ${significant(trainLoss)} (validation ${significant(validationLoss)}): ` +
    `the learning rate ${plain(learningRate)} is too high; find one with \`batchscope lr-find\``,
  noSkill: (found) =>
    `no better than always answering ${
      found.majorityShare === null
        ? `the mean (R² ${significant(found.rSquared!)})`
        : `${found.common === undefined ? "the commonest class" : `"${found.common}"`} (${percent(found.majorityShare)})`
    }; check the target and what it is to be told from, then \`batchscope lr-find\`. ${scores(found)}`,
  noBetterThanOneAnswer: ({ accuracy, common, majorityShare, rSquared }) =>
    accuracy === null
      ? `no better than always answering the mean (R² ${significant(rSquared!)})`
      : `accuracy ${percent(accuracy)} is no better than always answering "${common}" (${percent(majorityShare!)})`,
  notLearning: ({ firstLoss, lastLoss, epochs: count }) =>
    `not learning: training loss ${significant(firstLoss)} at first, ${significant(lastLoss)} after ${epochs(count)}; ` +
    "find a rate with `batchscope lr-find`",
  classNeverFound: ({ name, accuracy, tried }) =>
    `"${name}" F1 0 %: the rare class is never found, so that the accuracy of ${percent(accuracy)} misleads; ${rareRemedies[tried]}`,
  overfitting: (found) => {
    const { since, bestValidationLoss, validationLoss } = found;
    const rise = since
      ? ` since ${at(since)}, as the validation loss has risen from ${significant(bestValidationLoss)} to ${significant(validationLoss)}`
      : "";
    return `overfitting${rise}; try ${found.tries.map((one) => attempts[one]).join(" or ")}. ${scores(found)}`;
  },
  underfitting: (found) =>
    `underfitting, as the training loss no longer falls after ${epochs(found.epochs)}; ` +
    `try a larger model, or another rate by \`batchscope lr-find\`. ${scores(found)}`,
  improving: (found) =>
    `still improving after ${duration(found)}; ` +
    `train longer with \`batchscope train --resume ${found.run} --${found.unit} ${found.more}\`. ${scores(found)}`,
  healthy: (found) =>
    `healthy; use the best checkpoint, from ${at(found.best)} of ${duration(found)}. ${scores(found)}`,
  stoppedEarly: ({ evaluations, best }) =>
    `stopped early after ${whole(evaluations)} evaluation${evaluations === 1 ? "" : "s"} without a better one` +
    `${best ? `; the best was at ${at(best)}` : ""}`,
  dataUnexamined: ({ run, analyzable = true }) =>
    analyzable
      ? `not looked at yet; \`batchscope analyze ${run} --by class\` tells of conflicts, \`batchscope inspect-data\` of labels`
      : "not looked at yet; `batchscope inspect-data` tells of labels",
  byHeart: (found) => {
    const { microBatches, learned: isLearned, run, unit, more } = found;
    const few = `${whole(microBatches)} micro-batch${microBatches === 1 ? "" : "es"}`;
    return isLearned
      ? `${few} ${found.trainLoss <= BY_HEART ? "learned by heart" : "answered right"} (${learned(found)}): model, loss and labels go together; train on all data, without \`--overfit-batches\``
      : `${few} not learned by heart after ${duration(found)} (${learned(found)}): train longer with ` +
          `\`batchscope train --resume ${run} --${unit} ${more}\`; if that does not help, look for a fault in labels, loss or rate`;
  },
  opposedBatches: ({ run, found, batches, p }) =>
    `${found} of ${batches} batches pull against the rest (p ≈ ${significant(p)}); ` +
    `see which classes do: \`batchscope analyze ${run} --by class\``,
  opposedGroups: ({ by, found, pairs, first, second, cosine }) =>
    `${found} of ${whole(pairs)} pairs of groups by ${by} are in conflict, most of all "${first}" and "${second}" ` +
    `(cosine ${significant(cosine)}); look at their labels with \`batchscope inspect-data\``,
  opposedClasses: ({ first, second, cosine, classes, usual, beyondUsual }) =>
    beyondUsual
      ? `"${first}" and "${second}" oppose each other most of ${whole(classes)} classes (cosine ${significant(cosine)}): ` +
        "what helps one costs the other, as between classes that look alike or where one is rare; " +
        "look at their labels with `batchscope inspect-data`"
      : "no conflict: the classes oppose each other no more than a softmax makes them " +
        `(cosine ${significant(usual)} between ${whole(classes)} classes)`,
  opposedPairs: ({ run, share, limit }) =>
    `${percent(share)} of the pairs of batches oppose each other, where chance gives ${percent(limit)} at most; ` +
    `see which classes do: \`batchscope analyze ${run} --by class\``,
  unequalClasses: ({ common, majorityShare, accuracy, rare, tried }) =>
    `classes are unequal: always answering "${common}" gives ${percent(majorityShare)}, the model ${percent(accuracy)}; judge by ` +
    `macro F1, and for the ${rare === 1 ? "rare class" : `${rare} rare classes`} ${rareRemedies[tried]}`,
  noConflictSeen: ({ batches, groups }) =>
    groups === null
      ? `no conflict between ${whole(batches)} shuffled batches; groups can still be in one: \`--by class\``
      : `no conflict between groups by ${groups}`,
  labelsDoubted: ({ doubted, judged, estimatedNoise, contradicted, page, command }) =>
    `${whole(doubted)} of ${whole(judged)} labels look wrong. About ${percent(estimatedNoise)} of all may be${unsure(contradicted)}; ` +
    (page === null ? `look at them: \`${command}\`` : `look at them in ${page}`),
  labelsNoisy: ({ judged, estimatedNoise, contradicted }) =>
    `about ${percent(estimatedNoise)} of ${whole(judged)} labels seem wrong, but none stands out${unsure(contradicted)}; ` +
    "train with `--label-smoothing 0.1`",
  noLabelDoubted: ({ judged, noticeable, contradicted }) =>
    `no suspicious label among ${whole(judged)}${noticeableEnglish(noticeable)}${unsure(contradicted)}`,
  labelsUnjudged: ({ examples }) =>
    `the ${whole(examples)} examples are too few to judge a label by the others of its class; collect more`,
  contraryDuplicates: ({ groups }) =>
    `${counted(groups, "group")} of equal or nearly equal examples with different labels: correct or drop them`,
  sharedExamples: ({ groups }) =>
    `${counted(groups, "group")} of examples in both training and validation: the validation accuracy flatters; split again`,
  rateFound: ({ rate, lower, upper, seeds }) =>
    `take \`--learning-rate ${plain(rate)}\` (${significant(lower)} to ${significant(upper)} over ${counted(seeds, "seed")})`,
  rateNotFound: ({ tenthOfMinimum, because, tries = [] }) =>
    `no rate can be recommended${because === undefined ? "; the table says why" : `, as ${noRate[because]}`}` +
    (tries.length === 0 ? "" : `; pass ${tries.map(rangeFlag).join(" or ")}`) +
    (tenthOfMinimum === null
      ? ""
      : `; a cautious start is \`--learning-rate ${plain(tenthOfMinimum)}\`, a tenth of where the loss was lowest`),
  microBatchFound: ({ microBatch, timed, largest, limitBytes, target }) =>
    `take \`--batch-size ${microBatch}${target === null ? "" : ` --target-batch-size ${target}`}\`: ` +
    (timed
      ? `the fastest of those that fit into ${memory(limitBytes)}; the largest that did so twice is ${whole(largest)}`
      : `the largest that fits into ${memory(limitBytes)}`),
  microBatchNotFound: ({ limitBytes }) =>
    `not even one example fits into ${memory(limitBytes)}; allow more with \`--memory-limit\`, or try \`--gradient-checkpointing\``,
  ...comparisonVerdictsEnglish,
  ...judgementVerdictsEnglish,
  ...criticalBatchVerdictsEnglish,
  ...recommendVerdictsEnglish,
  ...rateExponentVerdictsEnglish,
  ...landscapeVerdictsEnglish,
  batchSizeProfiled: ({ batchSize, epochSeconds, within, alike, stillFalls, bounded }) =>
    (stillFalls
      ? `an epoch is still fastest at batch ${whole(batchSize)}, the largest that was measured: ` +
        `${durationInterval(epochSeconds)}${bounded ? "" : "; larger ones may be faster"}`
      : `batch ${whole(batchSize)} is the smallest that trains an epoch within ${Math.round(100 * within)} % of the fastest: ` +
        `${durationInterval(epochSeconds)}; larger ones hardly save time`) +
    (alike === null ? "" : `; ${whole(alike)} may be as fast, as the rounds overlap`),
  accumulationEqual: ({ window, examples, difference }) =>
    `equal: ${sizes(window)} gives the gradient of one batch of ${whole(examples)} (largest relative difference ` +
    `${difference.toExponential(1)}); accumulate freely`,
  accumulationDiffers: ({ window, examples, difference, tolerance, mixing }) =>
    `NOT equal: ${sizes(window)} differs from one batch of ${whole(examples)} by ${difference.toExponential(1)} ` +
    `(tolerance ${tolerance})` +
    (mixing.length > 0
      ? `, as ${counted(mixing.length, "layer")} ${mixing.length === 1 ? "mixes" : "mix"} the examples of a micro-batch; ` +
        "replace batch normalisation, or raise `--batch-size` instead"
      : ""),
  accuracyMeasured: ({ accuracy, examples }) =>
    `accuracy ${percent(accuracy.value)} ${between(accuracy, percent)} on ${counted(examples, "example")} (95 % interval)`,
  errorsMeasured: ({ rSquared, rmse, mae, examples, needed }) => {
    const some = [rSquared, rmse, mae].some(isBounded);
    const one = (interval: Interval) =>
      estimateOr(interval, some ? " (no interval)" : "", "undefined (the targets do not vary)");
    const intervals = some
      ? "95 % intervals"
      : needed !== null
        ? `no intervals: they take ${whole(needed)} examples`
        : "no intervals: every example has the same error";
    return (
      `R² ${one(rSquared)}, RMSE ${one(rmse)}, MAE ${one(mae)} on ${counted(examples, "example")} ` +
      `(${intervals}, in the unit of the target)`
    );
  },
  lossMeasured: ({ loss, examples }) => `loss ${significant(loss)} on ${counted(examples, "example")}`,
};

const noRate = {
  noise: "the loss does not fall by more than its noise in every sweep",
  earlyRise: "the loss rises after the first updates",
  fallsToTheEnd: "the loss still falls fastest at the largest rates",
  disagree: "the sweeps disagree by more than a factor of ten",
};

const attempts = {
  patience: "`--patience 3`",
  weightDecay: "more `--weight-decay`",
  augment: "`--augment standard`",
  moreData: "more data (without `--limit-examples`)",
};

/** The accuracies, and the interval of the second in a sentence of its own; the losses where there are none. */
function scores({ trainLoss, trainAccuracy, validationLoss, validationAccuracy, accuracy }: State): string {
  if (trainAccuracy === undefined || validationAccuracy === undefined)
    return `Training loss ${significant(trainLoss)}, validation loss ${significant(validationLoss)}`;
  const range = accuracy
    ? `. Chance of the validation examples allows ${percent(accuracy.lower)} to ${percent(accuracy.upper)}`
    : "";
  return `Training accuracy ${percent(trainAccuracy)}, validation accuracy ${percent(validationAccuracy)}${range}`;
}

function at({
  epoch,
  step,
  inside,
}: {
  readonly epoch: number;
  readonly step: number;
  readonly inside: boolean;
}): string {
  return inside ? `step ${whole(step)}` : `epoch ${epoch}`;
}

/** Of models that are too weak to be sure. */
/** What share of errors the models would have shown; undefined in files from before it was measured. */
function noticeableEnglish(share: number | null | undefined): string {
  if (share === undefined) return "";
  return share === null ? "; errors at random might not show" : `; ${percent(share)} of random errors would have shown`;
}

function unsure(contradicted: number | undefined): string {
  return contradicted === undefined ? "" : ` (unsure: the models contradict ${percent(contradicted)} of all labels)`;
}

/** In steps where no epoch was complete. */
function duration({ epochs: count, steps }: Lasted): string {
  return steps === undefined ? epochs(count) : counted(steps, "step");
}

function epochs(count: number): string {
  return counted(count, "epoch");
}
