import { join } from "node:path";
import { alignedLines } from "../../report/terminal/aligned.ts";
import { type RunRow, rememberedRows } from "../../store/rowIndex.ts";
import type { RunRows } from "../../store/runIndex.ts";
import { SCHEMA_VERSION } from "../../store/schema.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { commandsIn } from "../../text/commandsText.ts";
import type { CommandsText } from "../../text/en/commands.ts";
import { percent, significant } from "../../text/format.ts";
import { languageOf } from "../language.ts";
import { sayOddRows } from "../sayOdd.ts";
import { print, printJson } from "../terminal/print.ts";
import type { StoreFlags } from "./runs.ts";

export const runOrders = ["started", "name", "loss", "accuracy"] as const;

export interface ListFlags extends StoreFlags {
  readonly trash?: boolean | undefined;
  readonly status?: string | undefined;
  readonly name?: string | undefined;
  readonly sort: (typeof runOrders)[number];
}

const orders: Readonly<Record<ListFlags["sort"], (a: RunRow, b: RunRow) => number>> = {
  // As listed: newest first.
  started: () => 0,
  name: (a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)),
  loss: (a, b) => (a.validationLoss ?? Number.POSITIVE_INFINITY) - (b.validationLoss ?? Number.POSITIVE_INFINITY) || 0,
  accuracy: (a, b) => (b.validationAccuracy ?? -1) - (a.validationAccuracy ?? -1),
};

/** The command `runs`: a table of all runs, or of some. */
export async function runsList({ status, name = "", sort, dir, json }: ListFlags): Promise<void> {
  const directory = storeDirectory(dir);
  const { rows, damaged } = await rowsOf(directory);
  sayOddRows(directory, { rows, damaged });
  const wanted = (row: RunRow) =>
    (status === undefined || row.status === status) && `${row.id} ${row.name} ${row.description}`.includes(name);
  const chosen = rows.filter(wanted).sort(orders[sort]);
  if (json) {
    const problems = damaged.map(({ message }) => message);
    printJson({ schemaVersion: SCHEMA_VERSION, directory, runs: chosen, damaged: problems });
    return;
  }
  const text = commandsIn(languageOf(process.env)).runs;
  const empty = rows.length === 0 ? text.noRuns : text.noneAlike;
  print(...(chosen.length === 0 ? [`${join(directory, "runs")}: ${empty}`] : table(chosen.map(cells), text)));
}

/** What reads the records of runs is loaded where the index does not know them all. */
async function rowsOf(directory: string): Promise<RunRows> {
  const rows = rememberedRows(directory);
  return rows ? { rows, damaged: [] } : (await import("../../store/runIndex.ts")).listRows(directory);
}

function cells(row: RunRow): string[] {
  const { id, status, model, name, epochs, steps, validationLoss, validationAccuracy, description } = row;
  const numbers = [epochs, steps].map((value) => (value === null ? "–" : String(value)));
  const loss = validationLoss === null ? "–" : significant(validationLoss);
  return [
    id,
    status,
    model,
    name,
    ...numbers,
    loss,
    validationAccuracy === null ? "–" : percent(validationAccuracy),
    description,
  ];
}

/** Columns under their names, two spaces apart. */
function table(rows: readonly (readonly string[])[], text: CommandsText["runs"]): string[] {
  const { run, status, model, data, epochs, steps, bestLoss, accuracy, description } = text;
  const header = [run, status, model, data, epochs, steps, bestLoss, accuracy, description];
  return alignedLines([header, ...rows], () => true);
}
