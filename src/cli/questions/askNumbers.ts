import { kindOfSide } from "../../experiment/judgements/sideKind.ts";
import { resolveConfiguration } from "../../session/configuration.ts";
import { decimal } from "../../session/numbers.ts";
import type { TrainConfiguration, TrainField } from "../../session/options/options.ts";
import { UsageError } from "../../tensor/errors.ts";
import type { PromptsText } from "../../text/en/prompts.ts";
import { errorInWords } from "../../text/errorWords.ts";
import { inFlags } from "../inFlags.ts";
import type { Values } from "./needs.ts";
import { type Step, type } from "./scene.ts";

type Check = (typed: string, words: PromptsText) => string | null;

const whole1: Check = (typed, words) => (/^[1-9]\d*$/.test(typed) ? null : words.whole1);
const wholes1: Check = (typed, words) => (/^[1-9]\d*(\s*,\s*[1-9]\d*)*$/.test(typed) ? null : words.wholes1);
const above0: Check = (typed, words) => (decimal(typed) > 0 && Number.isFinite(decimal(typed)) ? null : words.above0);

type NumberField = "batchSize" | "gradientAccumulationSteps" | "epochs" | "learningRate" | "checkpointEvery";

interface NumberRow {
  readonly check: Check;
  /** Options that say the same in another way. */
  readonly instead: readonly (TrainField | "budget" | "protocol")[];
  readonly preset: (configuration: TrainConfiguration) => number;
}

const rows: Readonly<Record<NumberField, NumberRow>> = {
  batchSize: { check: whole1, instead: [], preset: ({ batchSize }) => batchSize },
  gradientAccumulationSteps: {
    check: whole1,
    instead: ["enableAutoGradientAccumulation", "targetBatchSize", "accumulationSchedule"],
    preset: () => 1,
  },
  epochs: { check: whole1, instead: ["steps", "fastDevRun", "budget", "protocol"], preset: ({ epochs }) => epochs },
  learningRate: { check: above0, instead: [], preset: ({ learningRate }) => learningRate },
  checkpointEvery: {
    check: whole1,
    instead: ["checkpointSteps", "fastDevRun"],
    preset: ({ checkpointEvery }) => checkpointEvery,
  },
};

/** A number of `train`, with its default standing ready. */
export function numberStep(field: NumberField): Step {
  const { instead, preset, check } = rows[field];
  return {
    fields: [field],
    async ask(scene) {
      const { known, command } = scene;
      if ([field, ...instead].some((name) => known[name] !== undefined) || !isOfOptions(known)) return {};
      const ready = String(preset(scene.configuration(known)));
      // Of several, one run each.
      const several = field === "gradientAccumulationSteps" && command === "train";
      const checked = bounded(scene, field, several ? wholes1 : check);
      return { [field]: await type(scene, scene.text.prompts[field], ready, checked) };
    },
  };
}

/** Whether what is trained is said by options: sides of a judgement may be runs, which have their own. */
const isOfOptions = ({ a, b }: Values) =>
  [a, b].some((side) => typeof side === "string" && kindOfSide(side) === "options") ||
  [a, b].every((side) => side === undefined);

/** The check, and whether the option takes the number at all. */
function bounded({ known }: { readonly known: Values }, field: NumberField, check: Check): Check {
  return (typed, words) => check(typed, words) ?? refusedBy(known, field, typed);
}

function refusedBy(known: Values, field: NumberField, typed: string): string | null {
  try {
    for (const one of typed.split(",")) resolveConfiguration({ ...only(known), [field]: one.trim() }, {});
    return null;
  } catch (error) {
    if (error instanceof UsageError) return inFlags(errorInWords(error.message));
    throw error;
  }
}

/** Bounds depend on the optimizer alone; some model and some data must be named. */
function only({ optimizer }: Values) {
  return { optimizer, model: "mlp", data: "iris" };
}
