import { labelOptions } from "../../session/options/decides.ts";
import { fieldsInOrder, type TrainField } from "../../session/options/options.ts";
import { scaleFields } from "../../session/options/scaleOptions.ts";
import { swapFields } from "../../session/options/swapOptions.ts";
import { Command, Option } from "../commander.ts";
import { languageOption } from "../language.ts";
import { jsonFlag } from "./commonFlags.ts";
import { collect, optionOf } from "./flags.ts";
import { queueFlag, queueNameFlag } from "./queueOptions.ts";

const examples = `
Examples:
  batchscope critical-batch latest
  batchscope critical-batch --model lenet --data mnist --batch-size 8 --epochs 2
  batchscope critical-batch latest --checkpoint all --factors 1,2,4,8,16,32 --seeds 12 --jobs 2
  batchscope critical-batch --study compare-mlp-mnist-0a1b2c3d --target-loss 0.4
  batchscope critical-batch 20261121-2059 --checkpoint step:400 --scale-rule linear --examples 20000 --json

From each checkpoint short branches train on, with the optimizer's state, in batches 1, 2, 4 … times as large. All see equally many
examples, in an order of their own. The critical batch size is the largest batch that needs at most 20 % more examples than the run's
own; its interval comes from pairs of branches over seeds. Branches are trials of a study: the same command goes on where it was stopped.
With --model and --data in place of a run it is trained first, as train would, with checkpoints from its first epoch on.`;

/** What says how one run is called and shown, and what branches could not be told from their run by. */
const others: readonly TrainField[] = [
  ...labelOptions,
  ...(["fastDevRun", "setAside"] as const),
  ...(Object.keys({ ...scaleFields, ...swapFields }) as TrainField[]),
];

/** The command `critical-batch`. */
export function criticalBatch(): Command {
  const command = new Command("critical-batch")
    .argument(
      "[run]",
      "a run's id, the beginning of one, its path, or latest (asked for on a terminal, unless --model and --data are given)",
    )
    .option(
      "--checkpoint <which>",
      "all, best, latest, an epoch, or step:12; several with commas between them (default: latest; of --model four, from its first epoch to its end)",
    )
    .option(
      "--study <name>",
      "instead of a run: a study of compare or sweep with several batch sizes, of which nothing more is trained (default: none)",
    )
    .option(
      "--target-loss <x>",
      "with --study: the validation loss that counts (default: the study's, or the lowest that most batch sizes reach)",
    )
    .option(
      "--factors <list>",
      "how many times the run's batch, ascending from 1 (default: 1,2,4,8,16 as far as the training examples last)",
    )
    .option("--seeds <n>", "how many, or which, as 4,7 or 10..15", "8")
    .option("--examples <n>", "examples of each branch (default: eight updates of the largest batch)")
    .option(
      "--scale-rule <rule>",
      "how the learning rate, and what else a rule names, follow the batch, as in train (default: sqrt; linear of sgd and lars)",
    )
    .option("--scale-exponent <x|file>", "exponent of the learning rate in the batch, for measured (default: none)")
    .option(
      "--tune <key=values>",
      "give each batch the best of these values of a numeric option instead, as learning-rate=1e-3,3e-3 (default: none)",
    )
    .option("--tune-seeds <n>", "on how many seeds each value of --tune is tried", "3")
    .option("--jobs <n>", "branches at a time (default: 1; in a queue 64)")
    .option("--retries <n>", "how often a branch that fails is tried again", "1")
    .option(...queueFlag)
    .option(...queueNameFlag)
    .option("--dry-run", "say what would be trained and how long it takes, by a probe, and do nothing")
    .option("-c, --config <file>", "YAML file with any option of train; flags go before it")
    .addOption(new Option("--set <key=value>", "any option of train; may be repeated").argParser(collect))
    .option("--dir <path>", "where runs are kept (default: batchscope)")
    .addOption(languageOption())
    .option(...jsonFlag) as unknown as Command<[string | undefined]>;
  for (const [field, row] of fieldsInOrder) if (!others.includes(field)) command.addOption(optionOf(row));
  return command
    .addHelpText("after", examples)
    .action(async (run, flags) =>
      (await import("../commands/criticalBatch.ts")).runCriticalBatch(
        run,
        flags as Parameters<typeof import("../commands/criticalBatch.ts").runCriticalBatch>[1],
      ),
    ) as unknown as Command;
}
