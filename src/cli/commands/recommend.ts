import { join } from "node:path";
import { recommendReasons, recommendVerdicts } from "../../advice/recommendVerdict.ts";
import { definitionsOfPilots } from "../../api/pilotDefinitions.ts";
import { parseBatchSizes } from "../../experiment/profilePlan.ts";
import { planRecommendation, type RecommendPlan, type RecommendRequest } from "../../experiment/recommend/plan.ts";
import { type FoundRecommendation, type RecommendEvent, runRecommendation } from "../../experiment/recommend/run.ts";
import type { TrialMeans } from "../../experiment/studies/makeTrials.ts";
import type { StudyEvent } from "../../experiment/studies/schedule.ts";
import { parseSeeds } from "../../experiment/studies/seeds.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import { memoryLimit } from "../../session/memory.ts";
import { decimal, wholeNumber } from "../../session/numbers.ts";
import { locateFiles, readRunConfiguration } from "../../session/runConfiguration.ts";
import { goals } from "../../statistics/recommend/pilotTable.ts";
import { requireStore } from "../../store/create.ts";
import type { Run } from "../../store/runs.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { writeAnswer } from "../../store/studies/answer.ts";
import { withRoom } from "../../store/studies/lines.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { openNamedRun, requireRecords } from "../openNamedRun.ts";
import { onSignals } from "../signals.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { recommendLines } from "../terminal/showRecommend.ts";
import { showStudy } from "../terminal/showStudy.ts";
import { jobsOf, type QueueFlags, queueFlagsOf, withQueue } from "./queueFlags.ts";
import { recommendDocument } from "./recommendDocument.ts";
import { dryRecommend } from "./recommendDry.ts";
import { writeRecommendation } from "./recommendFiles.ts";
import type { Advice } from "./recommendFound.ts";
import { sayOfRun } from "./recommendRun.ts";

/** Options of `recommend` as commander gives them, beside those of `train`. */
export interface RecommendFlags extends Readonly<Record<string, unknown>> {
  readonly pilots?: boolean;
  readonly dryRun?: boolean;
  readonly goal: string;
  readonly memory: string;
  readonly devices: string;
  readonly secondsPerSync?: string;
  readonly targetLoss?: string;
  readonly batchSizes?: string;
  readonly seconds: string;
  readonly seeds: string;
  readonly jobs?: string;
  readonly retries: string;
  readonly queue?: string;
  readonly queueName?: string;
  readonly dir?: string;
  readonly json?: boolean;
}

/** The command `recommend`: measures, trains pilots as far as that has not been done, and says what to take. */
export async function runRecommend(reference: string | undefined, flags: RecommendFlags): Promise<void> {
  const { jobs, retries, queue, queueName, json, dir, dryRun, pilots } = flags;
  const means = { jobs: jobsOf(jobs, queue), retries: wholeNumber("--retries", retries, 0) };
  const queueFlags = queueFlagsOf({ queue, queueName });
  const directory = storeDirectory(dir);
  const run = reference === undefined ? null : openNamedRun(dir, reference);
  if (run !== null) requireRecords(run, ["config.yaml"]);
  const { request, given } = requestOf(flags, run);
  const plan = await planRecommendation(request);
  const text = textIn(languageOf(process.env));
  const { mixing } = plan;
  if (mixing.length > 0) say(text.recommend.mixes(mixing[0]!, mixing.length - 1));
  if (run !== null && !pilots) return sayOfRun(run, plan, json === true);
  if (dryRun) return dryRecommend(plan, json === true);
  requireStore(directory);
  const found = await followed(plan, { ...means, directory, queueFlags });
  const advice: Advice = {
    ...{ found, given, definitions: definitionsOfPilots(found, run) },
    ...{ answer: recommendVerdicts(found), reasons: recommendReasons(found) },
  };
  const files = await withRoom(found.path, () => {
    writeAnswer(found, advice.answer);
    return writeRecommendation(advice, { text, flags });
  });
  if (json) printJson(recommendDocument(advice, files));
  else print(...recommendLines(advice, files, text));
}

interface Requested {
  readonly request: RecommendRequest;
  /** Options of the present setting, as they were given. */
  readonly given: Readonly<Record<string, unknown>>;
}

function requestOf(flags: RecommendFlags, run: Run | null): Requested {
  const { goal: goalText, memory, devices, secondsPerSync, targetLoss, batchSizes, seconds, seeds, ...more } = flags;
  const { pilots, jobs: _jobs, dryRun: _dryRun, retries: _retries, json: _json, dir: _dir, ...others } = more;
  const { queue: _queue, queueName: _queueName, ...training } = others;
  const goal = goals.find((one) => one === goalText);
  if (goal === undefined)
    throw new UsageError(`--goal: expected ${goals.join(", ")}, got ${JSON.stringify(goalText)}; choose one`);
  if (run === null && pilots)
    throw new UsageError(
      "--pilots: expected a run beside it, got none; leave it out: without a run pilots are trained",
    );
  const given = run === null ? training : ofRun(run, training);
  const request = {
    configuration:
      run === null ? resolveConfiguration(training, process.env) : locateFiles(run, readRunConfiguration(run)),
    goal,
    memory: memoryLimit(memory, undefined, "memory"),
    devices: wholeNumber("--devices", devices, 1),
    secondsPerSync: secondsPerSync === undefined ? undefined : above0("--seconds-per-sync", secondsPerSync),
    seconds: above0("--seconds", seconds),
    targetLoss: targetLoss === undefined ? undefined : finite("--target-loss", targetLoss),
    seeds: seedsOf(seeds),
    batchSizes: batchSizes === undefined ? undefined : parseBatchSizes("--batch-sizes", batchSizes),
  };
  return { request, given };
}

/** A run has options of its own. */
function ofRun(run: Run, training: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const stray = Object.keys(training).find((name) => training[name] !== undefined && name !== "lang");
  if (stray !== undefined)
    throw new UsageError(
      `${option(stray)}: expected no option of a training beside a run, which has its own, got one; leave it out, or the run`,
    );
  return { config: join(run.path, "config.yaml") };
}

function above0(flag: string, text: string): number {
  const value = decimal(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new UsageError(`${flag}: expected a number of seconds above 0, got ${JSON.stringify(text)}; change it`);
}

function finite(flag: string, text: string): number {
  const value = decimal(text);
  if (Number.isFinite(value)) return value;
  throw new UsageError(`${flag}: expected a number, got ${JSON.stringify(text)}; change it`);
}

/** Of one seed no interval can be given. */
function seedsOf(text: string): number[] {
  const seeds = parseSeeds(text);
  if (seeds.length > 1) return seeds;
  throw new UsageError(`--seeds: expected two seeds or more, got ${JSON.stringify(text)}; an interval needs them`);
}

async function followed(
  plan: RecommendPlan,
  { queueFlags, ...means }: Pick<TrialMeans, "directory" | "jobs" | "retries"> & { readonly queueFlags: QueueFlags },
): Promise<FoundRecommendation> {
  const text = textIn(languageOf(process.env));
  const signals = onSignals(text.comparison.stopping);
  const progress = showStudy(process.stderr, text);
  const tell = (event: RecommendEvent) => {
    if (event.kind === "profile") return;
    progress.finish();
    const { recommend: words } = text;
    say(event.kind === "measuring" ? words.measuring : words.towards(event.loss, event.updates, event.of));
  };
  try {
    const watched = { ...means, signal: signals.aborted, listen: asOne(progress.listen), tell };
    return await withQueue(queueFlags, progress.log, (queue) => runRecommendation(plan, { ...watched, queue }));
  } finally {
    progress.finish();
    signals.stopListening();
  }
}

/** A search asks for a few pilots at a time, which are shown as one study of about as many as searches take. */
function asOne(listen: (event: StudyEvent) => void): (event: StudyEvent) => void {
  let isBegun = false;
  return (event) => {
    if (event.kind === "begin" && isBegun) return;
    isBegun = true;
    listen(event.kind === "begin" ? { ...event, trials: MOST_PILOTS } : event);
  };
}

/** More than a search ever takes. */
const MOST_PILOTS = 80;
