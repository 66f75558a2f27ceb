import { fieldsInOrder } from "../../session/options/options.ts";
import { Command, Option } from "../commander.ts";
import { languageOption } from "../language.ts";
import { jsonFlag } from "./commonFlags.ts";
import { collect, optionOf } from "./flags.ts";
import { queueFlag, queueNameFlag } from "./queueOptions.ts";
import { decidedByStudies } from "./studyFlags.ts";

const examples = `
Examples:
  batchscope recommend --model mlp --data iris --batch-size 8 --learning-rate 1e-3
  batchscope recommend --model lenet --data mnist --memory 2GiB --seconds 1200 --jobs 2
  batchscope recommend --model lenet --data mnist --devices 4 --seconds-per-sync 0.02 --goal time --json
  batchscope recommend latest

Which batch, how many micro-batches, which learning rate? The options of train say the present setting. Memory and time are measured as
profile does; short pilots are then trained towards the loss that the present setting reaches, batch by batch and rate by rate, each
ended where it cannot win any more. What is said has its interval. Of a run alone it says what
that run knows; --pilots tries it.`;

/** The command `recommend`. */
export function recommend(): Command {
  const command = new Command("recommend")
    .argument("[run]", "a run's id, the beginning of one, its path, or latest: advice from what it measured")
    .option("--pilots", "of a run: train pilots from its setting")
    .option("--goal <what>", "what to need least of: time, examples or updates", "time")
    .option("--memory <bytes>", 'what a training process may take, as 8GiB; "auto" asks the system', "auto")
    .option("--devices <n>", "devices that train on an update together", "1")
    .option(
      "--seconds-per-sync <x>",
      "what several devices take to agree on an update (default: none; must be given for 2 or more)",
    )
    .option("--target-loss <x>", "validation loss to train to (default: what the present setting reaches in a pilot)")
    .option("--batch-sizes <list>", "examples of an update to try (default: 1/64 to 64 times the present batch)")
    .option("--seconds <n>", "what pilots may take together; it ends earlier where all is tried", "600")
    .option("--seeds <n>", "how many, or which, as 4,7; the best settings get all of them, two at least", "4")
    .option("--jobs <n>", "pilots at a time (default: 1; in a queue 64)")
    .option("--retries <n>", "how often a pilot that fails is tried again", "1")
    .option(...queueFlag)
    .option(...queueNameFlag)
    .option("--dry-run", "say what would be trained and how long it takes, by a probe, and do nothing")
    .option("--dir <path>", "where runs are kept (default: batchscope)")
    .addOption(languageOption())
    .option(...jsonFlag);
  command.option("-c, --config <file>", "YAML file with any option of train; flags go before it");
  command.addOption(new Option("--set <key=value>", "any option of train; may be repeated").argParser(collect));
  for (const [field, row] of fieldsInOrder)
    if (field === "steps" || !decidedByStudies.includes(field)) command.addOption(optionOf(row));
  return command
    .addHelpText("after", examples)
    .action(async (run, flags) =>
      (await import("../commands/recommend.ts")).runRecommend(run, flags as never),
    ) as unknown as Command;
}
