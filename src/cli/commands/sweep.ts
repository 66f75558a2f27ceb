import { sweepDocument } from "../../api/sweepDocument.ts";
import { sweepFacts } from "../../api/sweepFacts.ts";
import { hasEnded, type Trial } from "../../experiment/studies/schedule.ts";
import type { StandingSweep } from "../../experiment/sweeps/catchUp.ts";
import { planSweep, type SweepPlan } from "../../experiment/sweeps/planSweep.ts";
import { readSweepRequest } from "../../experiment/sweeps/request.ts";
import { type RanSweep, runSweep, type SweepMeans, sweepState } from "../../experiment/sweeps/runSweep.ts";
import { requireStore } from "../../store/create.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { withRoom } from "../../store/studies/lines.ts";
import { nameInStore } from "../../store/studies/nameInStore.ts";
import { studyPath } from "../../store/studies/study.ts";
import { grown, readSweep } from "../../store/studies/sweep.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { textIn } from "../../text/text.ts";
import { languageOf } from "../language.ts";
import { onSignals } from "../signals.ts";
import { print, printJson } from "../terminal/print.ts";
import { showStudy } from "../terminal/showStudy.ts";
import { sweepLines } from "../terminal/showSweep.ts";
import { jobsOf, type QueueFlags, queueFlagsOf, withQueue } from "./queueFlags.ts";
import { type SlurmFlags, slurmOf, type ToSlurm } from "./slurmFlags.ts";
import { drySweep } from "./sweepDry.ts";
import { writeSweep } from "./sweepFiles.ts";

/** Options of `sweep` as commander gives them, beside those that a file may hold. */
interface SweepFlags extends QueueFlags, Partial<Pick<SlurmFlags, "slurm" | "slurmOptions">> {
  readonly dryRun?: boolean;
  readonly dir?: string;
  readonly json?: boolean;
  readonly lang?: string;
}

/**
 * The command `sweep`: trains settings over seeds, as far as that has not been done, and says which is best. Exit code
 * 1 where trials failed.
 */
export async function runSweepCommand(flags: Readonly<Record<string, unknown>>): Promise<void> {
  const {
    dryRun,
    dir,
    json = false,
    lang: _lang,
    queue,
    queueName,
    slurm,
    slurmOptions,
    ...options
  } = flags as SweepFlags;
  const { request, jobs, retries } = readSweepRequest(options, process.env);
  const queueFlags = queueFlagsOf({ queue, queueName });
  const toSlurm = slurmOf({ slurm, slurmOptions, queue });
  const directory = storeDirectory(dir);
  if (!dryRun) requireStore(directory);
  const planned = await planSweep(request);
  const plan = { ...planned, id: nameInStore(directory, planned.id) };
  if (toSlurm) requireKnownBefore(plan);
  if (dryRun && toSlurm) return toSlurm.show({ id: plan.id, directory }, await lacking(plan, directory), json);
  if (dryRun) return drySweep(plan, { directory, jobs: jobs ?? 1, json });
  await runAndTell(plan, { directory, jobs, retries, json, queueFlags, toSlurm });
}

/** A cluster is given all trials at once. */
function requireKnownBefore({ specification: { halving, medianStopping } }: SweepPlan): void {
  if (halving === null && !medianStopping) return;
  const name = option(halving ? "halving" : "medianStopping");
  throw new UsageError(
    `${name}: expected trials that are all known before, as ${option("slurm")} is given, got ${name}, which chooses them by what came before; leave one of them out`,
  );
}

/** Trials that the command would hand over, by what is written down. */
async function lacking({ id, specification, seeds, trials }: SweepPlan, directory: string): Promise<Trial[]> {
  const path = studyPath(directory, id);
  const state = await sweepState({ path, file: { specification, ...grown(readSweep(path)?.file, { seeds, trials }) } });
  return [...state.trials.values()].filter((one) => !hasEnded(one.state)).map(({ trial }) => trial);
}

interface TellMeans {
  readonly directory: string;
  /** Undefined: one here, as many as keep its workers busy in a queue. */
  readonly jobs: number | undefined;
  readonly retries: number;
  readonly json: boolean;
  readonly queueFlags: QueueFlags;
  readonly toSlurm?: ToSlurm | null;
}

/** Runs a sweep with its progress on stderr, and tells what it came to. */
export async function runAndTell(plan: SweepPlan, { json, queueFlags, toSlurm, ...means }: TellMeans): Promise<void> {
  if (queueFlags.queue !== undefined && plan.specification.medianStopping)
    throw new UsageError(
      `${option("medianStopping")}: expected trials of this machine, whose evaluations are seen as they come, got ${option("queue")}; take ${option("halving")}`,
    );
  const jobs = means.jobs ?? jobsOf(undefined, queueFlags.queue);
  const ran = await shown(plan, { ...means, jobs, handOver: toSlurm?.handOver }, queueFlags);
  if (toSlurm?.isOpen()) return toSlurm.tell(plan.id, json);
  await tellSweep(ran, json);
}

/** Writes tables, figures and page of a sweep and says what it came to. Exit code 1 where trials failed. */
export async function tellSweep(ran: StandingSweep, json: boolean): Promise<void> {
  const text = textIn(languageOf(process.env));
  const facts = sweepFacts(ran);
  const files = await withRoom(ran.path, () => writeSweep(ran, facts, text));
  if (json) printJson(sweepDocument(ran, facts, files));
  else print(...sweepLines(ran, facts, text));
  if (facts.result.settings.some(({ state }) => state === "failed")) process.exitCode = 1;
}

async function shown(
  plan: SweepPlan,
  means: Pick<SweepMeans, "directory" | "jobs" | "retries" | "handOver">,
  queueFlags: QueueFlags,
): Promise<RanSweep> {
  const text = textIn(languageOf(process.env));
  const signals = onSignals(text.comparison.stopping);
  const progress = showStudy(process.stderr, text);
  try {
    const watched = { ...means, signal: signals.aborted, listen: progress.listen };
    const ran = await withQueue(queueFlags, progress.log, (queue) => runSweep(plan, { ...watched, queue }));
    progress.finish();
    // What there is can be seen by `sweep show`; a stop is a stop.
    signals.aborted.throwIfAborted();
    ran.stopped.throwIfAborted();
    return ran;
  } finally {
    progress.finish();
    signals.stopListening();
  }
}
