import { readFileSync } from "node:fs";
import { join } from "node:path";
import { reading } from "../advice/reading.ts";
import { type Dataset, limit } from "../data/dataset.ts";
import { fingerprint } from "../data/fingerprint.ts";
import { openData } from "../data/registry.ts";
import { ANALYSIS_MODE, analyzeCheckpoints } from "../experiment/analyze.ts";
import { htmlReport } from "../report/html.ts";
import { plotFiles } from "../report/plots.ts";
import { checkpointTable } from "../report/table.ts";
import { writeAnalysis } from "../store/analysis.ts";
import { type Checkpoint, listCheckpoints, selectCheckpoints } from "../store/checkpoints.ts";
import { writeAtomically } from "../store/document.ts";
import { readEnvironment } from "../store/environment.ts";
import { encodeJson } from "../store/json.ts";
import { readMetrics } from "../store/metrics.ts";
import { listRuns, openRun, type Run, readSummary, storeDirectory } from "../store/runs.ts";
import { type AnalysisFile, type CheckpointAnalysis, type MetricRecord, SCHEMA_VERSION } from "../store/schema.ts";
import { UsageError } from "../tensor/errors.ts";
import { openModel } from "../training/openModel.ts";
import { resolveAccumulation } from "./accumulation.ts";
import { analyzeGradients } from "./analyzeGradients.ts";
import { formatCommand } from "./arguments.ts";
import { languageOf } from "./banner.ts";
import { resolveConfiguration } from "./configuration.ts";
import { openChosenEngine } from "./engine.ts";
import { resolveLoss } from "./loss.ts";
import { wholeNumber } from "./numbers.ts";
import type { TrainConfiguration } from "./options.ts";
import { askAnalyze, requireTerminal } from "./prompts.ts";
import { dataOptionsOf } from "./sequenceOptions.ts";

/** Options of `analyze` as commander gives them. */
export interface AnalyzeFlags {
  readonly run?: string | undefined;
  readonly checkpoint?: string | undefined;
  readonly rows?: string | undefined;
  readonly batchSize?: string | undefined;
  readonly gradients?: string | undefined;
  readonly datasetSize?: string | undefined;
  readonly seed: string;
  readonly threads: string;
  readonly memoryBudget: string;
  readonly device: string;
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The command `analyze`, of a run or of a file of gradients. */
export async function runAnalyze(argument: string | undefined, flags: AnalyzeFlags): Promise<void> {
  if (flags.gradients !== undefined) return analyzeGradients(flags.gradients, flags);
  if (flags.datasetSize !== undefined)
    throw new UsageError(
      "--dataset-size: expected --gradients beside it, got a run, which knows its data; leave it out",
    );
  const directory = storeDirectory(flags.dir);
  const reference = argument ?? flags.run;
  const chosen =
    reference === undefined
      ? await ask(directory, flags.checkpoint)
      : { run: reference, checkpoint: flags.checkpoint ?? "all" };
  return analyzeRun(openRun(directory, chosen.run), { ...flags, checkpoint: chosen.checkpoint });
}

async function ask(directory: string, checkpoint: string | undefined) {
  requireTerminal("analyze", ["RUN"], process, process.env);
  const terminal = { input: process.stdin, output: process.stderr, language: languageOf(process.env) };
  const runs = listRuns(directory).runs.map((run) => ({
    name: run.record.id,
    about: `${run.record.name}, ${run.status}`,
    checkpoints: [...new Set(listCheckpoints(run).map(({ epoch }) => epoch))],
  }));
  return askAnalyze({ runs, directory }, checkpoint === undefined ? {} : { checkpoint }, terminal);
}

type RunOptions = AnalyzeFlags & { readonly checkpoint: string };

async function analyzeRun(run: Run, options: RunOptions): Promise<void> {
  const configuration = resolveConfiguration({ config: join(run.path, "config.yaml") }, {});
  const checkpoints = lastOfEachEpoch(selectCheckpoints(run, options.checkpoint));
  const metrics = readMetrics(run);
  const analysis = await measure(run, configuration, checkpoints, metrics, options);
  writeAnalysis(run, analysis);
  for (const { name, bytes } of await plotFiles(analysis)) writeAtomically(join(run.path, "plots", name), bytes);
  const sentences = reading(analysis);
  writeAtomically(join(run.path, "report.html"), report(run, configuration, analysis, metrics, sentences));
  const files = [join(run.path, "plots"), join(run.path, "analysis.json"), join(run.path, "report.html")];
  const [plots, json, html] = files;
  process.stdout.write(
    options.json
      ? `${encodeJson(analysis, 2)}\n`
      : `${[checkpointTable(analysis), "", ...sentences, "", `plots    ${plots}`, `numbers  ${json}`, `report   ${html}`].join("\n")}\n`,
  );
}

/** An interrupted epoch leaves a later checkpoint of the same number of completed epochs; the later one is analyzed. */
function lastOfEachEpoch(checkpoints: readonly Checkpoint[]): Checkpoint[] {
  return [...new Map(checkpoints.map((checkpoint) => [checkpoint.epoch, checkpoint])).values()];
}

/** The data that the run was trained on, as they are now; what has changed since is said on stderr. */
async function trainingData(run: Run, configuration: TrainConfiguration): Promise<Dataset> {
  const { data: name, subset, limitExamples, overfitBatches } = configuration;
  const opened = await openData(name, { subset, ...dataOptionsOf(configuration) });
  const data = limitExamples === undefined ? opened.train : limit(opened.train, limitExamples);
  const trained = readEnvironment(run)?.fingerprints?.train;
  // A run that learned few micro-batches by heart is analyzed on all of its data.
  if (overfitBatches === undefined && trained !== undefined && trained !== (await fingerprint(data)))
    process.stderr.write(
      `the data of ${run.record.id} have changed since it was trained: its gradients are measured on others\n`,
    );
  return data;
}

async function measure(
  run: Run,
  configuration: TrainConfiguration,
  checkpoints: readonly Checkpoint[],
  metrics: readonly MetricRecord[],
  options: RunOptions,
): Promise<AnalysisFile> {
  const { model: modelName, seed: modelSeed } = configuration;
  const data = await trainingData(run, configuration);
  const effective = resolveAccumulation(configuration).effectiveBatchSize;
  const batchSize = options.batchSize === undefined ? effective : wholeNumber("--batch-size", options.batchSize, 1);
  const rows =
    options.rows === undefined
      ? Math.min(64, Math.floor(data.size / batchSize))
      : wholeNumber("--rows", options.rows, 2);
  const seed = wholeNumber("--seed", options.seed, 0);
  const analyzed: CheckpointAnalysis[] = [];
  const settings = {
    model: await openModel(modelName, data, modelSeed),
    data,
    checkpoints,
    loss: resolveLoss(configuration, data),
    rows,
    batchSize,
    seed,
    threads: wholeNumber("--threads", options.threads, 1),
    memoryBudget: wholeNumber("--memory-budget", options.memoryBudget, 1) * 2 ** 20,
    epochs: metrics.filter((record) => record.kind === "epoch"),
  };
  for await (const checkpoint of analyzeCheckpoints(await openChosenEngine(process.env, options.device), settings)) {
    analyzed.push(checkpoint);
    process.stderr.write(
      `epoch ${checkpoint.epoch}: ${rows} gradients of ${batchSize} examples (${analyzed.length}/${checkpoints.length})\n`,
    );
  }
  return {
    schemaVersion: SCHEMA_VERSION,
    run: run.record.id,
    name: run.record.name,
    model: modelName,
    data: data.name,
    mode: ANALYSIS_MODE,
    seed,
    createdAt: new Date().toISOString(),
    checkpoints: analyzed,
  };
}

function report(
  run: Run,
  configuration: TrainConfiguration,
  analysis: AnalysisFile,
  metrics: readonly MetricRecord[],
  sentences: readonly string[],
): string {
  const { batchSize, steps, effectiveBatchSize } = resolveAccumulation(configuration);
  const { model, optimizer, learningRate, seed } = configuration;
  const trained = readFileSync(join(run.path, "command.txt"), "utf8").trim();
  return htmlReport({
    run: run.record,
    analysis,
    steps: metrics.filter((record) => record.kind === "step"),
    epochs: metrics.filter((record) => record.kind === "epoch"),
    summary: readSummary(run),
    reading: sentences,
    config: {
      model,
      data: analysis.data,
      optimizer,
      learningRate,
      seed,
      microBatch: batchSize,
      accumulation: steps,
      effectiveBatchSize,
      commands: [trained, `${formatCommand("analyze", { run: run.record.id, checkpoint: "all" })}`],
    },
  });
}
