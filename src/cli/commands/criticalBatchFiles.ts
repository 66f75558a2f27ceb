import { join } from "node:path";
import { plainCsv, plainParquet } from "../../export/plainTable.ts";
import { efficiencyFigure } from "../../report/charts/batchEfficiency.ts";
import { criticalBatchFigures } from "../../report/charts/criticalBatch.ts";
import { comparisonPage } from "../../report/page/comparisonPage.ts";
import { chartPng } from "../../report/png.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { definitionRows } from "../../report/terminal/definitionTable.ts";
import { readRunConfiguration } from "../../session/runConfiguration.ts";
import { USUAL_OVERHEAD } from "../../statistics/criticalBatch.ts";
import { writeAtomically } from "../../store/document.ts";
import type { Text } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { pictureText } from "../terminal/pictureText.ts";
import { branchRows, checkpointRows } from "../terminal/showCriticalBatch.ts";
import { commandAgain } from "./comparisonFiles.ts";
import { table } from "./comparisonTables.ts";
import type { FoundCriticalBatch } from "./criticalBatchFound.ts";

interface Written {
  readonly text: Text;
  /** Of the command, as they were given. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/** Writes tables, figures and a page into the study of the last checkpoint; gives their paths, none where none is. */
export async function writeCriticalBatch(found: FoundCriticalBatch, { text, flags }: Written): Promise<string[]> {
  const last = found.checkpoints.at(-1);
  if (last === undefined) return [];
  const written: string[] = [];
  const write = (name: string, contents: string | Uint8Array) => {
    const path = join(last.study.path, name);
    writeAtomically(path, contents);
    written.push(path);
  };
  for (const one of tablesOf(found)) {
    write(join("tables", `${one.name}.csv`), plainCsv(one));
    write(join("tables", `${one.name}.parquet`), plainParquet(one));
  }
  for (const { file, chart } of figuresOf(found, pictureText(languageOf(process.env))))
    write(join("plots", `${file}.png`), await chartPng(chart));
  write("report.html", pageOf(found, { text, flags }));
  return written;
}

const figuresOf = ({ checkpoints, definitions }: FoundCriticalBatch, text: Text) => [
  ...criticalBatchFigures(checkpoints, USUAL_OVERHEAD, text.criticalBatch.chart),
  efficiencyFigure(definitions, text),
];

function pageOf(found: FoundCriticalBatch, { text, flags }: Written): string {
  const { criticalBatch: words } = text;
  const { model, data } = readRunConfiguration(found.run);
  return comparisonPage(
    {
      title: words.title(model, data),
      answer: answerLines(found.answer, text),
      figures: figuresOf(found, text),
      tables: [
        { title: words.checkpoints, rows: checkpointRows(found.checkpoints, text) },
        ...found.checkpoints.map((one) => ({ title: words.branches(one.step), rows: branchRows(one, text) })),
        { title: words.definitions, rows: definitionRows(found.definitions, text) },
      ],
      findings: words.notes.lines,
      findingsTitle: words.notes.title,
      commands: [commandAgain("critical-batch", flags)],
    },
    text,
  );
}

function tablesOf(found: FoundCriticalBatch) {
  const branches = found.checkpoints.flatMap(({ step, factors }) => factors.map((factor) => ({ step, ...factor })));
  return [
    table("checkpoints", found.checkpoints, [
      ["step", ({ step }) => step],
      ["start_loss", ({ startLoss }) => startLoss],
      ["critical_batch_size", ({ criticalBatchSize }) => criticalBatchSize.value],
      ["critical_batch_size_lower", ({ criticalBatchSize }) => criticalBatchSize.lower],
      ["critical_batch_size_upper", ({ criticalBatchSize }) => criticalBatchSize.upper],
      ["doubled", ({ doubled }) => doubled.value],
      ["doubled_lower", ({ doubled }) => doubled.lower],
      ["doubled_upper", ({ doubled }) => doubled.upper],
      ["largest_alike", ({ largestAlike }) => largestAlike],
    ]),
    table("branches", branches, [
      ["step", ({ step }) => step],
      ["batch_size", ({ batchSize }) => batchSize],
      ["learning_rate", ({ learningRate }) => learningRate],
      ["seeds", ({ seeds }) => seeds],
      ["diverged", ({ diverged }) => diverged],
      ["loss", ({ loss }) => loss.value],
      ["difference", ({ compared }) => compared?.result?.difference.value ?? null],
      ["difference_lower", ({ compared }) => compared?.result?.difference.lower ?? null],
      ["difference_upper", ({ compared }) => compared?.result?.difference.upper ?? null],
      ["progress_kept", ({ kept }) => kept?.value ?? null],
      ["progress_kept_lower", ({ kept }) => kept?.lower ?? null],
      ["progress_kept_upper", ({ kept }) => kept?.upper ?? null],
    ]),
  ];
}

/** The document: every checkpoint with its branches, and the definitions side by side. */
export function criticalBatchDocument(found: FoundCriticalBatch, files: readonly string[]) {
  return {
    answer: found.answer,
    run: found.run.record.id,
    overhead: USUAL_OVERHEAD,
    checkpoints: found.checkpoints.map(({ factors, study, ...checkpoint }) => ({
      ...checkpoint,
      factors: factors.map(({ compared, ...factor }) => ({
        ...factor,
        difference: compared?.result?.difference.value ?? null,
        lower: compared?.result?.difference.lower ?? null,
        upper: compared?.result?.difference.upper ?? null,
        p: compared?.result?.p ?? null,
        verdict: compared?.verdict ?? null,
      })),
      study: study.path,
    })),
    definitions: found.definitions,
    files,
  };
}
