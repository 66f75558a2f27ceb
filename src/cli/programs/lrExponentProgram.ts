import type { TrainField } from "../../session/options/options.ts";
import { fieldsInOrder } from "../../session/options/options.ts";
import { Command, Option } from "../commander.ts";
import { languageOption } from "../language.ts";
import { jsonFlag } from "./commonFlags.ts";
import { collect, optionOf } from "./flags.ts";
import { queueFlag, queueNameFlag } from "./queueOptions.ts";
import { decidedByStudies } from "./studyFlags.ts";

const examples = `
Examples:
  batchscope lr-exponent --model mlp --data digits --optimizer sgd
  batchscope lr-exponent --model lenet --data mnist --limit-examples 4000 --batch-sizes 16,64,256 --seeds 5 --jobs 2
  batchscope lr-exponent --model mlp --data iris --batch-sizes 4,8,16,32 --learning-rates 1e-3,2e-3,4e-3,8e-3 --examples 2000 --json

At each batch size short trainings with several learning rates and seeds, a process each, find the best rate. All see equally many
examples; with --steps all make equally many updates. Rates are added where the best one lies near an end, and between its neighbours.
The slope of the best rates over the batch, both as logarithms, is the exponent: train --scale-rule measured takes it from the file that
is written. Trainings are trials of a study for each batch: the same command goes on where it was stopped.`;

/** What the command decides itself. */
const decided: readonly TrainField[] = [
  ...decidedByStudies,
  ...(["batchSize", "gradientAccumulationSteps", "targetBatchSize", "enableAutoGradientAccumulation"] as const),
  ...(["accumulationSchedule", "learningRate", "epochs", "evaluateExamples"] as const),
  ...(["lrScale", "baseBatchSize", "scaleExponent", "baseNoiseScale", "weightDecayRule"] as const),
];

/** The command `lr-exponent`. */
export function lrExponent(): Command {
  const command = new Command("lr-exponent")
    .option("-c, --config <file>", "YAML file with any option of train; flags go before it")
    .addOption(new Option("--set <key=value>", "any option of train; may be repeated").argParser(collect))
    .option("--batch-sizes <list>", "examples of an update, ascending, three or more", "8,32,128")
    .option(
      "--learning-rates <list>",
      "the first rates of every batch (default: five around what a range test suggests)",
    )
    .option("--most-rates <n>", "rates of a batch at most, those added by itself among them", "12")
    .option("--seeds <n>", "how many, or which, as 4,7 or 10..15", "3")
    .option("--examples <n>", "examples of each training (default: 64 updates of the largest batch)")
    .option("--steps <n>", "updates of each training, in place of equal examples (default: none)")
    .option(
      "--micro-batch <n>",
      "accumulate larger batches from micro-batches of so many (default: a batch is one micro-batch, which is fastest)",
    )
    .option("--jobs <n>", "trainings at a time (default: 1; in a queue 64)")
    .option("--retries <n>", "how often a training that fails is tried again", "1")
    .option(...queueFlag)
    .option(...queueNameFlag)
    .option("--dry-run", "say what would be trained and how long it takes, by a probe, and do nothing")
    .option("--dir <path>", "where runs are kept (default: batchscope)")
    .addOption(languageOption())
    .option(...jsonFlag) as unknown as Command;
  for (const [field, row] of fieldsInOrder) if (!decided.includes(field)) command.addOption(optionOf(row));
  return command
    .addHelpText("after", examples)
    .action(async (flags) =>
      (await import("../commands/lrExponent.ts")).runLrExponent(
        flags as Parameters<typeof import("../commands/lrExponent.ts").runLrExponent>[0],
      ),
    ) as unknown as Command;
}
