import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Trial } from "../src/experiment/studies/schedule.ts";
import { trialName } from "../src/experiment/studies/trial.ts";
import { encodeJson } from "../src/store/json.ts";
import { yamlText } from "../src/store/yamlText.ts";

/** What a planted trial came to; null where it diverged. */
export interface PlantedResult {
  readonly validationLoss: number | null;
  readonly validationAccuracy?: number;
  readonly seconds?: number;
}

const EXAMPLES = 8;

/** Writes the run of a trial as if it had been trained, without the checkpoint; gives its id. */
export function plantTrial(directory: string, study: string, trial: Trial, result: PlantedResult): string {
  const id = `20261121-205901-${trial.key}`;
  const path = join(directory, "runs", id);
  mkdirSync(path, { recursive: true });
  const { validationLoss, validationAccuracy = 0.5, seconds = 1 } = result;
  const at = "2026-11-21T20:59:01.250Z";
  const end = { epoch: 1, step: 2, examples: EXAMPLES, seconds };
  const steps = [1, 2].map((step) => ({
    ...{ kind: "step", step, epoch: 1, examples: step * 4, loss: 1 / step, gradientNorm: 1, learningRate: 0.1 },
    seconds: (step * seconds) / 2,
  }));
  const last = { kind: "epoch", ...end, trainLoss: 0.7, trainAccuracy: 0.6, validationLoss, validationAccuracy };
  const isWhole = validationLoss !== null;
  const metrics = [...steps, ...(isWhole ? [last] : [])].map((record) => `${encodeJson(record)}\n`).join("");
  const config = { ...trial.configuration, trialOf: trialName(study, trial.key) };
  writeFileSync(join(path, "metrics.jsonl"), metrics);
  writeFileSync(join(path, "config.yaml"), yamlText(config));
  writeFileSync(
    join(path, "environment.json"),
    encodeJson({
      schemaVersion: 1,
      versions: {},
      platform: "",
      cpu: "",
      cores: 1,
      memoryBytes: 1,
      directory,
      git: null,
      seeds: {},
      fingerprints: {},
    }),
  );
  const summary = { epochs: 1, steps: 2, examples: EXAMPLES, last: isWhole ? last : null, best: isWhole ? last : null };
  writeFileSync(
    join(path, "summary.json"),
    encodeJson({ ...summary, seconds, microBatchesPerSecond: 1, peakMemoryBytes: 2 ** 20 }),
  );
  const record = { schemaVersion: 1, id, name: trial.arm, description: "", startedAt: at, pid: 1, host: "planted" };
  const status = isWhole ? "finished" : "diverged";
  writeFileSync(
    join(path, "run.json"),
    encodeJson({
      ...record,
      status,
      heartbeatAt: at,
      finishedAt: at,
      exitReason: isWhole ? null : "diverged at step 2",
    }),
  );
  return id;
}
