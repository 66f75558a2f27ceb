import { parseMetric } from "../experiment/judgements/metric.ts";
import { planJudgement } from "../experiment/judgements/plan.ts";
import { runJudgement } from "../experiment/judgements/run.ts";
import { readSide, type Side } from "../experiment/judgements/sides.ts";
import { writeAnswer } from "../store/studies/answer.ts";
import { nameInStore } from "../store/studies/nameInStore.ts";
import type { JudgeMetric } from "../store/studies/study.ts";
import { UsageError } from "../tensor/errors.ts";
import { shown } from "../tensor/shown.ts";
import type { JudgedSides } from "./judgedSides.ts";
import { judgementDocument } from "./judgementDocument.ts";
import { judgementFacts } from "./judgementFacts.ts";
import {
  budgetOf,
  configurationOf,
  type SomeOptions,
  type StudyLength,
  type StudyMeans,
  studyScene,
} from "./studyOptions.ts";
import { requireKnownOptions } from "./trainToRun.ts";

/** Options of a training that both sides share where they are given as options, and how they are judged. */
export type JudgeOptions = SomeOptions & {
  /** Options; or as text a run, `study/arm` or a file of options, as on the command line. */
  readonly arm: SomeOptions | string;
  /** What it is compared with; null for the arm itself with other seeds, a check of the judge. */
  readonly baseline: SomeOptions | string | null;
  readonly metric: JudgeMetric;
  /** The smallest difference that matters, in the unit of the metric; accuracy as a share. */
  readonly minimumEffect: number;
  /** From 6 to 1000. Default: 30. */
  readonly mostSeeds?: number | undefined;
  /** Of the validation examples, to confirm the verdict on; 0 for none. Default: 0.33. */
  readonly confirmationShare?: number | undefined;
  /** Default: each side as long as its own options say. */
  readonly budget?: StudyLength | undefined;
  /** The judgement's name. Default: made from what is judged. */
  readonly study?: string | undefined;
};

const own = ["arm", "baseline", "metric", "minimumEffect", "mostSeeds", "confirmationShare", "budget", "study"];

/**
 * Judges as `batchscope judge` does: both sides are trained seed after seed until a look gives a verdict, every look is
 * written down, and the same call goes on. Gives what `judge --json` prints. Throws `UsageError`, before anything is
 * trained, for what cannot be meant.
 */
export async function judge(options: JudgeOptions, means: StudyMeans = {}): Promise<JudgedSides> {
  requireKnownOptions("judge", options, own);
  const { arm, baseline, metric, minimumEffect, mostSeeds = 30, confirmationShare = 0.33, ...others } = options;
  const { budget, study, ...shared } = others;
  requireNumbers({ minimumEffect, mostSeeds, confirmationShare });
  const scene = studyScene(shared.dir, means);
  const side = async (given: SomeOptions | string, name: string): Promise<Side> => {
    if (typeof given === "string") return readSide(given, { directory: scene.directory, flags: {}, environment: {} });
    requireKnownOptions(`judge: ${name}`, given);
    return { kind: "options", name, configuration: await configurationOf(shared, given, scene.directory) };
  };
  const plan = await planJudgement({
    sides: [await side(arm, "arm"), baseline === null ? null : await side(baseline, "baseline")],
    ...{ metric: parseMetric(metric), minimumEffect, mostSeeds, confirmationShare, budget: budgetOf(budget), study },
  });
  const state = await runJudgement({ ...plan, id: nameInStore(scene.directory, plan.id) }, scene);
  const facts = judgementFacts(scene.directory, state);
  writeAnswer(state, facts.answer);
  return judgementDocument(state, facts);
}

function requireNumbers({
  minimumEffect,
  mostSeeds,
  confirmationShare,
}: Record<"minimumEffect" | "mostSeeds" | "confirmationShare", number>): void {
  const wrong = (name: string, expected: string, value: unknown) =>
    new UsageError(`judge: expected ${name} to be ${expected}, got ${shown(value)}; change it`);
  if (!(Number.isFinite(minimumEffect) && minimumEffect > 0))
    throw wrong("minimumEffect", "a number above 0", minimumEffect);
  if (!(Number.isInteger(mostSeeds) && mostSeeds >= 6 && mostSeeds <= 1000))
    throw wrong("mostSeeds", "a whole number from 6 to 1000", mostSeeds);
  if (!(confirmationShare >= 0 && confirmationShare < 1))
    throw wrong("confirmationShare", "a number from 0 to below 1", confirmationShare);
}
