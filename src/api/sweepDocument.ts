import type { RanSweep } from "../experiment/sweeps/runSweep.ts";
import type { BestResult, SettingResult } from "../experiment/sweeps/sweepResult.ts";
import { SCHEMA_VERSION } from "../store/schema.ts";
import type { SweepFacts } from "./sweepFacts.ts";
import type { BestOfSweep, SweptSetting, SweptSettings, SweptTrial } from "./sweptSettings.ts";

/** What `sweep --json` prints. */
export function sweepDocument(
  { file, path, complete }: Pick<RanSweep, "file" | "path" | "complete">,
  { answer, findings, result }: SweepFacts,
  files: readonly string[],
): SweptSettings {
  const { id, version, specification, seeds, trials } = file;
  const { metric, budget, evaluateExamples, parameters, sweepSeed, halving, medianStopping } = specification;
  return {
    schemaVersion: SCHEMA_VERSION,
    answer,
    sweep: id,
    path,
    version,
    complete,
    metric,
    budget,
    evaluateExamples,
    parameters,
    sweepSeed,
    halving,
    medianStopping,
    seeds,
    settings: trials,
    best: result.best && bestDocument(result.best),
    trials: result.settings.flatMap(trialDocuments),
    ranking: result.settings.map(settingDocument),
    curve: result.curve,
    curveExamples: result.curveExamples,
    files,
    findings,
  };
}

function bestDocument({ setting, ...rest }: BestResult): BestOfSweep {
  return { setting: setting.number, name: setting.name, values: setting.values, ...rest };
}

function trialDocuments({ number, values, trials }: SettingResult): SweptTrial[] {
  return trials.map(({ id, state, seed, run, loss, accuracy, examples }) => {
    const result = loss === null && accuracy === null ? null : { loss, accuracy, examples };
    return { id, setting: number, state, values, seed, run, result };
  });
}

function settingDocument({ number, name, state, value, stoppedAt, seconds, mayBeBest }: SettingResult): SweptSetting {
  return { setting: number, name, state, ...value, stoppedAt, seconds, mayBeBest };
}
