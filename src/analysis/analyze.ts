import { defaultLoss } from "../model/loss.ts";
import { sgd } from "../optimizer/sgd.ts";
import type { Engine } from "../runtime/engine.ts";
import { engineScope } from "../runtime/scope.ts";
import { describeGradients } from "../statistics/describe.ts";
import { groupConflicts } from "../statistics/groups.ts";
import { noiseScaleOfLayers } from "../statistics/layers.ts";
import { noiseScale } from "../statistics/noiseScale.ts";
import type { NoiseScale } from "../statistics/types.ts";
import { type Checkpoint, readCheckpoint } from "../store/checkpoints.ts";
import type { CheckpointAnalysis, FullPass, GroupAnalysis, LayerAnalysis } from "../store/schema.ts";
import { is, type RulesOf, requireArguments, requireOptions } from "../tensor/arguments.ts";
import { option, UsageError } from "../tensor/errors.ts";
import { random } from "../tensor/random.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { restoreKept, restoreModel } from "../training/checkpoint.ts";
import { newTrainingState, type TrainingState } from "../training/state.ts";
import type { AnalyzeOptions } from "./analyzeOptions.ts";
import { signalOf } from "./coordinates.ts";
import { fullPass } from "./fullPass.ts";
import { type GramMeter, type GramWatch, gramMeter } from "./gram.ts";
import { layerName, type MeasuredGram } from "./gramParts.ts";
import { drawGroupRows, type GroupRows } from "./groupRows.ts";
import { type OptimizerMeter, optimizerMeter } from "./optimizerNoise.ts";
import { digestOf, type Unfinished } from "./resumableParts.ts";
import { resumableRows } from "./resumableRows.ts";
import type { Watch } from "./rowMakers.ts";

export interface AnalyzeWatch {
  /** How many examples go through the network in all. */
  readonly begin?: ((examples: number) => void) | undefined;
  readonly progress?: Watch["progress"];
  readonly signal?: AbortSignal | undefined;
  /** Where an interrupted analysis leaves what it has measured, and finds it again. */
  readonly unfinished?: Unfinished | undefined;
}

/** Random stream of the drawn examples: not one of training's, so that the analysis never repeats its batches. */
const SAMPLING_STREAM = 2;

/** Exchanges for each pair of groups, so that Holm's correction can reject, and at least so many. */
const EXCHANGES_PER_PAIR = 40;
const FEWEST_EXCHANGES = 999;

/**
 * The mode of every measurement, as `analysis.json` says it: the theory of the noise scale needs independent examples.
 */
export const ANALYSIS_MODE = "evaluation mode (dropout off, batch normalisation by running statistics)";

const rules: RulesOf<AnalyzeOptions> = {
  model: is.model,
  data: is.data,
  loss: is.optional(is.loss),
  checkpoints: is.list,
  epochs: is.list,
  rows: is.whole(2),
  batchSize: is.whole(1),
  seed: is.seed,
  threads: is.whole(1),
  memoryBudget: is.above0,
  products: is.optional(is.oneOf("auto", "exact", "sketch")),
  optimizer: is.optional(is.optimizer),
  byLayer: is.optional(is.yesOrNo),
  by: is.optional(is.text),
  fullPass: is.optional(is.yesOrNo),
  pictures: is.optional(is.object),
};

/**
 * Yields the gradient statistics of each checkpoint in turn; ends with the signal's reason once it is aborted. Throws
 * `UsageError` for more examples than the data have.
 */
export async function* analyzeCheckpoints(
  engine: Engine,
  options: AnalyzeOptions,
  watching: AnalyzeWatch = {},
): AsyncGenerator<CheckpointAnalysis> {
  requireArguments("analyzeCheckpoints", { engine, watching }, { engine: is.engine, watching: is.object });
  requireOptions("analyzeCheckpoints", options, rules);
  const { begin, unfinished, ...watch } = watching;
  const { data, checkpoints } = options;
  requireEnough(options);
  const state = stateFor(options);
  const own = meterOf(options, state);
  const groups = options.by === undefined ? null : drawGroupRows(data, options.by, options);
  const sessions = engineScope(engine);
  try {
    const meters = await openMeters(sessions, state, options, { groups, own });
    begin?.(checkpoints.length * (meters.examples + (options.fullPass ? data.size : 0)));
    for (const checkpoint of checkpoints) {
      const { epoch, step, insideEpoch, digest } = restore(checkpoint, state, own);
      const watched = (what: string): GramWatch => ({ ...watch, resumable: unfinished?.of(`${digest}-${what}`) });
      const gram = await meters.rows.measure(watched("rows"));
      const metrics = options.epochs.find((record) => record.epoch === epoch && record.step === step) ?? null;
      const settings = { ...options.pictures, datasetSize: data.size, seed: options.seed };
      const statistics = describeGradients(gram, settings);
      yield {
        epoch,
        step,
        ...(insideEpoch && { insideEpoch }),
        metrics,
        statistics,
        measurement: { way: meters.rows.way, passes: meters.rows.passes, sketch: gram.sketch },
        ...signalToNoise(options, gram),
        // In the order of the schema: an analysis that was read again is written with the same bytes.
        ...(own && { optimizerNoise: own.of(gram, statistics) }),
        ...(options.byLayer && { layers: layersOf(options, gram) }),
        ...(groups && { groups: groupsOf(groups, await meters.groups!.measure(watched("groups")), options) }),
        ...(options.fullPass && { fullPass: await wholeDataSet(sessions, state, options, watched("whole")) }),
      };
    }
  } finally {
    sessions.release();
  }
}

/**
 * The noise scale of one checkpoint and how it was measured; `analyzeCheckpoints` with the same options and the same
 * `unfinished` finds it again. Null where the rows would need a sketch. Throws as `analyzeCheckpoints`.
 */
export async function measureNoiseScale(
  engine: Engine,
  options: AnalyzeOptions,
  checkpoint: Checkpoint,
  { unfinished, ...watch }: AnalyzeWatch,
): Promise<NoiseScale | null> {
  requireEnough(options);
  const state = stateFor(options);
  const own = meterOf(options, state);
  const sessions = engineScope(engine);
  try {
    const { rows } = await openMeters(sessions, state, options, { groups: null, own });
    if (rows.sketched) return null;
    const { digest } = restore(checkpoint, state, own);
    return noiseScale(await rows.measure({ ...watch, resumable: unfinished?.of(`${digest}-rows`) }));
  } finally {
    sessions.release();
  }
}

/**
 * In a function of its own, so that the file, with an optimizer's state, does not stay in memory while it is analyzed.
 */
function restore(checkpoint: Checkpoint, state: TrainingState, own: OptimizerMeter | undefined) {
  const bytes = readCheckpoint(checkpoint);
  const { epoch, step, epochMicroBatches = 0 } = restoreModel(bytes, checkpoint.path, state);
  own?.begin(restoreKept(bytes, checkpoint.path, state));
  const insideEpoch = epochMicroBatches > 0 || undefined;
  return { epoch, step, insideEpoch, digest: digestOf(bytes) };
}

const stateFor = ({ model, optimizer = sgd() }: AnalyzeOptions) => newTrainingState(model, optimizer);

function meterOf({ optimizer, model, rows, batchSize, data }: AnalyzeOptions, state: TrainingState) {
  return optimizer && optimizerMeter(optimizer, state, model, { rows, batchSize, size: data.size });
}

interface Meters {
  readonly rows: GramMeter;
  readonly groups: GramMeter | undefined;
  /** That go through the network for one checkpoint. */
  readonly examples: number;
}

async function openMeters(
  engine: Engine,
  state: TrainingState,
  options: AnalyzeOptions,
  { groups, own }: { readonly groups: GroupRows | null; readonly own: OptimizerMeter | undefined },
): Promise<Meters> {
  const { model, data, rows, batchSize, seed, byLayer = false } = options;
  const { threads, memoryBudget, loss = defaultLoss, products = "auto" } = options;
  const common = { batchSize, mode: "evaluation", loss, threads, memoryBudget, products, seed } as const;
  const indices = random(seed, SAMPLING_STREAM)
    .permutation(data.size)
    .subarray(0, rows * batchSize);
  const meter = await gramMeter(engine, model, state, data, {
    ...common,
    groups: rows,
    indices,
    byLayer,
    coordinates: true,
    ...own?.measured,
  });
  const inside = groups && {
    ...common,
    groups: groups.names.length * groups.rowsPerGroup,
    indices: groups.indices,
  };
  const groupMeter = inside ? await gramMeter(engine, model, state, data, inside) : undefined;
  return {
    rows: meter,
    groups: groupMeter,
    examples: meter.passes * indices.length + (groupMeter ? groupMeter.passes * inside!.indices.length : 0),
  };
}

function layersOf(options: AnalyzeOptions, gram: MeasuredGram): LayerAnalysis[] {
  const numbers = new Map<string, number>();
  for (const { name, initial } of options.model.parameters)
    numbers.set(layerName(name), (numbers.get(layerName(name)) ?? 0) + sizeOf(initial.shape));
  return noiseScaleOfLayers(gram.layers).layers.map((layer) => ({
    ...layer,
    parameters: numbers.get(layer.name)!,
    ...signalToNoise(options, gram, layer.name),
  }));
}

/** Of the coordinates of one layer, or of all. */
function signalToNoise({ model, rows, batchSize }: AnalyzeOptions, { coordinates }: MeasuredGram, layer?: string) {
  const includes = (parameter: number) => layer === undefined || layerName(model.parameters[parameter]!.name) === layer;
  const found = signalOf(model, coordinates, { rows, examples: rows * batchSize }, includes);
  return found && { signalToNoise: found };
}

function groupsOf(drawn: GroupRows, gram: MeasuredGram, { by, batchSize, seed }: AnalyzeOptions): GroupAnalysis {
  const { names, rowsPerGroup, leftOut } = drawn;
  const groupOf = names.flatMap((_, group) => Array<number>(rowsPerGroup).fill(group));
  const pairs = (names.length * (names.length - 1)) / 2;
  const permutations = Math.max(FEWEST_EXCHANGES, EXCHANGES_PER_PAIR * pairs);
  const conflicts = groupConflicts(gram, groupOf, { seed, permutations });
  // A group whose gradients are all zero has no direction and no place there.
  return {
    by: by!,
    names: conflicts.groups.map((group) => names[group]!),
    rowsPerGroup,
    batchSize,
    leftOut,
    conflicts,
  };
}

/** Once measured it is kept, as two numbers, until the analysis is done; where the signal ends it, the sums so far. */
async function wholeDataSet(
  engine: Engine,
  state: TrainingState,
  { model, data, loss, threads, memoryBudget }: AnalyzeOptions,
  { resumable, ...watch }: GramWatch,
): Promise<FullPass> {
  const saved = resumable?.read("full-pass")?.get("moments");
  if (saved) {
    watch.progress?.(data.size);
    const [squaredGradientNorm, traceCovariance] = saved as unknown as [number, number];
    return {
      examples: data.size,
      squaredGradientNorm,
      traceCovariance,
      noiseScale: traceCovariance / squaredGradientNorm,
    };
  }
  const rows = resumable && resumableRows(resumable, "full-pass");
  const settings = { loss, threads, memoryBudget };
  const measured = await fullPass(engine, model, state, data, settings, { ...watch, resumable: rows });
  const moments = Float64Array.of(measured.squaredGradientNorm, measured.traceCovariance);
  resumable?.write("full-pass", new Map([["moments", moments]]));
  rows?.forget();
  return measured;
}

/** Throws `UsageError` for what the data cannot give, before anything is measured. */
export function requireMeasurable(options: AnalyzeOptions): void {
  requireEnough(options);
  if (options.by !== undefined) drawGroupRows(options.data, options.by, options);
}

function requireEnough({ rows, batchSize, data }: AnalyzeOptions): void {
  if (rows * batchSize <= data.size) return;
  const most = Math.floor(data.size / 2);
  if (batchSize > most && most > 0)
    throw new UsageError(
      `analyze: expected mini-batches of at most ${most} examples, two being the fewest that ${data.name} with its ${data.size} must give, got ${batchSize}; lower ${option("batchSize")}`,
    );
  throw new UsageError(
    `analyze: expected at most the ${data.size} examples of ${data.name}, got ${rows} rows of ${batchSize} = ${rows * batchSize}; lower ${option("rows")} or ${option("batchSize")}`,
  );
}
