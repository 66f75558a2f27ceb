import type { LossTexts } from "../../session/configuration.ts";
import { readLossFlags } from "../../session/configuration.ts";
import type { LandscapeQuestion } from "../../session/landscape/measure.ts";
import { type LandscapePart, landscapeParts } from "../../session/landscape/parts.ts";
import { bareSubject, requireSameModel, runSubject, type Subject, vectorOf } from "../../session/landscape/subject.ts";
import { memoryLimit } from "../../session/memory.ts";
import { decimal, wholeNumber } from "../../session/numbers.ts";
import { resolveLoss } from "../../session/options/loss.ts";
import { chooseCheckpoint } from "../../session/trainedModel.ts";
import type { Run } from "../../store/runs.ts";
import { UsageError } from "../../tensor/errors.ts";
import { openNamedRun, requireRecords } from "../openNamedRun.ts";
import { type DataTexts, openDataFlags } from "./openDataFlags.ts";

/** Options of `landscape`. */
export interface LandscapeFlags extends LossTexts, DataTexts {
  readonly checkpoint?: string | undefined;
  readonly parameters?: string | undefined;
  readonly model?: string | undefined;
  readonly output?: string | undefined;
  readonly data?: string | undefined;
  readonly subset?: string | undefined;
  readonly only?: string | undefined;
  readonly slice: string;
  readonly to?: string | undefined;
  readonly points: string;
  readonly top: string;
  readonly byLayer?: boolean | undefined;
  readonly byBlock?: boolean | undefined;
  readonly preconditioned?: boolean | undefined;
  readonly precision: string;
  readonly examples?: string | undefined;
  readonly seconds?: string | undefined;
  readonly seed: string;
  readonly device: string;
  readonly out?: string | undefined;
  readonly dir?: string | undefined;
  readonly verbose?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** What is measured, of whichever network. */
export type LandscapeAsked = Omit<LandscapeQuestion, "subject" | "slice"> & {
  readonly slice: Omit<LandscapeQuestion["slice"], "to">;
};

const kinds = ["line", "plane", "path"] as const;
const precisions = ["float32", "float64"] as const;
/** Fewer show no shape. */
const FEWEST_POINTS = 5;

/** Throws `UsageError` for a value that a flag does not take, and for flags that exclude each other. */
export function askedOf(flags: LandscapeFlags): LandscapeAsked {
  if (flags.byLayer && flags.byBlock)
    throw new UsageError("--by-block: expected it without --by-layer, got both; leave one of them out");
  return {
    parts: partsOf(flags.only),
    slice: {
      kind: oneOf("--slice", kinds, flags.slice),
      points: wholeNumber("--points", flags.points, FEWEST_POINTS),
    },
    groups: flags.byLayer ? "layer" : flags.byBlock ? "block" : null,
    preconditioned: flags.preconditioned === true,
    count: wholeNumber("--top", flags.top, 1),
    precision: oneOf("--precision", precisions, flags.precision),
    examples: flags.examples === undefined ? undefined : wholeNumber("--examples", flags.examples, 2),
    seconds: flags.seconds === undefined ? undefined : secondsOf(flags.seconds),
    seed: wholeNumber("--seed", flags.seed, 0),
    threads: 1,
    memoryBudget: memoryLimit("auto").bytes,
  };
}

function oneOf<const T extends string>(flag: string, known: readonly T[], given: string): T {
  const found = known.find((one) => one === given);
  if (found !== undefined) return found;
  throw new UsageError(`${flag}: expected one of ${known.join(", ")}, got "${given}"; choose one of them`);
}

function partsOf(only: string | undefined): readonly LandscapePart[] {
  if (only === undefined) return landscapeParts;
  return [...new Set(only.split(",").map((word) => oneOf("--only", landscapeParts, word.trim())))];
}

function secondsOf(text: string): number {
  const seconds = decimal(text);
  if (seconds > 0 && Number.isFinite(seconds)) return seconds;
  throw new UsageError(`--seconds: expected a number above 0, got "${text}"; change it`);
}

/** The run that is meant; null where a model and data are named instead. Throws `UsageError` for both, or neither. */
export function runOf(reference: string | undefined, flags: LandscapeFlags): Run | null {
  const { model, data, dir, to, checkpoint } = flags;
  if (reference === undefined) {
    const ofRun = to !== undefined ? "--to" : checkpoint !== undefined ? "--checkpoint" : undefined;
    if (ofRun)
      throw new UsageError(`${ofRun}: expected a run as well, got a model and data; leave it out, or name a run`);
    return null;
  }
  const other = model !== undefined ? "--model" : data !== undefined ? "--data" : undefined;
  if (other !== undefined)
    throw new UsageError(`${other}: expected a run or a model with data, got both; leave one of them out`);
  const run = openNamedRun(dir, reference);
  requireRecords(run, ["config.yaml", "environment.json", "data.json"]);
  return run;
}

/** The network at the parameters that are meant. Throws as `runSubject` and `bareSubject`. */
export async function subjectOf(run: Run | null, flags: LandscapeFlags, seed: number): Promise<Subject> {
  const { parameters, checkpoint, model, data } = flags;
  if (run !== null) {
    if (parameters !== undefined && checkpoint !== undefined)
      throw new UsageError("--parameters: expected it without --checkpoint, got both; leave one of them out");
    if (parameters !== undefined) return runSubject(run, { parameters });
    return runSubject(run, { checkpoint: chooseCheckpoint(run, checkpoint ?? "latest") });
  }
  const { train, validation } = await openDataFlags(data!, flags);
  const loss = resolveLoss(readLossFlags(flags), train);
  return bareSubject({ model: model!, output: flags.output, train, validation, loss, seed, parameters });
}

/** θ of the latest checkpoint of the run of `--to`; null without one. Throws `UsageError` for one of another model. */
export function endOf(run: Run | null, subject: Subject, { to, dir }: LandscapeFlags): Float64Array | null {
  if (to === undefined || run === null) return null;
  const other = openNamedRun(dir, to);
  requireSameModel(run, other);
  return vectorOf(subject.trained!.modelOf(chooseCheckpoint(other, "latest")));
}
