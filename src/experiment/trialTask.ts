import { openChosenEngine } from "../session/engine.ts";
import { englishLog } from "../session/englishLog.ts";
import type { SessionEvent } from "../session/events.ts";
import { inTrainFlags } from "../session/options/flags.ts";
import type { TrainConfiguration } from "../session/options/options.ts";
import { prepareTraining } from "../session/prepare.ts";
import type { OpenRun, Prepared } from "../session/prepared.ts";
import type { RunResult } from "../session/result.ts";
import { trainRun } from "../session/run.ts";
import type { TaskFunction } from "../session/task.ts";
import { DataError, NotFoundError, option } from "../tensor/errors.ts";
import type { Lacking, TrialEvent, TrialWork } from "./trial.ts";

export interface TrialArgument {
  readonly work: TrialWork;
  /** Whether anyone listens to more than the run's end. */
  readonly isHeard: boolean;
  /** Examples after whose evaluation it pauses. */
  readonly until?: number | undefined;
}

/** Data or files that are not those that a study was planned with. */
class OtherFilesError extends DataError {}

/** The work of a trial, in its process. Throws what `prepareTraining`, `openAgain` and `trainRun` throw. */
export const run: TaskFunction<TrialArgument, RunResult> = async (argument, { signal, tell, onCrash }) => {
  const { work, isHeard, until = Number.POSITIVE_INFINITY } = argument;
  const { prepared, open } = await (work.kind === "new" ? begun(work) : goneOnWith(work)).catch((error) => {
    if (error instanceof NotFoundError || error instanceof OtherFilesError) tell({ kind: "lacking" } satisfies Lacking);
    throw error;
  });
  const engine = await openChosenEngine(process.env, prepared.configuration.device);
  const pause = new AbortController();
  const listen = (event: SessionEvent) => {
    if (event.kind === "opened") onCrash(event.fail);
    if (evaluatedExamples(event) >= until) pause.abort(new Error(`paused after ${until} examples`));
    const told = isHeard || event.kind === "closed" ? tellable(event) : undefined;
    if (told) tell(told);
  };
  const averageCopies = prepared.swap && (await import("./swapCopies.ts")).averageCopies;
  const lines = (event: SessionEvent) => englishLog(event).map(inTrainFlags);
  const means = { engine, signal: AbortSignal.any([signal, pause.signal]), lines, listen };
  return trainRun(prepared, open, { ...means, ...(averageCopies && { averageCopies }) });
};

/** Examples after which the validation data were evaluated; NaN of any other event. */
function evaluatedExamples(event: SessionEvent): number {
  // An epoch without one has no validation loss.
  const isOne = event.kind === "evaluation" || (event.kind === "epoch" && !Number.isNaN(event.validationLoss));
  return isOne ? event.examples : Number.NaN;
}

interface Begun {
  readonly prepared: Prepared;
  readonly open: () => OpenRun | Promise<OpenRun>;
}

async function begun(work: Extract<TrialWork, { kind: "new" }>): Promise<Begun> {
  const { configuration, surroundings, seed, fingerprints: asked } = work;
  const { createSessionRun, fingerprintsOf } = await import("../session/create.ts");
  const prepared = await prepareTraining(configuration, seed);
  const fingerprints = await fingerprintsOf(prepared);
  if (asked) requireFiles(asked, fingerprints, configuration);
  return { prepared, open: () => createSessionRun(prepared, surroundings, fingerprints) };
}

/**
 * Throws `OtherFilesError` where data or files are not those that a study was planned with: nothing is trained on
 * others.
 */
function requireFiles(
  asked: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
  { data, model, initFrom }: Pick<TrainConfiguration, "data" | "model" | "initFrom">,
): void {
  for (const [name, digits] of Object.entries(asked)) {
    if (found[name] === digits) continue;
    const [what, named, path] = {
      model: ["model", "model file", model],
      initFrom: ["initFrom", "weights", initFrom],
    }[name] ?? ["data", `${name === "train" ? "training" : name} data`, data];
    throw new OtherFilesError(
      `${option(what!)}: expected the ${named} of the study (fingerprint ${digits.slice(0, 8)}…), ` +
        `got another (${found[name]?.slice(0, 8) ?? "none"}…) at ${path}; give this machine those of the study`,
    );
  }
}

async function goneOnWith({ store, run: named }: Extract<TrialWork, { kind: "resume" }>): Promise<Begun> {
  const { openAgain, resumption } = await import("../session/resume.ts");
  const { locateFiles, scalingOf, trainingSeedOf } = await import("../session/runConfiguration.ts");
  const { openRun } = await import("../store/runs.ts");
  const found = openRun(store, named);
  const { configuration, changes } = resumption(found, {});
  const seed = trainingSeedOf(found, configuration);
  const prepared = await prepareTraining(locateFiles(found, configuration), seed, scalingOf(found));
  return { prepared, open: () => openAgain(found, prepared, changes) };
}

function tellable(event: SessionEvent): TrialEvent | undefined {
  switch (event.kind) {
    case "step":
    case "scores":
    case "checkpoint":
    case "averaged":
      return undefined;
    case "opened":
      return { kind: "opened", run: event.run, path: event.path };
    default:
      return event;
  }
}
