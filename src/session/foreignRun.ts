import { basename, dirname } from "node:path";
import { addForeignStep, type ForeignNoise, foreignNoiseScale, noForeignNoise } from "../analysis/foreignNoise.ts";
import type { NoiseScale } from "../statistics/types.ts";
import { type ForeignGap, foreignGaps } from "../store/foreignGaps.ts";
import {
  FOREIGN_STEPS,
  type ForeignEvaluation,
  type ForeignHeader,
  type ForeignLine,
  type ForeignPlace,
  type ForeignStep,
  readForeignSteps,
} from "../store/foreignSteps.ts";

/** A training of another program as far as it has come. */
export interface ForeignRun {
  readonly folder: string;
  /** Of the process that wrote last. */
  readonly header: ForeignHeader;
  /** Processes that wrote: more than one after restarts, or where two write into one folder. */
  readonly processes: number;
  /** Lines of steps. */
  readonly steps: number;
  readonly last: ForeignStep | null;
  /** Examples or tokens of an update: the mean over all. */
  readonly batchSize: number | null;
  readonly noiseScale: NoiseScale;
  /** Steps whose noise could be seen. */
  readonly measured: number;
  readonly evaluation: ForeignEvaluation | null;
  readonly missing: readonly ForeignGap[];
  /** Whether the loop was closed in order. */
  readonly ended: boolean;
}

/** Follows the folder of a run that another program writes. */
export interface ForeignFollower {
  /**
   * What it holds by now; null where it says nothing yet. Throws `DataError` with file and line for damaged lines,
   * `NotFoundError` where there is no file.
   */
  read(): ForeignRun | null;
}

interface SoFar {
  place: ForeignPlace | undefined;
  header: ForeignHeader | null;
  readonly processes: Set<string>;
  steps: number;
  counts: number;
  last: ForeignStep | null;
  noise: ForeignNoise;
  evaluation: ForeignEvaluation | null;
  ended: boolean;
}

/** `path` is the folder, or the file in it. */
export function followForeignRun(path: string): ForeignFollower {
  const folder = basename(path) === FOREIGN_STEPS ? dirname(path) : path;
  const far: SoFar = {
    place: undefined,
    header: null,
    processes: new Set(),
    steps: 0,
    counts: 0,
    last: null,
    noise: noForeignNoise,
    evaluation: null,
    ended: false,
  };
  return {
    read() {
      far.place = readForeignSteps(folder, (line) => take(far, line), far.place);
      return far.header === null ? null : runOf(folder, far.header, far);
    },
  };
}

function take(far: SoFar, line: ForeignLine): void {
  far.ended = line.kind === "end";
  if (line.kind === "run") {
    far.header = line;
    far.processes.add(line.process ?? String(far.processes.size));
  } else if (line.kind === "evaluation") far.evaluation = line;
  else if (line.kind === "step") {
    far.last = line;
    far.steps++;
    for (const count of line.counts) far.counts += count;
    far.noise = addForeignStep(far.noise, line);
  }
}

function runOf(folder: string, header: ForeignHeader, far: SoFar): ForeignRun {
  const { steps, last, noise, evaluation, ended } = far;
  const has: Record<ForeignGap, boolean> = {
    noise: noise.measured > 0,
    loss: last?.loss !== undefined,
    learningRate: last?.learningRate !== undefined,
    optimizer: header.optimizer !== null && header.optimizer !== undefined,
    evaluation: evaluation !== null,
    cosines: last?.gram !== undefined,
    groups: last?.groups !== undefined,
  };
  return {
    folder,
    header,
    processes: far.processes.size,
    steps,
    last,
    batchSize: steps === 0 ? null : far.counts / steps,
    noiseScale: foreignNoiseScale(noise),
    measured: noise.measured,
    evaluation,
    missing: foreignGaps.filter((gap) => !has[gap]),
    ended,
  };
}
