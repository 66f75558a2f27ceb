import { describe, expect, test } from "vitest";
import { basePlan, plantedStatistics } from "../../test/fixtures/analysis.ts";
import { groupsFixture } from "../../test/fixtures/figures.ts";
import { classificationScores } from "../statistics/classification.ts";
import type { SweepProblem } from "../statistics/learningRateSweep.ts";
import type { GradientStatistics } from "../statistics/table.ts";
import type { NoiseScale } from "../statistics/types.ts";
import { decodeJson, encodeJson } from "../store/json.ts";
import type { CheckpointAnalysis, EpochRecord, EvaluationFile } from "../store/schema.ts";
import { type Verdict, verdicts } from "../store/verdicts.ts";
import { textIn } from "../text/text.ts";
import { said } from "../text/words.ts";
import { batchVerdict } from "./batchVerdict.ts";
import { dataVerdict } from "./dataVerdict.ts";
import { inspectionVerdicts } from "./inspectionVerdict.ts";
import { type RunFacts, runVerdicts } from "./runVerdicts.ts";
import { accumulationVerdict, microBatchVerdict, rateVerdict } from "./studyVerdicts.ts";
import { stopVerdict, trainingVerdict } from "./trainingVerdict.ts";

const OPEN = Number.POSITIVE_INFINITY;
const base = plantedStatistics({ ...basePlan, rows: 16 });

function scale(value: number, lower: number, upper: number): NoiseScale {
  return { value, lower, upper, level: 0.95, resolved: Number.isFinite(upper), unit: "examples" };
}

type Losses = readonly [trainLoss: number, validationLoss: number, trainAccuracy?: number, validationAccuracy?: number];

function epoch(number: number, [trainLoss, validationLoss, trainAccuracy, validationAccuracy]: Losses): EpochRecord {
  const accuracies = trainAccuracy === undefined ? {} : { trainAccuracy, validationAccuracy: validationAccuracy! };
  const at = { epoch: number, step: 10 * number, examples: 400 * number, seconds: 1 };
  return { kind: "epoch", ...at, trainLoss, validationLoss, ...accuracies };
}

function checkpoint(
  at: number,
  values: readonly [number, number, number],
  other: Partial<GradientStatistics> = {},
  metrics: EpochRecord | null = null,
): CheckpointAnalysis {
  return { epoch: at, step: 10 * at, metrics, statistics: { ...base, noiseScale: scale(...values), ...other } };
}

const facts = (change: Partial<RunFacts> = {}): RunFacts => ({
  run: "r",
  status: "finished",
  microBatch: 64,
  effectiveBatchSize: 64,
  trainExamples: 4000,
  checkpoints: [],
  whileTraining: null,
  last: null,
  plannedSteps: false,
  scaledRate: false,
  adaptive: true,
  length: { updates: 5625, unit: "epochs", asked: 6 },
  steps: [],
  epochs: [],
  evaluations: [],
  evaluation: null,
  stepsAsked: null,
  patience: null,
  stoppedEarly: false,
  rareClasses: "nothing",
  cannotAugment: true,
  limited: false,
  overfitBatches: null,
  analyzable: true,
  ...change,
});

/** What is said of a verdict in English, after it has gone through JSON and its schema. */
function words(verdict: Verdict): string {
  const [again] = verdicts.parse(decodeJson(encodeJson([verdict])));
  expect(again).toEqual(verdict);
  expect(said(verdict, textIn("zh").verdicts)).not.toMatch(/undefined|NaN|[a-z]{3,} [a-z]{2,} [a-z]{2,} [a-z]{2,}/);
  return said(verdict, textIn("en").verdicts);
}

const learned = epoch(30, [0.0002, 0.03, 1, 0.99]);
const unlearned = epoch(10, [0.05, 0.05, 0.98, 0.98]);

test.each<[string, Partial<RunFacts>, Verdict["kind"], RegExp]>([
  ["nothing measured", {}, "noiseUnmeasured", /^not measured yet; `batchscope analyze r`/],
  [
    "far below",
    { checkpoints: [checkpoint(6, [797, 573, 1240])] },
    "enlargeBatch",
    /^64 is far below the noise scale 797 \[573, 1,240\] examples\. With 768 the same loss should take 5\.70 to 7\.79 times fewer updates\. It should cost 1\.54 to 2\.11 times the examples\. On one device .* only if larger batches run faster .*; then try `--batch-size 768 --scale-rule sqrt --base-batch-size 64 --epochs 11`$/,
  ],
  [
    "the rate of sgd goes with the batch",
    { checkpoints: [checkpoint(6, [797, 573, 1240])], adaptive: false },
    "enlargeBatch",
    /--scale-rule linear --base-batch-size 64 --epochs 11`$/,
  ],
  [
    "a rate that is scaled already",
    { checkpoints: [checkpoint(6, [797, 573, 1240])], scaledRate: true },
    "enlargeBatch",
    /try `--batch-size 768 --epochs 11`$/,
  ],
  [
    "steps that follow a plan",
    { checkpoints: [checkpoint(6, [797, 573, 1240])], plannedSteps: true },
    "enlargeBatch",
    / \[573, 1,240\] examples, where a larger batch takes fewer updates, but more examples, for the same loss$/,
  ],
  [
    "below",
    { checkpoints: [checkpoint(6, [150, 100, 200])] },
    "enlargeBatch",
    /^64 is below the noise scale 150 .* `--batch-size 128 --scale/,
  ],
  [
    "no more than the data",
    { checkpoints: [checkpoint(6, [797, 573, 1240])], trainExamples: 300 },
    "enlargeBatch",
    /`--batch-size 256 /,
  ],
  [
    "several micro-batches an update, which become one",
    { checkpoints: [checkpoint(6, [797, 573, 1240])], microBatch: 16 },
    "enlargeBatch",
    /try `--batch-size 784 --gradient-accumulation-steps 1 --scale-rule/,
  ],
  [
    "no fewer than a hundred updates at equal examples",
    { checkpoints: [checkpoint(6, [797, 573, 1240])], length: { updates: 350, unit: "steps", asked: 400 } },
    "enlargeBatch",
    /With 192 .*`--batch-size 192 .* --steps 154`$/,
  ],
  [
    "a run of few updates",
    { checkpoints: [checkpoint(6, [797, 573, 1240])], length: { updates: 150, unit: "epochs", asked: 6 } },
    "enlargeBatch",
    /examples, where a larger batch saves updates, not examples; of only 150 updates none can be spared: keep 64, or train longer$/,
  ],
  [
    "a run whose updates nobody counted",
    { checkpoints: [checkpoint(6, [797, 573, 1240])], length: { updates: null, unit: "epochs", asked: 6 } },
    "enlargeBatch",
    /With 768 /,
  ],
  [
    "far below a limit",
    { checkpoints: [checkpoint(6, [5000, 600, OPEN])] },
    "enlargeBatch",
    /^64 is far below the noise scale \(at least 600 examples\)\. With 640 .* at least 5\.35 times fewer updates\. It should cost at most 1\.87 times the examples\. .*`; how much larger: `batchscope analyze r --rows 125 --batch-size 32`$/,
  ],
  [
    "bounded by nothing at all",
    { checkpoints: [checkpoint(6, [100, 0, OPEN])] },
    "boundNoiseScale",
    /^the noise scale is not bounded from above, /,
  ],
  [
    "above a limit that nothing bounds",
    { checkpoints: [checkpoint(6, [100, 40, OPEN])] },
    "boundNoiseScale",
    /^the noise scale \(at least 40.0 examples\) is not bounded from above, .*more: `batchscope analyze r --rows 32 --batch-size 32`$/,
  ],
  [
    "mini-batches that are not an update's",
    { checkpoints: [checkpoint(6, [100, 40, OPEN])], effectiveBatchSize: 48 },
    "boundNoiseScale",
    /: `batchscope analyze r --rows \d+ --batch-size 32`$/,
  ],
  [
    "data that are too few to go on",
    { checkpoints: [checkpoint(6, [100, 40, OPEN], { datasetSize: 512 })] },
    "boundNoiseScale",
    /whether more than 64 pays$/,
  ],
  [
    "inside",
    { checkpoints: [checkpoint(6, [70, 50, 100])] },
    "keepBatch",
    /^64 is about the noise scale 70.0 .* keep it$/,
  ],
  [
    "above",
    { checkpoints: [checkpoint(6, [20, 10, 30])] },
    "shrinkBatch",
    /^64 is above the noise scale 20.0 .* about 20 would learn nearly as much/,
  ],
  [
    "above, by whole micro-batches",
    { checkpoints: [checkpoint(6, [20, 10, 30])], microBatch: 8 },
    "shrinkBatch",
    /about 16 would/,
  ],
  [
    "no signal",
    { checkpoints: [checkpoint(6, [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, OPEN])] },
    "noSignal",
    /^the mean gradient of epoch 6 is lost in the noise of 16 batches/,
  ],
  ["no noise", { checkpoints: [checkpoint(6, [0, 0, 0], { traceCovariance: 0 })] }, "noNoise", /alike/],
  [
    "learned data",
    { checkpoints: [checkpoint(30, [9000, 757, OPEN], {}, learned)] },
    "batchLearned",
    /data are learned \(100.0 % right, training loss 0.000200\), .*earlier ones/,
  ],
  [
    "an epoch before the data were learned",
    { checkpoints: [checkpoint(10, [797, 573, 1240], {}, unlearned), checkpoint(30, [9000, 757, OPEN], {}, learned)] },
    "enlargeBatch",
    /^at epoch 10, before the training data were learned, 64 is far below the noise scale 797/,
  ],
  [
    "while training",
    { whileTraining: scale(797, 573, 1240) },
    "enlargeBatch",
    /^64 is far below the noise scale while training 797/,
  ],
  [
    "not bounded while training",
    { whileTraining: scale(100, 40, OPEN) },
    "boundNoiseScale",
    /whether more than 64 pays; `batchscope analyze r` measures it/,
  ],
  [
    "learned at once",
    { checkpoints: [checkpoint(5, [90, 70, 120], {}, learned), checkpoint(10, [9000, 757, OPEN], {}, learned)] },
    "batchLearned",
    /are learned/,
  ],
  ["nothing told while training", { whileTraining: scale(Number.NaN, 0, OPEN) }, "noiseUnmeasured", /not measured/],
  ["learned while training", { whileTraining: scale(797, 573, 1240), last: learned }, "batchLearned", /are learned/],
])("batch: %s", (_, change, kind, sentence) => {
  const verdict = batchVerdict(facts(change));
  expect(verdict.kind).toBe(kind);
  expect(words(verdict)).toMatch(sentence);
});

const range = { batchSize: 4, from: 1e-6, to: 10, repeats: 3 };

function noRate(problems: readonly SweepProblem[], tenthOfMinimum: number | null = null): Verdict {
  const reason = { kind: "fewClear", clear: 0, sweeps: 3, problems } as const;
  return rateVerdict({ suggestion: null, tenthOfMinimum, sweeps: [], reason }, range);
}

const course = (...losses: Losses[]) => losses.map((one, i) => epoch(i + 1, one));
const started = [{ step: 1, loss: 2.3, learningRate: 0.1 }];

/** 9 of 200 are faults, of which so many are found, and some are taken for calm. */
function evaluationOf(found: number, at: EpochRecord) {
  const classification = classificationScores([
    [191, 0],
    [9 - found, found],
  ]);
  return { schemaVersion: 1, epoch: at.epoch, step: at.step, classNames: ["calm", "fault"], classification };
}

/** Half of each of two classes is found. */
function evenly(at: EpochRecord) {
  const classification = classificationScores([
    [50, 50],
    [50, 50],
  ]);
  return { ...evaluationOf(1, at), classification };
}

function ofNumbers(at: EpochRecord) {
  const regression = { count: 60, rmse: 1, mae: 1, rSquared: -0.0389, rSquaredByOutput: [-0.0389] };
  return { schemaVersion: 1, epoch: at.epoch, step: at.step, classNames: [], regression };
}

const fallen = course([1, 1, 0.6, 0.6], [0.5, 0.5, 0.8, 0.8], [0.3, 0.301, 0.95, 0.95], [0.2, 0.3, 0.95, 0.95]);

test.each<[string, Partial<RunFacts>, Verdict["kind"], RegExp]>([
  ["nothing", {}, "nothingRecorded", /nothing was evaluated/],
  [
    "diverged",
    { status: "diverged", steps: [{ step: 34, loss: Number.NaN, learningRate: 100 }] },
    "diverged",
    /^diverged at step 34 with learning rate 100; find a rate with `batchscope lr-find`, or try `--learning-rate 10`$/,
  ],
  [
    "one epoch of a run that counts steps",
    { stepsAsked: 6, evaluations: [{ ...fallen[0]!, kind: "evaluation" }], steps: started },
    "tooShort",
    /`batchscope train --resume r --steps 18`\. Training/,
  ],
  [
    "losses above the first",
    {
      epochs: course([183, 900, 0.7, 0.6], [1000, 1230, 0.7, 0.6]),
      steps: [{ step: 1, loss: 1.1, learningRate: 10 }],
      evaluation: evaluationOf(5, course([183, 900, 0.7, 0.6], [1000, 1230, 0.7, 0.6])[1]!),
    },
    "overshooting",
    /^the loss rose from 1.10 at first to 1,000 \(validation 1,230\): the learning rate 10 is too high; find one with/,
  ],
  [
    "no better than the commonest class",
    { epochs: fallen, evaluation: evenly(fallen[3]!) },
    "noSkill",
    /^no better than always answering "calm" \(50.0 %\); check the target/,
  ],
  [
    "no better than the mean",
    { epochs: course([1, 1], [0.9, 1.46]), evaluation: ofNumbers(course([1, 1], [0.9, 1.46]).at(-1)!) },
    "noSkill",
    /^no better than always answering the mean \(R² −0.0389\); .* Training loss \S+, validation loss \S+$/,
  ],
  [
    "one epoch",
    { epochs: fallen.slice(0, 1), steps: started },
    "tooShort",
    /^too short to see a course after 1 epoch; try .*--epochs 5`\. Training/,
  ],
  [
    "not learning",
    { epochs: course([2.3, 2.3, 0.1, 0.1], [2.29, 2.3, 0.1, 0.1]), steps: started },
    "notLearning",
    /^not learning: training loss 2.30 at first, 2.29 after 2 epochs; find a rate/,
  ],
  [
    "learned in the first epoch already",
    { epochs: course([0.1, 0.1, 0.97, 0.97], [0.099, 0.1, 0.97, 0.97]), steps: started },
    "healthy",
    /healthy/,
  ],
  [
    "a rare class that is never found",
    { epochs: fallen, evaluation: evaluationOf(0, fallen[3]!) },
    "classNeverFound",
    /^"fault" F1 0 %: the rare class is never found, so that the accuracy of 95.5 % misleads; try `--class-weights balanced` or `--loss-preset focal_imbalanced`$/,
  ],
  [
    "the same with weights",
    { epochs: fallen, evaluation: evaluationOf(0, fallen[3]!), rareClasses: "weights" },
    "classNeverFound",
    /try `--loss-preset focal_imbalanced`/,
  ],
  [
    "the same of a part of the data, which may hold none of it",
    { epochs: fallen, evaluation: evaluationOf(0, fallen[3]!), rareClasses: "limited" },
    "classNeverFound",
    /misleads; train on more data first \(without `--limit-examples`\), as this part may hold too few of it$/,
  ],
  [
    "a rare class that is found once",
    { epochs: fallen, evaluation: evaluationOf(1, fallen[3]!) },
    "healthy",
    /healthy/,
  ],
  [
    "training ahead of validation",
    { epochs: course([1, 1, 0.6, 0.6], [0.1, 0.6, 1, 0.85]) },
    "overfitting",
    /^overfitting; try more `--weight-decay`\. Training accuracy 100.0 %, validation accuracy 85.0 %$/,
  ],
  [
    "training ahead of validation within the first pass over the data",
    {
      epochs: [],
      evaluations: course([1, 1, 0.6, 0.6], [0.1, 0.6, 1, 0.85]).map((one) => ({
        ...one,
        kind: "evaluation" as const,
      })),
    },
    "improving",
    /still improving after \d+ steps; /,
  ],
  [
    "few micro-batches that are answered right at a loss that is not small",
    { overfitBatches: 1, epochs: [epoch(20, [0.0994, 0.0994, 1, 1])] },
    "byHeart",
    /^1 micro-batch answered right \(100\.0 % right, training loss 0\.0994\): /,
  ],
  [
    "few micro-batches learned by heart, whose validation is themselves",
    { epochs: course([0.5, 0.5, 0.9, 0.9], [0.0005, 0.0005, 1, 1]), overfitBatches: 2 },
    "byHeart",
    /^2 micro-batches learned by heart \(100\.0 % right, training loss 0\.000500\): .* without `--overfit-batches`$/,
  ],
  [
    "one micro-batch that is not learned",
    { epochs: course([2.3, 2.3, 0.1, 0.1], [2.2, 2.2, 0.3, 0.3]), overfitBatches: 1 },
    "byHeart",
    /^1 micro-batch not learned by heart after 2 epochs .* --resume r --epochs 20`; if that does not help/,
  ],
  [
    "a validation loss that rises",
    {
      epochs: course([1, 0.5, 0.8, 0.8], [0.5, 0.2, 0.96, 0.97], [0.1, 0.22, 0.99, 0.97], [0.05, 0.28, 1, 0.97]),
      cannotAugment: false,
    },
    "overfitting",
    /^overfitting since epoch 2, as the validation loss has risen from 0.200 to 0.280; try `--patience 3` or `--augment standard`\. Training/,
  ],
  [
    "numbers",
    { epochs: course([1, 1], [0.3, 0.9], [0.1, 0.9]), limited: true },
    "overfitting",
    /^overfitting; try more data .*\. Training loss 0.100, validation loss 0.900$/,
  ],
  [
    "a small ripple",
    {
      epochs: course(
        [1, 0.5, 0.8, 0.8],
        [0.05, 0.04, 0.985, 0.99],
        [0.03, 0.041, 0.99, 0.99],
        [0.02, 0.042, 0.999, 0.99],
      ),
    },
    "healthy",
    /^healthy; use the best checkpoint, from epoch 2 of 4 epochs\. Training accuracy 99.9 %, validation accuracy 99.0 %$/,
  ],
  [
    "still improving",
    { epochs: course([1, 1, 0.6, 0.6], [0.5, 0.5, 0.8, 0.8]) },
    "improving",
    /^still improving after 2 epochs; train longer with `batchscope train --resume r --epochs 3`\. Training/,
  ],
  [
    "all right",
    { epochs: course([1, 1, 0.9, 0.9], [0.5, 0.5, 1, 1]) },
    "healthy",
    /^healthy; .* validation accuracy 100.0 %$/,
  ],
  [
    "levelled off high",
    {
      epochs: course(
        [2, 2, 0.3, 0.3],
        [1, 1, 0.6, 0.6],
        [0.9, 0.95, 0.62, 0.61],
        [0.899, 0.95, 0.62, 0.61],
        [0.899, 0.95, 0.62, 0.61],
      ),
    },
    "underfitting",
    /^underfitting, .* Training accuracy 62.0 %, validation accuracy 61.0 %$/,
  ],
])("training: %s", (_, change, kind, sentence) => {
  const verdict = trainingVerdict(facts(change));
  expect(verdict.kind).toBe(kind);
  expect(words(verdict)).toMatch(sentence);
});

test("a run without checkpoints is not sent to analyze, and one that learns by heart tells nothing else", () => {
  const lost = { analyzable: false, status: "diverged", steps: [{ step: 3, loss: 9, learningRate: 1 }] } as const;
  const said = runVerdicts(facts(lost)).map(words);
  expect(said).toHaveLength(3);
  expect(said.join(" ")).not.toContain("batchscope analyze");
  const whileTraining = scale(5000, 600, OPEN);
  expect(words(batchVerdict(facts({ analyzable: false, whileTraining })))).not.toContain("batchscope analyze");
  expect(runVerdicts(facts({ overfitBatches: 2, epochs: fallen })).map(({ kind }) => kind)).toEqual(["byHeart"]);
});

describe("a model that one answer for all equals says so beside what its course says", () => {
  const [first] = fallen;
  const of = (matrix: number[][], at = first!) => ({
    ...evaluationOf(1, at),
    classNames: ["a", "b"],
    classification: classificationScores(matrix),
  });
  const below = [
    [30, 27],
    [32, 11],
  ];
  const answers = (evaluation: EvaluationFile, change: Partial<RunFacts> = {}) =>
    runVerdicts(facts({ epochs: fallen.slice(0, 1), steps: started, evaluation, ...change }));
  const about = (found: readonly Verdict[]) => found.filter(({ kind }) => kind === "noBetterThanOneAnswer").map(words);

  test("after one epoch, which is too short", () => {
    const found = answers(of(below));
    expect(found[1]!.kind).toBe("tooShort");
    expect(about(found)).toEqual(['accuracy 41.0 % is no better than always answering "a" (57.0 %)']);
  });
  test("with the very share of the commonest class", () => {
    expect(
      about(
        answers(
          of([
            [57, 0],
            [43, 0],
          ]),
        ),
      ),
    ).toHaveLength(1);
    expect(
      about(
        answers(
          of([
            [57, 0],
            [42, 1],
          ]),
        ),
      ),
    ).toEqual([]);
  });
  test("of numbers", () => {
    expect(about(answers(ofNumbers(first!)))).toEqual(["no better than always answering the mean (R² −0.0389)"]);
  });
  test("once, where the course says it or a rare class does", () => {
    const skill = { epochs: fallen, evaluation: evenly(fallen[3]!) };
    expect(about(runVerdicts(facts(skill)))).toEqual([]);
    expect(about(answers(evaluationOf(0, first!)))).toEqual([]);
    expect(answers(evaluationOf(0, first!)).some(({ kind }) => kind === "unequalClasses")).toBe(true);
  });
});

test("a run that was stopped early says after how many evaluations", () => {
  expect(stopVerdict(facts({ stoppedEarly: false, patience: 5, epochs: fallen }))).toBeNull();
  const stopped = stopVerdict(facts({ stoppedEarly: true, patience: 5, epochs: fallen }))!;
  expect(words(stopped)).toBe("stopped early after 5 evaluations without a better one; the best was at epoch 4");
});

const groups = groupsFixture();
const atFirst = {
  ...groups.conflicts,
  pairs: groups.conflicts.pairs.map((pair) => ({ ...pair, conflict: true, stiffness: -0.4, cosineOfMeans: -0.5 })),
};

test.each<[string, readonly CheckpointAnalysis[], Verdict["kind"], RegExp]>([
  ["nothing", [], "dataUnexamined", /`batchscope analyze r --by class`/],
  ["nothing unusual", [checkpoint(5, [500, 400, 600])], "noConflictSeen", /^no conflict between 16 shuffled batches/],
  [
    "a block of rows",
    [checkpoint(5, [500, 400, 600], { opposedRows: { rows: [2, 9, 11], cosine: -0.6, p: 0.01 } })],
    "opposedBatches",
    /^3 of 16 batches pull against the rest \(p ≈ 0.0100\); .*--by class`$/,
  ],
  [
    "groups in conflict",
    [{ ...checkpoint(5, [500, 400, 600]), groups: { ...groups, by: "site" } }],
    "opposedGroups",
    /^1 of 3 pairs of groups by site are in conflict, most of all "bag" and "coat" \(cosine −0\.97/,
  ],
  [
    "classes that oppose each other more than a softmax makes them",
    [{ ...checkpoint(5, [500, 400, 600]), groups }],
    "opposedClasses",
    /^"bag" and "coat" oppose each other most of 3 classes \(cosine −0\.97.*inspect-data`$/,
  ],
  [
    "classes of a model that has learned nothing",
    [{ ...checkpoint(5, [500, 400, 600]), groups: { ...groups, conflicts: atFirst } }],
    "opposedClasses",
    /^no conflict: the classes oppose each other no more than a softmax makes them \(cosine −0\.500 between 3 classes\)$/,
  ],
  [
    "a block of rows with a cosine of nothing",
    [checkpoint(5, [500, 400, 600], { opposedRows: { rows: [2, 9, 11], cosine: -0.006, p: 0.001 } })],
    "noConflictSeen",
    /^no conflict between 16 shuffled batches/,
  ],
  [
    "groups without one",
    [{ ...checkpoint(5, [500, 400, 600]), groups: { ...groups, conflicts: { ...groups.conflicts, pairs: [] } } }],
    "noConflictSeen",
    /^no conflict between groups by class$/,
  ],
])("data: %s", (_, checkpoints, kind, sentence) => {
  const verdict = dataVerdict("r", checkpoints);
  expect(verdict.kind).toBe(kind);
  expect(words(verdict)).toMatch(sentence);
});

const inspected = {
  examples: 150,
  judged: 150,
  evident: true,
  labelIssues: 12,
  estimatedNoise: 0.08,
  heldOutAccuracy: 0.9,
  conflictingLabels: 0,
  acrossSplit: 0,
  noticeableErrors: 6 as number | null,
};

test.each<[string, Partial<typeof inspected>, string | null, RegExp[]]>([
  [
    "doubted",
    {},
    null,
    [/^12 of 150 labels look wrong\. About 8.0 % of all may be; look at them: `batchscope inspect/],
  ],
  ["with a page", {}, "labels.html", [/look at them in labels.html$/]],
  [
    "by weak models",
    { heldOutAccuracy: 0.6 },
    null,
    [/About 8.0 % of all may be \(unsure: the models contradict 40.0 % of all labels\); look/],
  ],
  [
    "none by weak models",
    { evident: false, estimatedNoise: 0, heldOutAccuracy: 0.6 },
    null,
    [
      /^no suspicious label among 150; 4.0 % of random errors would have shown \(unsure: the models contradict 40.0 % of all labels\)$/,
    ],
  ],
  [
    "none",
    { evident: false, labelIssues: 0 },
    null,
    [/^no suspicious label among 150; 4.0 % of random errors would have shown$/],
  ],
  [
    "none, of models that see none",
    { evident: false, labelIssues: 0, noticeableErrors: null },
    null,
    [/^no suspicious label among 150; errors at random might not show$/],
  ],
  ["none alone", { labelIssues: 0 }, null, [/^about 8.0 % of 150 labels seem wrong, but none stands out/]],
  ["too few", { judged: 0 }, null, [/^the 150 examples are too few/]],
  [
    "duplicates",
    { evident: false, conflictingLabels: 2, acrossSplit: 1 },
    null,
    [/^no suspicious/, /^2 groups of equal or nearly equal/, /^1 group of examples in both/],
  ],
])("inspection: %s", (_, change, page, sentences) => {
  const command = "batchscope inspect-data --data x.csv --out labels.html";
  const found = inspectionVerdicts({ ...inspected, ...change }, { page, command });
  expect(found).toHaveLength(sentences.length);
  for (const [i, sentence] of sentences.entries()) expect(words(found[i]!)).toMatch(sentence);
});

test.each<[string, Verdict, RegExp]>([
  [
    "a rate",
    rateVerdict(
      {
        suggestion: { value: 0.0021, lower: 0.0018, upper: 0.0021 },
        tenthOfMinimum: null,
        sweeps: [1, 2, 3],
      } as unknown as Parameters<typeof rateVerdict>[0],
      range,
    ),
    /^take `--learning-rate 0.0021` \(0.00180 to 0.00210 over 3 seeds\)$/,
  ],
  [
    "no rate",
    noRate([{ kind: "noFall" }], 0.0004),
    /^no rate can be recommended, as the loss does not fall by more than its noise .*; pass `--batch-size 16`; a cautious start is `--learning-rate 0.0004`/,
  ],
  ["no rate at all", noRate([{ kind: "noFall" }]), /; pass `--batch-size 16`$/],
  [
    "rates that begin too high",
    noRate([{ kind: "noFall" }, { kind: "earlyRise", updates: 4 }]),
    /; pass `--from 1e-8`$/,
  ],
  ["rates that end too low", noRate([{ kind: "fallsToTheEnd" }]), /largest rates; pass `--to 1000`$/],
  [
    "sweeps that disagree",
    rateVerdict(
      { suggestion: null, tenthOfMinimum: null, sweeps: [], reason: { kind: "disagree", factor: 20 } },
      range,
    ),
    /factor of ten; pass `--batch-size 16` or `--repeats 7`$/,
  ],
  [
    "a micro-batch",
    microBatchVerdict({ fastest: 32, largest: 204, limitBytes: 2 ** 29, target: 512 }),
    /^take `--batch-size 32 --target-batch-size 512`: the fastest of those that fit into 512 MiB; the largest that did so twice is 204$/,
  ],
  [
    "one micro-batch of the target",
    microBatchVerdict({ fastest: 64, largest: 64, limitBytes: 2 ** 29, target: 64 }),
    /^take `--batch-size 64`: the fastest/,
  ],
  [
    "an untimed one",
    microBatchVerdict({ fastest: null, largest: 204, limitBytes: 2 ** 29, target: null }),
    /^take `--batch-size 204`: the largest that fits into 512 MiB$/,
  ],
  ["none", microBatchVerdict({ fastest: null, largest: null, limitBytes: 2 ** 30, target: null }), /not even one/],
  [
    "equal",
    accumulationVerdict([24, 24, 16], [{ equal: true, maxRelativeDifference: 9.6e-8, tolerance: 1e-6 }], []),
    /^equal: 2 × 24 \+ 16 gives the gradient of one batch of 64 \(largest relative difference 9.6e-8\)/,
  ],
  [
    "not equal",
    accumulationVerdict([8, 8], [{ equal: false, maxRelativeDifference: 0.2, tolerance: 1e-6 }], ["norm1"]),
    /^NOT equal: 2 × 8 differs .* as 1 layer mixes the examples/,
  ],
])("studies: %s", (_, verdict, sentence) => expect(words(verdict)).toMatch(sentence));

test("a run has an answer on its batch, its training and its data", () => {
  const answer = runVerdicts(facts({ epochs: fallen, stoppedEarly: true, patience: 3 }));
  expect(answer.map(({ kind }) => kind)).toEqual(["noiseUnmeasured", "healthy", "stoppedEarly", "dataUnexamined"]);
  const rare = runVerdicts(facts({ epochs: fallen, evaluation: evaluationOf(1, fallen[3]!) }));
  expect(words(rare.at(-1)!)).toMatch(
    /^classes are unequal: always answering "calm" gives 95.5 %, the model 96.0 %; judge by macro F1/,
  );
});
