/** What an update costs where it is trained: seconds = perUpdate + perMicroBatch·⌈B/m⌉ + perExample·B. */
export interface UpdateCost {
  readonly perUpdate: number;
  readonly perMicroBatch: number;
  readonly perExample: number;
  /** Standard deviation of its relative errors. */
  readonly deviation: number;
}

/** On what is trained. */
export interface Machine {
  readonly cost: UpdateCost;
  /** Examples that fit into the memory of a device. */
  readonly largestMicroBatch: number;
  readonly devices: number;
  /** What devices take to agree on an update; 0 of one. */
  readonly secondsPerSync: number;
}

/** How the examples of an update are cut: all devices train the same number at a time. */
export interface UpdateWindow {
  /** Examples of a micro-batch of one device. */
  readonly batchSize: number;
  readonly accumulationSteps: number;
}

/** Fewest micro-batches of equal size that fit, for so many examples of an update, a multiple of the devices. */
export function windowOf(effectiveBatchSize: number, { largestMicroBatch, devices }: Machine): UpdateWindow {
  const own = effectiveBatchSize / devices;
  let steps = Math.ceil(own / largestMicroBatch);
  while (own % steps !== 0) steps++;
  return { batchSize: own / steps, accumulationSteps: steps };
}

/** Of an update that is cut so. Devices work at the same time and agree once. */
export function secondsOfUpdate(
  { batchSize, accumulationSteps }: UpdateWindow,
  { cost, devices, secondsPerSync }: Machine,
): number {
  const computing =
    cost.perUpdate + cost.perMicroBatch * accumulationSteps + cost.perExample * batchSize * accumulationSteps;
  return computing + (devices > 1 ? secondsPerSync : 0);
}
