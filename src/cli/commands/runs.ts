import { existsSync, statSync } from "node:fs";
import { labelledLines } from "../../report/terminal/aligned.ts";
import { listCheckpoints, readPointer } from "../../store/checkpoints.ts";
import { endOf, lossOf } from "../../store/lost.ts";
import { reindex } from "../../store/runIndex.ts";
import { readConfig, readSummary } from "../../store/runs.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { NotFoundError } from "../../tensor/errors.ts";
import { errorInWords } from "../../text/errorWords.ts";
import { significant } from "../../text/format.ts";
import { sizeText } from "../../text/size.ts";
import { textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { openNamedRun, requireRecords } from "../openNamedRun.ts";
import { sayOddRows } from "../sayOdd.ts";
import { print, printJson } from "../terminal/print.ts";

export interface StoreFlags {
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
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
    const document = { path, status, reason, record, config, summary, checkpoints };
    printJson(document);
    return;
  }
  const { commands, notes } = textIn(languageOf(process.env));
  const text = commands.runs;
  const why = status === "lost" ? said(lossOf(run), notes.loss) : reason && errorInWords(reason);
  const saved = checkpoints.map((one) => `  ${text.checkpoint({ ...one, size: sizeText(one.bytes) })}`);
  const best = summary?.best;
  const loss = best ? significant(best.validationLoss) : "";
  const settings = Object.entries(config).map(([key, value]) => {
    return `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`;
  });
  const { startedAt, finishedAt, resumes = [] } = record;
  const lines = [
    `${record.id}  ${status}${why === null ? "" : `: ${why}`}`,
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
  sayOddRows(directory, { rows, damaged });
  const counts = { runs: rows.length, damaged: damaged.length };
  if (json) printJson(counts);
  else print(textIn(languageOf(process.env)).commands.runs.indexed(counts.runs, directory, counts.damaged));
}
