import type { Dataset } from "../data/dataset.ts";
import type { Loss } from "../model/loss.ts";
import type { Model } from "../model/model.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import type { EmbeddingOptions } from "../statistics/embedding.ts";
import type { Checkpoint } from "../store/checkpoints.ts";
import type { EpochRecord } from "../store/schema.ts";
import type { ProductsOf } from "./gramPlan.ts";

/** What an analysis of checkpoints measures. */
export interface AnalyzeOptions {
  readonly model: Model;
  readonly data: Dataset;
  /** What the run minimised; default cross-entropy. */
  readonly loss?: Loss;
  readonly checkpoints: readonly Checkpoint[];
  /** Epoch records of the run, to put accuracy beside each checkpoint. */
  readonly epochs: readonly EpochRecord[];
  /** K mini-batches of `batchSize` examples, drawn once without replacement and measured at every checkpoint. */
  readonly rows: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly threads: number;
  /** See `GramOptions`. */
  readonly memoryBudget: number;
  readonly products?: ProductsOf;
  /** Of the run, with the constants of its updates: also the noise scale of its own update. */
  readonly optimizer?: Optimizer | undefined;
  /** Also the noise of each layer. Default false. */
  readonly byLayer?: boolean;
  /** Also mini-batches drawn inside each class ("class") or value of a column. */
  readonly by?: string | undefined;
  /** Also S² and ‖G_D‖² of the whole data set. Default false. */
  readonly fullPass?: boolean;
  /** Of the pictures. */
  readonly pictures?: Omit<EmbeddingOptions, "seed">;
}
