import { judgementDocument } from "../../api/judgementDocument.ts";
import { judgementFacts } from "../../api/judgementFacts.ts";
import { parseMetric } from "../../experiment/judgements/metric.ts";
import { type JudgementPlan, planJudgement } from "../../experiment/judgements/plan.ts";
import { type JudgementState, runJudgement } from "../../experiment/judgements/run.ts";
import { readSide, type Side } from "../../experiment/judgements/sides.ts";
import { parseBudget } from "../../experiment/studies/budget.ts";
import type { TrialMeans } from "../../experiment/studies/makeTrials.ts";
import { decimal, wholeNumber } from "../../session/numbers.ts";
import { FEWEST_SEEDS } from "../../statistics/comparison/seedsNeeded.ts";
import { requireStore } from "../../store/create.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { writeAnswer } from "../../store/studies/answer.ts";
import { withRoom } from "../../store/studies/lines.ts";
import type { LookRecord } from "../../store/studies/looks.ts";
import { nameInStore } from "../../store/studies/nameInStore.ts";
import { type StudyBudget, studyPath } from "../../store/studies/study.ts";
import { UsageError } from "../../tensor/errors.ts";
import { signedDifference } from "../../text/judgeParts.ts";
import { type Text, textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { onSignals } from "../signals.ts";
import { print, printJson, say } from "../terminal/print.ts";
import { judgementLines } from "../terminal/showJudgement.ts";
import { showStudy } from "../terminal/showStudy.ts";
import { commandAgain } from "./comparisonFiles.ts";
import { dryJudge } from "./judgeDry.ts";
import { writeJudgement } from "./judgementFiles.ts";
import { jobsOf, type QueueFlags, queueFlagsOf, withQueue } from "./queueFlags.ts";

/** Options of `judge` as commander gives them, beside those of `train`. */
export interface JudgeFlags extends Readonly<Record<string, unknown>> {
  readonly metric: string;
  readonly minimumEffect: string;
  readonly mostSeeds: string;
  readonly againstItself?: boolean;
  readonly confirmationShare: string;
  readonly budget?: string;
  readonly jobs?: string;
  readonly queue?: string;
  readonly queueName?: string;
  readonly retries: string;
  readonly study?: string;
  readonly verbose?: boolean;
  readonly dryRun?: boolean;
  readonly dir?: string;
  readonly json?: boolean;
}

/** What a script goes by: none of them is the code of an error. */
const exitCodes = { better: 0, worse: 10, alike: 11, open: 12, differsFromItself: 13 } as const;

/**
 * The command `judge`: trains both sides seed after seed until a look gives a verdict, which the exit code says too.
 * Exit code 1 where a trial failed.
 */
export async function runJudge([a, b]: readonly [string, string | undefined], flags: JudgeFlags): Promise<void> {
  const { dir, json, study, dryRun, verbose = false, jobs, queue, queueName, retries, ...others } = flags;
  const { metric, minimumEffect, mostSeeds, againstItself = false, confirmationShare, budget, ...training } = others;
  const means = { jobs: jobsOf(jobs, queue), retries: wholeNumber("--retries", retries, 0) };
  const queueFlags = queueFlagsOf({ queue, queueName });
  const directory = storeDirectory(dir);
  const asked = {
    metric: parseMetric(metric),
    minimumEffect: effectOf(minimumEffect, metric),
    mostSeeds: seedsOf(mostSeeds),
    confirmationShare: shareOf(confirmationShare),
    budget: budgetOf(budget),
    study,
  };
  const sides = sidesOf(a, b, againstItself, (text) =>
    readSide(text, { directory, flags: training, environment: process.env }),
  );
  const text = textIn(languageOf(process.env));
  if (!dryRun) requireStore(directory);
  const planned = await planJudgement({ ...asked, sides });
  const plan = { ...planned, id: nameInStore(directory, planned.id) };
  studyPath(directory, plan.id);
  say(text.judge.understood(shown(sides, text)));
  if (dryRun) return dryJudge(plan, { directory, jobs: jobsOf(jobs, undefined), json: json === true });
  const { state, stopped } = await followed(plan, { ...means, directory, queueFlags }, text);
  const facts = judgementFacts(directory, state);
  const files = await withRoom(state.path, () => {
    writeAnswer(state, facts.answer);
    return writeJudgement(state, facts, { text, again: commandAgain("judge", flags) });
  });
  if (json) printJson(judgementDocument(state, facts, { files, sides: shown(sides, text) }));
  else print(...judgementLines(state, facts, { text, verbose }));
  stopped.throwIfAborted();
  process.exitCode = exitCodeOf(state);
}

/** A verdict; 1 where a trial failed before there was one. */
function exitCodeOf({ judgement, failed, file }: JudgementState): number {
  const said = judgement.looks.at(-1)?.verdict ?? "more seeds";
  const isOpen = said === "more seeds" || said === "undecided";
  if (isOpen && failed.length > 0) return 1;
  if (file.specification.judging!.againstItself) {
    if (said === "more seeds") return exitCodes.open;
    return said === "better" || said === "worse" ? exitCodes.differsFromItself : 0;
  }
  if (isOpen) return exitCodes.open;
  return { better: exitCodes.better, worse: exitCodes.worse, "no larger difference": exitCodes.alike }[said];
}

function sidesOf(
  a: string,
  b: string | undefined,
  againstItself: boolean,
  read: (text: string) => Side,
): readonly [Side, Side | null] {
  if (againstItself && b !== undefined)
    throw new UsageError(`--against-itself: expected one side, got ${a} and ${b}; leave one of them out`);
  if (!againstItself && b === undefined)
    throw new UsageError(
      `judge: expected two sides, got ${a} alone; give what it is compared with, or --against-itself for a check of the judge`,
    );
  return [read(a), b === undefined ? null : read(b)];
}

function shown(sides: readonly (Side | null)[], { judge: words }: Text) {
  return sides.flatMap((side) => (side === null ? [] : [{ name: side.name, kind: words.kinds[side.kind] }]));
}

function effectOf(text: string, metric: string): number {
  const effect = decimal(text);
  if (metric === "validation-accuracy" && effect > 1)
    throw new UsageError(
      `--minimum-effect: expected a share of at most 1 of ${metric}, got ${effect}; write 0.02 for 2 %`,
    );
  if (effect > 0 && Number.isFinite(effect)) return effect;
  throw new UsageError(
    `--minimum-effect: expected a number above 0, got ${JSON.stringify(text)}; give the smallest difference that matters, in the unit of the metric`,
  );
}

const MOST = 1000;

function seedsOf(text: string): number {
  const seeds = wholeNumber("--most-seeds", text, 1);
  if (seeds >= FEWEST_SEEDS && seeds <= MOST) return seeds;
  throw new UsageError(
    `--most-seeds: expected from ${FEWEST_SEEDS} to ${MOST}, got ${seeds}; fewer than ${FEWEST_SEEDS} cannot show anything at 5 %`,
  );
}

function shareOf(text: string): number {
  const share = decimal(text);
  if (share >= 0 && share < 1) return share;
  throw new UsageError(
    `--confirmation-share: expected a number from 0 to below 1, got ${JSON.stringify(text)}; a third is usual, 0 sets none aside`,
  );
}

function budgetOf(text: string | undefined): StudyBudget | undefined {
  if (text === undefined) return undefined;
  const budget = parseBudget(text);
  if (budget.kind !== "target-loss") return budget;
  throw new UsageError(
    `--budget: expected updates=N, examples=N or seconds=S, got ${JSON.stringify(text)}; compare judges the time to a loss`,
  );
}

/** Shows trials and looks while they are made. */
async function followed(
  plan: JudgementPlan,
  { queueFlags, ...means }: Pick<TrialMeans, "directory" | "jobs" | "retries"> & { readonly queueFlags: QueueFlags },
  text: Text,
): Promise<{ readonly state: JudgementState; readonly stopped: AbortSignal }> {
  const signals = onSignals(text.comparison.stopping);
  const progress = showStudy(process.stderr, { comparison: { ...text.comparison, progress: text.judge.progress } });
  const looked = (look: Omit<LookRecord, "at">) => progress.log(lookLine(look, plan, text));
  try {
    const watched = { ...means, signal: signals.aborted, listen: progress.listen, looked };
    const state = await withQueue(queueFlags, progress.log, (queue) => runJudgement(plan, { ...watched, queue }));
    return { state, stopped: signals.aborted };
  } finally {
    progress.finish();
    signals.stopListening();
  }
}

function lookLine(
  { seeds, difference, verdict, moreSeeds }: Omit<LookRecord, "at">,
  { specification: { judging } }: JudgementPlan,
  { judge: words }: Text,
): string {
  const shownDifference = signedDifference(judging.metric, difference);
  return words.look({ seeds, difference: shownDifference, verdict: words.verdicts[verdict], more: moreSeeds });
}
