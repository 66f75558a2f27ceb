import { existsSync, statSync } from "node:fs";
import { labelledLines } from "../../report/terminal/aligned.ts";
import { listCheckpoints, readPointer } from "../../store/checkpoints.ts";
import { endOf, lossOf } from "../../store/lost.ts";
import { reindex } from "../../store/runIndex.ts";
import { readConfig, readSummary } from "../../store/runs.ts";
import type { RunSummary } from "../../store/schema.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { firstUpdateSize, scaledRate } from "../../store/updateSize.ts";
import { NotFoundError } from "../../tensor/errors.ts";
import type { CommandsText } from "../../text/en/commands.ts";
import { errorInWords } from "../../text/errorWords.ts";
import { percent, significant, threeDigits, whole } from "../../text/format.ts";
import { sizeText } from "../../text/size.ts";
import { textIn } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { languageOf } from "../language.ts";
import { openNamedRun, requireRecords } from "../openNamedRun.ts";
import { sayOddRows } from "../sayOdd.ts";
import { print, printJson } from "../terminal/print.ts";
import { formatDuration } from "../terminal/progress.ts";

export interface StoreFlags {
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The command `runs show`. */
export async function runsShow(reference: string, { dir, json }: StoreFlags): Promise<void> {
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
  const { startedAt, finishedAt, resumes = [] } = record;
  print(
    `${record.id}  ${text.stands(text.statuses[status], why, bestText(summary, text))}`,
    ...labelledLines([
      ...(summary ? ([[text.trained, trainedText(summary, text)]] as const) : []),
      [text.columns.model, text.modelOn(String(config.model ?? "–"), String(config.data ?? "–"))],
      [text.columns.batch, updatesText(config, text)],
      [text.options, await chosenOptions(config, text)],
      [text.started, text.times(startedAt, finishedAt ?? "–", resumes.length)],
      [text.path, path],
    ]),
    `${text.checkpoints}${saved.length === 0 ? ` ${text.none}` : ""}`,
    ...saved,
  );
}

type RunsText = CommandsText["runs"];

/** The best evaluation, which is what the run came to; null where nothing was validated. */
function bestText(summary: RunSummary | null, text: RunsText): string | null {
  const { best = null } = summary ?? {};
  if (best === null) return null;
  const accuracy = best.validationAccuracy ?? null;
  const came = text.cameTo(significant(best.validationLoss), accuracy === null ? null : percent(accuracy));
  return best.kind === "epoch" ? text.inEpoch(came, best.epoch) : text.atStep(came, best.step);
}

function trainedText(summary: RunSummary, text: RunsText): string {
  const { seconds = null, peakMemoryBytes = null } = summary;
  return text.cost(
    text.length(summary),
    seconds === null ? null : formatDuration(seconds),
    peakMemoryBytes === null ? null : sizeText(peakMemoryBytes),
  );
}

function updatesText(config: Config, text: RunsText): string {
  const [size, rate] = [firstUpdateSize(config), scaledRate(config)];
  return text.updates({
    examples: size === null ? "–" : whole(size),
    rate: rate === null ? "–" : threeDigits(rate),
    optimizer: String(config.optimizer ?? "–"),
  });
}

type Config = Readonly<Record<string, unknown>>;

/** What was chosen otherwise than by default, but for what has a line of its own. */
async function chosenOptions(config: Config, text: RunsText): Promise<string> {
  const { trainConfiguration } = await import("../../session/options/schema.ts");
  const { flagOfOption } = await import("../../session/options/flags.ts");
  const { model = "–", data = "–", optimizer } = config;
  const usual = trainConfiguration.safeParse({ model, data, optimizer }).data ?? {};
  const untold = new Set(["model", "data", "optimizer", "batchSize", "gradientAccumulationSteps", "learningRate"]);
  const isUsual = (key: string, value: unknown) =>
    value === "" || JSON.stringify(value) === JSON.stringify((usual as Config)[key]);
  const chosen = Object.entries(config).filter(([key, value]) => !untold.has(key) && !isUsual(key, value));
  const flags = chosen.map(([key, value]) => {
    const flag = flagOfOption(key) ?? key;
    if (value === true) return flag;
    // Lists of texts are given one by one.
    const values = Array.isArray(value) && value.every((one) => typeof one === "string") ? value : [value];
    return values.map((one) => `${flag} ${typeof one === "string" ? one : JSON.stringify(one)}`).join(" ");
  });
  return text.otherwise(flags.join(" "));
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
