import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { reading } from "../advice/reading.ts";
import { limit } from "../data/dataset.ts";
import { openData } from "../data/registry.ts";
import { ANALYSIS_MODE, analyzeCheckpoints } from "../experiment/analyze.ts";
import { htmlReport } from "../report/html.ts";
import { plotFiles } from "../report/plots.ts";
import { checkpointTable } from "../report/table.ts";
import { writeAnalysis } from "../store/analysis.ts";
import { type Checkpoint, listCheckpoints, selectCheckpoints } from "../store/checkpoints.ts";
import { writeAtomically } from "../store/document.ts";
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
import type { TrainConfiguration } from "./options.ts";
import { askAnalyze, requireTerminal } from "./prompts.ts";
import { wholeNumber } from "./verify.ts";

const examples = `
Examples:
  batchscope analyze latest --checkpoint all
  batchscope analyze 20261121-2059 --checkpoint 5 --rows 32 --batch-size 64
  batchscope analyze --gradients G.npz --batch-size 8 --dataset-size 96 --json

RUN is an id, the beginning of one, a path or "latest". G.npz (.npy, .safetensors) holds one array, K gradients by P parameters.`;

export function analyzeCommand() {
  return new Command("analyze")
    .description("what the batch gradients of a run's checkpoints say: noise scale, cosines, t-SNE, trend")
    .argument("[run]", "run to analyze")
    .option("--run <run>", "the same as the argument")
    .option("--checkpoint <which>", 'epoch of a checkpoint, "latest" or "all" (default: all)')
    .option("--rows <k>", "mini-batches to compare (default: 64, or as many as the data hold)")
    .option("--batch-size <n>", "examples of each (default: the run's effective batch size)")
    .option("--gradients <file>", "analyze this K × P matrix of batch gradients instead of a run")
    .option("--dataset-size <n>", "with --gradients: examples that the batches were drawn from")
    .option("--seed <n>", "seed of the drawn examples and of t-SNE", "0")
    .option("--threads <n>", "threads of the engine", "1")
    .option("--dir <path>", "where runs are kept (default: batchscope)")
    .option("--json", "print the result as one JSON document")
    .addHelpText("after", examples)
    .action(async (argument, options) => {
      if (options.gradients !== undefined) return analyzeGradients(options.gradients, options);
      if (options.datasetSize !== undefined)
        throw new UsageError(
          "--dataset-size: expected --gradients beside it, got a run, which knows its data; leave it out",
        );
      const directory = storeDirectory(options.dir);
      const given = argument ?? options.run;
      const chosen =
        given === undefined
          ? await ask(directory, options.checkpoint)
          : { run: given, checkpoint: options.checkpoint ?? "all" };
      return analyzeRun(openRun(directory, chosen.run), { ...options, checkpoint: chosen.checkpoint });
    });
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

interface RunOptions {
  readonly checkpoint: string;
  readonly rows?: string | undefined;
  readonly batchSize?: string | undefined;
  readonly seed: string;
  readonly threads: string;
  readonly json?: boolean | undefined;
}

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

async function measure(
  run: Run,
  configuration: TrainConfiguration,
  checkpoints: readonly Checkpoint[],
  metrics: readonly MetricRecord[],
  options: RunOptions,
): Promise<AnalysisFile> {
  const { data: name, subset, limitExamples, model: modelName, seed: modelSeed } = configuration;
  const opened = await openData(name, subset === undefined ? {} : { subset });
  const data = limitExamples === undefined ? opened.train : limit(opened.train, limitExamples);
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
    rows,
    batchSize,
    seed,
    threads: wholeNumber("--threads", options.threads, 1),
    epochs: metrics.filter((record) => record.kind === "epoch"),
  };
  for await (const checkpoint of analyzeCheckpoints(await openChosenEngine(process.env), settings)) {
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
