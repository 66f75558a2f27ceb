import { parseBudget } from "../experiment/studies/budget.ts";
import { trialDefaults } from "../experiment/studies/identity.ts";
import type { StudyEvent } from "../experiment/studies/schedule.ts";
import { resolveConfiguration } from "../session/configuration.ts";
import type { TrainConfiguration } from "../session/options/options.ts";
import { requireStore } from "../store/create.ts";
import { storeDirectory } from "../store/storeDirectory.ts";
import type { StudyBudget } from "../store/studies/study.ts";
import { type RunOptions, withKeptData } from "./trainToRun.ts";

/** Any options of a training. */
export type SomeOptions = { readonly [Name in keyof RunOptions]?: RunOptions[Name] | undefined };

/** What a study of many trainings may be given beside its options. */
export interface StudyMeans {
  /** Trainings at a time, each in a process of its own. More than one disturbs the times. Default: 1. */
  readonly jobs?: number | undefined;
  /** How often a training that fails is tried again. Default: 1. */
  readonly retries?: number | undefined;
  /** Ends the study in order, so that the same call goes on. */
  readonly signal?: AbortSignal | undefined;
  /** Is told what becomes of each training. */
  readonly listen?: ((event: StudyEvent) => void) | undefined;
}

/** What every arm gets: so many updates or examples, or seconds of training. */
export type StudyLength = { readonly kind: "updates" | "examples" | "seconds"; readonly value: number };

/** The store of a study, which is made where there is none, and the means as studies take them. */
export function studyScene(dir: string | undefined, { jobs = 1, retries = 1, signal, listen }: StudyMeans) {
  const directory = storeDirectory(dir);
  requireStore(directory);
  return { directory, jobs, retries, signal, listen };
}

/** The whole configuration of options; `own` go before `shared`. Throws `UsageError` for what cannot be meant. */
export async function configurationOf(
  shared: SomeOptions,
  own: SomeOptions,
  directory: string,
): Promise<TrainConfiguration> {
  const kept = await withKeptData({ ...shared, ...own }, directory);
  return resolveConfiguration({ ...kept, set: [...trialDefaults] }, {});
}

/** Throws `UsageError` for what is no budget. */
export function budgetOf(budget: { readonly kind: string; readonly value: number } | undefined) {
  return budget === undefined ? undefined : (parseBudget(`${budget.kind}=${budget.value}`) as StudyBudget);
}
