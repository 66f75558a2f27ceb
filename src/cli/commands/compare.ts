import { comparisonDocument } from "../../api/comparisonDocument.ts";
import { judged } from "../../api/comparisonJudged.ts";
import { armsOf } from "../../experiment/studies/arms.ts";
import { parseBudget } from "../../experiment/studies/budget.ts";
import type { TrialMeans } from "../../experiment/studies/makeTrials.ts";
import { type ComparisonPlan, planComparison } from "../../experiment/studies/plan.ts";
import { protocolOf } from "../../experiment/studies/protocol.ts";
import { type RanComparison, runComparison } from "../../experiment/studies/runComparison.ts";
import type { Trial } from "../../experiment/studies/schedule.ts";
import { parseSeeds } from "../../experiment/studies/seeds.ts";
import { parseTuning, trialsKnown } from "../../experiment/studies/tuning.ts";
import { wholeNumber } from "../../session/numbers.ts";
import { fewestSeeds } from "../../statistics/comparison/seedsNeeded.ts";
import { requireStore } from "../../store/create.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { writeAnswer } from "../../store/studies/answer.ts";
import { withRoom } from "../../store/studies/lines.ts";
import { nameInStore } from "../../store/studies/nameInStore.ts";
import { studyPath } from "../../store/studies/study.ts";
import { readTrials } from "../../store/studies/trials.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { onSignals } from "../signals.ts";
import { print, printJson } from "../terminal/print.ts";
import { comparisonLines } from "../terminal/showComparison.ts";
import { showStudy } from "../terminal/showStudy.ts";
import { dryCompare } from "./compareDry.ts";
import { writeComparison } from "./comparisonFiles.ts";
import { jobsOf, type QueueFlags, queueFlagsOf, withQueue } from "./queueFlags.ts";
import { slurmOf } from "./slurmFlags.ts";

/** Options of `compare` as commander gives them, beside those of `train`. */
export interface CompareFlags extends Readonly<Record<string, unknown>> {
  readonly vary?: readonly string[];
  readonly arm?: readonly string[];
  readonly baseline?: string;
  readonly seeds?: string;
  readonly protocol?: string;
  readonly budget?: string;
  readonly tune?: string;
  readonly tuneSeeds?: string;
  readonly jobs?: string;
  readonly queue?: string;
  readonly queueName?: string;
  readonly slurm?: boolean;
  readonly slurmOptions?: string;
  readonly retries: string;
  readonly study?: string;
  readonly dryRun?: boolean;
  readonly dir?: string;
  readonly json?: boolean;
}

/**
 * The command `compare`: trains arms over seeds, as far as that has not been done, and says which are better than the
 * baseline. Exit code 1 where trials failed.
 */
export async function runCompare(flags: CompareFlags): Promise<void> {
  const { vary = [], arm = [], baseline, seeds, budget: budgetText, tune, protocol, ...others } = flags;
  const { jobs, queue, queueName, slurm, slurmOptions, retries, study, dryRun, dir, json, ...more } = others;
  const { tuneSeeds = "3", ...options } = more;
  const { evaluateExamples, ...training } = options;
  const means = { jobs: jobsOf(jobs, queue), retries: wholeNumber("--retries", retries, 0) };
  const queueFlags = queueFlagsOf({ queue, queueName });
  const directory = storeDirectory(dir);
  const budget = budgetText === undefined ? undefined : parseBudget(budgetText);
  const varied = { tune, vary: flags.vary, arm: flags.arm };
  const stray = Object.entries(varied).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const asked =
    protocol === undefined
      ? ({ kind: "comparison", flags: training, budget } as const)
      : protocolOf(protocol, { flags: training, budget, others: stray });
  const arms = armsOf({ flags: asked.flags, vary, arms: arm }, process.env);
  const request = {
    kind: asked.kind,
    arms,
    budget: asked.budget,
    evaluateExamples:
      evaluateExamples === undefined ? undefined : wholeNumber("--evaluate-examples", String(evaluateExamples), 1),
    tuning: tune === undefined ? undefined : parseTuning(tune, wholeNumber("--tune-seeds", tuneSeeds, 1)),
    seeds: parseSeeds(seeds ?? (protocol === undefined ? String(fewestSeeds(arms.length - 1)) : "1")),
    baseline,
    study,
  } as const;
  if (!dryRun) requireStore(directory);
  const planned = await planComparison(request);
  const plan = { ...planned, id: nameInStore(directory, planned.id) };
  const toSlurm = slurmOf({ slurm, slurmOptions, queue });
  if (dryRun && toSlurm) return toSlurm.show({ id: plan.id, directory }, lacking(plan, directory), json === true);
  if (dryRun) return dryCompare(plan, { directory, jobs: jobsOf(jobs, undefined), json: json === true });
  const ran = await shown(plan, { ...means, directory, handOver: toSlurm?.handOver }, queueFlags);
  if (toSlurm?.isOpen()) return toSlurm.tell(plan.id, json === true);
  const text = textIn(languageOf(process.env));
  const facts = judged(ran, plan);
  const files = await withRoom(ran.path, () => {
    writeAnswer(ran, facts.answer);
    return writeComparison(ran, facts, { text, flags });
  });
  if (json) printJson(comparisonDocument(ran, facts, files));
  else print(...comparisonLines(ran, facts, text));
  if (ran.arms.some(({ failed }) => failed.length > 0)) process.exitCode = 1;
}

/** Trials that the command would hand over, by what is written down. */
function lacking({ id, specification, seeds }: ComparisonPlan, directory: string): Trial[] {
  return trialsKnown(directory, specification, seeds, readTrials({ path: studyPath(directory, id) }, false));
}

async function shown(
  plan: ComparisonPlan,
  means: Pick<TrialMeans, "directory" | "jobs" | "retries" | "handOver">,
  queueFlags: QueueFlags,
): Promise<RanComparison> {
  const text = textIn(languageOf(process.env));
  const signals = onSignals(text.comparison.stopping);
  const progress = showStudy(process.stderr, text);
  try {
    const watched = { ...means, signal: signals.aborted, listen: progress.listen };
    const ran = await withQueue(queueFlags, progress.log, (queue) => runComparison(plan, { ...watched, queue }));
    progress.finish();
    // What there is can be seen by the same command; a stop is a stop.
    signals.aborted.throwIfAborted();
    return ran;
  } finally {
    progress.finish();
    signals.stopListening();
  }
}
