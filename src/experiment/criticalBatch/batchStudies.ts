import { basename, join } from "node:path";
import type { Run } from "../../store/runs.ts";
import { readAnswer, readBatchAnswer, type StudyAnswer } from "../../store/studies/answer.ts";
import { listStudies, type Study } from "../../store/studies/study.ts";
import { listSweeps, type Sweep } from "../../store/studies/sweep.ts";
import type { Verdict } from "../../store/verdicts.ts";
import { DataError } from "../../tensor/errors.ts";

type Said<Kind extends Verdict["kind"]> = Extract<Verdict, { readonly kind: Kind }>;

/** What studies of the same model and data say of the batch. */
export interface BatchStudies {
  /** The newest study whose hyperbola is known, else the newest with several batch sizes; null where there is none. */
  readonly pareto: { readonly id: string; readonly said: Said<"paretoCriticalBatch"> | null } | null;
  /** The newest branches from a checkpoint of the run; null where none have ended. */
  readonly branched: Said<"criticalBatch"> | null;
}

/** What decides whether trainings are of the same model and data. */
interface Subject {
  readonly model: string;
  readonly data: string;
  readonly limitExamples?: unknown;
}

/**
 * The studies in the store of a run, which has this configuration. Damaged ones are passed over: `studies` names them.
 */
export function batchStudies(run: Pick<Run, "path">, subject: Subject): BatchStudies {
  const directory = join(run.path, "..", "..");
  const { studies } = listStudies(directory);
  const comparisons = studies.filter((study) => comparesBatches(study, subject)).map(candidate);
  const sweeps = listSweeps(directory)
    .sweeps.filter((sweep) => sweepsBatches(sweep, subject))
    .map(candidate);
  const newest = [...comparisons, ...sweeps].toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const pareto = newest.find(({ said }) => said !== null) ?? newest[0] ?? null;
  const branches = studies.filter((study) => branchesFrom(study, basename(run.path)));
  return {
    pareto: pareto && { id: pareto.id, said: pareto.said },
    branched: branches.flatMap((study) => saidOf(study, readAnswer, "criticalBatch") ?? []).at(0) ?? null,
  };
}

function candidate(study: Study | Sweep) {
  const { id, createdAt } = study.file;
  return { id, createdAt, said: saidOf(study, readBatchAnswer, "paretoCriticalBatch") };
}

function saidOf<Kind extends Verdict["kind"]>(
  study: Study | Sweep,
  read: (study: Study | Sweep) => StudyAnswer | null,
  kind: Kind,
): Said<Kind> | null {
  try {
    return (read(study)?.answer.find((one) => one.kind === kind) as Said<Kind> | undefined) ?? null;
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}

const isSame = (a: Readonly<Record<string, unknown>>, b: Subject) =>
  a.model === b.model && a.data === b.data && String(a.limitExamples ?? "") === String(b.limitExamples ?? "");

/** Arms of two batch sizes or more, of two seeds or more. */
function comparesBatches({ file }: Study, subject: Subject): boolean {
  const { kind, arms } = file.specification;
  const batches = new Set(arms.map(({ effectiveBatchSize }) => effectiveBatchSize));
  const isOfSubject = arms.every(({ configuration }) => isSame(configuration, subject));
  return kind === "comparison" && batches.size > 1 && file.seeds.length > 1 && isOfSubject;
}

const batchOptions = ["batchSize", "gradientAccumulationSteps", "targetBatchSize"];

function sweepsBatches({ file: { specification, seeds } }: Sweep, subject: Subject): boolean {
  const varies = specification.parameters.some(({ option }) => batchOptions.includes(option));
  return varies && seeds.length > 1 && isSame(specification.given, subject);
}

function branchesFrom({ file: { specification } }: Study, id: string): boolean {
  const from = specification.arms[0]?.configuration.initFrom;
  return specification.kind === "critical-batch" && typeof from === "string" && from.split(/[\\/]/).includes(id);
}
