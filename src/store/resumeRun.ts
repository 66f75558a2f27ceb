import { join } from "node:path";
import { type DataError, UsageError } from "../tensor/errors.ts";
import {
  type GoodCheckpoint,
  listCheckpoints,
  newestGoodCheckpoint,
  removeCheckpoints,
  settleCheckpoint,
} from "./checkpoints.ts";
import { alive, type RunOptions } from "./create.ts";
import { removeTemporaries, writeAtomically } from "./document.ts";
import { readTrainingFindings, rewindFindings } from "./findingsFile.ts";
import { lockRun, type RunLock } from "./lock.ts";
import { metricsToGoOn, rewindMetrics } from "./metricsReader.ts";
import { type Run, readRun } from "./runs.ts";
import type { MetricRecord } from "./schema.ts";
import type { TrainingFinding } from "./trainingFindings.ts";
import { openWriter, type RunWriter } from "./writer.ts";
import { yamlText } from "./yamlText.ts";

/** A run that is gone on with. */
export interface ResumedRun {
  readonly writer: RunWriter;
  /** To go on from; null where none is on disk, so that the run begins again. */
  readonly checkpoint: GoodCheckpoint | null;
  /** What the run recorded up to there; of the steps only one that is the last. */
  readonly metrics: readonly MetricRecord[];
  readonly findings: readonly TrainingFinding[];
}

/** What `resumeRun` needs of a run that nobody else can open meanwhile. */
export interface RunToResume {
  readonly run: Run;
  readonly lock: RunLock;
  readonly checkpoint: GoodCheckpoint | null;
  /** One for each newer checkpoint that is damaged. */
  readonly damaged: readonly DataError[];
}

/**
 * Takes a run that has ended or was lost, so that no other process can, and finds its newest checkpoint whose checksum
 * is right. Changes nothing yet. Throws `UsageError` while the run is still running, here or elsewhere.
 */
export function takeRun(run: Run): RunToResume {
  const lock = run.status === "running" ? null : lockRun(run);
  // Whoever held it before may have written since it was looked at; without locks another may have taken it.
  const now = readRun(run.path) ?? run;
  if (lock === null || (!lock.held && now.status === "running"))
    throw new UsageError(
      `resume: expected a run that has ended, got ${run.record.id}, ` +
        `running as process ${run.record.pid} on ${run.record.host}; wait for it or stop it first`,
    );
  return { run: { ...run, record: now.record }, lock, ...newestGoodCheckpoint(run) };
}

/** Goes on with a run that was taken, from its checkpoint: what it recorded after it is taken back. */
export function resumeRun(
  { run, lock, checkpoint }: RunToResume,
  options: Pick<RunOptions, "config" | "command" | "keepCheckpoints">,
): ResumedRun {
  removeTemporaries(run);
  const lines = checkpoint?.metrics ?? 0;
  rewindMetrics(run, lines);
  rewindFindings(run, checkpoint?.step ?? -1);
  const findings = readTrainingFindings(run);
  const metrics = metricsToGoOn(run);
  for (const later of listCheckpoints(run)) if (later.step > (checkpoint?.step ?? -1)) removeCheckpoints([later]);
  if (checkpoint !== null) settleCheckpoint(run, checkpoint, options.keepCheckpoints);
  writeAtomically(join(run.path, "config.yaml"), yamlText(options.config));
  writeAtomically(join(run.path, "command.txt"), `${options.command}\n`);
  const resumes = [...(run.record.resumes ?? []), { at: new Date().toISOString(), step: checkpoint?.step ?? 0 }];
  const record = { ...run.record, ...alive(), resumes };
  const { keepCheckpoints } = options;
  return {
    writer: openWriter(run.path, { record, lock, metrics: lines, keepCheckpoints }),
    checkpoint,
    metrics,
    findings,
  };
}
