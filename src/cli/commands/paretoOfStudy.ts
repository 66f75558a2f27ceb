import { join } from "node:path";
import { paretoVerdict } from "../../advice/paretoVerdict.ts";
import { readPareto } from "../../experiment/criticalBatch/pareto.ts";
import { plainCsv, plainParquet } from "../../export/plainTable.ts";
import { paretoFront } from "../../report/charts/pareto.ts";
import { comparisonPage } from "../../report/page/comparisonPage.ts";
import { chartPng } from "../../report/png.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { decimal } from "../../session/numbers.ts";
import { writeAtomically } from "../../store/document.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { writeBatchAnswer } from "../../store/studies/answer.ts";
import { withRoom } from "../../store/studies/lines.ts";
import { UsageError } from "../../tensor/errors.ts";
import { type Text, textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { pictureText } from "../terminal/pictureText.ts";
import { print, printJson } from "../terminal/print.ts";
import { definitionRowsOfStudy, definitionsOfStudy, fitLines, paretoLines, pointRows } from "../terminal/showPareto.ts";
import { commandAgain } from "./comparisonFiles.ts";
import { table } from "./comparisonTables.ts";
import type { FoundPareto } from "./paretoFound.ts";

interface StudyFlags {
  readonly targetLoss?: string | undefined;
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `critical-batch --study`: what a study's batch sizes took to a loss, and the hyperbola; trains nothing. */
export async function runParetoOfStudy(
  id: string,
  { targetLoss, dir, json }: StudyFlags,
  flags: Readonly<Record<string, unknown>>,
): Promise<void> {
  const read = await readPareto(storeDirectory(dir), id, targetLoss === undefined ? undefined : lossOf(targetLoss));
  const batchSizes = read.points.map(({ batchSize }) => batchSize);
  const found = { ...read, answer: [paretoVerdict({ ...read, batchSizes })] };
  const text = textIn(languageOf(process.env));
  const files = await withRoom(found.path, () => {
    writeBatchAnswer(found, found.answer);
    return writePareto(found, { text, flags });
  });
  if (json) printJson(paretoDocument(found, id, files));
  else print(...paretoLines(found, files, text));
}

function lossOf(text: string): number {
  const loss = decimal(text);
  if (Number.isFinite(loss)) return loss;
  throw new UsageError(`--target-loss: expected a loss, got ${JSON.stringify(text)}; write for example 0.4`);
}

async function writePareto(
  found: FoundPareto,
  { text, flags }: { readonly text: Text; readonly flags: Readonly<Record<string, unknown>> },
): Promise<string[]> {
  const written: string[] = [];
  const write = (name: string, contents: string | Uint8Array) => {
    const path = join(found.path, name);
    writeAtomically(path, contents);
    written.push(path);
  };
  const costs = tableOf(found);
  write(join("tables", `${costs.name}.csv`), plainCsv(costs));
  write(join("tables", `${costs.name}.parquet`), plainParquet(costs));
  const drawn = drawnFront(found);
  const inPictures = pictureText(languageOf(process.env)).pareto.chart;
  write(join("plots", "steps_vs_examples.png"), await chartPng(paretoFront(drawn, inPictures)));
  const { pareto: words } = text;
  const { model, data } = found.subject;
  const page = {
    title: words.title(model, data),
    answer: answerLines(found.answer, text),
    figures: [{ file: "steps_vs_examples", chart: paretoFront(drawn, words.chart) }],
    tables: [
      { title: words.points(found.target), rows: pointRows(found, text) },
      { title: words.definitions, rows: definitionRowsOfStudy(found, text) },
    ],
    findings: [...fitLines(found, text), ...words.notes.lines(found.seeds.length)],
    findingsTitle: words.notes.title,
    commands: [commandAgain("critical-batch", flags)],
  };
  write("critical-batch.html", comparisonPage(page, text));
  return written;
}

function drawnFront({ target, points, fit }: FoundPareto) {
  const { fewestSteps, fewestExamples } = fit;
  const whole = points.flatMap(({ batchSize, examples }) =>
    examples.includes(null) ? [] : [{ batchSize, examples: examples as readonly number[] }],
  );
  const isKnown = fewestSteps !== null && fewestExamples !== null;
  const curve = isKnown ? { fewestSteps: fewestSteps.value, fewestExamples: fewestExamples.value } : null;
  return { target, points: whole, curve };
}

function tableOf({ points, seeds }: FoundPareto) {
  const rows = points.flatMap(({ batchSize, examples }) =>
    examples.map((one, i) => ({ batchSize, seed: seeds[i]!, examples: one })),
  );
  return table("steps_to_target", rows, [
    ["batch_size", ({ batchSize }) => batchSize],
    ["seed", ({ seed }) => seed],
    ["reached", ({ examples }) => examples !== null],
    ["examples", ({ examples }) => examples],
    ["steps", ({ batchSize, examples }) => (examples === null ? null : examples / batchSize)],
  ]);
}

/** The document: each batch size with its seeds, the fit and the definitions. */
function paretoDocument(found: FoundPareto, study: string, files: readonly string[]) {
  const { answer, target, seeds, points, fit } = found;
  return {
    answer,
    study,
    targetLoss: target,
    seeds,
    batches: points,
    fit,
    definitions: definitionsOfStudy(found),
    files,
  };
}
