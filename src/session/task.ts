/** The word that makes bin/batchscope.js a process for one task instead of the command line. */
export const TASK_WORD = "own-process";

/** A function of a module of ours that runs in a process of its own, and what it is called with. */
export interface Task {
  /** URL of a module that exports a `TaskFunction` as `run`: see `besides`. */
  readonly module: string;
  /** Anything that structured clones can hold. */
  readonly argument: unknown;
}

/** What a task is given beside its argument. */
export interface TaskMeans {
  /** Aborts where the process is to end in order: by a signal, or because its parent is gone. */
  readonly signal: AbortSignal;
  /** Tells the parent something, which structured clones can hold. */
  readonly tell: (event: unknown) => void;
  /** From now on `mark` is called with the reason where an error that nobody catches ends the process. */
  readonly onCrash: (mark: (reason: string) => void) => void;
}

export type TaskFunction<Argument, Result> = (argument: Argument, means: TaskMeans) => Promise<Result>;

/** What a process of a task says over its channel. */
export type TaskMessage =
  | { readonly kind: "event"; readonly event: unknown }
  | { readonly kind: "result"; readonly result: unknown }
  /** One line. */
  | { readonly kind: "error"; readonly message: string };
