import { join } from "node:path";
import type { ArmResult } from "../../experiment/studies/comparison.ts";
import { gradientNormCurve, smoothedCurve, trainingCurve, validationCurve } from "../../experiment/studies/curves.ts";
import type { RanComparison } from "../../experiment/studies/runComparison.ts";
import { atRateOfBaseline } from "../../experiment/studies/tuning.ts";
import { plainCsv, plainParquet } from "../../export/plainTable.ts";
import { type ComparedArm, comparisonFigures } from "../../report/charts/comparison.ts";
import { comparisonPage } from "../../report/page/comparisonPage.ts";
import { chartPng } from "../../report/png.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { formatCommand } from "../../session/command.ts";
import { writeAtomically } from "../../store/document.ts";
import type { Text } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { pictureText } from "../terminal/pictureText.ts";
import {
  armRows,
  differenceTables,
  gradientRows,
  targetTables,
  tuningRows,
  tuningTitle,
} from "../terminal/showComparison.ts";
import type { ComparisonFacts } from "./comparisonJudged.ts";
import { comparisonTables } from "./comparisonTables.ts";

/** Writes the tables, the figures and the page of a comparison into its folder, and gives their paths. */
export async function writeComparison(ran: RanComparison, facts: ComparisonFacts, text: Text): Promise<string[]> {
  const written: string[] = [];
  const write = (name: string, contents: string | Uint8Array) => {
    const path = join(ran.path, name);
    writeAtomically(path, contents);
    written.push(path);
  };
  for (const table of comparisonTables(ran)) {
    write(join("tables", `${table.name}.csv`), plainCsv(table));
    write(join("tables", `${table.name}.parquet`), plainParquet(table));
  }
  const arms = comparedArms(ran);
  const drawn = pictureText(languageOf(process.env)).comparison.figures;
  for (const { file, chart } of comparisonFigures(arms, drawn))
    write(join("plots", `${file}.png`), await chartPng(chart));
  write("report.html", pageOf(ran, arms, facts, text));
  return written;
}

function pageOf(ran: RanComparison, arms: readonly ComparedArm[], { answer, findings }: ComparisonFacts, text: Text) {
  const { comparison: words } = text;
  const { specification, id, seeds } = ran.file;
  const [{ configuration }] = specification.arms as [(typeof specification.arms)[number]];
  const options = ran.arms.map(
    ({ arm: { name, configuration: all } }) => `# ${name}: ${formatCommand("train", all as never)}`,
  );
  return comparisonPage(
    {
      title: words.title(String(configuration.model), String(configuration.data)),
      answer: answerLines(answer, text),
      figures: comparisonFigures(arms, words.figures),
      tables: [
        { title: words.title(String(configuration.model), String(configuration.data)), rows: armRows(ran, text) },
        ...targetTables(ran, text),
        ...differenceTables(ran, text),
        ...(ran.tuned === null ? [] : [{ title: tuningTitle(ran, text), rows: tuningRows(ran.tuned, text) }]),
        { title: words.gradients, rows: gradientRows(ran.arms, text) },
      ],
      findings: findings.map((found) => said(found, words.findings)),
      commands: [`# ${id}: --seeds ${seeds.join(",")}`, ...options],
    },
    text,
  );
}

function comparedArms({ arms, file, tuned, baseline }: RanComparison): ComparedArm[] {
  const most = Math.max(...arms.flatMap(({ trials }) => trials.map(({ examples }) => examples)), 1);
  const grid = file.specification.evaluateExamples;
  const fixed = tuned && atRateOfBaseline(tuned, baseline);
  return arms.map((one: ArmResult) => ({
    name: one.arm.name,
    effectiveBatchSize: one.arm.effectiveBatchSize,
    training: trainingCurve(one, most),
    smoothed: smoothedCurve(one, most),
    validation: grid === null ? [] : validationCurve(one, grid),
    gradientNorm: gradientNormCurve(one, most),
    meanLoss: one.meanLoss.value,
    seconds: one.seconds,
    peakMemoryBytes: one.peakMemoryBytes,
    accuracy: one.finalAccuracy,
    trainAccuracy: one.trainAccuracy,
    fixed: fixed && atOneRate(fixed.rate, fixed.results.get(one.arm.name)!),
  }));
}

const atOneRate = (rate: number, { finalAccuracy, trainAccuracy }: ArmResult) => ({
  rate,
  accuracy: finalAccuracy,
  trainAccuracy,
});
