import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { criticalBatchVerdict } from "../../advice/criticalBatchVerdict.ts";
import { type BranchPlan, planBranches } from "../../experiment/criticalBatch/plan.ts";
import { type BranchedCheckpoint, runBranches } from "../../experiment/criticalBatch/run.ts";
import { completeSeeds } from "../../experiment/studies/comparison.ts";
import type { TrialMeans } from "../../experiment/studies/makeTrials.ts";
import { probeArm } from "../../experiment/studies/probe.ts";
import { parseSeeds } from "../../experiment/studies/seeds.ts";
import { parseTuning } from "../../experiment/studies/tuning.ts";
import { scaleRules } from "../../optimizer/scaleRules.ts";
import { wholeNumber } from "../../session/numbers.ts";
import { selectCheckpoints } from "../../store/checkpoints.ts";
import type { Run } from "../../store/runs.ts";
import { writeAnswer } from "../../store/studies/answer.ts";
import { UsageError } from "../../tensor/errors.ts";
import { waitingText } from "../../text/duration.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { openNamedRun, requireRecords } from "../openNamedRun.ts";
import { onSignals } from "../signals.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { criticalBatchLines } from "../terminal/showCriticalBatch.ts";
import { showStudy } from "../terminal/showStudy.ts";
import { criticalBatchDocument, writeCriticalBatch } from "./criticalBatchFiles.ts";
import { jobsOf, type QueueFlags, queueAddress, withQueue } from "./queueFlags.ts";

/** Options of `critical-batch` as commander gives them. */
export interface CriticalBatchFlags {
  readonly checkpoint: string;
  readonly factors: string;
  readonly seeds: string;
  readonly examples?: string | undefined;
  readonly scaleRule?: string | undefined;
  readonly scaleExponent?: string | undefined;
  readonly tune?: string | undefined;
  readonly tuneSeeds: string;
  readonly jobs?: string | undefined;
  readonly retries: string;
  readonly queue?: string | undefined;
  readonly queueName?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

/**
 * The command `critical-batch`: branches from checkpoints of a run, as far as they have not been trained, and how large
 * a batch may be. Exit code 1 where branches failed.
 */
export async function runCriticalBatch(reference: string, flags: CriticalBatchFlags): Promise<void> {
  const { jobs, queue, queueName, retries, json, dryRun } = flags;
  const means = { jobs: jobsOf(jobs, queue), retries: wholeNumber("--retries", retries, 0) };
  const queueFlags = { ...(queue !== undefined && { queue }), ...(queueName !== undefined && { queueName }) };
  queueAddress(queueFlags);
  const request = requestOf(flags);
  const run = openNamedRun(flags.dir, reference);
  requireRecords(run, ["config.yaml"]);
  const { branches, mixing } = await planBranches(run, checkpointsOf(run, flags.checkpoint), request);
  const text = textIn(languageOf(process.env));
  if (mixing.length > 0) say(text.criticalBatch.mixes(mixing[0]!, mixing.length - 1));
  if (dryRun) return dryBranches(branches, { jobs: jobsOf(jobs, undefined), json: json === true });
  const checkpoints = await shown(run, branches, { ...means, directory: storeOf(run), queueFlags });
  const found = {
    run,
    checkpoints,
    answer: [criticalBatchVerdict(checkpoints.map(placeOf), countOf(branches, checkpoints))],
  };
  // What lists of studies say of each.
  for (const one of checkpoints) {
    const count = countOf(
      branches.filter(({ checkpoint }) => checkpoint.step === one.step),
      [one],
    );
    writeAnswer(one.study, [criticalBatchVerdict([placeOf(one)], count)]);
  }
  const files = await writeCriticalBatch(found, { text, flags: { ...flags } });
  if (json) printJson(criticalBatchDocument(found, files));
  else print(...criticalBatchLines(found, files, text));
  if (checkpoints.some(({ study }) => study.arms.some(({ failed }) => failed.length > 0))) process.exitCode = 1;
}

function requestOf({ factors, seeds, examples, scaleRule, scaleExponent, tune, tuneSeeds }: CriticalBatchFlags) {
  const rule = scaleRules.find((one) => one === scaleRule);
  if (scaleRule !== undefined && rule === undefined)
    throw new UsageError(
      `--scale-rule: expected ${scaleRules.join(", ")}, got ${JSON.stringify(scaleRule)}; choose one`,
    );
  if (scaleExponent !== undefined && rule !== "measured")
    throw new UsageError(
      `--scale-exponent: expected --scale-rule measured beside it, got ${rule ?? "none"}; leave it out`,
    );
  return {
    factors: factors.split(",").map((factor) => wholeNumber("--factors", factor.trim(), 1)),
    seeds: seedsOf(seeds),
    rule,
    exponent: scaleExponent,
    examples: examples === undefined ? undefined : wholeNumber("--examples", examples, 1),
    tuning: tune === undefined ? undefined : parseTuning(tune, wholeNumber("--tune-seeds", tuneSeeds, 1)),
  };
}

/** Those that a list names, each once, in the order of steps. */
function checkpointsOf(run: Run, list: string) {
  const all = list.split(",").flatMap((one) => selectCheckpoints(run, one.trim()));
  return [...new Map(all.map((one) => [one.path, one])).values()].toSorted((a, b) => a.step - b.step);
}

/** Of one seed no interval can be given. */
function seedsOf(text: string): number[] {
  const seeds = parseSeeds(text);
  if (seeds.length > 1) return seeds;
  throw new UsageError(`--seeds: expected two seeds or more, got ${JSON.stringify(text)}; an interval needs them`);
}

/** The store that a run lies in: its branches lie beside it. */
const storeOf = ({ path }: Run) => join(path, "..", "..");

interface Shown extends Pick<TrialMeans, "directory" | "jobs" | "retries"> {
  readonly queueFlags: QueueFlags;
}

async function shown(run: Run, plans: readonly BranchPlan[], { queueFlags, ...means }: Shown) {
  const text = textIn(languageOf(process.env));
  const { criticalBatch: words } = text;
  const signals = onSignals(text.comparison.stopping);
  const progress = showStudy(process.stderr, text);
  const began = ({ checkpoint: { step }, batchSize, rule, learningRate }: BranchPlan) => {
    progress.finish();
    say(words.branching(step, batchSize, rule, learningRate));
  };
  try {
    const watched = { ...means, signal: signals.aborted, listen: progress.listen, began };
    const found = await withQueue(queueFlags, progress.log, (queue) => runBranches(run, plans, { ...watched, queue }));
    progress.finish();
    signals.aborted.throwIfAborted();
    return found;
  } finally {
    progress.finish();
    signals.stopListening();
  }
}

function placeOf({ step, factors, criticalBatchSize, examples, study }: BranchedCheckpoint) {
  const batchSizes = factors.map(({ batchSize }) => batchSize);
  return { step, batchSizes, criticalBatchSize, examples, seeds: completeSeeds(study.arms) };
}

function countOf(plans: readonly BranchPlan[], checkpoints: readonly BranchedCheckpoint[]) {
  const arms = checkpoints.flatMap(({ study }) => study.arms);
  return {
    ended: arms.reduce((sum, { trials }) => sum + trials.length, 0),
    trials: plans.reduce((sum, { plan }) => sum + plan.arms.length * plan.seeds.length, 0),
    failed: arms.reduce((sum, { failed }) => sum + failed.length, 0),
  };
}

/** `--dry-run`: how many branches, and from a probe of each batch size how long they take. */
async function dryBranches(
  plans: readonly BranchPlan[],
  { jobs, json }: { readonly jobs: number; readonly json: boolean },
) {
  const folder = mkdtempSync(join(tmpdir(), "batchscope-probe-"));
  try {
    const { plan, examples } = plans[0]!;
    let seconds = 0;
    for (const arm of plan.arms) seconds += (await probeArm(plan.specification, arm, folder)).seconds;
    seconds *= (plans.length * plan.seeds.length) / jobs;
    const branches = plans.length * plan.arms.length * plan.seeds.length;
    if (json)
      return printJson({ branches, examples, checkpoints: plans.length, seconds: Number(seconds.toPrecision(2)) });
    const { criticalBatch: words } = textIn(languageOf(process.env));
    print(words.plan(branches, examples, plans.length), words.estimate(waitingText(seconds)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
