import { join } from "node:path";
import { plainCsv, plainParquet } from "../../export/plainTable.ts";
import { efficiencyFigure } from "../../report/charts/batchEfficiency.ts";
import type { ComparisonFigure } from "../../report/charts/comparison.ts";
import { recommendFigures } from "../../report/charts/recommendation.ts";
import { comparisonPage } from "../../report/page/comparisonPage.ts";
import { chartPng } from "../../report/png.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { definitionRows } from "../../report/terminal/definitionTable.ts";
import { settingsOf } from "../../statistics/recommend/pilotTable.ts";
import { type PricedSetting, priceOf } from "../../statistics/recommend/recommendation.ts";
import { writeAtomically } from "../../store/document.ts";
import type { Text } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { pictureText } from "../terminal/pictureText.ts";
import { alternativeRows, ruleRows, triedRows } from "../terminal/showRecommend.ts";
import { commandAgain } from "./comparisonFiles.ts";
import { type Cells, table } from "./comparisonTables.ts";
import { recommendCommands } from "./recommendCommands.ts";
import type { Advice } from "./recommendFound.ts";

/** Writes tables, figures and a page into the study; gives their paths. */
export async function writeRecommendation(
  advice: Advice,
  { text, flags }: { readonly text: Text; readonly flags: Readonly<Record<string, unknown>> },
): Promise<string[]> {
  const { found } = advice;
  const written: string[] = [];
  const write = (name: string, contents: string | Uint8Array) => {
    const path = join(found.path, name);
    writeAtomically(path, contents);
    written.push(path);
  };
  for (const one of tablesOf(advice)) {
    write(join("tables", `${one.name}.csv`), plainCsv(one));
    write(join("tables", `${one.name}.parquet`), plainParquet(one));
  }
  for (const { file, chart } of figuresOf(advice, pictureText(languageOf(process.env))))
    write(join("plots", `${file}.png`), await chartPng(chart));
  write("report.html", pageOf(advice, { text, flags }));
  return written;
}

function figuresOf({ found: { plan, recommendation }, definitions }: Advice, text: Text): ComparisonFigure[] {
  const isKnown = definitions.some(({ value }) => value !== null);
  return [
    ...recommendFigures(recommendation, plan.goal, text.recommend.chart),
    ...(isKnown ? [efficiencyFigure(definitions, text)] : []),
  ];
}

function pageOf(
  advice: Advice,
  { text, flags }: { readonly text: Text; readonly flags: Readonly<Record<string, unknown>> },
): string {
  const { recommend: words } = text;
  const { found, answer, reasons, definitions } = advice;
  const { configuration } = found.plan;
  const { train, judge } = recommendCommands(advice);
  return comparisonPage(
    {
      title: words.title(configuration.model, configuration.data),
      answer: answerLines(answer, text),
      figures: figuresOf(advice, text),
      tables: [
        { title: words.alternatives, rows: alternativeRows(advice, text) },
        { title: words.rules, rows: ruleRows(advice, text) },
        { title: text.criticalBatch.definitions, rows: definitionRows(definitions, text) },
        { title: words.tried, rows: triedRows(advice, text) },
      ],
      findings: reasons.map((one) => said(one, words.reasons)),
      findingsTitle: words.reasoning,
      isFolded: true,
      commands: [train, ...(judge === null ? [] : [judge]), commandAgain("recommend", flags)],
    },
    text,
  );
}

const settingCells: Cells<PricedSetting> = [
  ["effective_batch_size", ({ effectiveBatchSize }) => effectiveBatchSize],
  ["batch_size", ({ batchSize }) => batchSize],
  ["gradient_accumulation_steps", ({ accumulationSteps }) => accumulationSteps],
  ["learning_rate", ({ learningRate }) => learningRate],
  ["beta2", ({ beta2 }) => beta2],
  ["seeds", ({ seeds }) => seeds],
  ["reached", ({ reached }) => reached],
  ["seconds_per_update", ({ secondsPerUpdate }) => secondsPerUpdate],
  ...(["seconds", "examples", "updates"] as const).flatMap(
    (name): Cells<PricedSetting> => [
      [name, (one) => one[name].value],
      [`${name}_lower`, (one) => one[name].lower],
      [`${name}_upper`, (one) => one[name].upper],
    ],
  ),
];

/** Every setting with what it takes, every pilot, and the rules. */
function tablesOf({ found: { table: pilots, recommendation } }: Advice) {
  return [
    table(
      "settings",
      settingsOf(pilots).map((one) => priceOf(pilots, one)),
      settingCells,
    ),
    table("pilots", pilots.pilots, [
      ["effective_batch_size", ({ setting }) => setting.effectiveBatchSize],
      ["learning_rate", ({ setting }) => setting.learningRate],
      ["beta2", ({ setting }) => setting.beta2],
      ["seed", ({ seed }) => seed],
      ["updates", ({ updates }) => updates],
      ["reached", ({ reached }) => reached],
    ]),
    table("rules", recommendation.rules, [
      ["rule", ({ name }) => name],
      ...(settingCells as Cells<(typeof recommendation.rules)[number]>),
      ["ratio", ({ ratio }) => ratio.value],
      ["ratio_lower", ({ ratio }) => ratio.lower],
      ["ratio_upper", ({ ratio }) => ratio.upper],
    ]),
  ];
}
