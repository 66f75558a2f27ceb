import type { Batch, Dataset } from "../../data/dataset.ts";
import type { Loss } from "../../model/loss.ts";
import type { Mode, Model, Parameter } from "../../model/model.ts";
import type { Bound } from "../../runtime/engine.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { DropoutRates } from "../../training/masks.ts";
import type { Numbers } from "./passMemory.ts";

/** What passes over the examples are made from. */
export interface PassSettings {
  readonly model: Model;
  readonly data: Dataset;
  readonly loss: Loss;
  readonly mode: Mode;
  readonly dropout: DropoutRates;
  /** The variables. */
  readonly trained: readonly Parameter[];
  /** Examples in the order of the sums. */
  readonly indices: Uint32Array;
  readonly batchSize?: number | undefined;
  readonly threads: number;
  readonly memoryBudget: number;
  readonly progress?: ((examples: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One session with its memory, for micro-batches of `count` examples. */
export interface Run {
  readonly count: number;
  readonly bound: Bound;
  readonly result: Numbers;
  readonly batch: Batch;
  readonly totals: Readonly<Record<string, Tensor>>;
  fill(microBatch: number): void;
}
