import type { Interval } from "../statistics/types.ts";
import type { Profile, TimedWindow } from "../store/profile.ts";
import { textIn } from "../text/text.ts";
import { said } from "../text/words.ts";
import type { ProfiledSizes, WindowTimes } from "./profiledSizes.ts";

/** The document: of each time the median, and the lowest and highest round beside it. */
export function profileDocument({
  batchSizes,
  accumulation,
  notes,
  ...profile
}: Profile): Omit<ProfiledSizes, "answer"> {
  return {
    ...profile,
    batchSizes: batchSizes.map(({ peakMemoryBytes, ...size }) => ({ ...flat(size), peakMemoryBytes })),
    accumulation: accumulation.map((window) => ({
      ...flat(window),
      gradientAccumulationSteps: window.batchSize / window.microBatch,
    })),
    notes: notes.map((note) => said(note, textIn("en").profile.notes)),
    findings: notes,
  };
}

/** A window in one level. */
export function flat({
  batchSize,
  microBatch,
  secondsPerUpdate,
  secondsPerEpoch,
  examplesPerSecond,
}: TimedWindow): WindowTimes {
  return {
    batchSize,
    microBatch,
    ...spread("secondsPerUpdate", secondsPerUpdate),
    ...spread("secondsPerEpoch", secondsPerEpoch),
    examplesPerSecond,
  };
}

function spread<Name extends string>(name: Name, { value, lower, upper }: Interval) {
  return { [name]: value, [`${name}Lower`]: lower, [`${name}Upper`]: upper } as Record<
    Name | `${Name}Lower` | `${Name}Upper`,
    number
  >;
}
