import { labelOptions } from "../../session/options/decides.ts";
import { fieldsInOrder, type TrainField } from "../../session/options/options.ts";
import { Command, Option } from "../commander.ts";
import { languageOption } from "../language.ts";
import { jsonFlag } from "./commonFlags.ts";
import { collect, optionOf } from "./flags.ts";
import { queueFlag, queueNameFlag } from "./queueOptions.ts";

const examples = `
Examples:
  batchscope judge "learning-rate=3e-3" "learning-rate=1e-3" --model mlp --data iris --epochs 10 --metric validation-loss --minimum-effect 0.02
  batchscope judge new.yaml old.yaml --metric validation-accuracy --minimum-effect 0.005 && ./adopt.sh
  batchscope judge batches/4x16 batches/4x4 --metric seconds --minimum-effect 1 --json
  batchscope judge 20261121-2059 20261121-1712 --metric validation-loss --minimum-effect 0.01
  batchscope judge base --against-itself --model mlp --data iris --metric validation-loss --minimum-effect 0.02

A side is read by its form: key=value pairs are options of train beside the flags, and base is the flags as they are; NAME.yaml is a
file of options; STUDY/ARM is an arm of a study; anything else is a run. Both sides are trained seed after seed until it is clear
whether A is better, worse, or not different by as much as the minimum effect. Every look is written down.

Exit codes: 0 better, 10 worse, 11 no difference as large as the minimum effect, 12 no verdict yet; with --against-itself 0 where no
difference was said and 13 where one was; else as ever.`;

/** What the judgement decides itself. */
const others: readonly TrainField[] = [
  ...labelOptions,
  ...(["seed", "fastDevRun", "setAside"] as const),
  ...(["swapWorkers", "swapEpochs", "swapBatchSize", "swapLearningRate", "swapSchedule"] as const),
];

/** The command `judge`. */
export function judge(): Command {
  const command = new Command("judge")
    .argument(
      "[a]",
      "what is judged: options as key=value, base, a file of options, study/arm, or a run (asked for on a terminal, else it must be given)",
    )
    .argument("[b]", "what it is compared with, as the first (not with --against-itself)")
    .option(
      "--metric <name>",
      "validation-loss, validation-accuracy, train-loss or seconds (asked for on a terminal, else it must be given)",
    )
    .option(
      "--minimum-effect <x>",
      "the smallest difference that matters, in the unit of the metric; accuracy as a share (asked for on a terminal, else it must be given)",
    )
    .option("--most-seeds <n>", "seeds at most, at least 6; never changed after a look", "30")
    .option("--against-itself", "judge the one side against itself with other seeds: a check of the judge")
    .option(
      "--confirmation-share <x>",
      "of the validation examples, to set aside for the confirmation; 0: none",
      "0.33",
    )
    .option(
      "--budget <kind=n>",
      "what both sides get: updates=N, examples=N or seconds=S (default: as long as each says)",
    )
    .option("-c, --config <file>", "YAML file with any option of train; flags go before it")
    .addOption(new Option("--set <key=value>", "any option of train; may be repeated").argParser(collect))
    .option("--jobs <n>", "trials at a time; more than one disturbs the times (default: 1; in a queue 64)")
    .option("--retries <n>", "how often a trial that fails is tried again", "1")
    .option("--study <name>", "name of the judgement's own study (default: made from what is judged)")
    .option(...queueFlag)
    .option(...queueNameFlag)
    .option("--verbose", "every sentence of what the verdict rests on, and every look")
    .option("--dry-run", "say what would be trained and how long it takes at most, by a probe, and do nothing")
    .option("--dir <path>", "where runs are kept (default: batchscope)")
    .addOption(languageOption())
    .option(...jsonFlag) as unknown as Command<[string, string | undefined]>;
  for (const [field, row] of fieldsInOrder) if (!others.includes(field)) command.addOption(optionOf(row));
  return command
    .addHelpText("after", examples)
    .action(async (a, b, flags) =>
      (await import("../commands/judge.ts")).runJudge(
        [a, b],
        flags as Parameters<typeof import("../commands/judge.ts").runJudge>[1],
      ),
    ) as unknown as Command;
}
