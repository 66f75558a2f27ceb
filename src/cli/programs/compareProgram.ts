import { fieldsInOrder } from "../../session/options/options.ts";
import { Command, Option } from "../commander.ts";
import { languageOption } from "../language.ts";
import { jsonFlag } from "./commonFlags.ts";
import { collect, optionOf } from "./flags.ts";
import { queueFlag, queueNameFlag, slurmFlag, slurmOptionsFlag } from "./queueOptions.ts";
import { decidedByStudies } from "./studyFlags.ts";

const examples = `
Examples:
  batchscope compare --model gpt2:nano --data moby-dick --batch-size 2 --gradient-accumulation-steps 1,4,8,16 --budget examples=3200
  batchscope compare --model mlp --data iris --vary learning-rate=1e-3,3e-3,1e-2 --seeds 10 --epochs 20
  batchscope compare --model lenet --data mnist --epochs 2 --arm "small: batch-size=8" --arm "large: batch-size=64 learning-rate=2e-3"

Each arm is trained once for each seed. A seed gives all arms the same initial weights and the same examples in the same order, so that
their differences are of the arms and not of luck. Trials are runs of the store, each in a process of its own; a study that was stopped
goes on where the same command is given again, and one that is complete answers at once.`;

/** The command `compare`. */
export function compare(): Command {
  const command = new Command("compare")
    .option("-c, --config <file>", "YAML file with any option of train; flags go before it")
    .addOption(new Option("--set <key=value>", "any option of train; may be repeated").argParser(collect))
    .addOption(
      new Option(
        "--vary <key=values>",
        "an option and its values, as learning-rate=1e-3,3e-3; may be repeated (default: none)",
      ).argParser(collect),
    )
    .addOption(
      new Option(
        "--arm <name: options>",
        'an arm by name, as "large: batch-size=64 learning-rate=2e-3"; may be repeated (default: none)',
      ).argParser(collect),
    )
    .option("--baseline <arm>", "what the others are compared with (default: the first arm)")
    .option(
      "--seeds <n>",
      "how many, or which, as 4,7 or 10..15 (default: the fewest that can show a difference: 6 of two arms, 7 of three)",
    )
    .option(
      "--budget <kind=n>",
      "what every arm gets: updates=N, examples=N, seconds=S or target-loss=X (default: equal examples, of --epochs)",
    )
    .option(
      "--tune <key=values>",
      "give each arm the best of these values of a numeric option, on seeds that are not compared, as learning-rate=1e-3,3e-3,1e-2 (default: none)",
    )
    .option("--tune-seeds <n>", "on how many seeds each value of --tune is tried (default: 3)")
    .option(
      "--protocol <name>",
      "source-003: 100 updates of batches of 2, 8, 16 and 32, one rate, one seed; and what that confounds (default: none)",
    )
    .option("--jobs <n>", "trials at a time; more than one disturbs the times (default: 1; in a queue 64)")
    .option("--retries <n>", "how often a trial that fails is tried again", "1")
    .option("--study <name>", "name of the study (default: made from what is compared)")
    .option(...queueFlag)
    .option(...queueNameFlag)
    .option(...slurmFlag)
    .option(...slurmOptionsFlag)
    .option("--dry-run", "say what would be trained and how long it takes, by a probe, and do nothing")
    .option("--dir <path>", "where runs are kept (default: batchscope)")
    .addOption(languageOption())
    .option(...jsonFlag) as unknown as Command;
  for (const [field, row] of fieldsInOrder) if (!decidedByStudies.includes(field)) command.addOption(optionOf(row));
  return command
    .addHelpText("after", examples)
    .action(async (flags) =>
      (await import("../commands/compare.ts")).runCompare(
        flags as Parameters<typeof import("../commands/compare.ts").runCompare>[0],
      ),
    ) as unknown as Command;
}
