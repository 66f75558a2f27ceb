/** Where training stood: at the end of an epoch, or after a step inside one. */
export interface Place {
  /** Epochs completed. */
  readonly epoch: number;
  /** Only inside an epoch. */
  readonly step?: number | undefined;
}

export function placeOf(checkpoint: {
  readonly epoch: number;
  readonly step: number;
  readonly insideEpoch?: true | undefined;
}): Place {
  const { epoch, step, insideEpoch } = checkpoint;
  return insideEpoch ? { epoch, step } : { epoch };
}

/** As it stands in names of files: `epoch_5`, `step_60`. */
export function placeName(checkpoint: Parameters<typeof placeOf>[0]): string {
  return checkpoint.insideEpoch ? `step_${checkpoint.step}` : `epoch_${checkpoint.epoch}`;
}
