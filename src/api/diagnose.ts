import { join } from "node:path";
import { diagnose, type PlannedDiagnosis } from "../advice/diagnosis/diagnose.ts";
import type { Engine } from "../runtime/engine.ts";
import { readRunFacts } from "../session/diagnosis/runFacts.ts";
import { openChosenEngine } from "../session/engine.ts";
import type { DiagnosisFacts } from "../store/diagnosisFacts.ts";
import { readTrainingFindings } from "../store/findingsFile.ts";
import { namingLatest } from "../store/namingLatest.ts";
import { openRun, type Run } from "../store/runs.ts";
import { storeDirectory } from "../store/storeDirectory.ts";
import { is, type RulesOf, requireArguments, requireOptions } from "../tensor/arguments.ts";
import { diagnosisEnglish } from "../text/en/diagnosis.ts";
import { type DiagnosisDocument, remedyWords, withCommands } from "./diagnosisDocument.ts";

/** What a diagnosis may be told; everything has a default. */
export interface DiagnoseOptions {
  /** Where runs are kept. Default `batchscope`. */
  readonly dir?: string | undefined;
  /** Default: one on the processor. */
  readonly engine?: Engine | undefined;
}

const rules: RulesOf<DiagnoseOptions> = { dir: is.optional(is.text), engine: is.optional(is.engine) };

/**
 * Why a run is as it is, an id, the beginning of one, a path or "latest", as `batchscope diagnose` says it: from what
 * it recorded, its newest checkpoint and its data, without training anything. Throws `UsageError` for unknown options,
 * `NotFoundError` for a run that is not there, and as the readers of its records do.
 */
export async function diagnoseRun(reference: string, options: DiagnoseOptions = {}): Promise<DiagnosisDocument> {
  requireArguments("diagnoseRun", { run: reference }, { run: is.text });
  requireOptions("diagnoseRun", options, rules);
  const run = openRun(storeDirectory(options.dir), reference);
  const engine = options.engine ?? (await openChosenEngine({}));
  const { planned } = await namingLatest(reference, run, () => diagnosed(run, engine));
  const subject = { run: run.record.id, config: join(run.path, "config.yaml") };
  const found = withCommands(planned, (remedy) => {
    const words = remedyWords(remedy, subject);
    return words === null ? null : `batchscope ${words}`;
  });
  return { subject: run.record.id, answer: diagnosisEnglish.verdicts[found.verdict], ...found };
}

/** The diagnosis of a run and the facts that it rests on. */
export async function diagnosed(
  run: Run,
  engine: Engine,
): Promise<{ readonly planned: PlannedDiagnosis; readonly facts: DiagnosisFacts }> {
  const { facts } = await readRunFacts(run, engine);
  return { planned: diagnose(facts, readTrainingFindings(run)), facts };
}
