import type { DataNote } from "../data/notes.ts";
import type { RunRemark } from "../store/findings.ts";
import type { AveragedEvent, TrainingEvent } from "../training/events.ts";
import type { Accumulation } from "./options/accumulation.ts";
import type { RunResult } from "./result.ts";

/** Of the run, or of the data that it is given. */
export type Remark = RunRemark | DataNote;

/** What a run tells its listener while it trains; data, not words: `eventLines` words them. */
export type SessionEvent = OpenedEvent | WarningEvent | PlanEvent | RemarkEvent | RunEvent | ClosedEvent;

/** What is recorded in the run's files. */
export type RunEvent = Exclude<TrainingEvent, AveragedEvent> | RunAverageEvent | CopyEvent;

/** The first of all: the run's directory is there. */
export interface OpenedEvent {
  readonly kind: "opened";
  readonly run: string;
  readonly path: string;
  /** Writes at once that the run has failed, for a process that is about to end where it cannot wait for anything. */
  readonly fail: (reason: string) => void;
}

/** For the one who looks on now; not in the run's log. */
export interface WarningEvent {
  readonly kind: "warning";
  readonly warning: RunRemark;
}

/** How the examples of one update are cut into micro-batches. */
export interface PlanEvent {
  readonly kind: "plan";
  readonly accumulation: Accumulation;
}

/** What a reader of the log should know before training begins. */
export interface RemarkEvent {
  readonly kind: "remark";
  readonly remark: Remark;
}

/**
 * A model whose weights are a mean: of those of several epochs, or of copies that were trained one beside the other.
 */
export type RunAverageEvent = AveragedEvent & { readonly of: "epochs" | "copies" };

/** Of a run that ends with an average of copies (SWAP), the one numbered `copy` from 1 of `copies`. */
export type CopyEvent = { readonly kind: "copy"; readonly copy: number; readonly copies: number } & (
  | { readonly state: "started" | "resumed" }
  | { readonly state: "finished"; readonly validationLoss: number; readonly validationAccuracy: number | undefined }
  | { readonly state: "failed"; readonly reason: string }
);

/** The last of all: everything is written, whatever the reason of the end. */
export interface ClosedEvent {
  readonly kind: "closed";
  readonly result: RunResult;
}
