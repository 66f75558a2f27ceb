import { join } from "node:path";
import { describeEnvironment } from "../store/describeEnvironment.ts";
import { environmentPath, readEnvironment } from "../store/environment.ts";
import { readLastEvaluation } from "../store/evaluation.ts";
import type { RunRemark } from "../store/findings.ts";
import { lossOf } from "../store/lost.ts";
import { resumeRun, takeRun } from "../store/resumeRun.ts";
import { damageOf, type Run } from "../store/runs.ts";
import { option, UsageError } from "../tensor/errors.ts";
import { resolveConfiguration } from "./configuration.ts";
import { decidedOf, fingerprintsOf } from "./create.ts";
import { type TrainConfiguration, type TrainField, trainFields } from "./options/options.ts";
import type { OpenRun, Prepared } from "./prepared.ts";
import { requireSame } from "./requireSame.ts";
import { readRunConfiguration } from "./runConfiguration.ts";

/** How a run is gone on with. */
export interface Resumption {
  readonly configuration: TrainConfiguration;
  /** What differs from the run's own configuration and is worth a line. */
  readonly changes: readonly RunRemark[];
}

/**
 * What the run trains next, with `options` instead of its own where they are given: text of the command line or values,
 * as
 * `resolveConfiguration` takes them. Throws `DataError` for a run that is damaged, and `UsageError` for an option that
 * would make another run of it or where nothing is left to train.
 */
export function resumption(run: Run, options: Readonly<Record<string, unknown>>): Resumption {
  // First, as it says where in the file it is damaged.
  const before = readRunConfiguration(run);
  const damage = damageOf(run);
  if (damage !== null) throw damage;
  const asked = resolveConfiguration({ config: join(run.path, "config.yaml"), ...options }, {});
  const configuration = { ...asked, dir: before.dir };
  const changes = changesOf(before, configuration, Object.keys(options));
  requireUnfinished(run, before, configuration);
  return { configuration, changes };
}

/** What the flags change. Throws `UsageError` naming one that would make another run of it. */
function changesOf(before: TrainConfiguration, after: TrainConfiguration, flags: readonly string[]): RunRemark[] {
  const [old, given] = [before, after] as unknown as [Record<string, unknown>, Record<string, unknown>];
  // What was asked for before what follows from it, as an optimizer's own defaults.
  const names = [...new Set([...flags, ...Object.keys(old), ...Object.keys(given)])];
  const changed = names.filter((name) => JSON.stringify(old[name]) !== JSON.stringify(given[name]));
  for (const name of changed) {
    // Copies have started where the run ended.
    const longer = isRaisable(name) && before.swapWorkers === undefined;
    if (longer && Number(given[name] ?? 0) > Number(old[name] ?? 0)) continue;
    if (trainFields[name as TrainField]?.resume === "change") continue;
    const rule = longer ? `at least the run's ${old[name]}` : `the run's own ${show(old[name])}`;
    throw new UsageError(
      `${option(name)}: expected ${rule} beside ${option("resume")}, got ${show(given[name])}; leave it out, or train a new run`,
    );
  }
  const longer = changed.filter(isRaisable);
  const { schedule } = before;
  return [
    ...longer.map(
      (name) => ({ kind: "raised", option: name, from: `${old[name] ?? "none"}`, to: `${given[name]}` }) as const,
    ),
    ...(changed.includes("threads")
      ? [{ kind: "threadsChanged", from: before.threads, to: after.threads } as const]
      : []),
    ...(longer.length > 0 && schedule !== "constant" ? [{ kind: "scheduleFollows", schedule } as const] : []),
  ];
}

/** Training goes on beyond its end. */
function isRaisable(name: string): boolean {
  return trainFields[name as TrainField]?.resume === "raise";
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

function requireUnfinished(run: Run, before: TrainConfiguration, after: TrainConfiguration): void {
  const fields = Object.keys(trainFields).filter(isRaisable) as ("epochs" | "steps")[];
  const raised = fields.some((name) => (after[name] ?? 0) > (before[name] ?? 0));
  if (run.status !== "finished" || raised) return;
  if (before.swapWorkers !== undefined)
    throw new UsageError(
      `${option("resume")}: expected a run that is not finished, got ${run.record.id}, whose copies are averaged; train a new run`,
    );
  const [name, length] =
    before.steps === undefined ? (["epochs", before.epochs] as const) : (["steps", before.steps] as const);
  throw new UsageError(
    `${option("resume")}: expected a run that is not finished, got ${run.record.id}, which has all of its ${length} ${length === 1 ? name.slice(0, -1) : name}; ` +
      `raise ${option(name)} above ${length} to train it on`,
  );
}

/** Takes the run, checks that it is given what it began with, and goes on from its newest checkpoint that is whole. */
export async function openAgain(run: Run, prepared: Prepared, changes: readonly RunRemark[]): Promise<OpenRun> {
  const taken = takeRun(run);
  const { checkpoint, damaged, lock } = taken;
  let other: RunRemark[];
  try {
    requireSame(run, await fingerprintsOf(prepared), "resume");
    other = elsewhere(run);
  } catch (error) {
    lock.release();
    throw error;
  }
  const { keepCheckpoints } = prepared.configuration;
  const { writer, metrics, findings } = resumeRun(taken, { ...decidedOf(prepared.configuration), keepCheckpoints });
  const id = run.record.id;
  const remarks: RunRemark[] = [
    ...(run.status === "lost" ? [{ kind: "lost", run: id, loss: lossOf(run) } as const] : []),
    ...damaged.map(({ message }) => ({ kind: "damaged", message }) as const),
    { kind: "goingOn", run: id, from: checkpoint && { step: checkpoint.step, epoch: checkpoint.epoch } },
    ...(run.status === "diverged"
      ? [{ kind: "divergedBefore", run: id, rate: prepared.configuration.learningRate } as const]
      : []),
    ...changes,
    ...other,
  ];
  const from = checkpoint === null ? undefined : { bytes: checkpoint.bytes, file: checkpoint.path };
  const readEvaluation = (tell: (damage: string) => void) => readLastEvaluation(writer, metrics, tell);
  return { writer, before: metrics, found: findings, readEvaluation, from, remarks };
}

/**
 * What of the machine and the programs is not as it was when the run began, where it may change the last bits of the
 * numbers.
 */
function elsewhere(run: Run): RunRemark[] {
  const then = readEnvironment(run);
  if (then === null) return [{ kind: "noEnvironment", path: environmentPath(run) }];
  const now = describeEnvironment({});
  const before: Record<string, string> = { ...then.versions, processor: then.cpu };
  const current: Record<string, string> = { ...now.versions, processor: now.cpu };
  return Object.keys(before)
    .filter((name) => before[name] !== current[name])
    .map((name) => ({ kind: "versionChanged", of: name, before: before[name]!, now: current[name] ?? null }));
}
