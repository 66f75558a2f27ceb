import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { alignedLines, labelledLines } from "../../report/terminal/aligned.ts";
import { listCheckpoints, readPointer } from "../../store/checkpoints.ts";
import { endOf } from "../../store/lost.ts";
import { listRows, type RunRow, type RunRows, reindex } from "../../store/runIndex.ts";
import { readConfig, readSummary, storeDirectory } from "../../store/runs.ts";
import { SCHEMA_VERSION } from "../../store/schema.ts";
import { NotFoundError } from "../../tensor/errors.ts";
import type { CommandsText } from "../../text/en/commands.ts";
import { percent, significant } from "../../text/format.ts";
import { size } from "../../text/size.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { openNamedRun, requireRecords, sayLeftOut, sayOtherId } from "../openNamedRun.ts";
import { print, printJson } from "../terminal/print.ts";

export interface StoreFlags {
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

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
export function runsList({ status, name = "", sort, dir, json }: ListFlags): void {
  const directory = storeDirectory(dir);
  const { rows, damaged } = listRows(directory);
  sayOdd(directory, { rows, damaged });
  const wanted = (row: RunRow) =>
    (status === undefined || row.status === status) && `${row.id} ${row.name} ${row.description}`.includes(name);
  const chosen = rows.filter(wanted).sort(orders[sort]);
  if (json) {
    const problems = damaged.map(({ message }) => message);
    printJson({ schemaVersion: SCHEMA_VERSION, directory, runs: chosen, damaged: problems });
    return;
  }
  const text = textIn(languageOf(process.env)).commands.runs;
  const empty = rows.length === 0 ? text.noRuns : text.noneAlike;
  print(...(chosen.length === 0 ? [`${join(directory, "runs")}: ${empty}`] : table(chosen.map(cells), text)));
}

/** Says which runs are left out, and which have another id in their record. */
function sayOdd(directory: string, { rows, damaged }: RunRows): void {
  damaged.forEach(sayLeftOut);
  for (const { id, otherId } of rows)
    sayOtherId({ path: join(directory, "runs", id), ...(otherId !== undefined && { otherId }) });
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

/** The command `runs show`. */
export function runsShow(reference: string, { dir, json }: StoreFlags): void {
  const run = openNamedRun(dir, reference);
  requireRecords(run, ["config.yaml", "summary.json", "checkpoints/best.json", "checkpoints/last.json"]);
  const pointers = { best: readPointer(run, "best"), last: readPointer(run, "last") };
  const checkpoints = listCheckpoints(run).map((checkpoint) => ({
    ...checkpoint,
    bytes: statSync(checkpoint.path).size,
    best: checkpoint.path === pointers.best?.path,
    last: checkpoint.path === pointers.last?.path,
  }));
  const { path, status, record } = run;
  const [config, summary, reason] = [readConfig(run), readSummary(run), endOf(run)];
  if (json) {
    const document = { schemaVersion: SCHEMA_VERSION, path, status, reason, record, config, summary, checkpoints };
    printJson(document);
    return;
  }
  const text = textIn(languageOf(process.env)).commands.runs;
  const saved = checkpoints.map((one) => `  ${text.checkpoint({ ...one, size: size(one.bytes) })}`);
  const best = summary?.best;
  const loss = best ? significant(best.validationLoss) : "";
  const settings = Object.entries(config).map(([key, value]) => {
    return `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`;
  });
  const { startedAt, finishedAt, resumes = [] } = record;
  const lines = [
    `${record.id}  ${status}${reason === null ? "" : `: ${reason}`}`,
    ...labelledLines([
      [text.path, path],
      [text.started, text.times(startedAt, finishedAt ?? "–", resumes.length)],
      ...(summary ? ([[text.trained, text.length(summary)]] as const) : []),
      ...(best
        ? ([
            [text.best, best.kind === "epoch" ? text.inEpoch(loss, best.epoch) : text.atStep(loss, best.step)],
          ] as const)
        : []),
      [text.config, settings.join(" ")],
    ]),
    `${text.checkpoints}${saved.length === 0 ? ` ${text.none}` : ""}`,
    ...saved,
  ];
  print(...lines);
}

/** The command `runs reindex`. */
export function runsReindex({ dir, json }: StoreFlags): void {
  const directory = storeDirectory(dir);
  if (!existsSync(directory))
    throw new NotFoundError(`runs reindex: expected a store, got no folder ${directory}; pass --dir`);
  const { rows, damaged } = reindex(directory);
  sayOdd(directory, { rows, damaged });
  const counts = { runs: rows.length, damaged: damaged.length };
  if (json) printJson({ schemaVersion: SCHEMA_VERSION, ...counts });
  else print(textIn(languageOf(process.env)).commands.runs.indexed(counts.runs, directory, counts.damaged));
}
