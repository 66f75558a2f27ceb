import type { Dataset } from "../../data/dataset.ts";
import { createLoss, type Loss, type LossName, type LossOptions, losses, lossNames } from "../../model/loss.ts";
import { balancedWeights } from "../../model/losses/balanced.ts";
import { type LossPreset, type LossRequest, lossPresetNames, lossPresets } from "../../model/losses/presets.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import { IGNORED_LABEL } from "../../tensor/ignoredLabel.ts";
import { kebab } from "../../tensor/kebab.ts";
import { didYouMean } from "../../tensor/suggest.ts";
import { decimal } from "../numbers.ts";

/**
 * The fields of `train` that say what is minimised. Lists are text, as the command line has them: "balanced" or
 * "0.5,1,2".
 */
export interface LossFlags extends Omit<LossOptions, "classWeights" | "focalAlpha" | "positiveWeight"> {
  readonly loss?: string | undefined;
  readonly lossPreset?: string | undefined;
  readonly classWeights?: string | undefined;
  readonly focalAlpha?: string | undefined;
  readonly positiveWeight?: string | undefined;
}

/** What the choice of a loss depends on. */
type LossData = Pick<Dataset, "name" | "labels" | "classes" | "target" | "ignored">;

/**
 * The loss that was asked for: the preset's options, and over them those given outright; where nothing was said
 * cross-entropy, or the squared error where the data's target is a number. Weights "balanced" come from the labels of
 * `data`, and so does what stands for no label where they were numbered anew. Throws `UsageError` for a name that is
 * none, for options that the loss does not take or out of their domain, and for "balanced" without labels.
 */
export function resolveLoss(flags: LossFlags, data?: LossData): Loss {
  const { loss: name, lossPreset, classWeights, focalAlpha, positiveWeight } = flags;
  // Named one by one: callers pass a whole configuration.
  const { labelSmoothing, ignoreIndex, focalGamma, focalNormalizer, huberDelta, smoothL1Beta } = flags;
  const numbers = { labelSmoothing, ignoreIndex, focalGamma, focalNormalizer, huberDelta, smoothL1Beta };
  const preset: LossPreset | undefined =
    lossPreset === undefined ? undefined : lossPresets[known(option("lossPreset"), lossPreset, lossPresetNames)];
  const usual = data?.target.type === "float32" ? "mse" : "cross_entropy";
  const chosen = name === undefined ? (preset?.loss ?? usual) : lossName(name);
  // Labels that were numbered anew have the usual number where they stand for none.
  const renumbered = data?.ignored !== undefined && losses[chosen].options.includes("ignoreIndex");
  const request: LossRequest = {
    ...preset?.options,
    ...present({
      ...numbers,
      classWeights: listOrBalanced(option("classWeights"), classWeights),
      focalAlpha: listOrBalanced(option("focalAlpha"), focalAlpha),
      positiveWeight: positiveWeight === undefined ? undefined : list(option("positiveWeight"), positiveWeight),
    }),
  };
  const weigh = (flag: string, asked: readonly number[] | "balanced" | undefined) =>
    asked === "balanced" ? balancedFor(flag, data) : asked;
  return createLoss(chosen, {
    ...request,
    ...(renumbered && { ignoreIndex: data.ignored === IGNORED_LABEL ? undefined : data.ignored }),
    classWeights: weigh(option("classWeights"), request.classWeights),
    focalAlpha: weigh(option("focalAlpha"), request.focalAlpha),
  });
}

/** The name that the option `loss` takes. Throws `UsageError` for one that is no loss. */
export function lossName(name: string): LossName {
  return known(option("loss"), name, lossNames);
}

function known<T extends string>(flag: string, name: string, names: readonly T[]): T {
  if (names.includes(name as T)) return name as T;
  throw new UsageError(
    `${flag}: expected one of ${names.join(", ")}, got "${name}"${didYouMean(name, names) || "; choose one of them"}`,
  );
}

/**
 * The loss that is named, be it by a preset; undefined where the data choose it. Throws `UsageError` for one that is
 * none.
 */
export function namedLoss({ loss, lossPreset }: Pick<LossFlags, "loss" | "lossPreset">): LossName | undefined {
  if (loss !== undefined) return lossName(loss);
  return lossPreset === undefined
    ? undefined
    : lossPresets[known(option("lossPreset"), lossPreset, lossPresetNames)].loss;
}

function present<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function listOrBalanced(flag: string, text: string | undefined): readonly number[] | "balanced" | undefined {
  if (text === undefined || text === "balanced") return text;
  return list(flag, text, " or balanced");
}

function list(flag: string, text: string, other = ""): number[] {
  const numbers = text.split(",").map((word) => decimal(word.trim()));
  if (numbers.every(Number.isFinite)) return numbers;
  throw new UsageError(`${flag}: expected numbers with commas between them${other}, got "${text}"; write 0.5,1,2`);
}

function balancedFor(flag: string, data: LossData | undefined): number[] {
  if (data && data.labels.length > 0) return balancedWeights(data.labels, data.classes);
  const got = data ? `${data.name}, whose examples have none` : "no data";
  throw new UsageError(`${flag}: expected data with one class per example for balanced, got ${got}; give the numbers`);
}

/** `focal, focal gamma 2, focal alpha 0.55, 5.5`: the loss in words, for the log. */
export function describeLoss({ name, options }: Loss): string {
  const words = Object.entries(options).map(([option, value]) => {
    const numbers = Array.isArray(value) ? value.map((x: number) => Number(x.toPrecision(4))).join(" ") : String(value);
    return `${kebab(option, " ")} ${numbers}`;
  });
  return [name, ...words].join(", ");
}
