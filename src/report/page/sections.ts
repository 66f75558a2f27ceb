import type { NoiseScale } from "../../statistics/types.ts";
import { type BatchDefinition, isUnknown } from "../../store/batchDefinitions.ts";
import type {
  AccumulationRecord,
  AnalysisFile,
  EpochRecord,
  EvaluationRecord,
  JudgedRecord,
  RunSummary,
} from "../../store/schema.ts";
import type { PageText } from "../../text/en/page.ts";
import { intervalText, percentOrDash, significant, threeDigits, whole } from "../../text/format.ts";
import type { Text } from "../../text/text.ts";
import { definitionRows } from "../terminal/definitionTable.ts";
import { checkpointColumns } from "../terminal/table.ts";
import { escapeCommand, escapeHtml } from "./escape.ts";
import { htmlTable } from "./htmlTable.ts";

/** What the report says of the configuration; the caller takes it from the run's `config.yaml` and `command.txt`. */
export interface ReportConfig {
  readonly model: string;
  readonly data: string;
  readonly optimizer: string;
  /** Of the first step; schedules change it. */
  readonly learningRate: number;
  /** The schedule's name where it is not constant. */
  readonly schedule?: string | undefined;
  /** Examples per micro-batch. */
  readonly microBatch: number;
  /** Micro-batches per optimizer step. */
  readonly accumulation: number;
  /** Examples per optimizer step; less than their product where a target leaves a smaller last micro-batch. */
  readonly effectiveBatchSize: number;
  readonly seed: number;
  /** Command lines that reproduce the run and its analysis, in order. */
  readonly commands: readonly string[];
}

interface FactInput {
  readonly analysis: AnalysisFile | null;
  readonly summary: RunSummary | null;
  readonly config: ReportConfig;
  /** All that have a validation loss, in order of steps. */
  readonly evaluations: readonly (EpochRecord | EvaluationRecord)[];
}

type Fact = readonly [string, string];

export function header(run: JudgedRecord, text: PageText): string {
  const status = text.status[run.status];
  const ended = run.exitReason ? `${status}: ${run.exitReason}` : status;
  const started = run.startedAt.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");
  const about = text.run({ id: run.id, started, host: run.host, ended });
  return [
    `<header><h1>${escapeHtml(run.name)}</h1>`,
    `<p class="muted">${escapeHtml(run.description ? `${run.description} · ${about}` : about)}</p></header>`,
  ].join("\n");
}

/** What was trained, and what came of it. */
export function factSection({ summary, config, evaluations, analysis }: FactInput, text: PageText): string {
  const product = `${whole(config.microBatch)} × ${config.accumulation}`;
  const exact = config.microBatch * config.accumulation === config.effectiveBatchSize;
  const batch = { product, effective: whole(config.effectiveBatchSize) };
  const rate = threeDigits(config.learningRate);
  const scales = noiseScales(summary, analysis);
  const facts: readonly Fact[] = [
    [text.model, config.model],
    [text.data, config.data],
    [text.batch, exact ? text.exactBatch(batch) : text.raggedBatch(batch)],
    [text.optimizer, config.optimizer],
    [text.learningRate, config.schedule ? text.scheduled(rate, config.schedule) : rate],
    [text.seed, `${config.seed}`],
    ...summaryFacts(summary, evaluations, text),
    ...scaleFacts(scales, text),
  ];
  const note =
    scales.training && scales.analyzed
      ? `<p class="muted">${escapeHtml(text.twoNoiseScales(apart(scales.analyzed.noiseScale, scales.training)))}</p>`
      : "";
  return `<section><h2>${text.factsTitle}</h2>\n${factList(facts)}${note}</section>`;
}

/** Of weights that stand still, as an analysis measures it, and of those that move while training. */
function noiseScales(summary: RunSummary | null, analysis: AnalysisFile | null) {
  const last = analysis?.checkpoints.at(-1);
  return {
    analyzed: last ? { epoch: last.epoch, noiseScale: last.statistics.noiseScale } : null,
    training: summary?.noiseScale ?? null,
  };
}

/**
 * How two noise scales stand to each other: "limit" where one of them is only a limit that the other respects, else how
 * many times they differ where their intervals do not meet.
 */
function apart(one: NoiseScale, other: NoiseScale): "limit" | string | null {
  if (Math.max(one.lower, other.lower) <= Math.min(one.upper, other.upper))
    return one.resolved && other.resolved ? null : "limit";
  const [small, large] = [one, other]
    .map(({ resolved, value, lower }) => (resolved ? value : lower))
    .sort((a, b) => a - b);
  return significant(large! / small!);
}

function scaleFacts({ analyzed, training }: ReturnType<typeof noiseScales>, text: PageText): Fact[] {
  const value = (scale: NoiseScale) => text.noiseScaleValue(intervalText(scale));
  return [
    ...(analyzed ? [[text.noiseScale, text.atEpoch(value(analyzed.noiseScale), analyzed.epoch)] as const] : []),
    ...(training ? [[text.noiseWhileTraining, value(training)] as const] : []),
  ];
}

export function factList(facts: readonly Fact[]): string {
  const items = facts.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`);
  return `<dl class="facts">${items.join("")}</dl>`;
}

function summaryFacts(summary: RunSummary | null, evaluations: FactInput["evaluations"], text: PageText): Fact[] {
  if (!summary) return [[text.result, text.noSummary], ...validationFacts(null, evaluations, text)];
  const { best, steps, epochs, seconds, peakMemoryBytes } = summary;
  return [
    ...validationFacts(best, evaluations, text),
    [text.trained, text.trainedFor(whole(epochs), whole(steps))],
    [text.time, duration(seconds, text)],
    [text.memory, `${significant(peakMemoryBytes / 2 ** 20)} MiB`],
  ];
}

/**
 * The best as the run judged it; where it ended before an epoch did, the evaluation with the lowest loss. Of losses of
 * numbers the loss itself, which has no accuracy beside it.
 */
function validationFacts(
  judged: EpochRecord | EvaluationRecord | null,
  evaluations: FactInput["evaluations"],
  text: PageText,
): Fact[] {
  const last = evaluations.at(-1);
  const lowest = evaluations.reduce<FactInput["evaluations"][number] | null>(
    (a, b) => (a && a.validationLoss <= b.validationLoss ? a : b),
    null,
  );
  const best = judged ?? lowest;
  const ofClasses = !last || last.trainAccuracy !== undefined;
  const show = (record: EpochRecord | EvaluationRecord) => {
    const value = ofClasses ? percentOrDash(record.validationAccuracy) : significant(record.validationLoss);
    return record.kind === "epoch" ? text.atEpoch(value, record.epoch) : text.atStep(value, whole(record.step));
  };
  return [
    [ofClasses ? text.bestAccuracy : text.bestLoss, best ? show(best) : "–"],
    [ofClasses ? text.lastAccuracy : text.lastLoss, last ? show(last) : "–"],
  ];
}

function duration(seconds: number, text: PageText): string {
  if (seconds < 60) return text.seconds(significant(seconds));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return text.minutes(minutes, Math.round(seconds % 60));
  return text.hours(Math.floor(minutes / 60), minutes % 60);
}

/** A longer table is folded. */
const LONG_TABLE = 12;

/** The figures of all checkpoints, then the table of them. */
export function analysisSection(analysis: AnalysisFile | null, figures: string, text: PageText): string {
  const title = `<h2>${text.noiseTitle}</h2>`;
  if (!analysis || analysis.checkpoints.length === 0) return `<section>${title}<p>${text.notAnalyzed}</p></section>`;
  const columns = checkpointColumns(analysis, text);
  const table = htmlTable(
    columns,
    analysis.checkpoints.map((checkpoint) => columns.map(({ cell }) => cell(checkpoint))),
  );
  const { length } = analysis.checkpoints;
  const shown =
    length <= LONG_TABLE
      ? table
      : `<details><summary>${escapeHtml(text.checkpointTable(length))}</summary>\n${table}</details>`;
  return `<section>${title}\n${figures}\n${shown}</section>`;
}

/** What the batch may be by each definition, where one of them has a value. */
export function definitionSection(definitions: readonly BatchDefinition[], figure: string, text: Text): string {
  if (definitions.every(isUnknown)) return "";
  const [head = [], ...rows] = definitionRows(definitions, text);
  const columns = head.map((name) => ({ name, unit: "" }));
  const title = `<h2>${escapeHtml(text.criticalBatch.definitions)}</h2>`;
  return `<section>${title}\n${htmlTable(columns, rows, { isStacked: true })}\n${figure}</section>`;
}

export function trainingSection(figure: string, changes: readonly AccumulationRecord[], text: PageText): string {
  return `<section><h2>${text.trainingTitle}</h2>\n${figure}\n${accumulationTable(changes, text)}</section>`;
}

/** Nothing where the batch never changed. */
function accumulationTable(changes: readonly AccumulationRecord[], text: PageText): string {
  if (changes.length === 0) return "";
  const follows = changes.some(({ noiseScale }) => !Number.isNaN(noiseScale));
  const columns = [
    { name: text.step, unit: "" },
    { name: text.microBatches, unit: "" },
    { name: text.batch, unit: text.examples },
    ...(follows ? [{ name: text.noiseFollowed, unit: text.examples }] : []),
  ];
  const rows = changes.map(({ step, accumulationSteps, effectiveBatchSize, noiseScale }) => [
    whole(step),
    whole(accumulationSteps),
    whole(effectiveBatchSize),
    ...(follows ? [Number.isNaN(noiseScale) ? "–" : significant(noiseScale)] : []),
  ]);
  return `<h3>${text.accumulationTitle}</h3>\n${htmlTable(columns, rows)}`;
}

export function commandSection(commands: readonly string[], text: PageText): string {
  if (commands.length === 0) return "";
  return `<section><h2>${text.commandsTitle}</h2><pre>${commands.map(escapeCommand).join("\n")}</pre></section>`;
}

export function glossarySection(text: PageText): string {
  const entries = text.glossary.map(([term, meaning]) => `<dt>${term}</dt><dd>${meaning}</dd>`).join("\n");
  return `<section><h2>${text.glossaryTitle}</h2><dl class="glossary">${entries}</dl></section>`;
}
