import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exponentAnswer, exponentDocument } from "../../api/exponentDocument.ts";
import { type ExponentPlan, planExponent } from "../../experiment/rateExponent/plan.ts";
import { type ExponentEvent, FIRST_RATES, type FoundExponent, runExponent } from "../../experiment/rateExponent/run.ts";
import { trialDefaults } from "../../experiment/studies/identity.ts";
import type { TrialMeans } from "../../experiment/studies/makeTrials.ts";
import { probeArm } from "../../experiment/studies/probe.ts";
import { parseSeeds } from "../../experiment/studies/seeds.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import { wholeNumber } from "../../session/numbers.ts";
import { requireStore } from "../../store/create.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { writeAnswer } from "../../store/studies/answer.ts";
import type { StudyBudget } from "../../store/studies/study.ts";
import { UsageError } from "../../tensor/errors.ts";
import { waitingText } from "../../text/duration.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { onSignals } from "../signals.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { lrExponentLines } from "../terminal/showLrExponent.ts";
import { showStudy } from "../terminal/showStudy.ts";
import { writeExponent } from "./lrExponentFiles.ts";
import { jobsOf, type QueueFlags, queueFlagsOf, withQueue } from "./queueFlags.ts";

/** Options of `lr-exponent` as commander gives them, beside those of `train`. */
export interface LrExponentFlags extends Readonly<Record<string, unknown>> {
  readonly batchSizes: string;
  readonly learningRates?: string;
  readonly seeds: string;
  readonly examples?: string;
  readonly steps?: string;
  readonly microBatch?: string;
  readonly mostRates: string;
  readonly jobs?: string;
  readonly retries: string;
  readonly queue?: string;
  readonly queueName?: string;
  readonly dryRun?: boolean;
  readonly dir?: string;
  readonly json?: boolean;
}

/**
 * The command `lr-exponent`: short trainings at several batch sizes and learning rates, as far as they have not been
 * made, and how the best rate follows the batch. Exit code 1 where trainings failed.
 */
export async function runLrExponent(flags: LrExponentFlags): Promise<void> {
  const { batchSizes, learningRates, seeds, examples, steps, microBatch, mostRates, ...others } = flags;
  const { jobs, queue, queueName, retries, dryRun, dir, json, ...training } = others;
  const means = { jobs: jobsOf(jobs, queue), retries: wholeNumber("--retries", retries, 0) };
  const queueFlags = queueFlagsOf({ queue, queueName });
  const directory = storeDirectory(dir);
  const set = [...trialDefaults, ...((training.set as readonly string[] | undefined) ?? [])];
  const request = {
    batchSizes: numbersOf("--batch-sizes", batchSizes),
    learningRates: learningRates === undefined ? undefined : numbersOf("--learning-rates", learningRates),
    seeds: parseSeeds(seeds),
    budget: budgetOf(examples, steps),
    microBatch: microBatch === undefined ? undefined : wholeNumber("--micro-batch", microBatch, 1),
    mostRates: wholeNumber("--most-rates", mostRates, 1),
    configuration: resolveConfiguration({ ...training, set }, process.env),
  };
  if (!dryRun) requireStore(directory);
  const plan = await planExponent(request);
  if (dryRun) return dryExponent(plan, { jobs: jobsOf(jobs, undefined), json: json === true });
  const found = await shown(plan, { ...means, directory, queueFlags });
  const text = textIn(languageOf(process.env));
  const answer = [exponentAnswer(found)];
  for (const { study } of found.batches) writeAnswer(study, answer);
  const written = await writeExponent(found, { text, flags, training });
  if (json) printJson(exponentDocument(found, written.files));
  else print(...lrExponentLines(found, { answer, ...written }, text));
  if (found.batches.some(({ failed }) => failed > 0)) process.exitCode = 1;
}

/** What is no number is refused with the rest of the list. */
function numbersOf(flag: string, list: string): number[] {
  const words = list.split(",").map((word) => word.trim());
  const values = words.map(Number);
  if (words.every(Boolean) && values.every(Number.isFinite)) return values;
  throw new UsageError(`${flag}: expected numbers with commas between them, got ${JSON.stringify(list)}; change it`);
}

function budgetOf(examples: string | undefined, steps: string | undefined): StudyBudget | undefined {
  if (examples !== undefined && steps !== undefined)
    throw new UsageError(`--steps: expected it without --examples, got both; leave one of them out`);
  if (examples !== undefined) return { kind: "examples", value: wholeNumber("--examples", examples, 1) };
  return steps === undefined ? undefined : { kind: "updates", value: wholeNumber("--steps", steps, 1) };
}

interface Shown extends Pick<TrialMeans, "directory" | "jobs" | "retries"> {
  readonly queueFlags: QueueFlags;
}

async function shown(plan: ExponentPlan, { queueFlags, ...means }: Shown): Promise<FoundExponent> {
  const text = textIn(languageOf(process.env));
  const { rateExponent: words } = text;
  const signals = onSignals(text.comparison.stopping);
  const progress = showStudy(process.stderr, text);
  const tell = (event: ExponentEvent) => {
    progress.finish();
    say(event.kind === "first" ? words.first(event) : words.rates(event.batchSize, event.learningRates));
  };
  try {
    const watched = { ...means, signal: signals.aborted, listen: progress.listen, tell };
    const found = await withQueue(queueFlags, progress.log, (queue) => runExponent(plan, { ...watched, queue }));
    progress.finish();
    signals.aborted.throwIfAborted();
    return found;
  } finally {
    progress.finish();
    signals.stopListening();
  }
}

/** `--dry-run`: how many trainings at least and at most, and from a probe of each batch how long they take. */
async function dryExponent(
  { batches, seeds, budget, learningRates, mostRates }: ExponentPlan,
  { jobs, json }: { readonly jobs: number; readonly json: boolean },
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "batchscope-probe-"));
  try {
    let seconds = 0;
    for (const { plan } of batches) seconds += (await probeArm(plan.specification, plan.arms[0]!, folder)).seconds;
    const first = learningRates?.length ?? FIRST_RATES;
    const of = (rates: number) => Number(((seconds * seeds.length * rates) / jobs).toPrecision(2));
    const rates = { first, most: mostRates };
    const time = { least: of(first), most: of(mostRates) };
    if (json) return printJson({ batches: batches.length, seeds: seeds.length, rates, budget, seconds: time });
    const { rateExponent: words } = textIn(languageOf(process.env));
    print(
      words.plan({ batches: batches.length, seeds: seeds.length, ...rates }),
      words.length(budget.kind === "updates" ? "updates" : "examples", budget.value),
      words.estimate(waitingText(time.least), waitingText(time.most)),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
