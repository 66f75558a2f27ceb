import { resolveConfiguration } from "../../session/configuration.ts";
import type { TrainConfiguration } from "../../session/options/options.ts";
import { UsageError } from "../../tensor/errors.ts";
import type { PromptsText } from "../../text/en/prompts.ts";
import { errorInWords } from "../../text/errorWords.ts";
import { inFlags } from "../inFlags.ts";
import { wished } from "./needs.ts";
import { choose, type Scene, type Step, type } from "./scene.ts";

/** What is varied most, by the names of flags; others are typed. */
const varied = ["batch-size", "learning-rate", "gradient-accumulation-steps", "optimizer"] as const;
type Varied = (typeof varied)[number];

/** How far apart values of a learning rate are: three times shows a difference, ten times finds the right size. */
const STEPS = { vary: 3, grid: 10 } as const;

/** What a comparison or a sweep is about: an option and its values. */
export function varyStep(field: "vary" | "grid"): Step {
  return {
    fields: [field],
    async ask(scene) {
      if (!wished(scene.command, scene.known).includes(field)) return {};
      const { prompts } = scene.text;
      const values = valuesFor(scene, STEPS[field]);
      const choices = varied.map((value) => ({ value, about: prompts.varied[value] }));
      const preset = field === "vary" ? "batch-size" : "learning-rate";
      const option = (await choose(scene, prompts.vary, choices, { preset })) as Varied;
      const check = (typed: string, words: PromptsText) => refusalOf(scene, option, typed, words);
      const typed = await type(scene, prompts.values(option), values[option].join(","), check);
      return { [field]: `${option}=${typed.replaceAll(/\s/g, "")}` };
    },
  };
}

/** Values around those that would be trained with alone, none larger than the data. */
function valuesFor({ known, configuration, opened }: Scene, step: number): Readonly<Record<Varied, readonly string[]>> {
  const { batchSize, learningRate } = configuration(known) as TrainConfiguration;
  const most = opened?.train.size ?? Number.POSITIVE_INFINITY;
  const rates = [learningRate / step, learningRate, learningRate * step];
  const fitting = [1, 4, 16].filter((times) => batchSize * times <= most);
  const times = fitting.length > 1 ? fitting : [1, 2];
  return {
    "batch-size": times.map((one) => String(batchSize * one)),
    "learning-rate": rates.map((rate) => String(Number(rate.toPrecision(1)))),
    "gradient-accumulation-steps": times.map(String),
    optimizer: ["sgd", "adamw"],
  };
}

/** Why values cannot be taken; null where they can: two or more, all different, each in the domain of its option. */
function refusalOf({ known }: Scene, option: Varied, typed: string, words: PromptsText): string | null {
  const values = typed.split(",").map((value) => value.trim());
  if (values.length < 2 || new Set(values).size < values.length || values.includes("")) return words.several;
  const field = option.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const own = option === "optimizer" ? {} : { optimizer: known.optimizer };
  try {
    for (const value of values) resolveConfiguration({ model: "mlp", data: "iris", ...own, [field]: value }, {});
    return null;
  } catch (error) {
    if (error instanceof UsageError) return inFlags(errorInWords(error.message));
    throw error;
  }
}
