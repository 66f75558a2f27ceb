import type { Random } from "../../src/tensor/random.ts";

/** The files of one case, by their paths in its folder. */
export interface Made {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What reading is told, decided with the files. */
  readonly asked?: unknown;
}

/** One kind of file that Batchscope reads. */
export interface Format<Read = unknown> {
  readonly name: string;
  /** Of 10,000 files, how many are of this format. */
  readonly share: number;
  /** Whether an error must name a file of the case; it must, but where the format knows of no file. */
  readonly named?: boolean;
  /** The files that `stream` decides: nothing else may. */
  make(stream: Random): Made | Promise<Made>;
  /** Reads them as the product does, and throws what it throws. */
  read(folder: string, made: Made): Promise<Read>;
  /**
   * What a second reader says against what was read: that it refuses the file, or reads other values; null where it
   * agrees or is not there.
   */
  compare?(folder: string, made: Made, read: Read): Promise<string | null> | string | null;
  /** Readers that `compare` asks and that are not on this machine. */
  missing?(): Promise<string[]> | string[];
}

export type FaultKind =
  /** The process was killed by a signal or ended by itself. */
  | "crash"
  /** More processor time than allowed, or none for long. */
  | "hang"
  /** More memory than allowed. */
  | "memory"
  /** An error that is none of ours: a mistake in the program. */
  | "internal"
  /** An error or an output that is not one line, holds control characters, or names no file. */
  | "words"
  /** Taken although another reader refuses it, or taken with other values. */
  | "disagreement";

export type Verdict =
  | { readonly kind: "taken" }
  /** By which class of error. */
  | { readonly kind: "refused"; readonly by: string; readonly message: string }
  | { readonly kind: "fault"; readonly fault: FaultKind; readonly message: string };
