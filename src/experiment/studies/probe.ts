import type { StudySpecification } from "../../store/studies/study.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { runTrial } from "../trial.ts";
import { examplesOf, type SizedArm } from "./budget.ts";
import { readTrial } from "./trialResult.ts";

/** Updates of a probe. */
const UPDATES = 6;

/** Of one trial, with its process and its evaluations. */
export interface Probed {
  readonly seconds: number;
  readonly examplesPerSecond: number;
}

/** How long one trial of an arm takes, by a few updates and an evaluation, written into `folder`. */
export async function probeArm(
  { budget, evaluateExamples }: Pick<StudySpecification, "budget" | "evaluateExamples">,
  arm: SizedArm,
  folder: string,
): Promise<Probed> {
  const { configuration } = arm;
  const began = performance.now();
  const trained = await runTrial(
    { ...configuration, steps: UPDATES, epochs: UPDATES, progress: "none" },
    { store: folder },
  );
  const wall = (performance.now() - began) / 1000;
  if (trained.kind !== "finished")
    throw new UsageError(
      `${option("dryRun")}: expected ${UPDATES} updates of the arm ${JSON.stringify(arm.name)}, got ${trained.kind === "failed" ? trained.lastWords : "a stop"}; mend it first`,
    );
  const { times, evaluations, steps } = readTrial(folder, trained.result.run, configuration.seed, true);
  const evaluation = Math.max(0, (evaluations.at(-1)?.seconds ?? 0) - (steps.at(-1)?.seconds ?? 0));
  const examples = examplesOf(arm, budget);
  const training = budget.kind === "seconds" ? budget.value : examples / times.examplesPerSecond;
  const evaluated = evaluateExamples === null ? 1 : Math.ceil(examples / evaluateExamples);
  const start = Math.max(0, wall - times.secondsPerUpdate * UPDATES - evaluation);
  return { seconds: start + training + evaluated * evaluation, examplesPerSecond: times.examplesPerSecond };
}
