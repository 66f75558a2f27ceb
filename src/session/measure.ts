import { ANALYSIS_MODE, analyzeCheckpoints } from "../analysis/analyze.ts";
import { openUnfinished } from "../analysis/resumableParts.ts";
import { type AnalyzeFlags, analysisOptions } from "../cli/commands/analyzeOptions.ts";
import { languageOf } from "../cli/language.ts";
import { onSignals } from "../cli/signals.ts";
import { say } from "../cli/terminal/print.ts";
import { chooseProgress, createProgress } from "../cli/terminal/progress.ts";
import { type Dataset, limit } from "../data/dataset.ts";
import { fingerprint } from "../data/fingerprint.ts";
import { openData } from "../data/registry.ts";
import { averageNoiseScales } from "../statistics/noiseOverTime.ts";
import type { Checkpoint } from "../store/checkpoints.ts";
import { readEnvironment, withoutEnvironment } from "../store/environment.ts";
import type { Run } from "../store/runs.ts";
import { type AnalysisFile, type CheckpointAnalysis, type MetricRecord, SCHEMA_VERSION } from "../store/schema.ts";
import { textIn } from "../text/text.ts";
import { openModel } from "../training/openModel.ts";
import { InterruptedError } from "./ends.ts";
import { openChosenEngine } from "./engine.ts";
import { wholeNumber } from "./numbers.ts";
import { resolveAccumulation } from "./options/accumulation.ts";
import { resolveLoss } from "./options/loss.ts";
import type { TrainConfiguration } from "./options/options.ts";
import { dataOptionsOf } from "./options/sequenceOptions.ts";

/** A run, and what of it is measured. */
export interface Measured {
  readonly run: Run;
  readonly configuration: TrainConfiguration;
  readonly checkpoints: readonly Checkpoint[];
  readonly metrics: readonly MetricRecord[];
}

/**
 * Measures the checkpoints, with progress on stderr. Throws `InterruptedError` on a signal; what was measured by then is found again by
 * the next call with the same flags, until `forget` removes it.
 */
export async function measureRun(
  measured: Measured,
  flags: AnalyzeFlags,
): Promise<{ readonly analysis: AnalysisFile; readonly forget: () => void }> {
  const { run, configuration, checkpoints, metrics } = measured;
  const options = analysisOptions(flags);
  const data = await trainingData(run, configuration);
  const settings = {
    ...options,
    ...batches(configuration, data, flags),
    model: await openModel(configuration.model, data, configuration.seed),
    data,
    checkpoints,
    loss: resolveLoss(configuration, data),
    epochs: metrics.filter((record) => record.kind === "epoch"),
  };
  const engine = await openChosenEngine(process.env, flags.device);
  const unfinished = await openUnfinished(run, settings);
  const signals = onSignals(textIn(languageOf(process.env)).commands.stopping.rows);
  const shown = showProgress();
  const text = textIn(languageOf(process.env)).commands.analysis;
  const sizes = { rows: settings.rows, batchSize: settings.batchSize };
  const watch = { begin: shown.begin, progress: shown.progress, signal: signals.aborted, unfinished };
  const analyzed: CheckpointAnalysis[] = [];
  try {
    for await (const checkpoint of analyzeCheckpoints(engine, settings, watch)) {
      analyzed.push(checkpoint);
      shown.log(text.measured({ epoch: checkpoint.epoch, ...sizes, done: analyzed.length, all: checkpoints.length }));
    }
  } catch (error) {
    unfinished.release();
    const signal = signals.received();
    if (signal && error === signals.aborted.reason) throw new InterruptedError(signal);
    throw error;
  } finally {
    shown.end();
    signals.stopListening();
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
    ...(analyzed.length > 1 && { averages: averageNoiseScales(analyzed.map(({ statistics }) => statistics)) }),
  };
  return { analysis, forget: unfinished.remove };
}

/** How many mini-batches, and how large; by default as the run's own. */
function batches(configuration: TrainConfiguration, data: Dataset, flags: AnalyzeFlags) {
  const effective = resolveAccumulation(configuration).effectiveBatchSize;
  const batchSize = flags.batchSize === undefined ? effective : wholeNumber("--batch-size", flags.batchSize, 1);
  const rows =
    flags.rows === undefined ? Math.min(64, Math.floor(data.size / batchSize)) : wholeNumber("--rows", flags.rows, 2);
  return { batchSize, rows };
}

/** One bar for the whole analysis; where lines cannot be rewritten, one of them every ten seconds. */
function showProgress() {
  const mode = chooseProgress("auto", process.stderr.isTTY === true, process.env.TERM);
  const progress = createProgress(mode as "bar" | "lines", process.stderr, () => performance.now());
  let done = 0;
  return {
    begin: (examples: number) => progress.start("analyze", examples),
    progress(examples: number) {
      done += examples;
      progress.update(done);
    },
    log: progress.log,
    end: () => {
      if (mode === "bar") progress.finish();
    },
  };
}

/** The data that the run was trained on, as they are now; what has changed since is said on stderr. */
async function trainingData(run: Run, configuration: TrainConfiguration): Promise<Dataset> {
  const { data: name, subset, limitExamples, overfitBatches } = configuration;
  const opened = await openData(name, { subset, ...dataOptionsOf(configuration) });
  const data = limitExamples === undefined ? opened.train : limit(opened.train, limitExamples);
  const environment = readEnvironment(run);
  if (environment === null) say(withoutEnvironment(run));
  const trained = environment?.fingerprints.train;
  // A run that learned few micro-batches by heart is analyzed on all of its data.
  if (overfitBatches === undefined && trained !== undefined && trained !== (await fingerprint(data)))
    say(textIn(languageOf(process.env)).commands.analysis.dataChanged(run.record.id));
  return data;
}
