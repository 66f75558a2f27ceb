import { listSubsets } from "../../data/registry.ts";
import { trainApart } from "../../session/childRun.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import { createSessionRun } from "../../session/create.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import { trainAliases } from "../../session/options/options.ts";
import { dataOptionsOf } from "../../session/options/sequenceOptions.ts";
import { prepareTraining } from "../../session/prepare.ts";
import type { Prepared } from "../../session/prepared.ts";
import type { RunResult } from "../../session/result.ts";
import { requireStore } from "../../store/create.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { UsageError } from "../../tensor/errors.ts";
import { passSignals } from "../signals.ts";
import { printJson } from "../terminal/print.ts";
import { trainShown } from "../trainShown.ts";
import { tryOut } from "./devRun.ts";
import { printConfigurations, printPlan } from "./preview.ts";

/** The command `train`: `flags` are its options as text. */
export async function runTrain(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const { printConfig, dryRun, ...given } = flags;
  const steps = accumulationList(given.gradientAccumulationSteps);
  const configurations = steps.map((one) =>
    resolveConfiguration({ ...given, gradientAccumulationSteps: one }, process.env),
  );
  if (printConfig) return printConfigurations(configurations);
  const requests: TrainConfiguration[] = [];
  for (const { subset: asked, ...rest } of configurations)
    for (const subset of await subsetsOf({ ...rest, subset: asked }))
      requests.push(subset === undefined ? rest : { ...rest, subset });
  const [{ json, fastDevRun, dir }] = requests as [TrainConfiguration];
  if (!dryRun && !fastDevRun) requireStore(storeDirectory(dir));
  const results = dryRun || fastDevRun ? await tryAll(requests, dryRun === true) : await trainAll(requests, given);
  if (json && !fastDevRun && !dryRun) printJson(results.length === 1 ? results[0]! : results);
}

async function tryAll(requests: readonly TrainConfiguration[], dryRun: boolean): Promise<[]> {
  for (const request of requests) {
    const prepared = await prepareTraining(request);
    if (dryRun) printPlan(prepared);
    else await tryOut(prepared);
  }
  return [];
}

/** One run here, or several in processes of their own, none of which begins before all have been checked. */
async function trainAll(
  requests: readonly TrainConfiguration[],
  given: Readonly<Record<string, unknown>>,
): Promise<RunResult[]> {
  if (requests.length === 1) {
    const prepared = await prepareTraining(requests[0]!);
    return [await trainShown(prepared, () => createSessionRun(prepared))];
  }
  const replaced = ["gradientAccumulationSteps", "subset", "name"];
  const others = Object.entries(given).filter(([key]) => !replaced.includes(trainAliases[key] ?? key));
  const several = new Set(requests.map(({ gradientAccumulationSteps }) => gradientAccumulationSteps)).size > 1;
  const runs: Record<string, unknown>[] = [];
  for (const request of requests) {
    const { gradientAccumulationSteps, subset } = request;
    const prepared = await prepareTraining(request);
    const name = several ? listedName(prepared) : request.name;
    runs.push({ ...Object.fromEntries(others), gradientAccumulationSteps, subset, name });
  }
  const [{ json, dir, model, data }] = requests as [TrainConfiguration];
  const directory = storeDirectory(dir);
  const trained = () => trainApart(runs, { json, store: directory, attend: passSignals });
  if (json) return trained();
  const { tableAfter } = await import("./listRuns.ts");
  const ofOneSubset = new Set(requests.map(({ subset }) => subset)).size === 1;
  return tableAfter({ directory, model, data, ofOneSubset }, trained);
}

/** `--gradient-accumulation-steps 1,4,8,16` asks for one run for each. */
function accumulationList(given: unknown): readonly unknown[] {
  return typeof given === "string" ? given.split(",").map((one) => one.trim()) : [given];
}

/** A name with the examples of an update in it, for one of several runs that differ in them alone. */
function listedName({ configuration, accumulation, options }: Prepared): string {
  return `${configuration.name ?? options.train.name}_${accumulation.batchSize}x${accumulation.steps}`;
}

/** One run for each of these: the subset asked for, every one for "all", or the whole data. */
async function subsetsOf(configuration: TrainConfiguration): Promise<readonly (string | undefined)[]> {
  const { data, subset } = configuration;
  if (subset !== "all") return [subset];
  const subsets = await listSubsets(data, dataOptionsOf(configuration));
  if (subsets.length > 0) return subsets;
  throw new UsageError(`--subset: expected data that have subsets, got ${data} without; leave --subset out`);
}
