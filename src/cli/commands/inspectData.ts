import { availableParallelism } from "node:os";
import { inspectionVerdicts } from "../../advice/inspectionVerdict.ts";
import { defaultModel } from "../../inspection/defaults.ts";
import { type InspectProgress, inspectData } from "../../inspection/inspect.ts";
import { examplePictures } from "../../inspection/pictures.ts";
import { subjectOf } from "../../inspection/subject.ts";
import { inspectPage } from "../../report/page/inspectPage.ts";
import { answerLines } from "../../report/terminal/answerLines.ts";
import { formatCommand } from "../../session/command.ts";
import { InterruptedError } from "../../session/ends.ts";
import { openChosenEngine } from "../../session/engine.ts";
import { wholeNumber } from "../../session/numbers.ts";
import { UsageError } from "../../tensor/errors.ts";
import { whole } from "../../text/format.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { requireNewFile, writeNewFile } from "../outputs.ts";
import { textWith } from "../printedCommands.ts";
import { onSignals } from "../signals.ts";
import { inspectLines } from "../terminal/inspectLines.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { type DataTexts, openDataFlags } from "./openDataFlags.ts";

/** Options of `inspect-data` as commander gives them. */
export interface InspectFlags extends DataTexts {
  readonly data: string;
  readonly subset?: string | undefined;
  readonly model?: string | undefined;
  readonly output?: string | undefined;
  readonly ignoreIndex?: string | undefined;
  readonly folds?: string | undefined;
  readonly epochs?: string | undefined;
  readonly limitExamples?: string | undefined;
  readonly seed: string;
  readonly threads?: string | undefined;
  readonly out?: string | undefined;
  readonly json?: boolean | undefined;
}

/** The command `inspect-data`. Writes nothing but the report that is asked for. */
export async function runInspectData(flags: InspectFlags): Promise<void> {
  const { out } = flags;
  const language = languageOf(process.env);
  const count = (flag: string, text: string | undefined, least = 1) =>
    text === undefined ? undefined : wholeNumber(flag, text, least);
  const seed = wholeNumber("--seed", flags.seed, 0);
  const [folds, epochs] = [count("--folds", flags.folds, 2), count("--epochs", flags.epochs)];
  const threads = count("--threads", flags.threads) ?? availableParallelism();
  if (out !== undefined && !/\.html?$/.test(out))
    throw new UsageError(`--out: expected a file that ends in .html, got "${out}"; rename it, or pass --json for data`);
  if (out !== undefined) requireNewFile("--out", out, [flags.data, flags.model]);
  const opened = await openDataFlags(flags.data, flags);
  const limit = count("--limit-examples", flags.limitExamples, 2);
  const subject = subjectOf(opened.train, opened.validation, limit, seed);
  const model = flags.model ?? defaultModel(subject.data);
  const engine = await openChosenEngine(process.env);
  const signals = onSignals(textIn(languageOf(process.env)).commands.stopping.updates);
  const together = flags.splitBy as string | undefined;
  const options = {
    subject,
    model,
    output: flags.output,
    folds,
    together,
    epochs,
    seed,
    threads,
    signal: signals.aborted,
    tell: teller(model),
  };
  const inspection = await inspectData(engine, options).finally(signals.stopListening);
  if (!inspection) throw new InterruptedError(signals.received() ?? "SIGINT");
  if (out !== undefined) {
    const pictures = await examplePictures(subject, inspection, opened.description);
    const command = formatCommand("inspect-data", { ...flags, lang: language });
    writeNewFile("--out", out, inspectPage({ inspection, pictures, where: subject.where, command, language }));
    say(textIn(language).commands.inspection.report(out));
  }
  const command = formatCommand("inspect-data", { ...flags, json: undefined, out: "labels.html" });
  const answer = inspectionVerdicts(inspection.summary, { page: out ?? null, command });
  const remarks = inspection.findings.map(textIn("en").inspection.remark);
  if (flags.json) printJson({ ...inspection, remarks, answer }, 0);
  else
    print(...answerLines(answer, textWith(textIn(language))), "", ...inspectLines(inspection, subject.where, language));
}

/** Before this share is done, no time can be told. */
const FIRST_SHARE = 0.02;
const FIRST_SECONDS = 2;
const NEXT_SECONDS = 15;

/** Says on stderr what is being done and how long it will take. */
function teller(model: string): (progress: InspectProgress) => void {
  const text = textIn(languageOf(process.env)).commands.inspection;
  let [start, told] = [Number.NaN, Number.NaN];
  return (progress) => {
    if (progress.kind === "reading") say(text.reading);
    if (progress.kind === "comparing") say(text.comparing);
    if (progress.kind === "planned") {
      const { plan, folds, examples } = progress;
      start = performance.now();
      say(text.planned({ folds, model, epochs: plan.epochs, batchSize: plan.batchSize, examples: whole(examples) }));
    }
    if (progress.kind !== "training" || progress.done >= 1) return;
    const now = performance.now();
    const isDue = Number.isNaN(told) ? now - start > 1000 * FIRST_SECONDS : now - told > 1000 * NEXT_SECONDS;
    if (progress.done < FIRST_SHARE || !isDue) return;
    told = now;
    const left = ((now - start) / 1000) * (1 / progress.done - 1);
    say(
      text.left(
        Math.round(100 * progress.done),
        left < 90 ? text.seconds(Math.ceil(left)) : text.minutes(Math.ceil(left / 60)),
      ),
    );
  };
}
