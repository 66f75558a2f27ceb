import type { DiagnosisFacts } from "../../store/diagnosisFacts.ts";
import {
  fallOf,
  firstLoss,
  gradientCourse,
  knownConstant,
  lastTraining,
  risingShare,
  spikesIn,
  trainingCurve,
} from "./curves.ts";
import { evidence, type Symptom, symptom } from "./evidence.ts";
import { thresholds } from "./thresholds.ts";

/** Signs that training does not do what the model can: numbers, steps and gradients. */
export function optimisationSymptoms(facts: DiagnosisFacts): Symptom[] {
  const rules = [notFinite, tooHigh, exploding, vanishing, deadUnits, saturatedUnits, frozen];
  const found = rules.map((rule) => rule(facts)).filter((one) => one !== null);
  const isRough = found.some(({ kind }) => kind === "learning-rate-too-high" || kind === "not-finite");
  const more = isRough ? [spikes] : [tooLow, tooFewUpdates, stuck, spikes];
  return [...found, ...more.map((rule) => rule(facts)).filter((one) => one !== null)];
}

function notFinite(facts: DiagnosisFacts): Symptom | null {
  const broken = facts.steps.find(
    ({ loss, gradientNorm }) => !Number.isFinite(loss) || gradientNorm === Number.POSITIVE_INFINITY,
  );
  const evaluated = facts.evaluations.find(({ trainLoss }) => Math.abs(trainLoss) === Number.POSITIVE_INFINITY);
  if (!facts.diverged && !broken && !evaluated) return null;
  const before = facts.steps.filter(({ loss }) => Number.isFinite(loss));
  const last = before.at(-1);
  const failed = broken?.step ?? evaluated?.step ?? (last === undefined ? 1 : last.step + 1);
  return symptom(
    "not-finite",
    "fault",
    evidence("failedStep", "updates", failed),
    ...(last ? [evidence("lastFiniteLoss", "loss", last.loss)] : []),
    ...(last && Number.isFinite(last.learningRate) ? [evidence("learningRate", "", last.learningRate)] : []),
  );
}

/** Steps that overshoot: measured by the critical sharpness, or seen in losses that rise and stay above their best. */
function tooHigh(facts: DiagnosisFacts): Symptom | null {
  const rates = facts.steps.flatMap(({ criticalSharpness, learningRate }) =>
    criticalSharpness === undefined ? [] : [criticalSharpness * learningRate],
  );
  const unstable = rates.filter((one) => one > thresholds.stability.value).length / Math.max(1, rates.length);
  const curve = trainingCurve(facts);
  const [first, last] = [firstLoss(facts), curve.at(-1)?.loss ?? Number.NaN];
  const best = curve.reduce((low, { loss }) => Math.min(low, loss), Number.POSITIVE_INFINITY);
  const rising = risingShare(facts);
  const overshoots = facts.classes !== null && last > thresholds.overshoot.value * first;
  const above = last / best;
  // A loss near zero may double without harm.
  const isMaterial = last - best > thresholds.materialGap.value * knownConstant(facts);
  const bounces = rising !== null && rising >= thresholds.risingEpochs.value && isMaterial;
  const climbs = curve.length >= 4 && above > thresholds.finalAboveBest.value && isMaterial;
  const found = [
    ...(unstable > thresholds.unstableShare.value
      ? [
          evidence(
            "rateTimesSharpness",
            "",
            rates.reduce((a, b) => Math.max(a, b), 0),
            { against: thresholds.stability },
          ),
        ]
      : []),
    ...(overshoots
      ? [
          evidence("lastLoss", "loss", last, {
            against: { value: thresholds.overshoot.value * first, source: "report" },
          }),
        ]
      : []),
    ...(climbs ? [evidence("finalAboveBest", "", above, { against: thresholds.finalAboveBest })] : []),
    ...(bounces ? [evidence("risingEpochs", "share", rising, { against: thresholds.risingEpochs })] : []),
  ];
  if (found.length === 0) return null;
  const isSure = overshoots || found.length > 1 || (climbs && last > thresholds.smallLoss.value * knownConstant(facts));
  return symptom("learning-rate-too-high", isSure ? "fault" : "warning", ...found, ...rateOf(facts));
}

function rateOf({ steps, settings }: DiagnosisFacts) {
  const rate = steps.at(-1)?.learningRate ?? settings?.learningRate ?? Number.NaN;
  return Number.isFinite(rate) ? [evidence("learningRate", "", rate)] : [];
}

const isLarge = (facts: DiagnosisFacts) =>
  !(lastTraining(facts).value < thresholds.smallLoss.value * knownConstant(facts));

/**
 * Parameters that hardly moved, or a loss that is still large and falls as evenly at the end as at the beginning: steps
 * are small for its landscape.
 */
function tooLow(facts: DiagnosisFacts): Symptom | null {
  const moved = facts.checkpoint?.moved ?? null;
  const isBlocked = (facts.checkpoint?.unmoved.length ?? 0) > 0 || deadUnits(facts) !== null;
  if (!isLarge(facts) || isBlocked) return null;
  if (moved !== null && moved < thresholds.moved.value)
    return symptom(
      "learning-rate-too-low",
      "fault",
      evidence("moved", "", moved, { against: thresholds.moved }),
      ...rateOf(facts),
    );
  const fall = fallOf(facts);
  if (!fall || !(fall.share > 0 && fall.share < thresholds.slowFall.value && fall.late > thresholds.evenFall.value))
    return null;
  return symptom(
    "learning-rate-too-low",
    fall.share < 0.1 ? "fault" : "warning",
    evidence("fallShare", "share", fall.share, { against: thresholds.slowFall }),
    evidence("lateFall", "share", fall.late, { against: thresholds.evenFall }),
    ...rateOf(facts),
  );
}

function tooFewUpdates(facts: DiagnosisFacts): Symptom | null {
  const fall = fallOf(facts);
  if (!fall || !isLarge(facts) || tooLow(facts) || !(fall.lately > thresholds.stillFalling.value)) return null;
  return symptom(
    "too-few-updates",
    "warning",
    evidence("lateFall", "share", fall.lately, { against: thresholds.stillFalling }),
  );
}

/** The loss stays near where it began, or stands still while it is large. */
function stuck(facts: DiagnosisFacts): Symptom | null {
  const fall = fallOf(facts);
  const course = gradientCourse(facts);
  if (!fall || !isLarge(facts) || tooLow(facts)) return null;
  const [first, last] = [firstLoss(facts), lastTraining(facts).value];
  const near = evidence("lossRatio", "", last / first, { against: thresholds.noFall });
  const gradient = course ? [evidence("gradientRatio", "", course.last / course.largest)] : [];
  if (course && course.last < thresholds.gradientGone.value * course.largest)
    return symptom(
      "saddle",
      "warning",
      evidence("gradientRatio", "", course.last / course.largest, { against: thresholds.gradientGone }),
      near,
    );
  if (last > thresholds.noFall.value * first) return symptom("not-learning", "fault", near, ...gradient);
  if (fall.lately < thresholds.plateau.value)
    return symptom(
      "plateau",
      "note",
      evidence("lateFall", "share", fall.lately, { against: thresholds.plateau }),
      ...gradient,
    );
  return null;
}

function exploding(facts: DiagnosisFacts): Symptom | null {
  const course = gradientCourse(facts);
  if (!course) return null;
  const [peak, growth] = [course.peak, course.last / course.first];
  const grows = growth > thresholds.gradientGrowth.value && isLarge(facts);
  if (!(peak > thresholds.gradientPeak.value) && !grows) return null;
  return symptom(
    "exploding-gradients",
    grows || facts.diverged ? "fault" : "warning",
    evidence("gradientPeak", "", peak, { against: thresholds.gradientPeak }),
    evidence("gradientGrowth", "", growth, { against: thresholds.gradientGrowth }),
  );
}

/** The first layer gets next to nothing of what the last one gets, while the loss is large. */
function vanishing(facts: DiagnosisFacts): Symptom | null {
  const layers = facts.checkpoint?.layers ?? [];
  const [first, last] = [layers[0], layers.at(-1)];
  if (layers.length < 3 || !first || !last || !isLarge(facts) || !(last.relativeGradient > 0)) return null;
  const ratio = first.relativeGradient / last.relativeGradient;
  if (!(ratio < thresholds.layerRatio.value)) return null;
  return symptom(
    "vanishing-gradients",
    "fault",
    evidence("layerGradientRatio", "", ratio, { against: thresholds.layerRatio, of: first.name }),
  );
}

function deadUnits({ checkpoint }: DiagnosisFacts): Symptom | null {
  const worst = mostOf(checkpoint, "relu");
  if (!worst || !(worst.share >= thresholds.deadUnits.value)) return null;
  const strength = worst.share >= thresholds.deadUnitsFault.value ? "fault" : "warning";
  return symptom(
    "dead-units",
    strength,
    evidence("deadShare", "share", worst.share, { against: thresholds.deadUnits, of: worst.name }),
  );
}

function saturatedUnits(facts: DiagnosisFacts): Symptom | null {
  const worst = mostOf(facts.checkpoint, "saturating");
  if (!worst || !(worst.share >= thresholds.saturated.value) || !isLarge(facts)) return null;
  return symptom(
    "saturated-outputs",
    "warning",
    evidence("saturatedShare", "share", worst.share, { against: thresholds.saturated, of: worst.name }),
  );
}

function mostOf(checkpoint: DiagnosisFacts["checkpoint"], kind: "relu" | "saturating") {
  const units = (checkpoint?.units ?? []).filter((one) => one.kind === kind);
  return units.toSorted((a, b) => b.share - a.share)[0];
}

/** What stands still although nobody asked for it. */
function frozen(facts: DiagnosisFacts): Symptom | null {
  const { checkpoint, settings, steps } = facts;
  // Silent units, equal weights and inputs of zeros have no gradient to move by.
  const hasNoGradient =
    deadUnits(facts)?.strength === "fault" ||
    checkpoint?.data?.inputRms === 0 ||
    checkpoint?.start?.gains.some(({ gain }) => gain === 0);
  if (hasNoGradient) return null;
  const trained = steps.length > 0 && steps.at(-1)!.step > 0;
  if (!checkpoint || !trained || settings?.isFrozen || checkpoint.unmoved.length === 0) return null;
  const share = checkpoint.unmoved.length / checkpoint.parameters;
  return symptom(
    "frozen-parameters",
    "fault",
    evidence("unmoved", "share", share, { against: { value: 0, source: "definition" }, of: checkpoint.unmoved[0] }),
  );
}

function spikes(facts: DiagnosisFacts): Symptom | null {
  const count = spikesIn(facts);
  if (count < thresholds.spikes.value) return null;
  return symptom("loss-spikes", "note", evidence("spikes", "", count, { against: thresholds.spikes }));
}
