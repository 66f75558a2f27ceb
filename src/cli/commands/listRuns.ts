import { join } from "node:path";
import { fits } from "../../report/terminal/folded.ts";
import { wholeNumber } from "../../session/numbers.ts";
import { type RunRow, rememberedRows } from "../../store/rowIndex.ts";
import type { RunRows } from "../../store/runIndex.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { UsageError } from "../../tensor/errors.ts";
import { didYouMean } from "../../tensor/suggest.ts";
import { commandsIn } from "../../text/commandsText.ts";
import type { CommandsText } from "../../text/en/commands.ts";
import { isTelling, percent, significant, threeDigits } from "../../text/format.ts";
import { sizeText } from "../../text/size.ts";
import { languageOf } from "../language.ts";
import { sayOddRows } from "../sayOdd.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { formatDuration } from "../terminal/progress.ts";
import { columnsOf, tableLines } from "../terminal/tableLines.ts";
import type { StoreFlags } from "./runs.ts";
import { runsAnswer } from "./runsAnswer.ts";

export const runOrders = ["started", "name", "loss", "accuracy", "time"] as const;

export interface ListFlags extends StoreFlags {
  readonly trash?: boolean | undefined;
  readonly status?: string | undefined;
  readonly name?: string | undefined;
  readonly tag?: readonly string[] | undefined;
  readonly columns?: string | undefined;
  readonly limit?: string | undefined;
  /** Only the trials of this study; "all": runs of studies too. */
  readonly study?: string | undefined;
  readonly sort: (typeof runOrders)[number];
}

const orders: Readonly<Record<ListFlags["sort"], (a: RunRow, b: RunRow) => number>> = {
  // As listed: newest first.
  started: () => 0,
  name: (a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)),
  loss: (a, b) => (a.validationLoss ?? Number.POSITIVE_INFINITY) - (b.validationLoss ?? Number.POSITIVE_INFINITY) || 0,
  accuracy: (a, b) => (b.validationAccuracy ?? -1) - (a.validationAccuracy ?? -1),
  time: (a, b) => (a.seconds ?? Number.POSITIVE_INFINITY) - (b.seconds ?? Number.POSITIVE_INFINITY) || 0,
};

const NONE = "–";
const shown = (value: number | null, as: (value: number) => string) => (value === null ? NONE : as(value));

/** What a table may show, in its order. */
const columns = {
  run: ({ id }) => id,
  status: ({ status }, { statuses }) => statuses[status],
  name: ({ name }) => name,
  model: ({ model }) => model,
  data: ({ data }) => data,
  // What it begins with, where it changes.
  batch: ({ effectiveBatchSize: size, batchChanges }) => shown(size, (n) => (batchChanges ? `${n} …` : String(n))),
  rate: ({ learningRate }) => shown(learningRate, threeDigits),
  epochs: ({ epochs }) => shown(epochs, String),
  steps: ({ steps }) => shown(steps, String),
  loss: ({ validationLoss }) => shown(validationLoss, significant),
  accuracy: ({ validationAccuracy }) => shown(validationAccuracy, percent),
  time: ({ seconds }) => shown(seconds, formatDuration),
  memory: ({ peakMemoryBytes }) => shown(peakMemoryBytes, sizeText),
  noise: ({ noiseScale }) => noiseText(noiseScale),
  tags: ({ tags }) => tags.join(","),
  study: ({ trialOf = "" }) => trialOf.split("/")[0]!,
  description: ({ description }) => description,
} as const satisfies Record<string, (row: RunRow, text: CommandsText["runs"]) => string>;
type ColumnName = keyof typeof columns;
const columnNames = Object.keys(columns) as ColumnName[];

function noiseText(scale: RunRow["noiseScale"]): string {
  if (scale === null) return NONE;
  if (scale.upper !== null) return significant(scale.value);
  return isTelling(scale.lower) ? `≥ ${significant(scale.lower)}` : NONE;
}

/** Throws `UsageError` naming one that there is not. */
function chosenColumns(text: string | undefined): readonly ColumnName[] | undefined {
  return text?.split(",").map((part) => {
    const name = columnNames.find((known) => known === part.trim().toLowerCase());
    if (name !== undefined) return name;
    throw new UsageError(
      `--columns: expected some of ${columnNames.join(",")}, got ${JSON.stringify(part)}${didYouMean(part, columnNames) || "; change it"}`,
    );
  });
}

/** The command `runs`: a table of all runs, or of some. Throws `UsageError` for a column or a limit that is none. */
export async function runsList(flags: ListFlags): Promise<void> {
  const { sort, dir, json } = flags;
  const asked = chosenColumns(flags.columns);
  const limit = flags.limit === undefined ? undefined : wholeNumber("--limit", flags.limit, 1);
  const directory = storeDirectory(dir);
  const { rows, damaged } = await rowsOf(directory);
  sayOddRows(directory, { rows, damaged });
  const wanted = rows.filter((row) => isWanted(row, flags));
  const ofStudies = wanted.filter((row) => isOfStudy(row, flags.study));
  const chosen = ofStudies.sort(orders[sort]).slice(0, limit);
  if (json) {
    const problems = damaged.map(({ message }) => message);
    printJson({ directory, runs: chosen, damaged: problems });
    return;
  }
  const text = commandsIn(languageOf(process.env)).runs;
  const hidden = wanted.length - ofStudies.length;
  if (hidden > 0 && flags.study === undefined) say(text.hiddenTrials(hidden));
  const empty = rows.length === 0 ? text.noRuns : text.noneAlike;
  // Who chooses columns wants nothing but them.
  if (chosen.length > 0)
    return print(...(asked === undefined ? [await answerOf(chosen, text), ""] : []), ...table(chosen, asked, text));
  print(`${join(directory, "runs")}: ${await withCommands(empty)}`);
}

/** What completes commands is loaded where there is one to show. */
const withCommands = async (line: string) => (await import("../printedCommands.ts")).withCommands(line);

async function answerOf(rows: readonly RunRow[], text: CommandsText["runs"]): Promise<string> {
  const answer = runsAnswer(rows, text.answer);
  return answer.includes("`") ? withCommands(answer) : answer;
}

interface Trained {
  readonly directory: string;
  readonly model: string;
  readonly data: string;
  /** Scores on other subsets do not compare. */
  readonly ofOneSubset: boolean;
}

/**
 * Trains several runs and prints their table, in the order in which they began. Runs that others begin meanwhile stand
 * in it only where they are on the same data, with the same model.
 */
export async function tableAfter<T>(
  { directory, model, data, ofOneSubset }: Trained,
  trainAll: () => Promise<T>,
): Promise<T> {
  const before = new Set((await rowsOf(directory)).rows.map(({ id }) => id));
  const results = await trainAll();
  const { rows } = await rowsOf(directory);
  const made = rows.filter((row) => !before.has(row.id) && row.model === model && row.data === data).reverse();
  const text = commandsIn(languageOf(process.env)).runs;
  const [answer, seed] = ofOneSubset
    ? [
        [await answerOf(made, text), ""],
        ["", await withCommands(text.oneSeed)],
      ]
    : [[], []];
  if (made.length > 1) print("", ...answer, ...table(made, undefined, text), ...seed);
  return results;
}

function isWanted(row: RunRow, { status, name = "", tag = [] }: ListFlags): boolean {
  const isNamed = `${row.id} ${row.name} ${row.description}`.includes(name);
  return (status === undefined || row.status === status) && isNamed && tag.every((one) => row.tags.includes(one));
}

/** Trials, which may be many, are shown where they are asked for. */
function isOfStudy({ trialOf }: RunRow, study: string | undefined): boolean {
  if (study === "all") return true;
  return study === undefined ? trialOf === undefined : trialOf?.startsWith(`${study}/`) === true;
}

/** What reads the records of runs is loaded where the index does not know them all. */
async function rowsOf(directory: string): Promise<RunRows> {
  const rows = rememberedRows(directory);
  return rows ? { rows, damaged: [] } : (await import("../../store/runIndex.ts")).listRows(directory);
}

/** What a narrow terminal does without, and what first: never what tells runs apart and how they ended. */
const leastFirst: readonly ColumnName[] = [
  ...(["description", "study", "steps", "memory", "tags", "epochs", "noise", "time", "rate", "data"] as const),
  ...(["batch", "model", "accuracy"] as const),
];

/** Columns under their names, two spaces apart; without a choice all that say something of a run. */
function table(
  rows: readonly RunRow[],
  asked: readonly ColumnName[] | undefined,
  text: CommandsText["runs"],
): string[] {
  const says = (name: ColumnName) => rows.some((row) => !["", NONE].includes(columns[name](row, text)));
  // A name that is the data's own says nothing that is not beside it.
  const isOwn = ({ name, data }: RunRow) => data.includes(name);
  const names = asked ?? columnNames.filter((name) => (name === "name" ? !rows.every(isOwn) : says(name)));
  const cellsOf = (shown: readonly ColumnName[]) => [
    shown.map((name) => text.columns[name]),
    ...rows.map((row) => shown.map((name) => columns[name](row, text))),
  ];
  const width = columnsOf(process.stdout);
  if (asked !== undefined || fits(cellsOf(names), width)) return tableLines(cellsOf(names), () => true);
  const left = leastFirst.filter((name) => names.includes(name));
  const shown = left
    .map((_, count) => names.filter((name) => !left.slice(0, count + 1).includes(name)))
    .find((some) => fits(cellsOf(some), width));
  // Not even the least of them fits: all are told below each other.
  if (shown === undefined) return tableLines(cellsOf(names), () => true);
  const out = names.filter((name) => !shown.includes(name));
  say(text.noRoom(out.map((name) => text.columns[name]).join(", ")));
  return tableLines(cellsOf(shown), () => true);
}
