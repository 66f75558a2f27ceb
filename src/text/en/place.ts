import type { Subject } from "../../store/place.ts";

/** "epoch 5", or "step 60" inside an epoch; the name of a file of gradients. */
export function at({ epoch, step, file }: Subject): string {
  if (file !== undefined) return file;
  return step === undefined ? `epoch ${epoch}` : `step ${step}`;
}

interface Span {
  readonly firstEpoch: number;
  readonly lastEpoch: number;
  readonly firstStep?: number | undefined;
  readonly lastStep?: number | undefined;
}

/** "epoch 2 to 9", or "step 60 to 300" where an end of it lies inside an epoch. */
export function from({ firstEpoch, lastEpoch, firstStep, lastStep }: Span): string {
  return firstStep === undefined ? `epoch ${firstEpoch} to ${lastEpoch}` : `step ${firstStep} to ${lastStep}`;
}
