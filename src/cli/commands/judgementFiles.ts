import { join } from "node:path";
import type { JudgementFacts } from "../../api/judgementFacts.ts";
import { OTHER_SEEDS } from "../../experiment/judgements/plan.ts";
import type { JudgementState } from "../../experiment/judgements/run.ts";
import { type PlainTable, plainCsv, plainParquet } from "../../export/plainTable.ts";
import { judgementFigures } from "../../report/charts/judgement.ts";
import { comparisonPage } from "../../report/page/comparisonPage.ts";
import { chartPng } from "../../report/png.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { writeAtomically } from "../../store/document.ts";
import { metricValue } from "../../text/judgeParts.ts";
import type { Text } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { pictureText } from "../terminal/pictureText.ts";
import { lookRows, numberRows, sideRows } from "../terminal/showJudgement.ts";
import { oneTrial } from "./comparisonFiles.ts";
import { table } from "./comparisonTables.ts";

/** Writes the tables, the figures and the page of a judgement into its folder, and gives their paths. */
export async function writeJudgement(
  state: JudgementState,
  facts: JudgementFacts,
  { text, again }: { readonly text: Text; readonly again: string },
): Promise<string[]> {
  const written: string[] = [];
  const write = (name: string, contents: string | Uint8Array) => {
    const path = join(state.path, name);
    writeAtomically(path, contents);
    written.push(path);
  };
  for (const table of tablesOf(state)) {
    write(join("tables", `${table.name}.csv`), plainCsv(table));
    write(join("tables", `${table.name}.parquet`), plainParquet(table));
  }
  for (const { file, chart } of figuresOf(state, facts, pictureText(languageOf(process.env))))
    write(join("plots", `${file}.png`), await chartPng(chart));
  write("report.html", pageOf(state, facts, { text, again }));
  return written;
}

function figuresOf({ file, looks, judgement }: JudgementState, { unpairedBy }: JudgementFacts, { judge: words }: Text) {
  const { judging, arms } = file.specification;
  const { metric, minimumEffect } = judging!;
  const [one, other] = arms;
  const shown = (value: number) => metricValue(metric, value);
  const points = looks.map(({ seeds, difference }) => ({ seeds, ...difference }));
  const about = { metric: words.metrics[metric], shown, arm: one!.name, baseline: other!.name, minimumEffect };
  const paired = unpairedBy === null;
  return judgementFigures({ ...about, paired, looks: points, pairs: judgement.pairs }, words.figure);
}

function pageOf(
  state: JudgementState,
  facts: JudgementFacts,
  { text, again }: { readonly text: Text; readonly again: string },
): string {
  const { judge: words } = text;
  const { specification } = state.file;
  const { arms, judging } = specification;
  const [one, other] = arms;
  const shift = judging!.againstItself ? OTHER_SEEDS : 0;
  const looks = lookRows(state, text);
  return comparisonPage(
    {
      title: words.title(one!.name, other!.name, judging!.metric),
      answer: answerLines(facts.answer, text),
      figures: figuresOf(state, facts, text),
      numbers: { title: words.numbers, rows: numberRows(state, facts, text) },
      tables: [
        { title: words.sidesTable, rows: sideRows(state, facts, text) },
        ...(looks.length > 1 ? [{ title: words.looksTable, rows: looks }] : []),
      ],
      findings: facts.findings.map((found) => said(found, words.findings)),
      commands: [again],
      trials: arms.map((arm, i) => oneTrial(arm, i === 0 ? 0 : shift)),
    },
    text,
  );
}

/** Every look and every pair of values, as tables. */
function tablesOf({ looks, judgement, confirmation }: JudgementState): PlainTable[] {
  const aside = (seed: number) => confirmation?.pairs.find((pair) => pair.seed === seed);
  return [
    table("looks", looks, [
      ["at", ({ at }) => at],
      ["seeds", ({ seeds }) => seeds],
      ["difference", ({ difference }) => difference.value],
      ["lower", ({ difference }) => difference.lower],
      ["upper", ({ difference }) => difference.upper],
      ["level", ({ level }) => level],
      ["rejects", ({ rejects }) => rejects],
      ["verdict", ({ verdict }) => verdict],
      ["more_seeds", ({ moreSeeds }) => moreSeeds],
    ]),
    table("pairs", judgement.pairs, [
      ["seed", ({ seed }) => seed],
      ["arm", ({ arm }) => arm],
      ["baseline", ({ baseline }) => baseline],
      ["arm_set_aside", ({ seed }) => aside(seed)?.arm ?? null],
      ["baseline_set_aside", ({ seed }) => aside(seed)?.baseline ?? null],
    ]),
  ];
}
