import { percentOrDash, significant, whole } from "../advice/format.ts";
import type { AnalysisFile, EpochRecord, RunRecord, RunSummary } from "../store/schema.ts";
import type { Chart } from "./chart.ts";
import { escapeHtml } from "./escape.ts";
import { noiseTrend } from "./noiseTrend.ts";
import { checkpointColumns } from "./table.ts";

/** What the report says of the configuration; the caller takes it from the run's `config.yaml` and `command.txt`. */
export interface ReportConfig {
  readonly model: string;
  readonly data: string;
  readonly optimizer: string;
  /** Of the first step; schedules change it. */
  readonly learningRate: number;
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

interface HeaderInput {
  readonly run: RunRecord;
  readonly summary: RunSummary | null;
  readonly config: ReportConfig;
}

export function header({ run, summary, config }: HeaderInput): string {
  const product = `${whole(config.microBatch)} × ${config.accumulation}`;
  const exact = config.microBatch * config.accumulation === config.effectiveBatchSize;
  const facts: readonly (readonly [string, string])[] = [
    ["Model", config.model],
    ["Data", config.data],
    [
      "Batch × accumulation",
      `${product}${exact ? " =" : ", the last smaller:"} ${whole(config.effectiveBatchSize)} examples`,
    ],
    ["Optimizer", config.optimizer],
    ["Learning rate", `${config.learningRate}`],
    ["Seed", `${config.seed}`],
    ...summaryFacts(summary),
  ];
  const ended = run.exitReason ? `${run.status}: ${run.exitReason}` : run.status;
  const started = run.startedAt.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");
  return [
    `<header><h1>${escapeHtml(run.name)}</h1>`,
    `<p class="muted">${escapeHtml(run.description ? `${run.description} · ` : "")}run ${escapeHtml(run.id)}, started ` +
      `${escapeHtml(started)} on ${escapeHtml(run.host)}, ${escapeHtml(ended)}</p>`,
    `<dl class="facts">${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`).join("")}</dl></header>`,
  ].join("\n");
}

function summaryFacts(summary: RunSummary | null): (readonly [string, string])[] {
  if (!summary) return [["Result", "the run wrote no summary"]];
  const { best, last, steps, epochs, seconds, peakMemoryBytes } = summary;
  return [
    ...validationFacts(best, last),
    ["Trained", `${whole(epochs)} epochs, ${whole(steps)} steps`],
    ["Time", duration(seconds)],
    ["Peak memory", `${significant(peakMemoryBytes / 1e6)} MB`],
  ];
}

/** Of losses of numbers the loss itself, which has no accuracy beside it. */
function validationFacts(best: EpochRecord | null, last: EpochRecord | null): (readonly [string, string])[] {
  const ofClasses = !last || last.trainAccuracy !== undefined;
  const show = (epoch: EpochRecord) =>
    ofClasses ? percentOrDash(epoch.validationAccuracy) : significant(epoch.validationLoss);
  const what = ofClasses ? "accuracy" : "loss";
  return [
    [`Best validation ${what}`, best ? `${show(best)} (epoch ${best.epoch})` : "–"],
    [`Last validation ${what}`, last ? show(last) : "–"],
  ];
}

function duration(seconds: number): string {
  if (seconds < 60) return `${significant(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function readingSection(sentences: readonly string[]): string {
  if (sentences.length === 0) return "";
  const items = sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`).join("\n");
  return `<section><h2>What it says</h2>\n<ul class="reading">${items}</ul></section>`;
}

export function analysisSection(analysis: AnalysisFile | null): string {
  const title = "<h2>Gradient noise</h2>";
  if (!analysis || analysis.checkpoints.length === 0)
    return `<section>${title}<p>No checkpoint of this run has been analyzed yet; <code>batchscope analyze</code> does it.</p></section>`;
  const options = analysis.checkpoints.map(({ epoch }, i) => {
    const selected = i === analysis.checkpoints.length - 1 ? " selected" : "";
    return `<option value="${i}"${selected}>epoch ${epoch}</option>`;
  });
  return [
    `<section>${title}`,
    table(analysis),
    figure("noise", noiseTrend(analysis)),
    "</section>\n<section><h2>Batch gradients at one checkpoint</h2>",
    `<label class="choose">Checkpoint <select id="checkpoint">${options.join("")}</select></label>`,
    `<div class="pair"><figure><h3 id="similarities-title"></h3><div id="similarities" class="chart"></div>`,
    `<p id="readout" aria-live="polite">Point at a cell to read its cosine.</p><figcaption id="similarities-caption"></figcaption></figure>`,
    `<figure><h3 id="directions-title"></h3><div id="directions" class="chart"></div>`,
    `<figcaption id="directions-caption"></figcaption></figure></div></section>`,
  ].join("\n");
}

function table(analysis: AnalysisFile): string {
  const columns = checkpointColumns(analysis);
  const head = columns.map(
    ({ name, unit }) => `<th scope="col">${escapeHtml(name)}<small>${escapeHtml(unit)}</small></th>`,
  );
  const rows = analysis.checkpoints.map((checkpoint) => {
    return `<tr>${columns.map(({ cell }) => `<td>${escapeHtml(cell(checkpoint))}</td>`).join("")}</tr>`;
  });
  return (
    `<div class="scroll" tabindex="0"><table><thead><tr>${head.join("")}</tr></thead>` +
    `<tbody>${rows.join("\n")}</tbody></table></div>`
  );
}

function figure(id: string, chart: Chart): string {
  return (
    `<figure><h3>${escapeHtml(chart.title)}</h3><div id="${id}" class="chart"></div>` +
    `<figcaption>${escapeHtml(chart.caption)}</figcaption></figure>`
  );
}

export function trainingSection(chart: Chart): string {
  return `<section><h2>Training</h2>\n${figure("training", chart)}</section>`;
}

export function commandSection(commands: readonly string[]): string {
  if (commands.length === 0) return "";
  return `<section><h2>Do it again</h2><pre>${commands.map(escapeHtml).join("\n")}</pre></section>`;
}

const GLOSSARY: readonly (readonly [string, string])[] = [
  [
    "|G|²",
    "Squared length of the true gradient, estimated without bias; it can come out negative where noise dominates.",
  ],
  ["tr Σ", "Total variance of the gradient of one example, estimated without bias."],
  [
    "Noise scale (examples)",
    "tr Σ/|G|². Well below it, a larger batch saves almost proportionally many updates; well above it, almost none. It grows as training converges.",
  ],
  [
    "Noise ratio (no unit)",
    "Noise scale divided by the batch size. Two ratios can be compared only at one batch size.",
  ],
  ["95 % interval", "Delete-one jackknife over the batches; “≥” where the batches give a lower limit only."],
  [
    "Expected cosine",
    "1/(1 + noise scale/B): what independent batches of B examples have on average, however healthy the training.",
  ],
  [
    "Caveat",
    "The theory takes examples as independent and curvature as equal in all directions; use the values as orders of magnitude, and tune the learning rate again when the batch size changes.",
  ],
];

export function glossarySection(): string {
  const entries = GLOSSARY.map(([term, text]) => `<dt>${term}</dt><dd>${text}</dd>`).join("\n");
  return `<section><h2>Terms and caveats</h2><dl class="glossary">${entries}</dl></section>`;
}
