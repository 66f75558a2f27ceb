/** Steps of the accumulation guide's table: 4 below batch size 4, 2 below 8, else 1. */
export function automaticSteps(batchSize: number): number {
  if (batchSize < 4) return 4;
  return batchSize < 8 ? 2 : 1;
}

/** What a run's configuration says, of whatever version. */
type Config = Readonly<Record<string, unknown>>;

const numberOf = (value: unknown) => (typeof value === "number" && Number.isFinite(value) ? value : null);

/** Examples of the first update; null where the configuration does not say. */
export function firstUpdateSize(config: Config): number | null {
  const [target, batch] = [numberOf(config.targetBatchSize), numberOf(config.batchSize)];
  if (target !== null || batch === null) return target;
  const own = ownSteps(config, batch);
  const schedule = String(config.accumulationSchedule ?? "");
  const [, planned] = /^0:(\d+)/.exec(schedule) ?? [];
  if (planned !== undefined) return batch * Number(planned);
  const [, ramped] = /^ramp:(\d+)@0\b/.exec(schedule) ?? [];
  if (ramped !== undefined) return Number(ramped);
  const [, critical] = /^cbs:([^@,]+)@0\b/.exec(schedule) ?? [];
  if (critical === undefined) return batch * own;
  const allowed = Math.floor((Number(critical) * (numberOf(config.accumulationRatio) ?? 1)) / batch);
  return batch * Math.min(Math.max(own, allowed), numberOf(config.maxAccumulationSteps) ?? Number.POSITIVE_INFINITY);
}

function ownSteps(config: Config, batch: number): number {
  if (config.enableAutoGradientAccumulation === true) return automaticSteps(batch);
  return numberOf(config.gradientAccumulationSteps) ?? 1;
}

/** The learning rate of the first update as `--scale-rule` makes it, before any schedule; null where nothing says. */
export function scaledRate(config: Config): number | null {
  const [rate, base, size] = [config.learningRate, config.baseBatchSize, firstUpdateSize(config)].map(numberOf);
  if (rate == null || base == null || size == null) return rate ?? null;
  // The rules of optimizer/scaleRules.ts.
  const rule = config.lrScale === "sde" ? (config.optimizer === "sgd" ? "linear" : "sqrt") : config.lrScale;
  if (rule === "linear") return rate * (size / base);
  if (rule === "measured") return rate * (size / base) ** Number.parseFloat(String(config.scaleExponent));
  return rule === "sqrt" ? rate * Math.sqrt(size / base) : rate;
}
