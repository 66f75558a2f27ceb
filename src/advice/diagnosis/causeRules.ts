import type { DiagnosisFacts } from "../../store/diagnosisFacts.ts";
import { firstLoss, knownConstant, lastTraining } from "./curves.ts";
import { evidence, type Symptom, symptom } from "./evidence.ts";
import { thresholds } from "./thresholds.ts";

/**
 * Causes that stand in what was asked for, in the network, its initial weights or the scale of the data: each only
 * where the training loss is large, for what did no harm is no cause.
 */
export function causeSymptoms(facts: DiagnosisFacts): Symptom[] {
  const large = [
    ...[wrongOutput, inputScale, targetScale, askedToStand, strongDecay, strongDropout, strongSmoothing],
    ...[fewUpdates, rateSpent, smallStart, fadedStart, largeStart, died, narrowLayer, noActivation],
  ];
  const rules = isLarge(facts) ? [...large, unrelatedLabels] : [];
  return [...rules, oneSided, harderThanTest, oneWayConfusion, worseThanChance]
    .map((rule) => rule(facts))
    .filter((one) => one !== null);
}

type Rule = (facts: DiagnosisFacts) => Symptom | null;

const isLarge = (facts: DiagnosisFacts) =>
  facts.diverged || !(lastTraining(facts).value < thresholds.smallLoss.value * knownConstant(facts));

/** Logits that cannot go below zero, or above one, cannot say what the loss asks for. */
const wrongOutput: Rule = ({ checkpoint, settings }) => {
  const { network, data } = checkpoint ?? {};
  const activation = network?.outputActivation;
  if (!activation) return null;
  const [low, high] = limits[activation] ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const targets = data?.targets;
  const isWrong = settings?.isOfClasses === true || (targets && (targets.lowest < low || targets.highest > high));
  return isWrong ? symptom("wrong-loss", "fault", evidence("boundedOutput", "", high, { of: activation })) : null;
};

const limits: Readonly<Record<string, readonly [number, number]>> = {
  Relu: [0, Number.POSITIVE_INFINITY],
  Sigmoid: [0, 1],
  Tanh: [-1, 1],
  Softmax: [0, 1],
};

const inputScale: Rule = ({ checkpoint }) => {
  const rms = checkpoint?.data?.inputRms ?? null;
  if (rms === null) return null;
  const { inputLarge, inputSmall } = thresholds;
  if (rms === 0) return symptom("zero-input-gradient", "fault", evidence("inputRms", "", 0, { against: inputSmall }));
  if (rms > inputLarge.value)
    return symptom("unscaled-inputs", "fault", evidence("inputRms", "", rms, { against: inputLarge }));
  return rms < inputSmall.value
    ? symptom("unscaled-inputs", "fault", evidence("inputRms", "", rms, { against: inputSmall }))
    : null;
};

const targetScale: Rule = ({ checkpoint }) => {
  const targets = checkpoint?.data?.targets;
  if (!targets || !(targets.rms > thresholds.inputLarge.value)) return null;
  return symptom(
    "unscaled-targets",
    "fault",
    evidence("targetRms", "", targets.rms, { against: thresholds.inputLarge }),
  );
};

/** What was frozen on purpose may be what the loss would need. */
const askedToStand: Rule = ({ checkpoint, settings }) => {
  if (!settings?.isFrozen || !checkpoint || checkpoint.unmoved.length === 0) return null;
  const share = checkpoint.unmoved.length / checkpoint.parameters;
  if (!(share >= thresholds.frozenShare.value)) return null;
  const found = evidence("unmoved", "share", share, { against: thresholds.frozenShare, of: checkpoint.unmoved[0] });
  return symptom("frozen-parameters", "fault", found);
};

const decoupled: ReadonlySet<string> = new Set(["adamw", "lion", "lamb"]);
const plainSteps: ReadonlySet<string> = new Set(["sgd", "lars"]);

/** How much of a weight an update takes away: 1/it updates are what the weights remember. */
const strongDecay: Rule = ({ settings }) => {
  if (!settings || !(settings.weightDecay > 0)) return null;
  const { optimizer, learningRate, momentum, weightDecay } = settings;
  const rate = plainSteps.has(optimizer) ? learningRate / (1 - Math.min(momentum, 0.9999)) : learningRate;
  // Inside Adam's ratio it is no rate of decay.
  if (!decoupled.has(optimizer) && !plainSteps.has(optimizer)) return null;
  const taken = rate * weightDecay;
  if (!(taken > thresholds.decayPerUpdate.value)) return null;
  const found = evidence("decayPerUpdate", "share", taken, { against: thresholds.decayPerUpdate });
  return symptom("regularisation-too-strong", "fault", found);
};

const strongDropout: Rule = ({ settings }) =>
  settings && settings.dropout > thresholds.dropout.value
    ? symptom(
        "regularisation-too-strong",
        "fault",
        evidence("dropped", "share", settings.dropout, { against: thresholds.dropout }),
      )
    : null;

const strongSmoothing: Rule = ({ settings }) =>
  settings && settings.labelSmoothing > thresholds.smoothing.value
    ? symptom(
        "regularisation-too-strong",
        "fault",
        evidence("smoothed", "share", settings.labelSmoothing, { against: thresholds.smoothing }),
      )
    : null;

const fewUpdates: Rule = ({ steps, diverged, isForeign }) => {
  const made = steps.at(-1)?.step ?? 0;
  if (diverged || isForeign || made === 0 || !(made < thresholds.updates.value)) return null;
  return symptom("too-few-updates", "fault", evidence("updates", "updates", made, { against: thresholds.updates }));
};

/** A rate that was near nothing for most of the training, after its cuts or before the end of its warm-up. */
const rateSpent: Rule = ({ steps, settings }) => {
  const rates = steps.map(({ learningRate }) => learningRate).filter((rate) => rate >= 0);
  if (rates.length < thresholds.updates.value / 2 || !settings) return null;
  const highest = Math.max(settings.learningRate, ...rates.slice(0, 1));
  const mean = rates.reduce((a, b) => a + b, 0) / rates.length / highest;
  if (!(mean < thresholds.rateShare.value)) return null;
  return symptom(
    "learning-rate-too-low",
    "fault",
    evidence("rateShare", "share", mean, { against: thresholds.rateShare }),
    evidence("learningRate", "", rates.at(-1)!),
  );
};

/** Layers whose weights hardly pass anything on. */
const smallStart: Rule = ({ checkpoint }) => {
  const gains = checkpoint?.start?.gains ?? [];
  const least = gains.toSorted((a, b) => a.gain - b.gain)[0];
  if (!least || gains.length < 2 || !(least.gain < thresholds.smallGain.value)) return null;
  const found = evidence("initialGain", "", least.gain, { against: thresholds.smallGain, of: least.name });
  // Equal weights are equal for ever: their gradients are.
  return symptom(least.gain === 0 ? "saddle" : "vanishing-gradients", "fault", found);
};

/** Before training the first layer's gradient is next to nothing against the last one's. */
const fadedStart: Rule = ({ checkpoint }) => {
  const layers = checkpoint?.start?.layers ?? [];
  const [first, last] = [layers[0], layers.at(-1)];
  if (layers.length < 3 || !first || !last || !(last.relativeGradient > 0) || first.relativeGradient === 0) return null;
  const ratio = first.relativeGradient / last.relativeGradient;
  if (!(ratio < thresholds.startRatio.value)) return null;
  return symptom(
    "vanishing-gradients",
    "fault",
    evidence("layerGradientRatio", "", ratio, { against: thresholds.startRatio, of: first.name }),
  );
};

const largeStart: Rule = ({ checkpoint }) => {
  const most = (checkpoint?.start?.gains ?? []).toSorted((a, b) => b.gain - a.gain)[0];
  if (!most || !(most.gain > thresholds.largeGain.value)) return null;
  const found = evidence("initialGain", "", most.gain, { against: thresholds.largeGain, of: most.name });
  return symptom("exploding-gradients", "fault", found);
};

/** Rectified units that answered before training and answer nothing after it: an update overshot. */
const died: Rule = (facts) => {
  const { checkpoint, settings } = facts;
  // Units that the data, the labels or tiny weights silence are no sign of the rate.
  if (inputScale(facts) || smallStart(facts) || unrelatedLabels(facts)) return null;
  const silentAt = (units: readonly { readonly kind: string; readonly units: number; readonly share: number }[]) => {
    const relu = units.filter(({ kind }) => kind === "relu");
    const all = relu.reduce((sum, one) => sum + one.units, 0);
    return all === 0 ? null : relu.reduce((sum, one) => sum + one.units * one.share, 0) / all;
  };
  if (!checkpoint?.start) return null;
  const [before, after] = [silentAt(checkpoint.start.units), silentAt(checkpoint.units)];
  if (before === null || after === null || !(after - before > thresholds.died.value)) return null;
  return symptom(
    "learning-rate-too-high",
    "fault",
    evidence("deadShare", "share", after, { against: { value: before + thresholds.died.value, source: "chosen" } }),
    evidence("deadAtStart", "share", before),
    ...(settings ? [evidence("learningRate", "", settings.learningRate)] : []),
  );
};

/** What a layer of few numbers lets through. */
const narrowLayer: Rule = (facts) => {
  const narrowest = facts.checkpoint?.network?.narrowest ?? null;
  if (narrowest === null) return null;
  // As many directions as there are classes but one; e to the entropy is how many there are in effect.
  const needed = facts.settings?.isOfClasses ? Math.exp(knownConstant(facts)) - 1 : 2;
  if (!(narrowest < Math.min(needed - 0.5, thresholds.narrow.value))) return null;
  return symptom(
    "model-too-small",
    "fault",
    evidence("narrowest", "", narrowest, { against: { value: Math.ceil(needed - 0.5), source: "definition" } }),
  );
};

const noActivation: Rule = ({ checkpoint }) => {
  const layers = checkpoint?.layers.length ?? 0;
  if (!checkpoint?.network?.isLinear || layers < 2) return null;
  return symptom("model-too-small", "fault", evidence("linearLayers", "", layers));
};

/** Nothing was learned, and no neighbour of an example has its label more often than chance would. */
const unrelatedLabels: Rule = (facts) => {
  const neighbours = facts.checkpoint?.data?.neighbours;
  if (!neighbours || !(neighbours.agreement.lower < neighbours.chance)) return null;
  return symptom(
    "label-noise",
    "fault",
    evidence("neighbourAgreement", "share", neighbours.agreement.value, {
      ...neighbours.agreement,
      against: { value: neighbours.chance, source: "chance" },
    }),
  );
};

/** Training examples that stay harder than test examples, although they were trained on. */
const harderThanTest: Rule = ({ checkpoint, settings }) => {
  if (!checkpoint?.validation || (settings?.classWeights ?? false)) return null;
  const { training, validation } = checkpoint;
  const ratio = training.loss.lower / validation.loss.upper;
  if (!(ratio > thresholds.harder.value)) return null;
  return symptom(
    "label-noise",
    "fault",
    evidence("trainTestRatio", "", training.loss.value / validation.loss.value, { against: thresholds.harder }),
  );
};

/** One class is called by the name of another, which is not called by its name. */
const oneWayConfusion: Rule = ({ classes, checkpoint }) => {
  const oneWay = classes?.oneWay;
  const { oneWayThere, oneWayBack, oneWayAccuracy } = thresholds;
  // Of a model that knows little, everything is confused.
  if (!((checkpoint?.validation?.accuracy?.lower ?? 0) > oneWayAccuracy.value)) return null;
  if (!oneWay || !(oneWay.there.lower > oneWayThere.value && oneWay.back < oneWayBack.value)) return null;
  return symptom(
    "label-noise",
    "fault",
    evidence("oneWayShare", "share", oneWay.there.value, {
      ...oneWay.there,
      against: oneWayThere,
      of: `${oneWay.from} → ${oneWay.to}`,
    }),
  );
};

/** Nearly all training examples are of one class, and not of the test examples. */
const oneSided: Rule = ({ checkpoint, classes }) => {
  const share = checkpoint?.data?.majorityShare ?? null;
  if (share === null || !classes || !(share >= thresholds.oneSided.value)) return null;
  const isHarmful = classes.rarest.recall < thresholds.rareRecall.value || classes.majorityShare < share / 2;
  return isHarmful
    ? symptom(
        "class-imbalance",
        "fault",
        evidence("majorityShare", "share", share, { against: thresholds.oneSided }),
        evidence("rareRecall", "share", classes.rarest.recall, { of: classes.rarest.name }),
      )
    : null;
};

/** Test examples are right less often than by guessing, training examples more often: labels mean other things. */
const worseThanChance: Rule = (facts) => {
  const { checkpoint } = facts;
  const [trained, tested] = [checkpoint?.training.accuracy, checkpoint?.validation?.accuracy];
  if (!trained || !tested || !(firstLoss(facts) > 0)) return null;
  const chance = Math.exp(-knownConstant(facts));
  if (!(tested.upper < chance / 2 && trained.lower > 2 * chance)) return null;
  return symptom(
    "mismatch",
    "fault",
    evidence("testAccuracy", "share", tested.value, { ...tested, against: { value: chance / 2, source: "chance" } }),
  );
};
