import type { DiagnosisKind, OptionChanges, RemedyKind } from "../../store/diagnosis.ts";
import type { DiagnosisFacts, TrainedWith } from "../../store/diagnosisFacts.ts";
import { median, validated } from "./curves.ts";
import { thresholds } from "./thresholds.ts";

/** A remedy before its command is known: the options that it changes, null where it is no other training. */
export interface PlannedRemedy {
  readonly kind: RemedyKind;
  readonly changes: OptionChanges | null;
}

type Plan = (settings: TrainedWith, facts: DiagnosisFacts) => OptionChanges | null | undefined;

/** Two digits, as a person would write it. */
const plain = (value: number) => Number(value.toPrecision(2));

/** Ten times, or what would move parameters that hardly moved by a third of their length, in powers of ten. */
function raise(moved: number | null): number {
  if (moved === null || !(moved > 0) || moved >= thresholds.moved.value) return 10;
  return 10 ** Math.min(6, Math.max(1, Math.round(Math.log10(0.3 / moved))));
}

const usesMomentum = ["sgd", "rmsprop", "lars"];

/** What each remedy does to the options of a run; undefined where it is in use already or cannot be. */
const plans: Readonly<Record<RemedyKind, Plan>> = {
  "lower-rate": ({ learningRate }) => ({ learningRate: plain(learningRate / 10) }),
  "higher-rate": ({ learningRate }, { checkpoint }) => ({
    learningRate: plain(raise(checkpoint?.moved ?? null) * learningRate),
  }),
  "warm-up": ({ warmupSteps }, { steps }) =>
    warmupSteps > 0
      ? undefined
      : { warmupSteps: Math.max(10, Math.min(1000, Math.ceil((steps.at(-1)?.step ?? 200) / 20))) },
  decay: ({ schedule }) => (schedule === "constant" ? { schedule: "cosine" } : undefined),
  momentum: ({ optimizer, momentum }) =>
    usesMomentum.includes(optimizer) && momentum === 0 ? { momentum: 0.9 } : undefined,
  adam: ({ optimizer }) =>
    ["sgd", "adagrad", "rmsprop", "adadelta", "lars"].includes(optimizer)
      ? { optimizer: "adam", learningRate: 0.001 }
      : undefined,
  "clip-norm": ({ clipNorm }, { steps }) => {
    const norm = median(steps.slice(0, Math.ceil(steps.length / 4)).map(({ gradientNorm }) => gradientNorm));
    return clipNorm === null ? { clipNorm: norm > 0 ? plain(norm) : 1 } : undefined;
  },
  "smaller-batch": ({ batchSize }) => (batchSize >= 8 ? { batchSize: Math.floor(batchSize / 4) } : undefined),
  "larger-batch": ({ batchSize }) => ({ batchSize: 4 * batchSize }),
  "decay-weights-only": () => ({ decayWeightsOnly: true }),
  longer: ({ epochs, steps }) => (steps === null ? { epochs: 3 * epochs } : { steps: 3 * steps }),
  "larger-model": ({ largerModel }) => (largerModel === null ? undefined : { model: largerModel }),
  "smaller-model": ({ smallerModel }) => (smallerModel === null ? undefined : { model: smallerModel }),
  "less-regularisation": ({ dropout, weightDecay }) =>
    dropout > 0 || weightDecay > 0.01
      ? { ...(dropout > 0 && { dropout: 0 }), ...(weightDecay > 0.01 && { weightDecay: 0 }) }
      : undefined,
  "more-data": ({ limitExamples }) => (limitExamples === null ? null : { limitExamples: 4 * limitExamples }),
  augmentation: ({ augment, canAugment }) => (canAugment && !augment ? { augment: "standard" } : undefined),
  "early-stopping": ({ patience }) => (patience === null ? { patience: 2 } : undefined),
  "weight-decay": ({ weightDecay }) =>
    weightDecay < 0.1 ? { weightDecay: plain(Math.max(0.01, 10 * weightDecay)) } : undefined,
  dropout: ({ dropout, canDrop }) => (canDrop && dropout < 0.5 ? { dropout: dropout === 0 ? 0.3 : 0.5 } : undefined),
  "label-smoothing": ({ labelSmoothing, isOfClasses }) =>
    isOfClasses && labelSmoothing === 0 ? { labelSmoothing: 0.1 } : undefined,
  "class-weights": ({ classWeights, isOfClasses }) =>
    isOfClasses && !classWeights ? { classWeights: "balanced" } : undefined,
  "train-all": ({ isFrozen }) => (isFrozen ? undefined : null),
  "other-seed": ({ seed }) => ({ seed: seed + 1 }),
  "find-rate": () => null,
  "inspect-data": () => null,
  landscape: () => null,
  "check-input": () => null,
};

/** Remedies by cause, as the general guide of Lee (2022) names them; the first is the likeliest to help. */
const remediesOf: Readonly<Record<DiagnosisKind, readonly RemedyKind[]>> = {
  "not-finite": ["lower-rate", "clip-norm", "warm-up", "check-input"],
  "exploding-gradients": ["clip-norm", "lower-rate", "warm-up"],
  "vanishing-gradients": ["smaller-model", "adam", "higher-rate"],
  "dead-units": ["lower-rate", "warm-up", "other-seed"],
  "saturated-outputs": ["lower-rate", "other-seed", "smaller-model"],
  "learning-rate-too-high": ["lower-rate", "decay", "warm-up", "clip-norm", "find-rate"],
  "learning-rate-too-low": ["higher-rate", "adam", "momentum", "longer", "find-rate"],
  "too-few-updates": ["longer", "higher-rate", "smaller-batch"],
  "model-too-small": ["larger-model", "less-regularisation", "longer"],
  "not-learning": ["lower-rate", "higher-rate", "adam", "momentum", "smaller-batch", "other-seed", "check-input"],
  overfitting: [
    "augmentation",
    "early-stopping",
    "weight-decay",
    "dropout",
    "smaller-model",
    "more-data",
    "label-smoothing",
  ],
  mismatch: ["inspect-data", "augmentation", "more-data"],
  "label-noise": ["inspect-data", "label-smoothing", "early-stopping"],
  "class-imbalance": ["class-weights", "inspect-data"],
  "unshuffled-data": ["check-input"],
  "frozen-parameters": ["train-all", "other-seed"],
  "wrong-loss": ["check-input"],
  "initial-loss": ["check-input", "lower-rate"],
  oscillation: ["lower-rate", "decay", "momentum", "clip-norm"],
  "noise-dominated": ["larger-batch", "decay", "lower-rate"],
  "batch-normalisation": ["larger-batch", "check-input"],
  "weight-decay-on-norms": ["decay-weights-only"],
  "moved-without-gradient": ["check-input"],
  "zero-input-gradient": ["check-input", "inspect-data"],
  "optimizer-state": ["lower-rate", "check-input"],
  "schedule-step": ["check-input"],
  "epoch-order": ["check-input"],
  "resume-mismatch": ["check-input"],
  "accumulation-divided-twice": ["check-input"],
  "gradients-carried-over": ["check-input"],
  "update-inside-window": ["check-input"],
  "loss-scale": ["check-input"],
  "update-mismatch": ["check-input"],
  saddle: ["landscape", "smaller-batch", "momentum", "higher-rate"],
  plateau: ["decay", "adam", "momentum", "smaller-batch", "larger-model"],
  "unscaled-inputs": ["check-input", "adam"],
  "unscaled-targets": ["check-input"],
  "regularisation-too-strong": ["less-regularisation", "longer"],
  "loss-spikes": ["clip-norm", "warm-up", "lower-rate"],
};

/** The remedies of a cause that are left to try, ranked for this run. */
export function remediesFor(kind: DiagnosisKind, facts: DiagnosisFacts): PlannedRemedy[] {
  const { settings } = facts;
  const ranked = orderFor(kind, facts);
  if (settings === null) return ranked.map((one) => ({ kind: one, changes: null }));
  return ranked.flatMap((one) => {
    const changes = plans[one](settings, facts);
    return changes === undefined ? [] : [{ kind: one, changes }];
  });
}

/** A test loss that was lower before is had at once by stopping there; few examples are the first thing to change. */
function orderFor(kind: DiagnosisKind, facts: DiagnosisFacts): readonly RemedyKind[] {
  const usual = remediesOf[kind];
  if (kind !== "overfitting") return usual;
  const all = validated(facts);
  const best = all.reduce((low, { validationLoss }) => Math.min(low, validationLoss), Number.POSITIVE_INFINITY);
  const rose = all.length > 2 && all.at(-1)!.validationLoss > 1.1 * best;
  const first: RemedyKind[] = [
    ...(facts.settings?.limitExamples != null ? (["more-data"] as const) : []),
    ...(rose ? (["early-stopping"] as const) : []),
  ];
  return [...first, ...usual.filter((one) => !first.includes(one))];
}
