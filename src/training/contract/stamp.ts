import type { TrainingState } from "../state.ts";
import type { EpochSeen } from "./epochOrder.ts";

/** What a checkpoint keeps so that going on from it can be checked: checksums of what training holds in memory. */
export interface Stamp {
  readonly parameters: number;
  readonly moments: number;
  readonly running: number;
  /** Of counters, random numbers, schedule and loss scale. */
  readonly position: number;
  readonly seen: EpochSeen;
}

/** `position` survives JSON. */
export function stampOf({ parameters, moments, running }: TrainingState, position: unknown, seen: EpochSeen): Stamp {
  const statistics = Object.values(running).map(({ data }) => data as Float32Array);
  return {
    parameters: checksum([parameters]),
    moments: checksum(Object.values(moments)),
    running: checksum(statistics),
    position: checksumOfText(JSON.stringify(position)),
    seen,
  };
}

/** Parts of a training that are not as the checkpoint says. */
export function differences(kept: Stamp, now: Stamp): string[] {
  const parts = ["parameters", "moments", "running", "position"] as const;
  const seen = kept.seen.count === now.seen.count ? [] : ["seen"];
  return [...parts.filter((part) => kept[part] !== now[part]), ...seen];
}

/** FNV-1a over words of 32 bits. */
function checksum(arrays: readonly Float32Array[]): number {
  let hash = 0x811c9dc5;
  for (const array of arrays) {
    const words = new Uint32Array(array.buffer, array.byteOffset, array.length);
    for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i]!, 0x01000193);
  }
  return hash >>> 0;
}

function checksumOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
