import { type LossOptions, losses, lossNames } from "../../model/loss.ts";
import { lossPresetNames } from "../../model/losses/presets.ts";
import { real } from "./bounds.ts";
import { above0, below1, from0, integer, oneOf, optional, rowsOf, type Zod } from "./option.ts";
import { listed } from "./words.ts";

/** As on the command line: "0.5,1,2"; a file may write a number or a list of them. */
const list = (z: Zod) => z.union([z.string().min(1), z.number(), z.array(z.number()).min(1)]).transform(String);
const weights = {
  schema: list,
  kind: "text",
  expects: "numbers with commas between them, or balanced",
  bound: real,
} as const;
const positives = { schema: list, kind: "text", expects: "a number, or one for each output", bound: real } as const;

/** The losses that have an option, in words. */
function owners(option: keyof LossOptions): string {
  return listed(
    lossNames.filter((name) => losses[name].options.includes(option)),
    "and",
  );
}

/** What is minimised. None has a default: `resolveLoss` must tell what was asked for from what a preset says. */
// biome-ignore format: a table is read by its columns
export const lossFields = rowsOf({ heading: "Loss options:" }, {
  loss: { flags: "--loss <name>", ...optional(oneOf(lossNames)), help: `what is minimised: ${lossNames.join(", ")} (default: cross_entropy, or mse where the target is a number)` },
  lossPreset: { flags: "--loss-preset <name>", ...optional(oneOf(lossPresetNames)), help: `a loss with options, which other flags override: ${lossPresetNames.join(", ")} (default: none)` },
  classWeights: { flags: "--class-weights <list>", ...optional(weights), help: `weight of each class in ${owners("classWeights")}: 1,2,5, or balanced for 1/frequency (default: all alike)` },
  labelSmoothing: { flags: "--label-smoothing <x>", ...optional(below1), help: `share of ${owners("labelSmoothing")}'s target that all classes get alike (default: 0)` },
  ignoreIndex: { flags: "--ignore-index <n>", ...optional(integer), help: "label that carries no loss and no weight (default: -100)" },
  focalGamma: { flags: "--focal-gamma <x>", ...optional(from0), help: "how much less well classified examples count (default: 2)" },
  focalAlpha: { flags: "--focal-alpha <list>", ...optional(weights), help: "factor of each class in focal, or balanced; of positives in sigmoid_focal (default: 0.25)" },
  focalNormalizer: { flags: "--focal-normalizer <name>", ...optional(oneOf(["all", "positives"])), help: "what focal losses are divided by: the number of all labels, or of the positives as RetinaNet does (default: all)" },
  positiveWeight: { flags: "--positive-weight <list>", ...optional(positives), aliases: ["posWeight"], help: `how much more positive targets of ${owners("positiveWeight")} count (default: 1)` },
  huberDelta: { flags: "--huber-delta <x>", ...optional(above0), help: "error at which huber turns from squares to absolute errors (default: 1)" },
  smoothL1Beta: { flags: "--smooth-l1-beta <x>", ...optional(from0), help: "error at which smooth_l1 turns from squares to absolute errors (default: 1)" },
});

export type LossField = keyof typeof lossFields;
