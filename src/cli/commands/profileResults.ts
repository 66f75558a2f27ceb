import { join } from "node:path";
import { flat, profileDocument } from "../../api/profileDocument.ts";
import { type PlainTable, plainCsv, plainParquet } from "../../export/plainTable.ts";
import { timeAgainstBatch } from "../../report/charts/timeAgainstBatch.ts";
import { profilePage } from "../../report/page/profilePage.ts";
import { chartPng } from "../../report/png.ts";
import { chartSvg } from "../../report/svg.ts";
import { labelledLines, separated } from "../../report/terminal/aligned.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { accumulationTable, costLines, type ShownTable, sizeTable } from "../../report/terminal/profileTable.ts";
import { formatCommand } from "../../session/command.ts";
import { encodeJson } from "../../store/json.ts";
import type { Profile } from "../../store/profile.ts";
import { SCHEMA_VERSION } from "../../store/schema.ts";
import type { StudyVerdict } from "../../store/verdicts.ts";
import { whole } from "../../text/format.ts";
import { type Text, textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { writeNewFolder } from "../outputs.ts";
import { pictureText } from "../terminal/pictureText.ts";
import { tableLines } from "../terminal/tableLines.ts";
import { columnOf, table } from "./comparisonTables.ts";

interface Found {
  readonly profile: Profile;
  readonly answer: readonly StudyVerdict[];
  /** That were written. */
  readonly files: readonly string[];
}

/** The answer, the tables, what an update costs, and what to know of it. */
export function profileLines({ profile, answer, files }: Found, text: Text): string[] {
  const { profile: words } = text;
  const { accumulation, costModel, notes, rounds } = profile;
  return separated([
    answerLines(answer, text),
    shownTable(sizeTable(profile, words)),
    accumulation.length > 0 ? [words.accumulated, ...shownTable(accumulationTable(profile, words))] : [],
    costModel ? [words.cost, ...labelledLines(costLines(costModel, words))] : [],
    [
      words.rounds(whole(rounds)),
      ...labelledLines([
        ...notes.map((note) => [words.note, said(note, words.notes)] as const),
        [words.note, words.learning],
        ...files.map((file) => [words.written, file] as const),
      ]),
    ],
  ]);
}

function shownTable({ columns, rows }: ShownTable): string[] {
  const head = columns.map(({ name, unit }) => (unit === "" ? name : `${name} ${unit}`));
  return tableLines([head, ...rows], () => false);
}

/** A folder with the page, the figure and the tables, whole or not at all; gives the paths of its files. */
export async function writeProfile({
  profile,
  answer,
  out,
  flags,
}: Pick<Found, "profile" | "answer"> & {
  readonly out: string;
  readonly flags: Readonly<Record<string, unknown>>;
}): Promise<string[]> {
  const language = languageOf(process.env);
  const text = textIn(language);
  const command = formatCommand("profile", { ...(flags as Readonly<Record<string, string>>), lang: language });
  const document = { schemaVersion: SCHEMA_VERSION, ...profileDocument(profile), answer };
  const files = new Map<string, string | Uint8Array>([
    ["report.html", profilePage({ profile, answer, command }, text)],
    ["time_vs_batch_size.png", await chartPng(timeAgainstBatch(profile, pictureText(language).profile))],
    ["time_vs_batch_size.svg", chartSvg(timeAgainstBatch(profile, text.profile), "light")],
    ...tablesOf(profile).flatMap((one) => [
      [`${one.name}.csv`, plainCsv(one)] as const,
      [`${one.name}.parquet`, plainParquet(one)] as const,
    ]),
    ["profile.json", `${encodeJson(document, 2)}\n`],
  ]);
  writeNewFolder(out, files);
  return [...files.keys()].map((name) => join(out, name));
}

/** Every window with its times, and every window with what the model says of it; times are in seconds. */
function tablesOf({ batchSizes, accumulation, costModel }: Profile): PlainTable[] {
  const windows = [...batchSizes, ...accumulation].map((window) => ({
    ...flat(window),
    peakMemoryBytes: "peakMemoryBytes" in window ? (window.peakMemoryBytes as number) : Number.NaN,
  }));
  const residuals = costModel?.residuals.map(({ batchSize, microBatch, measured, fitted, relative }) => ({
    ...{ batchSize, microBatch, secondsPerUpdate: measured, fittedSecondsPerUpdate: fitted, relativeError: relative },
  }));
  return [tableOf("batch_sizes", windows), ...(residuals ? [tableOf("cost_model", residuals)] : [])];
}

function tableOf(name: string, rows: readonly Readonly<Record<string, number>>[]): PlainTable {
  const names = Object.keys(rows[0] ?? {});
  return table(
    name,
    rows,
    names.map((key) => [columnOf(key), (row) => row[key]!] as const),
  );
}
