import { join } from "node:path";
import type { SweepFacts } from "../../api/sweepFacts.ts";
import type { RanSweep } from "../../experiment/sweeps/runSweep.ts";
import type { SweepResult } from "../../experiment/sweeps/sweepResult.ts";
import { plainCsv, plainParquet } from "../../export/plainTable.ts";
import { type DrawnOption, type DrawnSweep, sweepFigures } from "../../report/charts/sweep.ts";
import { comparisonPage } from "../../report/page/comparisonPage.ts";
import { chartPng } from "../../report/png.ts";
import { writeAtomically } from "../../store/document.ts";
import { kebab } from "../../tensor/kebab.ts";
import type { Text } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { pictureText } from "../terminal/pictureText.ts";
import { hasMarks, settingRows, valueText } from "../terminal/showSweep.ts";
import { sweepTables } from "./sweepTables.ts";

/** Numbers so far apart are drawn on a logarithmic axis. */
const FAR = 8;

/** Writes the tables, the figures and the page of a sweep into its folder, and gives their paths. */
export async function writeSweep(
  { path, file }: Pick<RanSweep, "path" | "file">,
  facts: SweepFacts,
  text: Text,
): Promise<string[]> {
  const written: string[] = [];
  const write = (name: string, contents: string | Uint8Array) => {
    const place = join(path, name);
    writeAtomically(place, contents);
    written.push(place);
  };
  for (const table of sweepTables(file, facts.result)) {
    write(join("tables", `${table.name}.csv`), plainCsv(table));
    write(join("tables", `${table.name}.parquet`), plainParquet(table));
  }
  const drawn = drawnSweep(file, facts.result, text);
  const words = pictureText(languageOf(process.env));
  for (const { file: name, chart } of sweepFigures(drawnSweep(file, facts.result, words), words.sweep.figures))
    write(join("plots", `${name}.png`), await chartPng(chart));
  write("report.html", pageOf(file, facts, drawn, text));
  return written;
}

/** What the figures are drawn from: settings that were trained to their end. */
function drawnSweep({ specification }: RanSweep["file"], { settings, curve }: SweepResult, text: Text): DrawnSweep {
  const { metric, parameters } = specification;
  const share = metric === "validation-accuracy" ? 100 : 1;
  const whole = settings.filter(({ state, value }) => state === "done" && Number.isFinite(value.value));
  const options = parameters.map((parameter): DrawnOption => {
    const own = whole.map(({ values }) => values[parameter.option]);
    const numbers = own.filter((one) => typeof one === "number");
    const isNumber = numbers.length === own.length;
    const names = isNumber ? null : [...new Set(own.map(valueText))];
    const isFar = numbers.every((one) => one > 0) && Math.max(...numbers) >= FAR * Math.min(...numbers);
    return { name: kebab(parameter.option), names, log: parameter.kind === "range" ? parameter.log : isFar };
  });
  const scaled = (value: number | null) => (value === null ? null : share * value);
  return {
    options,
    metric: share === 1 ? text.sweep.metrics[metric] : `${text.sweep.metrics[metric]} (%)`,
    smallerIsBetter: metric === "validation-loss",
    settings: whole.map(({ values, value, mayBeBest }) => ({
      values: parameters.map(({ option }, i) => {
        const own = values[option];
        return typeof own === "number" && options[i]!.names === null ? own : options[i]!.names!.indexOf(valueText(own));
      }),
      value: share * value.value,
      mayBeBest: mayBeBest === true,
    })),
    curve: curve.map(({ trials, expectedBest, lower, upper }) => ({
      trials,
      expectedBest: scaled(expectedBest),
      lower: scaled(lower),
      upper: scaled(upper),
    })),
  };
}

function pageOf(file: RanSweep["file"], facts: SweepFacts, drawn: DrawnSweep, text: Text): string {
  const { sweep: words } = text;
  const { given } = file.specification;
  const title = words.title(String(given.model), String(given.data));
  return comparisonPage(
    {
      title,
      answer: [said(facts.answer, words.answers)],
      figures: sweepFigures(drawn, words.figures),
      tables: [
        {
          title: hasMarks(facts) ? `${words.settings} (${words.mark})` : words.settings,
          rows: settingRows(file, facts, text),
        },
      ],
      findings: facts.findings.map((found) => said(found, words.findings)),
      commands: [`batchscope sweep resume ${file.id}`],
    },
    text,
  );
}
