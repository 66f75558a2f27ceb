import type { Dataset } from "../data/dataset.ts";
import {
  isDoubted,
  type LabelNoise,
  labelNoise,
  likelierClass,
  type WithoutErrors,
  withoutErrors,
} from "../statistics/labelNoise.ts";
import { noiseShareInterval } from "../statistics/noiseShareInterval.ts";
import { noticeableErrors } from "../statistics/noticeableErrors.ts";
import type { LabelFinding, LabelSummary } from "../store/inspection.ts";
import { random } from "../tensor/random.ts";
import { fileOf, nameOf } from "./names.ts";
import type { Subject } from "./subject.ts";
import type { FoldScores } from "./training.ts";

/** A model that was trained on fewer examples of a class does not judge who belongs to it. */
export const LEAST_SEEN = 4;
/** Nats of evidence, a likelihood ratio of 20 to 1, that it takes to doubt any label. */
const STRONG = 3;
/**
 * Labels are listed where more are doubted than this times the most that any draw without errors gave: models err on
 * odd examples in ways that no temperature describes, which made clean digits and clothes exceed that most by up to
 * 1.6.
 */
const MARGIN = 2;
/** How often labels are drawn anew to see what is doubted where nothing is wrong. */
const DRAWS = 19;
const DRAWS_STREAM = 7;
const INTERVAL_STREAM = 8;
/** 19 of 20 make 95 %. */
const PLANTINGS = 20;
const PLANTING_STREAM = 9;
/** Judged examples up to which chance is drawn anew for each planting. */
const FEW = 2000;

export interface LabelVerdict {
  readonly noise: LabelNoise;
  /** Places in the data. */
  readonly doubted: ReadonlySet<number>;
  /** The most suspect first. */
  readonly issues: readonly LabelFinding[];
  readonly summary: LabelSummary;
}

/**
 * Judges every label by a model that has not seen it, and doubts some where there is strong evidence of errors; see
 * `labelNoise`.
 */
export function judgeLabels(
  subject: Subject,
  { logProbabilities }: Pick<FoldScores, "logProbabilities">,
  foldOf: Uint8Array,
  seed: number,
): LabelVerdict {
  const { data } = subject;
  const given = { values: logProbabilities, classes: data.classes };
  const noise = labelNoise(given, data.labels, isJudged(data, foldOf));
  const chanceAt = (found: LabelNoise) => chanceOf(withoutErrors(given, found, random(seed, DRAWS_STREAM), DRAWS));
  const chance = chanceAt(noise);
  const interval = noiseShareInterval(given, data.labels, noise, random(seed, INTERVAL_STREAM), DRAWS);
  const suspect = suspectsOf(noise);
  const evident = isEvident(noise, chance);
  const doubted = Array.from(noise.right.keys()).filter((i) => evident && isDoubted(noise.right[i]!));
  const judged = noise.right.reduce((sum, right) => sum + Number(!Number.isNaN(right)), 0);
  return {
    noise,
    doubted: new Set(doubted),
    issues: doubted
      .toSorted((a, b) => noise.right[a]! - noise.right[b]! || a - b)
      .map((example) => labelFinding(subject, noise, example)),
    summary: {
      judged,
      labelIssues: doubted.length,
      labelIssueShare: doubted.length / data.size,
      // As many as would be doubted without errors are right, whatever the probabilities say.
      doubtedThoughRight: Math.min(
        doubted.length,
        Math.max(
          chance.mean,
          doubted.reduce((sum, i) => sum + noise.right[i]!, 0),
        ),
      ),
      evident,
      noticeableErrors:
        evident || judged === 0
          ? null
          : noticeableErrors(given, data.labels, noise, {
              ...{ random: random(seed, PLANTING_STREAM), draws: PLANTINGS },
              // Fewer are never more than the margin asks for.
              from: Math.max(1, Math.floor(MARGIN * chance.most) - suspect),
              notices: judged <= FEW ? (found) => isEvident(found, chanceAt(found)) : oncePerNumber(chanceAt),
            }),
      evidence: noise.evidence,
      withoutErrors: chance,
      estimatedNoise: noise.noise,
      estimatedNoiseInterval: { lower: interval.lower, upper: interval.upper },
    },
  };
}

/** Labels that are wrong rather than right. */
function suspectsOf({ right }: LabelNoise): number {
  return right.reduce((sum, one) => sum + Number(isDoubted(one)), 0);
}

/** Where none is doubted by itself, the evidence may still say that not all are right. */
function isEvident(noise: LabelNoise, chance: LabelSummary["withoutErrors"]): boolean {
  const suspect = suspectsOf(noise);
  return noise.evidence > STRONG && (suspect > 0 ? suspect > MARGIN * chance.most : noise.evidence > chance.evidence);
}

/** What chance gives is drawn anew for each number of errors alone: among many examples it hardly scatters. */
function oncePerNumber(chanceAt: (found: LabelNoise) => LabelSummary["withoutErrors"]) {
  const known = new Map<number, LabelSummary["withoutErrors"]>();
  return (found: LabelNoise, errors: number) => {
    const chance = known.get(errors) ?? chanceAt(found);
    known.set(errors, chance);
    return isEvident(found, chance);
  };
}

function chanceOf(draws: readonly WithoutErrors[]): LabelSummary["withoutErrors"] {
  const counts = draws.map(({ doubted }) => doubted);
  return {
    mean: counts.reduce((sum, count) => sum + count, 0) / draws.length,
    least: Math.min(...counts),
    most: Math.max(...counts),
    evidence: Math.max(...draws.map(({ evidence }) => evidence)),
    draws: draws.length,
  };
}

/** Whether the model that has not seen an example was trained on enough others with its label. */
function isJudged({ labels, classes }: Dataset, foldOf: Uint8Array): (example: number) => boolean {
  const total = new Uint32Array(classes);
  const inFold = new Map<number, Uint32Array>();
  foldOf.forEach((fold, i) => {
    if (!inFold.has(fold)) inFold.set(fold, new Uint32Array(classes));
    inFold.get(fold)![labels[i]!]!++;
    total[labels[i]!]!++;
  });
  return (i) => total[labels[i]!]! - inFold.get(foldOf[i]!)![labels[i]!]! >= LEAST_SEEN;
}

function labelFinding({ data, place }: Subject, noise: LabelNoise, example: number): LabelFinding {
  const given = data.labels[example]!;
  const suggested = likelierClass(noise, example, given);
  const probability = (c: number) => noise.calibrated[example * data.classes + c]!;
  return {
    index: place(example).index,
    given,
    suggested,
    score: noise.right[example]!,
    givenName: nameOf(data, given),
    suggestedName: nameOf(data, suggested),
    givenProbability: probability(given),
    suggestedProbability: probability(suggested),
    ...fileOf(data, example),
  };
}
