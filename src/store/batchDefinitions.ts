/**
 * A batch size by one definition, in examples; an end that nothing bounds is null, and so is what is not known.
 * `run`: of an analysis, the run to branch from. `study`: of several batch sizes, which says it or can be asked.
 */
export type BatchDefinition = BatchEnds & {
  /** Of the checkpoint; null of an average over checkpoints and of whole trainings. */
  readonly step: number | null;
} & (
    | { readonly name: "branched"; readonly overhead: number; readonly run?: string }
    | { readonly name: "scaled" | "sign"; readonly optimizer: string }
    | { readonly name: "pareto"; readonly study: string | null }
    | { readonly name: "paretoOverhead"; readonly overhead: number; readonly study: string | null }
    | { readonly name: PlainDefinition }
  );

export type PlainDefinition =
  | "doubled"
  | "alike"
  | "noiseScale"
  | "datasetNoiseScale"
  | "ratioOfMeans"
  | "meanOfRatios";

export interface BatchEnds {
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Of trainings in several batch sizes. */
export const isPareto = ({ name }: BatchDefinition) => name === "pareto" || name === "paretoOverhead";

export const isUnknown = ({ value, lower, upper }: BatchEnds) => value === null && lower === null && upper === null;
