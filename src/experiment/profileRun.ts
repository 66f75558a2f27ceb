import type { MemoryLimit } from "../session/memory.ts";
import type { TrainConfiguration } from "../session/options/options.ts";
import type { Profile, ProfileNote } from "../store/profile.ts";
import { UnsupportedError } from "../tensor/errors.ts";
import { notesEnglish } from "../text/en/notes.ts";
import { said } from "../text/words.ts";
import { HEADROOM } from "./batchSize.ts";
import { prepareTrial } from "./microBatchTask.ts";
import type { ProfilePlan, profileSizes } from "./profile.ts";
import { withinData } from "./profilePlan.ts";

interface Asked {
  readonly asked: readonly number[];
  readonly rounds: number;
  readonly limit: MemoryLimit;
}

/** What is measured, now that the number of examples is known. Throws as `prepareTrial` and `withinData`. */
export async function planProfile(configuration: TrainConfiguration, { asked, rounds, limit }: Asked) {
  const { train } = (await prepareTrial(configuration, [1])).options;
  const { kept, beyond } = withinData(asked, train.size);
  const notes: ProfileNote[] =
    beyond.length > 0 ? [{ kind: "beyondData", batchSizes: beyond, examples: train.size }] : [];
  const plan: ProfilePlan = {
    ...{ batchSizes: kept, examples: train.size, rounds },
    limitBytes: Math.floor((1 - HEADROOM) * limit.bytes),
    threads: configuration.threads,
    onProcessor: configuration.device === "cpu",
  };
  return { plan, notes, name: train.name };
}

/** What a profile is of. */
export interface ProfiledSubject {
  readonly configuration: TrainConfiguration;
  readonly limit: MemoryLimit;
  /** The name of the data. */
  readonly data: string;
  readonly notes: readonly ProfileNote[];
}

/** A profile from what was measured. Throws `UnsupportedError` where no size could be. */
export function profileOf(
  plan: ProfilePlan,
  { configuration, limit, data, notes }: ProfiledSubject,
  found: Awaited<ReturnType<typeof profileSizes>>,
): Profile {
  const { timing, ...measured } = found;
  const all = [...notes, ...found.notes];
  if (found.batchSizes.length === 0)
    throw new UnsupportedError(
      `profile: expected a batch size that can be measured, got ${unmeasured(all)}; ` +
        "allow more memory, take smaller sizes, or see what train says",
    );
  const { model, threads, device } = configuration;
  return {
    ...{ model, data, examples: plan.examples, threads, device, rounds: plan.rounds },
    clock: timing.clock,
    disturbedShare: timing.disturbedShare,
    memoryLimit: limit,
    ...measured,
    notes: all,
  };
}

/** Why no size was measured: the first that was tried says it. */
function unmeasured(notes: readonly ProfileNote[]): string {
  const failed = notes.find((note) => note.kind === "failed");
  if (failed?.kind === "failed") return `a training that failed: ${said(failed.end, notesEnglish.trial)}`;
  const isBeyond = notes.every(({ kind }) => kind === "beyondData" || kind === "noCostModel");
  return isBeyond ? "none that an epoch has" : "none that fits into memory";
}
