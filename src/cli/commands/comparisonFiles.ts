import { join } from "node:path";
import type { ComparisonFacts } from "../../api/comparisonJudged.ts";
import type { RanComparison } from "../../experiment/studies/runComparison.ts";
import { plainCsv, plainParquet } from "../../export/plainTable.ts";
import { type ComparisonFigure, comparisonFigures } from "../../report/charts/comparison.ts";
import { comparisonPage } from "../../report/page/comparisonPage.ts";
import { chartPng } from "../../report/png.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { formatCommand, quote } from "../../session/command.ts";
import { writeAtomically } from "../../store/document.ts";
import type { StudyArm } from "../../store/studies/study.ts";
import type { Text } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { invocation, withoutPassword } from "../invocation.ts";
import { languageOf } from "../language.ts";
import { printedCommand } from "../printedCommands.ts";
import { pictureText } from "../terminal/pictureText.ts";
import {
  armRows,
  differenceTables,
  gradientRows,
  targetTables,
  tuningRows,
  tuningTitle,
} from "../terminal/showComparison.ts";
import { comparedArms, comparedNorms } from "./comparisonDrawn.ts";
import { comparisonTables } from "./comparisonTables.ts";

interface PageParts {
  readonly facts: ComparisonFacts;
  readonly figures: readonly ComparisonFigure[];
  readonly text: Text;
  /** Of the command, as they were given. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/** Writes the tables, the figures and the page of a comparison into its folder, and gives their paths. */
export async function writeComparison(
  ran: RanComparison,
  facts: ComparisonFacts,
  { text, flags }: Pick<PageParts, "text" | "flags">,
): Promise<string[]> {
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
  const drawn = [comparedArms(ran), comparedNorms(ran)] as const;
  const inPictures = pictureText(languageOf(process.env)).comparison.figures;
  for (const { file, chart } of comparisonFigures(...drawn, inPictures))
    write(join("plots", `${file}.png`), await chartPng(chart));
  const figures = comparisonFigures(...drawn, text.comparison.figures);
  write("report.html", pageOf(ran, { facts, figures, text, flags }));
  return written;
}

function pageOf(ran: RanComparison, { facts, figures, text, flags }: PageParts) {
  const { comparison: words } = text;
  const { configuration } = ran.file.specification.arms[0]!;
  return comparisonPage(
    {
      title: words.title(String(configuration.model), String(configuration.data)),
      answer: answerLines(facts.answer, text),
      figures,
      tables: [
        { title: words.armsTitle, rows: armRows(ran, text) },
        ...targetTables(ran, text),
        ...differenceTables(ran, text),
        ...(ran.tuned === null ? [] : [{ title: tuningTitle(ran, text), rows: tuningRows(ran.tuned, text) }]),
        { title: words.gradients, rows: gradientRows(ran.arms, text) },
      ],
      findings: facts.findings.map((found) => said(found, words.findings)),
      commands: [commandAgain("compare", flags)],
      trials: ran.arms.map(({ arm, trials }) => oneTrial(arm, trials[0]?.seed ?? ran.file.seeds[0]!)),
    },
    text,
  );
}

/** The command `name` as it was given, but for what it printed; by its flags where another one calls it. */
export function commandAgain(name: string, flags: Readonly<Record<string, unknown>>): string {
  const { program, words } = invocation();
  const { queue } = flags;
  const shown = typeof queue === "string" ? { ...flags, queue: withoutPassword(queue) } : flags;
  if (!words.includes(name)) return formatCommand(name, shown as never);
  return [program, ...words.filter((word) => word !== "--json").map(quote)].join(" ");
}

/** An arm, and the training of one of its seeds by itself. */
export function oneTrial({ name, configuration }: StudyArm, seed: number) {
  return {
    name,
    seed,
    command: printedCommand(formatCommand("train", { ...configuration, seed }).replace(/^\S+ /, "")),
  };
}
