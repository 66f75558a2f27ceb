import { option, UsageError } from "../tensor/errors.ts";
import type { Dataset, Moments } from "./dataset.ts";
import type { DataNote, SplitRule } from "./notes.ts";
import type { WindowOptions } from "./series/windows.ts";
import { blockSplit, groupSplit, randomSplit, type Split } from "./split.ts";
import type { TableOptions, Task } from "./tables/tableRoles.ts";
import type { TargetRule } from "./targets.ts";

/** How data are to be read and split. What is left out gets the default that the docstring names. */
export interface OpenOptions extends TableOptions {
  /** Height and width, in pixels, that images of a folder are brought to; default: that of all of them. */
  readonly imageSize?: readonly [number, number] | undefined;
  /** Fraction of the examples that validate, of data in one part. Default 0.2. */
  readonly validationSplit?: number | undefined;
  /** Validate on the last examples, and leave out so many before them. Default: validate on random ones. */
  readonly splitBlock?: number | undefined;
  /** Default 0: the split does not change with the seed of training. */
  readonly splitSeed?: number | undefined;
  /** Bytes of data that may be in memory; what is larger stays on disk. Default: 1 GiB. */
  readonly dataMemory?: number | undefined;
  /** What becomes of targets. Default: what the data suggest. */
  readonly targets?: TargetRule | undefined;
  /**
   * Of data for a model that learned elsewhere: nothing is split, both parts hold all examples in their order, and
   * numbers of tables and series stay as they are. Default: data to train on.
   */
  readonly whole?: { readonly withTarget: boolean } | undefined;
}

export const defaultMemory = 2 ** 30;

/** What was read, for the record of a run: everything that must be the same when its data are opened again. */
export interface DataDescription {
  readonly kind: string;
  readonly files: readonly string[];
  readonly task: Task | null;
  readonly target: { readonly name: string; readonly moments: Moments | null } | null;
  readonly classNames: readonly string[];
  /** Of images: one for each channel. Of tables: one for each feature, null for categories. */
  readonly inputs: readonly {
    readonly name: string;
    readonly moments: Moments | null;
    readonly categories?: readonly string[] | null;
  }[];
  readonly examples: { readonly train: number; readonly validation: number };
  /** How the two parts came about, in English. */
  readonly split: string;
  /** Validation examples that are training examples too; null where nobody looked. */
  readonly duplicates: number | null;
  /** Of series: how they were cut into windows, and which of them are in each part. */
  readonly windows?: WindowOptions & { readonly train: readonly string[]; readonly validation: readonly string[] };
}

/** Data as a reader gives them. */
export interface OpenedData {
  readonly train: Dataset;
  readonly validation: Dataset;
  /** What was decided for the user. */
  readonly notes: readonly DataNote[];
  readonly description: DataDescription;
  /** Where parts of the data lie in files without names: closes them. */
  readonly close?: () => void;
}

const names = [
  ...(["target", "features", "drop", "task", "missing", "imageSize"] as const),
  ...(["validationSplit", "splitBy", "splitBlock", "splitSeed"] as const),
] satisfies (keyof OpenOptions)[];

type Name = (typeof names)[number];

export const splitOptions = ["validationSplit", "splitBlock", "splitSeed"] as const satisfies readonly Name[];

/** Throws `UsageError` for an option that means nothing for such data. */
export function allowOnly(allowed: readonly Name[], options: OpenOptions, data: string): void {
  for (const name of names)
    if (options[name] !== undefined && !allowed.includes(name))
      throw new UsageError(`${option(name)}: expected data that it means something for, got ${data}; leave it out`);
}

/** Throws `UsageError` where data come in two parts already, and yet a split is asked for. */
export function refuseSplit(options: OpenOptions, data: string): void {
  const asked = ([...splitOptions, "splitBy"] as const).find((key) => options[key] !== undefined);
  if (asked !== undefined)
    throw new UsageError(
      `${option(asked)}: expected data in one part, got training and validation data in ${data}; leave it out`,
    );
}

/** Of a model that learned elsewhere; undefined of data to train on. */
export async function outputsOfTrained({
  whole,
  targets,
}: Pick<OpenOptions, "whole" | "targets">): Promise<TargetRule["trained"]> {
  return whole && ((await targets?.outputs?.()) ?? "unknown");
}

/** A note on classes that no training example has, where there are any. */
export function absentClasses({ classNames, labels }: Dataset): DataNote[] {
  if (labels.length === 0) return [];
  const present = new Set(labels);
  const absent = classNames.filter((_, label) => !present.has(label));
  return absent.length === 0 ? [] : [{ kind: "absentClasses", classes: absent.slice(0, 10) }];
}

/** The split that the options ask for, and its rule. Throws `UsageError` for two ways at once. */
export function chooseSplit(
  { size, labels, groups }: { size: number; labels: ArrayLike<number>; groups: readonly string[] | null },
  { validationSplit = 0.2, splitBy, splitBlock, splitSeed = 0, whole }: OpenOptions,
): { split: Split; how: SplitRule } {
  if (whole) {
    const all = Uint32Array.from({ length: size }, (_, i) => i);
    return { split: { train: all, validation: all }, how: { kind: "given", by: "files" } };
  }
  if (splitBlock !== undefined && groups !== null)
    throw new UsageError(
      `${option("splitBlock")}: expected one way to split, got ${option("splitBy")} too; keep one of them`,
    );
  if (groups !== null)
    return {
      split: groupSplit(groups, validationSplit, splitSeed),
      how: { kind: "groups", column: splitBy!, seed: splitSeed },
    };
  if (splitBlock !== undefined)
    return {
      split: blockSplit(size, validationSplit, splitBlock),
      how: { kind: "lastBlock", gap: splitBlock },
    };
  return {
    split: randomSplit(size, validationSplit, splitSeed, labels),
    how: { kind: "random", stratified: labels.length > 0, seed: splitSeed },
  };
}
