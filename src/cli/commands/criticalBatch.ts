import { join } from "node:path";
import { criticalBatchVerdict } from "../../advice/criticalBatchVerdict.ts";
import { definitionsOf } from "../../experiment/criticalBatch/definitions.ts";
import {
  type ParentPlan,
  parentTrained,
  planParent,
  trainParent,
  usualPlaces,
} from "../../experiment/criticalBatch/parent.ts";
import { type BranchPlan, type BranchRequest, planBranches } from "../../experiment/criticalBatch/plan.ts";
import { type BranchedCheckpoint, runBranches } from "../../experiment/criticalBatch/run.ts";
import { completeSeeds } from "../../experiment/studies/comparison.ts";
import type { TrialMeans } from "../../experiment/studies/makeTrials.ts";
import { parseSeeds } from "../../experiment/studies/seeds.ts";
import { parseTuning } from "../../experiment/studies/tuning.ts";
import { scaleRules } from "../../optimizer/scaleRules.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import { wholeNumber } from "../../session/numbers.ts";
import { type Checkpoint, listCheckpoints, selectCheckpoints } from "../../store/checkpoints.ts";
import { requireStore } from "../../store/create.ts";
import type { Run } from "../../store/runs.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { writeAnswer } from "../../store/studies/answer.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { type Text, textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { openNamedRun, requireRecords } from "../openNamedRun.ts";
import { onSignals } from "../signals.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { criticalBatchLines } from "../terminal/showCriticalBatch.ts";
import { showStudy } from "../terminal/showStudy.ts";
import { dryBranches, dryParent } from "./criticalBatchDry.ts";
import { criticalBatchDocument, writeCriticalBatch } from "./criticalBatchFiles.ts";
import { jobsOf, type QueueFlags, queueAddress, withQueue } from "./queueFlags.ts";

/** Options of `critical-batch` as commander gives them, beside those of `train`. */
export interface CriticalBatchFlags extends Readonly<Record<string, unknown>> {
  readonly checkpoint?: string | undefined;
  readonly factors?: string | undefined;
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
  readonly study?: string | undefined;
  readonly targetLoss?: string | undefined;
  readonly dir?: string | undefined;
  readonly json?: boolean | undefined;
}

/**
 * The command `critical-batch`: branches from checkpoints of a run, which is trained before where its options are given
 * in place of its name, as far as they have not been trained, and how large a batch may be. Exit code 1 where branches
 * failed.
 */
export async function runCriticalBatch(reference: string | undefined, flags: CriticalBatchFlags): Promise<void> {
  const { own, training } = splitFlags(flags);
  if (own.study !== undefined) {
    requireStudyAlone(reference, training);
    return (await import("./paretoOfStudy.ts")).runParetoOfStudy(own.study, own, { ...flags });
  }
  if (own.targetLoss !== undefined)
    throw new UsageError(
      "--target-loss: expected --study beside it, got none; leave it out, or name a study of several batch sizes",
    );
  const { jobs, queue, queueName, retries, json = false, dryRun } = own;
  const means = { jobs: jobsOf(jobs, queue), retries: wholeNumber("--retries", retries, 0) };
  const queueFlags = { ...(queue !== undefined && { queue }), ...(queueName !== undefined && { queueName }) };
  queueAddress(queueFlags);
  const request = requestOf(own);
  const text = textIn(languageOf(process.env));
  const parent =
    reference === undefined ? await planParent(resolveConfiguration(training, process.env), request) : null;
  if (parent) sayMixing(parent.mixing, text);
  else requireNoTraining(training);
  const directory = storeDirectory(own.dir);
  const known = parent ? parentTrained(parent, directory) : openNamedRun(own.dir, reference!);
  if (dryRun && known === null) return dryParent(parent!, request, { jobs: jobsOf(jobs, undefined), json });
  const run = known ?? (await parentShown(parent!, { directory, retries: means.retries }));
  requireRecords(run, ["config.yaml"]);
  const { branches, mixing } = await planBranches(run, checkpointsOf(run, own.checkpoint, parent !== null), request);
  if (!parent) sayMixing(mixing, text);
  if (listCheckpoints(run).length === 1) say(text.criticalBatch.oneCheckpoint(branches[0]!.checkpoint.step));
  if (dryRun) return dryBranches(branches, { jobs: jobsOf(jobs, undefined), json });
  const checkpoints = await shown(run, branches, { ...means, directory: storeOf(run), queueFlags });
  const found = {
    run,
    checkpoints,
    definitions: definitionsOf(run, checkpoints),
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

function sayMixing(layers: readonly string[], { criticalBatch: words }: Text): void {
  if (layers.length > 0) say(words.mixes(layers[0]!, layers.length - 1));
}

/** Those of the command itself, and those of `train`. */
function splitFlags(flags: CriticalBatchFlags) {
  const { checkpoint, factors, seeds, examples, scaleRule, scaleExponent, tune, tuneSeeds, jobs, ...others } = flags;
  const { retries, queue, queueName, dryRun, dir, json, study, targetLoss, ...training } = others;
  const own = { checkpoint, factors, seeds, examples, scaleRule, scaleExponent, tune, tuneSeeds, jobs };
  return { own: { ...own, retries, queue, queueName, dryRun, dir, json, study, targetLoss }, training };
}

/** A study has its own. */
function requireStudyAlone(reference: string | undefined, training: Readonly<Record<string, unknown>>): void {
  const stray = reference ?? Object.keys(training).find((name) => training[name] !== undefined);
  if (stray !== undefined)
    throw new UsageError(
      `--study: expected a study alone, got ${reference === undefined ? option(stray) : stray} too; leave one of them out`,
    );
}

function requireNoTraining(training: Readonly<Record<string, unknown>>): void {
  const stray = Object.keys(training).find((name) => training[name] !== undefined);
  if (stray !== undefined)
    throw new UsageError(
      `${option(stray)}: expected a run, or options of one that is trained first, got both; leave one of them out`,
    );
}

/** Trains the parent where everybody can see how far it is. */
async function parentShown(plan: ParentPlan, means: { readonly directory: string; readonly retries: number }) {
  const text = textIn(languageOf(process.env));
  requireStore(means.directory);
  const signals = onSignals(text.comparison.stopping);
  const progress = showStudy(process.stderr, text);
  say(text.criticalBatch.parent(plan.updates, plan.arm.accumulation.effectiveBatchSize, plan.checkpointSteps));
  try {
    const run = await trainParent(plan, { ...means, signal: signals.aborted, listen: progress.listen });
    progress.finish();
    signals.aborted.throwIfAborted();
    say(text.criticalBatch.parentTrained(run!.record.id));
    return run!;
  } finally {
    progress.finish();
    signals.stopListening();
  }
}

function requestOf({
  factors,
  seeds,
  examples,
  scaleRule,
  scaleExponent,
  tune,
  tuneSeeds,
}: ReturnType<typeof splitFlags>["own"]): BranchRequest {
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
    factors: factors?.split(",").map((factor) => wholeNumber("--factors", factor.trim(), 1)),
    seeds: seedsOf(seeds),
    rule,
    exponent: scaleExponent,
    examples: examples === undefined ? undefined : wholeNumber("--examples", examples, 1),
    tuning: tune === undefined ? undefined : parseTuning(tune, wholeNumber("--tune-seeds", tuneSeeds, 1)),
  };
}

/** Those that a list names, each once, in the order of steps; by default the last, of a parent also earlier ones. */
function checkpointsOf(run: Run, given: string | undefined, isParent: boolean): Checkpoint[] {
  if (given === undefined && isParent) return usualPlaces(run);
  const list = given ?? "latest";
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
