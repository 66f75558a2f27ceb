import { ANALYSIS_MODE, analyzeCheckpoints, measureNoiseScale, requireMeasurable } from "../analysis/analyze.ts";
import type { AnalyzeOptions } from "../analysis/analyzeOptions.ts";
import { isSameDraw, mergeAnalyses } from "../analysis/mergeAnalyses.ts";
import { openUnfinished, type Unfinished } from "../analysis/resumableParts.ts";
import { rowsUntilResolved } from "../analysis/rowsUntilResolved.ts";
import { type Dataset, limit } from "../data/dataset.ts";
import { fingerprint } from "../data/fingerprint.ts";
import { openData } from "../data/registry.ts";
import type { Engine } from "../runtime/engine.ts";
import { averageNoiseScales } from "../statistics/noiseOverTime.ts";
import type { Checkpoint } from "../store/checkpoints.ts";
import { environmentPath, readEnvironment } from "../store/environment.ts";
import type { RowsChosen } from "../store/rowsChosen.ts";
import type { Run } from "../store/runs.ts";
import { type AnalysisFile, type CheckpointAnalysis, type MetricRecord, SCHEMA_VERSION } from "../store/schema.ts";
import { openModel } from "../training/openModel.ts";
import type { WarningEvent } from "./events.ts";
import { resolveAccumulation } from "./options/accumulation.ts";
import { resolveLoss } from "./options/loss.ts";
import { optimizerOf } from "./options/optimizer.ts";
import type { TrainConfiguration } from "./options/options.ts";
import { dataOptionsOf } from "./options/sequenceOptions.ts";
import { targetRuleOf } from "./options/targetRule.ts";
import { scalingOf } from "./runConfiguration.ts";
import { withConstants } from "./scaling.ts";

/** Mini-batches of the first measurement, where the data have so many. */
const FIRST_ROWS = 64;

/** The inner products of more take longer than the gradients of a small model. */
const MOST_ROWS = 4096;

/** A run, and what of it is measured. */
export interface MeasuredRun {
  readonly run: Run;
  readonly configuration: TrainConfiguration;
  readonly checkpoints: readonly Checkpoint[];
  readonly metrics: readonly MetricRecord[];
  /** What was measured of the run before: where it is of the same mini-batches it stays. */
  readonly earlier?: AnalysisFile | null | undefined;
  /** Whose noise scale decides how many mini-batches are enough; default the last. */
  readonly decisive?: Checkpoint | undefined;
}

/** What is measured of each checkpoint. */
export interface MeasureOptions
  extends Pick<
    AnalyzeOptions,
    "seed" | "threads" | "memoryBudget" | "products" | "byLayer" | "by" | "fullPass" | "pictures"
  > {
  /** Mini-batches. Default as many as resolve the noise scale within a minute; at least 64, or all that there are. */
  readonly rows?: number | undefined;
  /** Examples of each. Default those of an update of the run. */
  readonly batchSize?: number | undefined;
}

/** What a measurement tells its listener. */
export type MeasureEvent =
  /** The data are not those that the run was trained on. */
  | { readonly kind: "changed"; readonly run: string }
  /** For the one who looks on. */
  | WarningEvent
  /** The data have fewer than two mini-batches of `own` examples, an update's: smaller ones are measured. */
  | { readonly kind: "smaller"; readonly own: number; readonly batchSize: number }
  /** Work for so many examples begins, or is done. */
  | { readonly kind: "begin"; readonly examples: number }
  | { readonly kind: "progress"; readonly examples: number }
  | {
      readonly kind: "measured";
      readonly epoch: number;
      readonly rows: number;
      readonly batchSize: number;
      /** Checkpoints. */
      readonly done: number;
      readonly all: number;
    };

export interface MeasureMeans {
  readonly engine: Engine;
  /** Milliseconds, of the time that may be spent on more mini-batches; default the machine's. */
  readonly now?: (() => number) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly listen?: ((event: MeasureEvent) => void) | undefined;
}

/**
 * Measures the checkpoints. Throws the reason of `signal` where it aborts; what was measured by then is found again by
 * the next call with the same options, until `forget` removes it.
 */
export async function measureRun(
  measured: MeasuredRun,
  options: MeasureOptions,
  { engine, signal, listen = () => {}, now = () => performance.now() }: MeasureMeans,
): Promise<{ readonly analysis: AnalysisFile; readonly forget: () => void }> {
  const { run, configuration, checkpoints, metrics, earlier = null } = measured;
  const data = await trainingData(run, configuration, listen);
  const model = await openModel(configuration.model, data, configuration.seed, { output: configuration.output });
  const given = {
    ...options,
    ...batches(resolveAccumulation(configuration).effectiveBatchSize, data.size, options, listen),
    model,
    data,
    optimizer: await optimizerOf(withConstants(configuration, scalingOf(run) ?? null), model),
    checkpoints,
    loss: resolveLoss(configuration, data),
    epochs: metrics.filter((record) => record.kind === "epoch"),
  };
  requireMeasurable(given);
  const decisive = options.rows === undefined ? (measured.decisive ?? checkpoints.at(-1)) : undefined;
  const chosen =
    decisive && (rowsOf(earlier, run, given) ?? (await chooseRows(run, given, decisive, { engine, signal, now })));
  const settings = { ...given, ...(chosen && { rows: chosen.rows }) };
  const { rows, batchSize } = settings;
  const unfinished = await openUnfinished(run, settings);
  const begin = (examples: number) => listen({ kind: "begin", examples });
  const progress = (examples: number) => listen({ kind: "progress", examples });
  const analyzed: CheckpointAnalysis[] = [];
  try {
    for await (const checkpoint of analyzeCheckpoints(engine, settings, { begin, progress, signal, unfinished })) {
      const done = analyzed.push(checkpoint);
      listen({ kind: "measured", epoch: checkpoint.epoch, rows, batchSize, done, all: checkpoints.length });
    }
  } catch (error) {
    unfinished.release();
    throw error;
  }
  const analysis = {
    schemaVersion: SCHEMA_VERSION,
    run: run.record.id,
    name: run.record.name,
    model: configuration.model,
    data: data.name,
    mode: ANALYSIS_MODE,
    seed: settings.seed,
    createdAt: new Date().toISOString(),
    checkpoints: analyzed,
    ...(chosen && { rowsChosen: chosen }),
    ...(analyzed.length > 1 && { averages: averageNoiseScales(analyzed.map(({ statistics }) => statistics)) }),
  };
  return { analysis: mergeAnalyses(earlier, analysis), forget: unfinished.remove };
}

/** As many as an earlier analysis chose, so that its checkpoints and the new ones stand side by side. */
function rowsOf(
  earlier: AnalysisFile | null,
  run: Run,
  { data, seed, batchSize }: AnalyzeOptions,
): RowsChosen | undefined {
  if (!earlier?.rowsChosen) return undefined;
  const { rows } = earlier.rowsChosen;
  const draw = {
    run: run.record.id,
    data: data.name,
    mode: ANALYSIS_MODE,
    seed,
    rows,
    batchSize,
    datasetSize: data.size,
  };
  return isSameDraw(earlier, draw) ? earlier.rowsChosen : undefined;
}

/** Of the default analysis: what it spends on more mini-batches than the first, in seconds. */
const SECONDS = 60;

/**
 * Measures one checkpoint on more and more mini-batches. What was measured on the number that is chosen is found again
 * by the analysis.
 */
async function chooseRows(
  run: Run,
  settings: AnalyzeOptions,
  decisive: Checkpoint,
  { engine, signal, now }: Pick<MeasureMeans, "engine" | "signal"> & { readonly now: () => number },
): Promise<RowsChosen> {
  const { checkpoints, data, batchSize, rows: first } = settings;
  let before: Unfinished | undefined;
  const all = Math.max(first, Math.floor(data.size / batchSize));
  const most = Math.min(MOST_ROWS, all);
  const chosen = await rowsUntilResolved({
    first,
    most,
    measurements: checkpoints.length + 1,
    seconds: SECONDS,
    now,
    async measure(rows) {
      const own = { ...settings, rows };
      const unfinished = await openUnfinished(run, own);
      try {
        const scale = await measureNoiseScale(engine, own, decisive, { signal, unfinished });
        if (scale !== null) before?.remove();
        if (scale !== null) before = unfinished;
        return scale;
      } finally {
        unfinished.release();
      }
    },
  });
  return chosen.stopped === "data" && most < all ? { ...chosen, stopped: "most" } : chosen;
}

/** How many mini-batches, and how large; by default as the run's own, where the data have two of those. */
export function batches(
  own: number,
  examples: number,
  options: Pick<MeasureOptions, "rows" | "batchSize">,
  listen: (event: MeasureEvent) => void = () => {},
): { readonly batchSize: number; readonly rows: number } {
  const most = Math.max(1, Math.floor(examples / (options.rows ?? FIRST_ROWS)));
  const { batchSize = 2 * own <= examples ? own : most } = options;
  if (options.batchSize === undefined && batchSize !== own) listen({ kind: "smaller", own, batchSize });
  // Two are the fewest that vary; where the data are too few for them, that is said.
  const { rows = Math.min(FIRST_ROWS, Math.max(2, Math.floor(examples / batchSize))) } = options;
  return { batchSize, rows };
}

/** The data that the run was trained on, as they are now; `listen` is told where they have changed since. */
async function trainingData(
  run: Run,
  configuration: TrainConfiguration,
  listen: (event: MeasureEvent) => void,
): Promise<Dataset> {
  const { data: name, subset, limitExamples, overfitBatches } = configuration;
  const opened = await openData(name, {
    subset,
    ...dataOptionsOf(configuration),
    targets: targetRuleOf(configuration),
  });
  const data = limitExamples === undefined ? opened.train : limit(opened.train, limitExamples);
  const environment = readEnvironment(run);
  if (environment === null) listen({ kind: "warning", warning: { kind: "noEnvironment", path: environmentPath(run) } });
  const trained = environment?.fingerprints.train;
  // A run that learned few micro-batches by heart is analyzed on all of its data.
  if (overfitBatches === undefined && trained !== undefined && trained !== (await fingerprint(data)))
    listen({ kind: "changed", run: run.record.id });
  return data;
}
