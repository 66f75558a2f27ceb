import { rmSync } from "node:fs";
import { join } from "node:path";
import { exponentAnswer } from "../../api/exponentDocument.ts";
import type { FoundExponent } from "../../experiment/rateExponent/run.ts";
import { plainCsv, plainParquet } from "../../export/plainTable.ts";
import { rateExponentFigures } from "../../report/charts/rateExponent.ts";
import { comparisonPage } from "../../report/page/comparisonPage.ts";
import { chartPng } from "../../report/png.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { formatCommand } from "../../session/command.ts";
import { fittedRate } from "../../statistics/learningRateExponent.ts";
import { writeAtomically } from "../../store/document.ts";
import type { Text } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { printedCommand } from "../printedCommands.ts";
import { pictureText } from "../terminal/pictureText.ts";
import { batchRows, lossRows, ruleRows } from "../terminal/showLrExponent.ts";
import { commandAgain } from "./comparisonFiles.ts";
import { table } from "./comparisonTables.ts";

interface Written {
  readonly text: Text;
  /** Of the command, as they were given. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** Options of a training among them. */
  readonly training: Readonly<Record<string, unknown>>;
}

/** Where the files of `lr-exponent` lie, and the command line that uses what was measured; null where nothing was. */
export interface ExponentFiles {
  readonly files: readonly string[];
  readonly page: string;
  readonly exponentFile: string | null;
  readonly command: string | null;
}

/** Writes exponent, tables, figures and a page into the study of the largest batch. */
export async function writeExponent(found: FoundExponent, written: Written): Promise<ExponentFiles> {
  const { path } = found.batches.at(-1)!.study;
  const files: string[] = [];
  const write = (name: string, contents: string | Uint8Array) => {
    const file = join(path, name);
    writeAtomically(file, contents);
    files.push(file);
    return file;
  };
  const exponentFile = writeExponentFile(found, path, write);
  const command = exponentFile === null ? null : trainingWith(found, exponentFile, written.training);
  for (const one of tablesOf(found)) {
    write(join("tables", `${one.name}.csv`), plainCsv(one));
    write(join("tables", `${one.name}.parquet`), plainParquet(one));
  }
  const inPictures = pictureText(languageOf(process.env)).rateExponent.chart;
  for (const { file, chart } of rateExponentFigures(drawnOf(found), inPictures))
    write(join("plots", `${file}.png`), await chartPng(chart));
  const page = write("report.html", pageOf(found, { ...written, command }));
  return { files, page, exponentFile, command };
}

/** What `--scale-exponent` reads; none, and none of before, where nothing is resolved. */
function writeExponentFile(
  { fit }: FoundExponent,
  path: string,
  write: (name: string, contents: string) => string,
): string | null {
  const { exponent = null, lower = null, upper = null } = fit ?? {};
  const name = "exponent.json";
  if (exponent !== null) return write(name, `${JSON.stringify({ exponent, lower, upper }, null, 2)}\n`);
  rmSync(join(path, name), { force: true });
  return null;
}

/** From the smallest batch to the largest. */
function trainingWith({ fit, batches }: FoundExponent, file: string, training: Written["training"]): string {
  const [smallest, largest] = [batches[0]!.batchSize, batches.at(-1)!.batchSize];
  const own = {
    batchSize: largest,
    baseBatchSize: smallest,
    learningRate: Number(fittedRate(fit!, smallest)!.toPrecision(3)),
    scaleRule: "measured",
    scaleExponent: file,
  };
  const line = formatCommand("train", { ...(training as Parameters<typeof formatCommand>[1]), ...own });
  return printedCommand(line.replace(/^\S+ /, ""));
}

const drawnOf = ({ batches, fit }: FoundExponent) => ({ curves: batches.map(({ curve }) => curve), fit });

function pageOf(found: FoundExponent, { text, flags, command }: Written & { readonly command: string | null }): string {
  const { rateExponent: words } = text;
  const { model, data } = found.batches[0]!.study.file.specification.arms[0]!.configuration;
  const rules = ruleRows(found, text);
  const { kind, value } = found.budget;
  return comparisonPage(
    {
      title: words.title(String(model), String(data)),
      answer: answerLines([exponentAnswer(found)], text),
      figures: rateExponentFigures(drawnOf(found), words.chart),
      tables: [
        { title: words.batches, rows: batchRows(found, text) },
        ...(rules.length === 0 ? [] : [{ title: words.rules, rows: rules }]),
        ...found.batches.map((batch) => ({ title: words.losses(batch.batchSize), rows: lossRows(batch, text) })),
      ],
      findings: [words.notes[kind === "updates" ? "updates" : "examples"](value), ...words.notes.lines],
      findingsTitle: words.notes.title,
      commands: [commandAgain("lr-exponent", flags), ...(command === null ? [] : [command])],
    },
    text,
  );
}

function tablesOf({ batches, fit, seeds }: FoundExponent) {
  const losses = batches.flatMap(({ batchSize, curve }) =>
    curve.rates.flatMap((rate) =>
      rate.losses.map((loss, i) => ({ batchSize, learningRate: rate.learningRate, seed: seeds[i]!, loss })),
    ),
  );
  return [
    table("batches", fit?.batches ?? [], [
      ["batch_size", ({ batchSize }) => batchSize],
      ["state", ({ state }) => state],
      ["learning_rate", ({ learningRate }) => learningRate?.value ?? null],
      ["learning_rate_lower", ({ learningRate }) => learningRate?.lower ?? null],
      ["learning_rate_upper", ({ learningRate }) => learningRate?.upper ?? null],
      ["fitted_learning_rate", ({ batchSize }) => fit && fittedRate(fit, batchSize)],
    ]),
    table("losses", losses, [
      ["batch_size", ({ batchSize }) => batchSize],
      ["learning_rate", ({ learningRate }) => learningRate],
      ["seed", ({ seed }) => seed],
      ["loss", ({ loss }) => loss],
      ["diverged", ({ loss }) => loss === null],
    ]),
  ];
}
