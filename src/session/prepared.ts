import type { DataDescription } from "../data/openOptions.ts";
import type { ScaledUpdates } from "../store/scaledUpdates.ts";
import type { EvaluationFile, MetricRecord } from "../store/schema.ts";
import type { TrainingFinding } from "../store/trainingFindings.ts";
import type { RunWriter } from "../store/writer.ts";
import type { CheckpointFile, TrainingOptions } from "../training/options.ts";
import type { Remark } from "./events.ts";
import type { Accumulation } from "./options/accumulation.ts";
import type { TrainConfiguration } from "./options/options.ts";
import type { SwapPlan } from "./options/swapPlan.ts";

/** All that training needs, checked before a run directory exists. */
export interface Prepared {
  readonly configuration: TrainConfiguration;
  readonly accumulation: Accumulation;
  readonly options: TrainingOptions;
  /** The copies that are trained and averaged at the end, where asked for. */
  readonly swap?: SwapPlan | undefined;
  /** How data from files became examples; null of data known by name. */
  readonly data: DataDescription | null;
  /** What a reader of the log should know before training begins. */
  readonly remarks: readonly Remark[];
  /** The constants of the updates where they follow the batch. */
  readonly scaled: ScaledUpdates | null;
}

/** A run directory that is open for writing, new or gone on with. */
export interface OpenRun {
  readonly writer: RunWriter;
  /** What it recorded before. */
  readonly before: readonly MetricRecord[];
  /** What was found of its training before. */
  readonly found?: readonly TrainingFinding[] | undefined;
  /** What its last evaluation found in full; `tell` is told of a damaged file, which counts as none. */
  readonly readEvaluation?: ((tell: (damage: string) => void) => EvaluationFile | undefined) | undefined;
  readonly from?: CheckpointFile | undefined;
  readonly remarks: readonly Remark[];
}
