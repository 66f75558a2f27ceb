import { z } from "zod";
import { knownName } from "../../data/registry.ts";
import { fileOptions, labelOptions, speedOptions } from "../../session/options/decides.ts";
import { type TrainField, trainFields } from "../../session/options/options.ts";
import type { StudyArm, StudySpecification } from "../../store/studies/study.ts";
import type { SweepSpecification } from "../../store/studies/sweep.ts";

/**
 * What trials are trained with where nobody says otherwise, weaker than all that is said: their times are those of
 * training alone, and many runs are kept.
 */
export const trialDefaults = ["noise-scale=off", "keep-checkpoints=1"] as const;

/** Of the options that decide no number of a training, what a study has where none was given. */
const usual: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(
    [...speedOptions, ...fileOptions].map((name) => [name, trainFields[name].schema(z).safeParse(undefined).data]),
  ),
  keepCheckpoints: 1,
};

type Configuration = Readonly<Record<string, unknown>>;

/** What is kept of an arm's configuration: without its seed, and what one run is called and how it is shown. */
export function configurationOfArm(configuration: Configuration): Record<string, unknown> {
  const entries = Object.entries(configuration).filter(
    ([name, value]) => value !== undefined && name !== "seed" && !labelOptions.includes(name as TrainField),
  );
  return Object.fromEntries(entries);
}

/**
 * The options that tell trials of a study apart although they decide no number of a training: those in which its arms
 * differ, as threads that are compared; and those of speed where it is time that is measured.
 */
export function countedOptions({
  arms,
  budget,
  judging,
}: Pick<StudySpecification, "arms" | "budget" | "judging">): ReadonlySet<string> {
  const isTimed = budget.kind === "seconds" || budget.kind === "target-loss" || judging?.metric === "seconds";
  const varied = Object.keys(usual).filter(
    (name) => new Set(arms.map(({ configuration }) => JSON.stringify(configuration[name]))).size > 1,
  );
  return new Set([...varied, ...(isTimed ? speedOptions : [])]);
}

/** The same of a sweep, whose settings differ in its parameters. */
export function countedInSweep({
  parameters,
  budget,
}: Pick<SweepSpecification, "parameters" | "budget">): ReadonlySet<string> {
  const varied = parameters.map(({ option }) => option);
  return new Set([...varied, ...(budget.kind === "seconds" ? speedOptions : [])]);
}

/** What a trial is told apart by: options that decide nothing are as ever, unless they are `counted`. */
export function decisive(configuration: Configuration, counted: ReadonlySet<string>): Configuration {
  const changed = Object.entries(usual).filter(([name]) => !counted.has(name));
  return withoutPlaces({ ...configuration, ...Object.fromEntries(changed) });
}

/** Stands for the place of a file. */
const PLACE = "a file";

/**
 * A configuration without the places of its files: what is in them is told by fingerprints, and where they lie decides
 * no number. Data and models known by name keep it.
 */
export function withoutPlaces(configuration: Configuration): Configuration {
  const { data, model, initFrom } = configuration;
  return {
    ...configuration,
    ...(typeof data === "string" && knownName(data) === undefined && { data: PLACE }),
    ...(String(model).endsWith(".onnx") && { model: PLACE }),
    ...(initFrom !== undefined && { initFrom: PLACE }),
  };
}

/** What a study is told apart by. */
export function identityOf<Specification extends StudySpecification>(specification: Specification): Specification {
  const counted = countedOptions(specification);
  const arms = specification.arms.map(
    (arm): StudyArm => ({ ...arm, configuration: decisive(arm.configuration, counted) }),
  );
  return { ...specification, arms };
}

/** What a sweep is told apart by. */
export function identityOfSweep(specification: SweepSpecification): SweepSpecification {
  const counted = countedInSweep(specification);
  const given = Object.entries(specification.given).filter(([name]) => !(name in usual) || counted.has(name));
  return { ...specification, given: withoutPlaces(Object.fromEntries(given)) };
}
