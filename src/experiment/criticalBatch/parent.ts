import { fingerprintsOf } from "../../session/create.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import { prepareTraining } from "../../session/prepare.ts";
import { type Checkpoint, listCheckpoints } from "../../store/checkpoints.ts";
import { openRun, type Run } from "../../store/runs.ts";
import { digestOf } from "../../store/studies/canonicalJson.ts";
import { DivergedError } from "../../tensor/errors.ts";
import { mixingLayers } from "../../training/verify.ts";
import { type SizedArm, updatesFor } from "../studies/budget.ts";
import { configurationOfArm, decisive } from "../studies/identity.ts";
import { runTrials, type StudyEvent, type Trial, type TrialEnd } from "../studies/schedule.ts";
import { runsOfStudy, trialName } from "../studies/trial.ts";
import { trialStarter } from "../studies/trialStarter.ts";
import { type BranchRequest, branchExamples, factorsFor, requireBranchable } from "./plan.ts";

/** A training that branches begin from, checked. */
export interface ParentPlan {
  readonly trial: Trial;
  readonly arm: SizedArm;
  /** At most; fewer where it stops early. */
  readonly updates: number;
  /** Updates between two checkpoints. */
  readonly checkpointSteps: number;
  /** Of the batches of the branches. */
  readonly factors: readonly number[];
  /** Of each branch. */
  readonly branchExamples: number;
  /** Layers that mix the examples of a micro-batch. */
  readonly mixing: readonly string[];
}

/** What the runs of parents are named after, in place of a study: one of them is found again by its trial. */
export const PARENTS = "critical-batch-parent";

/** Of how parents are made from a configuration: raised where equal ones train otherwise from then on. */
const PARENT_FORMAT = 1;

/** How many checkpoints are branched from unless others are named. */
export const PLACES = 4;
/** How many times as late each of them is. */
const APART = 3;

/**
 * Checks a training and what is asked of its branches, before anything is trained. It keeps a checkpoint early enough
 * for the first place that is branched from, and inside its first epoch, unless the configuration says when. Throws
 * what `prepareTraining`, `requireBranchable` and `factorsFor` throw.
 */
export async function planParent(given: TrainConfiguration, request: BranchRequest): Promise<ParentPlan> {
  const prepared = await prepareTraining(given);
  const { accumulation, options } = prepared;
  const { batchSize: ofMicro, targetBatchSize, epochs, steps } = prepared.configuration;
  requireBranchable(prepared.configuration, "critical-batch");
  const sized = { accumulation, examples: options.train.size };
  const batch = targetBatchSize ?? ofMicro * accumulation.steps;
  const factors = factorsFor(request, batch, sized.examples);
  const updates = steps ?? updatesFor(epochs * sized.examples, sized);
  const inEpoch = updatesFor(sized.examples, sized);
  const usual = Math.max(1, Math.min(Math.ceil(updates / APART ** (PLACES - 1)), Math.floor(inEpoch / 2)));
  const { checkpointSteps = usual } = prepared.configuration;
  const configuration = { ...configurationOfArm({ ...prepared.configuration, checkpointSteps }), seed: given.seed };
  const fingerprints = await fingerprintsOf(prepared);
  const counted = new Set(["checkpointSteps", "checkpointEvery", "keepCheckpoints"]);
  const key = digestOf({ format: PARENT_FORMAT, configuration: decisive(configuration, counted), fingerprints });
  return {
    trial: { key, arm: "parent", seed: given.seed, stage: "comparison", configuration, fingerprints },
    arm: { name: "parent", configuration: prepared.configuration, ...sized },
    updates,
    checkpointSteps,
    factors,
    branchExamples: branchExamples(request.examples, factors, batch),
    mixing: mixingLayers(options.model, options.loss!),
  };
}

/** The parent that was trained to its end before; null where none was. */
export function parentTrained({ trial }: ParentPlan, directory: string): Run | null {
  const name = trialName(PARENTS, trial.key);
  const row = runsOfStudy(directory, PARENTS).find((one) => one.trialOf === name && one.status === "finished");
  return row ? openRun(directory, row.id) : null;
}

export interface ParentMeans {
  /** The store. */
  readonly directory: string;
  readonly retries: number;
  readonly signal?: AbortSignal | undefined;
  readonly listen?: ((event: StudyEvent) => void) | undefined;
}

/**
 * Trains the parent, in a process of its own, as far as that has not been done; null where the signal aborts before its
 * end. Throws `DivergedError` where it diverges, and an `Error` of one line where it cannot be trained.
 */
export async function trainParent(plan: ParentPlan, { directory, ...means }: ParentMeans): Promise<Run | null> {
  const before = parentTrained(plan, directory);
  if (before) return before;
  let end: TrialEnd = { state: "stopped", run: null, reason: null };
  await runTrials([plan.trial], new Map(), {
    ...means,
    jobs: 1,
    start: trialStarter(null, { id: PARENTS, directory }),
    record: (_, { state, run, reason }) => {
      if (state !== "running") end = { state, run, reason };
    },
  });
  const { state, run, reason } = end;
  if (state === "done") return openRun(directory, run!);
  if (state === "stopped") return null;
  if (state === "diverged")
    throw new DivergedError(
      `critical-batch: expected a parent that trains to its end, got ${run}, which diverged; lower the learning rate`,
    );
  throw new Error(`critical-batch: expected a parent that trains to its end, got: ${reason ?? "a failure"}`);
}

/** Those of its checkpoints that are branched from unless others are named: to the end, in equal ratios. */
export function usualPlaces(run: Run): Checkpoint[] {
  const all = listCheckpoints(run);
  const last = all.at(-1)?.step ?? 0;
  const wanted = Array.from({ length: PLACES }, (_, i) => last / APART ** (PLACES - 1 - i));
  const distance = (one: Checkpoint, step: number) => Math.abs(Math.log(one.step / step));
  const nearest = wanted.map((step) => all.reduce((a, b) => (distance(b, step) < distance(a, step) ? b : a)));
  return [...new Set(nearest)];
}
