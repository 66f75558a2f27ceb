import { recommendReasons, recommendVerdicts } from "../../advice/recommendVerdict.ts";
import { parseBatchSizes } from "../../experiment/profilePlan.ts";
import { planRecommendation, type RecommendPlan, type RecommendRequest } from "../../experiment/recommend/plan.ts";
import { type FoundRecommendation, type RecommendEvent, runRecommendation } from "../../experiment/recommend/run.ts";
import { parseSeeds } from "../../experiment/studies/seeds.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import { memoryLimit } from "../../session/memory.ts";
import { decimal, wholeNumber } from "../../session/numbers.ts";
import { goals } from "../../statistics/recommend/pilotTable.ts";
import { requireStore } from "../../store/create.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { writeAnswer } from "../../store/studies/answer.ts";
import { withRoom } from "../../store/studies/lines.ts";
import { UsageError } from "../../tensor/errors.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { onSignals } from "../signals.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { recommendLines } from "../terminal/showRecommend.ts";
import { showStudy } from "../terminal/showStudy.ts";
import { recommendDocument } from "./recommendDocument.ts";
import type { Advice } from "./recommendFound.ts";

/** Options of `recommend` as commander gives them, beside those of `train`. */
export interface RecommendFlags extends Readonly<Record<string, unknown>> {
  readonly goal: string;
  readonly memory: string;
  readonly devices: string;
  readonly secondsPerSync?: string;
  readonly targetLoss?: string;
  readonly batchSizes?: string;
  readonly seconds: string;
  readonly seeds: string;
  readonly jobs: string;
  readonly retries: string;
  readonly dir?: string;
  readonly json?: boolean;
}

/** The command `recommend`: measures, trains pilots as far as that has not been done, and says what to take. */
export async function runRecommend(flags: RecommendFlags): Promise<void> {
  const { jobs, retries, json, dir } = flags;
  const means = { jobs: wholeNumber("--jobs", jobs, 1), retries: wholeNumber("--retries", retries, 0) };
  const directory = storeDirectory(dir);
  const { request, given } = requestOf(flags);
  const plan = await planRecommendation(request);
  const text = textIn(languageOf(process.env));
  const { mixing } = plan;
  if (mixing.length > 0) say(text.recommend.mixes(mixing[0]!, mixing.length - 1));
  requireStore(directory);
  const found = await followed(plan, { ...means, directory });
  const advice: Advice = { found, answer: recommendVerdicts(found), reasons: recommendReasons(found), given };
  await withRoom(found.path, () => writeAnswer(found, advice.answer));
  if (json) printJson(recommendDocument(advice, []));
  else print(...recommendLines(advice, [], text));
}

/** What is asked, and the options of the training as they were given. */
function requestOf(flags: RecommendFlags): { request: RecommendRequest; given: Readonly<Record<string, unknown>> } {
  const { goal: goalText, memory, devices, secondsPerSync, targetLoss, batchSizes, seconds, seeds, ...more } = flags;
  const { jobs: _jobs, retries: _retries, json: _json, ...training } = more;
  delete (training as Record<string, unknown>).dir;
  const goal = goals.find((one) => one === goalText);
  if (goal === undefined)
    throw new UsageError(`--goal: expected ${goals.join(", ")}, got ${JSON.stringify(goalText)}; choose one`);
  const request = {
    configuration: resolveConfiguration(training, process.env),
    goal,
    memory: memoryLimit(memory, undefined, "memory"),
    devices: wholeNumber("--devices", devices, 1),
    secondsPerSync: secondsPerSync === undefined ? undefined : above0("--seconds-per-sync", secondsPerSync),
    seconds: above0("--seconds", seconds),
    targetLoss: targetLoss === undefined ? undefined : finite("--target-loss", targetLoss),
    seeds: seedsOf(seeds),
    batchSizes: batchSizes === undefined ? undefined : parseBatchSizes("--batch-sizes", batchSizes),
  };
  return { request, given: training };
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
  means: { readonly directory: string; readonly jobs: number; readonly retries: number },
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
    const watched = { ...means, signal: signals.aborted, listen: progress.listen, tell };
    return await runRecommendation(plan, watched);
  } finally {
    progress.finish();
    signals.stopListening();
  }
}
