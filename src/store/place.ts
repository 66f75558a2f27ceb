/** Where training stood: at the end of an epoch, or after a step inside one. */
export interface Place {
  /** Epochs completed. */
  readonly epoch: number;
  /** Only inside an epoch. */
  readonly step?: number | undefined;
}

/** What gradients are of: a checkpoint, or the file or folder that another program saved them in. */
export interface Subject {
  readonly epoch?: number | undefined;
  readonly step?: number | undefined;
  readonly file?: string | undefined;
}

export function subjectOf({
  file,
  ...checkpoint
}: Parameters<typeof placeOf>[0] & { readonly file?: string | undefined }): Subject {
  return file === undefined ? placeOf(checkpoint) : { file };
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
